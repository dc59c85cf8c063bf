"""The loop on real (tiny, random) models of each family: reuse of prefixes never changes what is said.

Two ways of batching the same prompt differ in floating point, so a greedy answer may part from plain decoding at a
near-tie. Every difference is looked at: the two tokens must have been almost equally likely.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine import cache, llama_model
from assistant.engine.backend import StoppedError
from assistant.engine.llama import AbortFlag, L
from assistant.engine.llama_backend import LlamaBackend, open_llama
from assistant.engine.llama_model import ContextPlan, Model
from assistant.engine.messages import (
    Embed,
    Embedded,
    Failed,
    Finished,
    Generate,
    Load,
    LoadState,
    Piece,
    Reading,
    Resize,
    Resized,
    Sampling,
    SaveState,
    Score,
    Scored,
    StateLoaded,
    StateSaved,
    Tokens,
)
from assistant.engine.prompt import PromptBuilder
from assistant.texts import errors
from tests.fakes import tiny_models
from tests.fakes.engine_harness import Harness, chat

GREEDY = Sampling(temperature=0.0)
TIE = 0.02  # difference of logarithms up to which two tokens are equally likely
FAMILIES = {
    "plain": (tiny_models.write_plain, 1536),
    "dense": (tiny_models.write_plain, 1536),  # without flash attention, whatever this machine's processor is
    "spaces": (tiny_models.write_leading_space, 1536),
    "sliding": (tiny_models.write_sliding, 1536),
    "sliding-far": (tiny_models.write_sliding, 17000),  # beyond this size the windows forget
    "hybrid": (tiny_models.write_hybrid, 1536),
    "convolution": (tiny_models.write_convolution, 1536),
}


def load(path: Path, **fields: object) -> LlamaBackend:
    return open_llama(Load(**{"id": "l", "path": str(path), "threads": 1, **fields}), lambda _: True)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {name: write(folder / f"{name}.gguf") for name, (write, _) in FAMILIES.items()}


@pytest.fixture(params=sorted(FAMILIES))
def family(
    request: pytest.FixtureRequest, models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, int]:
    monkeypatch.setattr(Model, "_is_faster_dense", lambda *_: request.param == "dense")
    monkeypatch.setattr(cache, "_WORTH_PARKING", 16)
    return models[request.param], FAMILIES[request.param][1]


@pytest.fixture
def engine(family: tuple[Path, int]) -> Iterator[Harness]:
    backend = load(family[0], context=family[1])
    with Harness(backend) as harness:
        yield harness
    backend.close()


class Judge:
    """Plain decoding on a context of its own: the whole prompt at once, then token by token."""

    def __init__(self, path: Path, context: int) -> None:
        self.backend = load(path, context=context)
        self.builder = PromptBuilder(self.backend.vocabulary)

    def check(self, request: Generate, ids: Sequence[int]) -> None:
        """Every token was the most likely one, or as good as."""
        backend = self.backend
        prompt = list(self.builder.build(request.prompt).tokens)
        tokens = [*prompt, *ids]
        backend.truncate(0, 0)
        at = 0
        while at < len(tokens) - 1:
            size = len(prompt) - at if at < len(prompt) else 1
            backend.clear()
            row = backend.add(0, tokens[at : at + min(size, backend.batch_size)], at, output=True)
            backend.decode()
            at += min(size, backend.batch_size)
            if at < len(prompt):
                continue
            logarithm, best = backend.likely(row, tokens[at], 1)
            token, _ = best[0]
            if token != tokens[at]:
                gap = backend.likely(row, token, 0)[0] - logarithm
                assert gap < TIE, f"token {at - len(prompt)} of {len(ids)}: {gap} less likely than the best one"

    def close(self) -> None:
        self.backend.close()


@pytest.fixture
def judge(family: tuple[Path, int]) -> Iterator[Judge]:
    judge = Judge(*family)
    yield judge
    judge.close()


def greedy(engine: Harness, *turns: str, **fields: object) -> Generate:
    return engine.generate(chat(*turns), **{"sampling": GREEDY, "max_tokens": 24, "stop_loops": False, **fields})


def test_conversations_go_on(engine: Harness, judge: Judge) -> None:
    turns = ["the lamp and the light " * 12]
    for number in range(4):
        request = greedy(engine, *turns, key="k")
        answer = engine.ask(request)
        judge.check(request, answer.finished.ids)
        if number:
            assert answer.finished.tokens.cached > 40
        turns += [answer.text, f"more {number}"]


def test_sampled_ids_are_reused_to_the_last(engine: Harness, judge: Judge) -> None:
    first = greedy(engine, "the lamp and the light " * 12, key="k")
    end = engine.ask(first).finished
    follow = engine.generate(
        (*first.prompt, Piece(text="?", ids=end.ids), Piece(text="<|im_end|>\nnext", trusted=True)),
        key="k",
        sampling=GREEDY,
        max_tokens=24,
    )
    answer = engine.ask(follow).finished
    assert answer.tokens.cached == end.tokens.prompt + len(end.ids) - 1
    judge.check(follow, answer.ids)


def test_edits_regenerations_and_branches(engine: Harness, judge: Judge) -> None:
    opening = "the lamp and the light " * 12
    for turns in ([opening, "fine", "one"], [opening, "fine", "two"], [opening, "fine", "two"], [opening, "well", "x"]):
        request = greedy(engine, *turns, key="k")
        judge.check(request, engine.ask(request).finished.ids)


def test_a_shared_beginning_is_read_once(engine: Harness, judge: Judge) -> None:
    requests = [greedy(engine, "instruction " * 30 + str(number), priority="bulk") for number in range(6)]
    for request in requests:
        engine.put(request)
    ends = [engine.answer(request.id).finished for request in requests]
    for request, end in zip(requests, ends, strict=True):
        judge.check(request, end.ids)
    assert sum(end.tokens.prompt - end.tokens.cached for end in ends) < 1.5 * ends[0].tokens.prompt


def test_the_parts_of_a_job_in_streams(engine: Harness, judge: Judge) -> None:
    """With a head that all share, parts of several lengths, answers of several lengths, twice: streams are reused."""
    head = "the lamp and the light " * 6
    requests = [
        greedy(engine, head + "part " * (n % 5) + str(n), priority="bulk", max_tokens=4 + 7 * (n % 4))
        for n in range(12)
    ]
    for request in requests:
        engine.put(request)
    for request in requests:
        judge.check(request, engine.answer(request.id).finished.ids)
    streams = engine.loop.lanes.streams
    # Models that cannot rewind share the cells, as everything else does.
    assert (streams is not None) == judge.backend.rewinds or judge.backend.facts.context > 16384
    engine.idle()
    for lane in engine.loop.lanes.all:
        for slot in lane.cache.slots:
            assert lane.context.length(slot.index) == len(slot.tokens)


def test_stopping_a_job_in_streams(engine: Harness, judge: Judge) -> None:
    for after in (Reading, Tokens):
        requests = [
            greedy(engine, f"{n} " + "the lamp and the light " * 9, priority="bulk", max_tokens=60) for n in range(3)
        ]
        for request in requests:
            engine.put(request)
        engine.wait_for(requests[1].id, after)
        for request in requests[:2]:
            engine.cancel(request.id)
        for request in requests:
            if ids := engine.answer(request.id).finished.ids:
                judge.check(request, ids)


def test_random_traffic(engine: Harness, judge: Judge) -> None:
    dice = random.Random(7)
    openings = ["shared beginning " * 20, "another one " * 30, "x"]
    requests: dict[str, Generate] = {}
    cancelled = set()
    for _ in range(30):
        turns = [dice.choice(openings) + dice.choice("abc")]
        for number in range(dice.randrange(3)):
            turns += [f"answer {number}", dice.choice(["more", "else " * 10])]
        request = greedy(
            engine,
            *turns,
            key=dice.choice(["", "k1", "k2"]),
            max_tokens=dice.choice([1, 5, 40]),
            priority=dice.choice(["interactive", "bulk"]),
        )
        requests[request.id] = request
        engine.put(request)
        if dice.random() < 0.2:
            cancelled.add(request.id)
            engine.wait_for(request.id, (Tokens, Finished))
            engine.cancel(request.id)
    for identifier, request in requests.items():
        end = engine.answer(identifier).finished
        judge.check(request, end.ids)
    engine.idle()
    for slot in engine.loop.lanes.main.cache.slots:
        assert engine.backend.length(slot.index) == (0 if slot.parked else len(slot.tokens))


def test_stopping_in_the_middle_of_a_prompt(engine: Harness, judge: Judge) -> None:
    request = greedy(engine, "the lamp and the light " * 60, key="k")
    for _ in range(8):
        again = engine.generate(request.prompt, key="k", sampling=GREEDY, max_tokens=24, stop_loops=False)
        engine.put(again)
        engine.cancel(again.id)
        engine.end(again.id)
    last = engine.generate(request.prompt, key="k", sampling=GREEDY, max_tokens=24, stop_loops=False)
    judge.check(last, engine.ask(last).finished.ids)


@pytest.mark.parametrize("family", ["dense"], indirect=True)
def test_a_context_too_large_for_all_scores_is_read_again(
    engine: Harness, judge: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = greedy(engine, "the lamp and the light " * 12, key="k")
    engine.ask(request)
    identity = engine.backend.identity
    monkeypatch.setattr(llama_model, "_DENSE_BATCHES", ())
    engine.put(Resize(id="r", context=2048))
    resized = engine.wait_for("r", Resized)
    assert isinstance(resized, Resized)
    assert (resized.kept, engine.backend.dense) == (0, False)
    assert engine.backend.identity != identity
    again = engine.generate(request.prompt, key="k", sampling=GREEDY, max_tokens=24, stop_loops=False)
    end = engine.ask(again).finished
    assert end.tokens.cached == 0
    judge.check(again, end.ids)


def test_states_travel(engine: Harness, judge: Judge, family: tuple[Path, int], tmp_path: Path) -> None:
    path = str(tmp_path / "state")
    first = greedy(engine, "the lamp and the light " * 12, key="k")
    ids = engine.ask(first).finished.ids
    engine.put(SaveState(id="s", key="k", path=path))
    saved = engine.wait_for("s", StateSaved)
    assert isinstance(saved, StateSaved)
    engine.put(Resize(id="r", context=family[1] + 512))
    resized = engine.wait_for("r", Resized)
    assert isinstance(resized, Resized)
    assert resized.kept == saved.tokens
    # A state holds no more than the last window of a sliding one, so this goes on exactly where it ended.
    pieces = (*first.prompt, Piece(text="?", ids=ids), *chat("more"))
    follow = engine.generate(pieces, key="k", sampling=GREEDY, max_tokens=24, stop_loops=False)
    end = engine.ask(follow).finished
    assert end.tokens.cached == saved.tokens
    judge.check(follow, end.ids)
    other = load(family[0], context=family[1])
    with Harness(other) as fresh:
        fresh.put(LoadState(id="l", key="k", path=path))
        assert fresh.wait_for("l", StateLoaded) == StateLoaded(id="l", tokens=saved.tokens)
        end = fresh.ask(follow).finished
        assert end.tokens.cached == saved.tokens
        judge.check(follow, end.ids)
    other.close()


def test_what_was_read_survives_a_larger_context_that_cannot_be_had(
    engine: Harness, judge: Judge, family: tuple[Path, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = greedy(engine, "the lamp and the light " * 12, key="k")
    ids = engine.ask(first).finished.ids
    slot = engine.loop.lanes.main.cache.of_key("k")
    assert slot is not None
    read, model, before = len(slot.tokens), engine.backend._model, engine.backend.facts.context
    larger = family[1] + 512
    opened = model.new_context

    def refuse(plan: ContextPlan, flag: AbortFlag) -> Any:
        if plan.context >= larger:
            raise AssistantError(ErrorKind.MODEL_TOO_LARGE, name="m", needed=2, free=1)
        return opened(plan, flag)

    monkeypatch.setattr(model, "new_context", refuse)
    engine.put(Resize(id="r", context=larger))
    assert engine.end("r").kind is ErrorKind.MODEL_TOO_LARGE
    assert engine.backend.facts.context == before
    pieces = (*first.prompt, Piece(text="?", ids=ids), *chat("more"))
    follow = engine.generate(pieces, key="k", sampling=GREEDY, max_tokens=24, stop_loops=False)
    end = engine.ask(follow).finished
    assert end.tokens.cached == read
    judge.check(follow, end.ids)


def test_a_state_of_another_model_is_refused(models: dict[str, Path], tmp_path: Path) -> None:
    path = str(tmp_path / "state")
    one, two = load(models["plain"], context=512), load(models["spaces"], context=512)
    with Harness(one) as engine:
        engine.ask(greedy(engine, "the lamp", key="k"))
        engine.put(SaveState(id="s", key="k", path=path))
        engine.wait_for("s", StateSaved)
    with Harness(two) as engine:
        engine.put(LoadState(id="l", key="k", path=path))
        assert engine.end("l").kind is ErrorKind.STATE_UNUSABLE
    one.close()
    two.close()


# ---------------------------------------------------------------- scores and embeddings


def test_scores_are_the_models_own_probabilities(engine: Harness) -> None:
    """What greedy decoding chose scores higher than anything else, and a score does not depend on the cache."""
    prompt = tuple(chat("the lamp"))
    answer = engine.ask(engine.generate(prompt, sampling=GREEDY, max_tokens=12, alternatives=3))
    steps = [step for event in answer.events for step in event.steps]
    scored = []
    for identifier in ("s1", "s2"):
        engine.put(Score(id=identifier, prompt=prompt, text="the light falls on the desk " * 8, alternatives=2))
        event = engine.wait_for(identifier, Scored)
        assert isinstance(event, Scored)
        scored.append(event)
    assert scored[0].log_probability == pytest.approx(scored[1].log_probability, abs=0.2)
    assert "".join(step.text for step in scored[0].steps) == "the light falls on the desk " * 8
    for step in steps:
        assert step.alternatives[0].probability == pytest.approx(step.probability, rel=0.02)
        assert sum(alternative.probability for alternative in step.alternatives) <= 1.0001


def test_embeddings_have_unit_length_and_follow_the_meaning_of_bytes(tmp_path: Path) -> None:
    backend = load(tiny_models.write_embedding(tmp_path / "e.gguf"), embeddings=True)
    with Harness(backend) as engine:
        engine.put(Embed(id="e", texts=("the lamp", "the lamp", "another light")))
        event = engine.wait_for("e", Embedded)
        assert isinstance(event, Embedded)
        assert (event.count, event.dimensions) == (3, 64)
        rows = memoryview(event.vectors).cast("f")
        first, second, third = (list(rows[i * 64 : (i + 1) * 64]) for i in range(3))
        assert first == pytest.approx(second)
        assert first != pytest.approx(third)
        assert sum(value * value for value in third) == pytest.approx(1.0, abs=1e-5)
        assert engine.ask(engine.generate("a")).failed.kind is ErrorKind.NOT_SUPPORTED
    backend.close()


def test_embeddings_of_a_model_that_also_writes(models: dict[str, Path]) -> None:
    backend = load(models["plain"], context=512, embeddings=True)
    with Harness(backend) as engine:
        before = engine.ask(greedy(engine, "the lamp", key="k")).finished
        engine.put(Embed(id="e", texts=("the lamp",)))
        event = engine.wait_for("e", Embedded)
        assert isinstance(event, Embedded)
        assert sum(value * value for value in memoryview(event.vectors).cast("f")) == pytest.approx(1.0, abs=1e-5)
        after = engine.ask(greedy(engine, "the lamp", key="k")).finished
        assert after.ids == before.ids
        assert after.tokens.cached > 0
    backend.close()


def test_a_stop_that_comes_late_reaches_nothing_that_follows(models: dict[str, Path]) -> None:
    backend = load(models["plain"], context=512, embeddings=True)
    with Harness(backend) as engine:
        for number in range(2):
            done = greedy(engine, "the lamp")
            engine.ask(done)
            engine.cancel(done.id)
            if number:
                engine.put(Resize(id="r", context=1024))
                assert isinstance(engine.wait_for("r", (Resized, Failed)), Resized)
            else:
                engine.put(Embed(id="e", texts=("the lamp",)))
                assert isinstance(engine.wait_for("e", (Embedded, Failed)), Embedded)
        assert engine.ask(greedy(engine, "the lamp")).finished.ids
    backend.close()


def test_vectors_that_are_no_numbers_are_not_given(tmp_path: Path) -> None:
    backend = load(tiny_models.write_embedding(tmp_path / "e.gguf", bias=math.nan), context=512, embeddings=True)
    with pytest.raises(AssistantError) as caught:
        backend.embed("the lamp")
    assert caught.value.kind is ErrorKind.MODEL_DAMAGED
    backend.close()


def test_no_text_goes_beyond_what_an_encoder_was_made_for(tmp_path: Path) -> None:
    """Its context is rounded up, its table of places is not: a place behind that ends the process."""
    backend = load(tiny_models.write_embedding(tmp_path / "e.gguf", context=100), context=100, embeddings=True)
    assert len(backend.embed("the lamp " * 20)) == tiny_models.WIDTH
    with pytest.raises(AssistantError) as caught:
        backend.embed("the lamp " * 60)
    assert (caught.value.kind, caught.value.values["available"]) == (ErrorKind.CONTEXT_FULL, 100)
    backend.close()


def test_a_model_for_embeddings_is_not_for_text(tmp_path: Path) -> None:
    with pytest.raises(AssistantError) as caught:
        load(tiny_models.write_embedding(tmp_path / "e.gguf"))
    assert caught.value.kind is ErrorKind.MODEL_NOT_FOR_TEXT


def test_a_stop_is_no_error_in_the_log_and_a_failure_is(
    models: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    backend = load(models["plain"], context=1024)
    tokens = backend.vocabulary.tokenize("the lamp and the light " * 20)
    capsys.readouterr()
    backend.abort(True)
    backend.clear()
    backend.add(0, tokens, 0, output=True)
    with pytest.raises(StoppedError):
        backend.decode()
    backend.abort(False)
    assert capsys.readouterr().err == ""
    for stopping in (False, True):
        backend.abort(stopping)
        backend.clear()
        backend.add(0, tokens[:5], 70, output=True)  # it has nothing before them
        backend.add(0, tokens[:5], 40, output=True)
        with pytest.raises(AssistantError):
            backend.decode()
        assert "ret = -1" in capsys.readouterr().err
    backend.abort(False)
    backend.close()


def test_memory_that_this_process_does_not_get_is_told_without_figures_that_contradict_it(
    models: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(L, "llama_init_from_model", lambda *_: None)
    with pytest.raises(AssistantError) as raised:
        load(models["plain"], context=1024)
    assert raised.value.kind is ErrorKind.MODEL_TOO_LARGE
    assert errors.summary(raised.value) == "plain.gguf needs more memory than is free."


def test_how_long_a_token_takes_is_seen_when_a_model_is_loaded(models: dict[str, Path]) -> None:
    backend = load(models["plain"], context=1024)
    assert 0 < backend.token_seconds < 1
    backend.close()


def test_memory_that_runs_out_at_a_step_is_no_mystery(models: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    backend = load(models["plain"], context=1024)
    monkeypatch.setattr(L, "llama_decode", lambda *_: -2)
    with pytest.raises(AssistantError) as raised:
        backend.step(0, 5, 0)
    assert raised.value.kind is ErrorKind.MODEL_TOO_LARGE
    backend.close()
