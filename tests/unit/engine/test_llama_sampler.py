"""Choosing tokens: the short ways give what the long way gives, and every wish about sampling is granted."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine import llama_sampler
from assistant.engine.llama import L, np
from assistant.engine.llama_sampler import Candidates, LlamaChooser
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Generate, Piece, Sampling
from assistant.engine.sampling import resolve
from tests.fakes import tiny_models

ROUNDS = 60


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaVocabulary]:
    path = tiny_models.write_plain(tmp_path_factory.mktemp("model") / "model.gguf")
    L.llama_backend_init()
    params = L.llama_model_default_params()
    params.vocab_only = True
    model = L.llama_model_load_from_file(str(path).encode(), params)
    yield LlamaVocabulary(model)
    L.llama_model_free(model)


class Table:
    """Rows of logits, random but always the same."""

    def __init__(self, size: int, seed: int = 1, scale: float = 3.0) -> None:
        self.rows = np.random.default_rng(seed).normal(0, scale, (ROUNDS, size)).astype(np.float32)

    def logits(self, row: int) -> Any:
        return self.rows[row]

    def sample(self, chain: Any, row: int) -> int:
        """What ``llama_sampler_sample`` does, from these rows instead of a context's."""
        candidates = Candidates(self.rows.shape[1])
        candidates.fill_all(self.rows[row])
        L.llama_sampler_apply(chain, candidates.pointer)
        token = candidates.chosen()
        L.llama_sampler_accept(chain, token)
        return token


def choose(
    vocabulary: LlamaVocabulary, table: Table, rounds: int = ROUNDS, prompt: list[int] | None = None, **fields: Any
) -> list[int]:
    sampling = resolve(fields.pop("sampling", Sampling(seed=1)), Sampling())
    request = Generate(id="g", prompt=(Piece(text="x"),), **fields)
    candidates = Candidates(vocabulary.size)
    chooser = LlamaChooser(vocabulary, candidates, request, sampling, prompt or [])
    tokens = [chooser.choose(table, row) for row in range(rounds)]
    chooser.close()
    return tokens


SETTINGS = [
    Sampling(seed=1),
    Sampling(seed=2, temperature=1.5, top_k=5, top_p=0.5, min_p=0.0),
    Sampling(seed=3, top_k=200, top_p=1.0, min_p=0.0, temperature=2.0),
    Sampling(seed=4, repeat_penalty=1.3),
    Sampling(seed=5, presence_penalty=1.0, frequency_penalty=0.5, penalty_last_n=20),
    Sampling(seed=6, presence_penalty=-2.0, temperature=1.0, top_k=10),
    Sampling(temperature=0.0, repeat_penalty=1.5),
]


@pytest.mark.parametrize("sampling", SETTINGS, ids=lambda s: f"seed{s.seed}")
def test_the_best_candidates_are_enough(
    vocabulary: LlamaVocabulary, monkeypatch: pytest.MonkeyPatch, sampling: Sampling
) -> None:
    """With a top_k, gathering only the best candidates chooses the same tokens as gathering all of them."""
    table = Table(vocabulary.size)
    monkeypatch.setattr(llama_sampler, "_HUGE", 0)
    quick = choose(vocabulary, table, prompt=list(range(40)), sampling=sampling)
    monkeypatch.setattr(llama_sampler, "_ALL", 0)
    full = choose(vocabulary, table, prompt=list(range(40)), sampling=sampling)
    assert quick == full


@pytest.mark.parametrize("fields", [{}, {"ignore_end": True}, {"banned": (3, 4)}, {"logit_bias": {7: 9.0}}])
def test_one_call_of_the_library_chooses_the_same(
    vocabulary: LlamaVocabulary, monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any]
) -> None:
    table = Table(vocabulary.size)
    one = choose(vocabulary, table, **fields)
    monkeypatch.setattr(llama_sampler, "_HUGE", 0)
    assert choose(vocabulary, table, **fields) == one


def test_without_temperature_the_best_token_is_chosen(vocabulary: LlamaVocabulary) -> None:
    table = Table(vocabulary.size)
    greedy = choose(vocabulary, table, sampling=Sampling(temperature=0.0))
    assert greedy == table.rows.argmax(axis=1).tolist()
    assert choose(vocabulary, table, sampling=Sampling(top_k=1)) == greedy


def test_a_seed_gives_the_same_answer_again(vocabulary: LlamaVocabulary) -> None:
    table = Table(vocabulary.size)
    hot = Sampling(temperature=2.0, top_k=0, top_p=1.0, min_p=0.0)
    runs = {seed: choose(vocabulary, table, sampling=Sampling(**_fields(hot), seed=seed)) for seed in (1, 2)}
    assert choose(vocabulary, table, sampling=Sampling(**_fields(hot), seed=1)) == runs[1] != runs[2]


def _fields(sampling: Sampling) -> dict[str, Any]:
    return {
        "temperature": sampling.temperature,
        "top_k": sampling.top_k,
        "top_p": sampling.top_p,
        "min_p": sampling.min_p,
    }


def test_frequencies_follow_the_probabilities(vocabulary: LlamaVocabulary) -> None:
    """Three tokens of 60, 30 and 10 percent, a thousand draws."""
    table = Table(vocabulary.size)
    table.rows[:] = -50.0
    for token, share in ((5, 0.6), (6, 0.3), (7, 0.1)):
        table.rows[:, token] = math.log(share)
    plain = Sampling(seed=9, temperature=1.0, top_k=40, top_p=1.0, min_p=0.0)
    request = Generate(id="g", prompt=(Piece(text="x"),))
    chooser = LlamaChooser(vocabulary, Candidates(vocabulary.size), request, resolve(plain, Sampling()), [])
    counts = Counter(chooser.choose(table, 0) for _ in range(1000))
    chooser.close()
    assert counts[5] == pytest.approx(600, abs=60)
    assert counts[6] == pytest.approx(300, abs=60)
    assert counts[7] == pytest.approx(100, abs=40)


def test_masks(vocabulary: LlamaVocabulary) -> None:
    table = Table(vocabulary.size)
    allowed = choose(vocabulary, table, allowed=(11, 12, 13), sampling=Sampling(temperature=5.0, seed=1))
    assert set(allowed) <= {11, 12, 13, *vocabulary.ends}
    assert len(set(allowed)) > 2
    best = table.rows.argmax(axis=1).tolist()
    banned = choose(vocabulary, table, banned=tuple(best), sampling=Sampling(temperature=0.0))
    assert not set(banned) & set(best)
    biased = choose(vocabulary, table, logit_bias={20: 100.0}, sampling=Sampling(temperature=0.0))
    assert set(biased) == {20}
    odd = choose(vocabulary, table, banned=(-5, 10**9), logit_bias={10**9: 5.0, -1: 5.0}, allowed=(10**9, 11))
    assert set(odd) <= {11, *vocabulary.ends}


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_the_end_can_be_ignored(vocabulary: LlamaVocabulary, temperature: float) -> None:
    table = Table(vocabulary.size)
    for token in vocabulary.ends:
        table.rows[:, token] = 30.0
    sampling = Sampling(temperature=temperature, seed=1)
    assert set(choose(vocabulary, table, sampling=sampling)) <= set(vocabulary.ends)
    assert not set(choose(vocabulary, table, sampling=sampling, ignore_end=True)) & vocabulary.ends


def test_penalties_see_the_end_of_the_prompt(vocabulary: LlamaVocabulary) -> None:
    table = Table(vocabulary.size)
    best = int(table.rows[0].argmax())
    heavy = Sampling(temperature=0.0, repeat_penalty=100.0)
    assert choose(vocabulary, table, 1, prompt=[best], sampling=heavy) != [best]
    assert choose(vocabulary, table, 1, prompt=[best, *[0] * 64], sampling=heavy) == [best]


def test_repetition_is_penalised(vocabulary: LlamaVocabulary) -> None:
    table = Table(vocabulary.size)
    table.rows[:] = table.rows[0]
    plain = choose(vocabulary, table, sampling=Sampling(temperature=0.0))
    assert len(set(plain)) == 1
    penalised = choose(vocabulary, table, sampling=Sampling(temperature=0.0, presence_penalty=5.0, penalty_last_n=60))
    assert len(set(penalised)) > 10


def test_dry_breaks_a_repeated_phrase(vocabulary: LlamaVocabulary) -> None:
    words = [ord(letter) for letter in "abcdefgh"]
    table = Table(vocabulary.size, scale=0.1)
    for row in range(ROUNDS):
        table.rows[row, words[row % len(words)]] = 8.0
    assert choose(vocabulary, table, sampling=Sampling(temperature=0.0))[:16] == words * 2
    dry = choose(vocabulary, table, sampling=Sampling(temperature=0.0, dry_multiplier=5.0))
    assert dry[:8] == words
    assert dry[:16] != words * 2


# ---------------------------------------------------------------- grammars


def text_of(vocabulary: LlamaVocabulary, tokens: list[int]) -> str:
    return b"".join(vocabulary.piece(token) for token in tokens if token not in vocabulary.ends).decode()


def write(vocabulary: LlamaVocabulary, rounds: int = ROUNDS, **fields: Any) -> str:
    """An answer out of random logits, up to its end."""
    table = Table(vocabulary.size, seed=fields.pop("table", 1))
    tokens = choose(vocabulary, table, rounds, **fields)
    ends = [i for i, token in enumerate(tokens) if token in vocabulary.ends]
    return text_of(vocabulary, tokens[: ends[0]] if ends else tokens)


def test_a_grammar_shapes_the_answer(vocabulary: LlamaVocabulary) -> None:
    grammar = 'root ::= "yes" | "no"'
    answers = {write(vocabulary, 12, grammar=grammar, table=n, sampling=Sampling(seed=n)) for n in range(8)}
    assert answers == {"yes", "no"}


def test_a_json_schema_shapes_the_answer(vocabulary: LlamaVocabulary) -> None:
    schema = json.dumps(
        {
            "type": "object",
            "properties": {"kind": {"enum": ["lamp", "light"]}, "count": {"enum": [1, 2, 3]}},
            "required": ["kind", "count"],
            "additionalProperties": False,
        }
    )
    found = json.loads(write(vocabulary, json_schema=schema, sampling=Sampling(temperature=0.0)))
    assert found["kind"] in ("lamp", "light")
    assert found["count"] in (1, 2, 3)


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_a_grammar_that_fits_nothing_that_may_come_is_refused(vocabulary: LlamaVocabulary, temperature: float) -> None:
    sampling = Sampling(temperature=temperature, seed=1)
    with pytest.raises(AssistantError) as caught:
        choose(vocabulary, Table(vocabulary.size), grammar='root ::= "yes"', allowed=(ord("n"),), sampling=sampling)
    assert caught.value.kind is ErrorKind.GRAMMAR_INVALID


@pytest.mark.parametrize(
    "fields", [{"grammar": "root ::= ("}, {"json_schema": "{"}, {"json_schema": '{"type": "what"}'}]
)
def test_a_grammar_that_is_none_is_refused(vocabulary: LlamaVocabulary, fields: dict[str, str]) -> None:
    with pytest.raises(AssistantError) as caught:
        choose(vocabulary, Table(vocabulary.size), 1, **fields)
    assert caught.value.kind is ErrorKind.GRAMMAR_INVALID
