"""A script lock over real vocabularies: the tokens that are let through are those that the rules allow."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.engine import llama_lock, llama_sampler
from assistant.engine.llama import L, np
from assistant.engine.llama_lock import Choice, LlamaLock, LlamaLocks
from assistant.engine.llama_pieces import Pieces
from assistant.engine.llama_sampler import Candidates, LlamaChooser
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Generate, Marks, Piece, Sampling, ScriptLock
from assistant.engine.sampling import resolve
from assistant.engine.scriptlock import LETTERS_PER_SIGN, START, Lock, State, worth
from tests.fakes import tiny_models
from tests.fakes.tiny_vocabularies import bpe_vocabulary, spm_vocabulary, torn_vocabulary

LANGUAGES = ("zh-Hans", "en", "ja", "ru")
WORDS = ("London", "Москва", "你好吗", "lamp", "é", "資料", "the day", "😀")
THINK = Marks(start="<think>", end="</think>")
VOCABULARIES = {
    "bpe": bpe_vocabulary(extra=(b"Lon", b" Lon", b"don", b"London", b"\xe4\xbd", b"\xa0\xe5", "的灯".encode())),
    "spm": spm_vocabulary(),
    "torn": torn_vocabulary(2000),
}


@pytest.fixture(scope="module", params=list(VOCABULARIES))
def vocabulary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaVocabulary]:
    folder = tmp_path_factory.mktemp("model")
    path = tiny_models.write_plain(folder / "model.gguf", vocabulary=VOCABULARIES[request.param])
    L.llama_backend_init()
    params = L.llama_model_default_params()
    params.vocab_only = True
    model = L.llama_model_load_from_file(str(path).encode(), params)
    yield LlamaVocabulary(model)
    L.llama_model_free(model)


def locked(vocabulary: LlamaVocabulary, language: str, *words: str, marks: tuple[Marks, ...] = ()) -> LlamaLock:
    lock = ScriptLock(language=language, words=words)
    made = LlamaLocks(vocabulary).of(Generate(id="g", prompt=(), lock=lock, marks=marks))
    assert made is not None
    return made


def ids(choice: Choice) -> set[int]:
    return set(choice.ids.tolist())


def allowed(vocabulary: LlamaVocabulary, rules: Lock, state: State) -> set[int]:
    """What the rules say of each token."""
    pieces = ((token, vocabulary.piece(token)) for token in range(vocabulary.size))
    return {token for token, piece in pieces if piece and rules.follow(state, piece)} | set(vocabulary.ends)


def test_the_pieces_of_all_tokens(vocabulary: LlamaVocabulary) -> None:
    data, starts = vocabulary.all_pieces()
    assert len(starts) == vocabulary.size + 1
    pieces = [data[starts[token] : starts[token + 1]] for token in range(vocabulary.size)]
    assert pieces == [vocabulary.piece(token) for token in range(vocabulary.size)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_words_each_choice_is_what_the_rules_allow(vocabulary: LlamaVocabulary, language: str) -> None:
    if language == "ru":  # its numerals are words
        return
    lock, rules = locked(vocabulary, language), Lock(ScriptLock(language=language))
    dice, state, seen = random.Random(1), START, set()
    for _ in range(120):
        choice = lock.next()
        if state not in seen:
            assert ids(choice) == allowed(vocabulary, rules, state)
            seen.add(state)
        assert all(choice.allows(token) for token in list(ids(choice))[:20])
        token = dice.choice(sorted(ids(choice) - set(vocabulary.ends)))
        lock.follow(token)
        state = rules.follow(state, vocabulary.piece(token))
        assert state is not None
    assert len(seen) > 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_with_words_nothing_passes_that_the_rules_do_not_allow(vocabulary: LlamaVocabulary, language: str) -> None:
    rules = Lock(ScriptLock(language=language, words=WORDS))
    lock = locked(vocabulary, language, *WORDS)
    dice, state, inside = random.Random(2), START, 0
    known: dict[State, set[int]] = {}
    for _ in range(400):
        found = ids(lock.next())
        if state not in known:
            known[state] = allowed(vocabulary, rules, state)
        assert found <= known[state]
        inside += state.node is not None
        # Foreign letters more often than chance would have them.
        foreign = [token for token in found if vocabulary.piece(token)[:1] in b"LlMm\xd0" and vocabulary.piece(token)]
        token = dice.choice(sorted(foreign) if foreign and dice.random() < 0.7 else sorted(found - vocabulary.ends))
        lock.follow(token)
        state = rules.follow(state, vocabulary.piece(token)) or pytest.fail("not allowed")
    assert inside > 20 or language == "en"


@pytest.mark.parametrize(
    ("language", "text"),
    [("zh-Hans", "你好 London。"), ("zh-Hans", "LONDON"), ("zh-Hans", "Москва"), ("en", "the 你好吗 lamp"),
     ("zh-Hans", "資料"), ("en", "the lamp 😀😀")],
)  # fmt: skip
def test_a_word_can_be_spelled_letter_by_letter(vocabulary: LlamaVocabulary, language: str, text: str) -> None:
    """Whatever the vocabulary's tokens are, those that it makes of the text itself pass, or single bytes do."""
    for tokens in (_single(vocabulary, text), vocabulary.tokenize(text)):
        lock = locked(vocabulary, language, *WORDS)
        for token in tokens:
            assert lock.next().allows(token)
            lock.follow(token)


def _single(vocabulary: LlamaVocabulary, text: str) -> list[int]:
    """Bytes where there are tokens of one byte."""
    by_piece = {vocabulary.piece(token): token for token in reversed(range(vocabulary.size))}
    return [by_piece[bytes([byte])] for byte in text.encode()]


def test_a_word_ends_where_it_ends(vocabulary: LlamaVocabulary) -> None:
    lock = locked(vocabulary, "zh-Hans", "Lon", "x")
    for token in _single(vocabulary, "Lo"):
        lock.follow(token)
    pieces = {vocabulary.piece(token) for token in ids(lock.next()) - vocabulary.ends}
    assert {piece.lower() for piece in pieces} == {b"n"}
    lock.follow(_single(vocabulary, "n")[0])
    assert not any(lock.next().allows(token) for token in _single(vocabulary, "dnLx"))
    assert all(lock.next().allows(token) for token in _single(vocabulary, " 1。"[:2]))
    lock.follow(_single(vocabulary, " ")[0])
    assert lock.next().allows(_single(vocabulary, "L")[0])


@pytest.mark.parametrize("language", ["zh-Hans", "en", "ja"])
def test_where_signs_have_run_out_letters_come(vocabulary: LlamaVocabulary, language: str) -> None:
    """Whatever is sampled, signs are few beside the letters, and nothing that the rules allow is kept out."""
    wanted = ScriptLock(language=language, signs=5)
    lock = LlamaLocks(vocabulary).of(Generate(id="g", prompt=(), lock=wanted))
    assert lock is not None
    rules, dice, state, text, bare = Lock(wanted), random.Random(3), START, b"", 0
    known: dict[tuple[State, bool], set[int]] = {}
    for _ in range(300):
        whole = text[: len(text) - len(state.pending)].decode()
        few = 5 * LETTERS_PER_SIGN + worth(whole) < LETTERS_PER_SIGN
        few = few and (not state.pending or rules.bare().can_begin(state.pending, None))
        bare += few
        found = ids(lock.next())
        if (state, few) not in known:
            known[state, few] = allowed(vocabulary, rules.bare() if few else rules, state)
        assert found == known[state, few]
        token = dice.choice(sorted(found - vocabulary.ends))
        lock.follow(token)
        text += vocabulary.piece(token)
        state = rules.follow(state, vocabulary.piece(token)) or pytest.fail("not allowed")
    assert 10 < bare < 300
    longest = max(len(vocabulary.piece(token)) for token in range(vocabulary.size))
    assert worth(text.decode("utf-8", "ignore")) > -(5 + longest) * LETTERS_PER_SIGN


def test_nothing_is_computed_over_all_tokens_once_an_answer_has_begun(
    vocabulary: LlamaVocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = ScriptLock(language="zh-Hans", signs=1, words=("London",))
    lock = LlamaLocks(vocabulary).of(Generate(id="g", prompt=(), lock=wanted))
    assert lock is not None

    def refuse(*_: object) -> None:
        raise AssertionError("an answer waits for this")

    for dear in ("_sums", "tails", "rests"):
        monkeypatch.delattr(Pieces, dear)  # what was made is kept by the pieces themselves
    monkeypatch.setattr(llama_lock.LockTable, "__init__", refuse)
    monkeypatch.setattr(llama_lock._Spellings, "__init__", refuse)
    for token in _single(vocabulary, "1,2: London灯") * 3:  # signs run out
        lock.next()
        lock.follow(token)


def test_a_language_that_is_not_known_is_not_locked(vocabulary: LlamaVocabulary) -> None:
    locks = LlamaLocks(vocabulary)
    assert locks.of(Generate(id="g", prompt=(), lock=ScriptLock(language="tlh"))) is None
    assert locks.of(Generate(id="g", prompt=())) is None


def test_a_reasoning_may_begin_before_the_answer_only(vocabulary: LlamaVocabulary) -> None:
    lock = locked(vocabulary, "zh-Hans", marks=(THINK,))
    opening = vocabulary.tokenize("<think>")
    for token in opening:
        assert lock.next().allows(token)
        lock.follow(token)
    other = locked(vocabulary, "zh-Hans", marks=(THINK,))
    other.follow(_single(vocabulary, "1")[0])
    locked_out = [token for token in opening if not other.next().allows(token)]
    assert locked_out
    opened = locked(vocabulary, "zh-Hans", marks=(Marks(start="<think>", end="</think>", opened=True),))
    assert not opened.next().allows(locked_out[0])


def test_control_tokens_pass_only_if_they_mark_reasoning(vocabulary: LlamaVocabulary) -> None:
    controls = [one for one in vocabulary.specials if one.control and one.token not in vocabulary.ends and one.text]
    plain = locked(vocabulary, "en").next()
    assert controls
    assert not any(plain.allows(one.token) for one in controls)
    marked = locked(vocabulary, "en", marks=(Marks(start=controls[0].text, end="x"),)).next()
    assert [one for one in controls if marked.allows(one.token)] == controls[:1]


def test_an_end_is_always_allowed(vocabulary: LlamaVocabulary) -> None:
    lock = locked(vocabulary, "zh-Hans", "London")
    for token in (*_single(vocabulary, "Lond"), None):
        assert all(lock.next().allows(end) for end in vocabulary.ends)
        if token is not None:
            lock.follow(token)


# ---------------------------------------------------------------- in the sampler


class Rows:
    """Rows of logits, random but always the same."""

    def __init__(self, size: int) -> None:
        self.rows = np.random.default_rng(7).normal(0, 3, (40, size)).astype(np.float32)

    def logits(self, row: int) -> Any:
        return self.rows[row]


SAMPLINGS = [
    Sampling(seed=1, temperature=1.5),
    Sampling(seed=2, temperature=1.5, top_k=0, top_p=1.0, min_p=0.0),
    Sampling(seed=3, temperature=1.0, repeat_penalty=1.3, top_k=10),
    Sampling(seed=4, dry_multiplier=0.8),
    Sampling(temperature=0.0),
    Sampling(temperature=0.0, repeat_penalty=1.5),
]


@pytest.mark.parametrize("sampling", SAMPLINGS, ids=lambda one: f"seed{one.seed}-{one.temperature}")
@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_a_lock_chooses_what_a_mask_over_all_tokens_would(
    vocabulary: LlamaVocabulary, monkeypatch: pytest.MonkeyPatch, sampling: Sampling, language: str
) -> None:
    wanted = ScriptLock(language=language, words=("London",))
    request = Generate(id="g", prompt=(Piece(text="x"),), lock=wanted, banned=(5, 6))
    table, resolved = Rows(vocabulary.size), resolve(sampling, Sampling())
    lock = LlamaLocks(vocabulary).of(request)
    chooser = LlamaChooser(vocabulary, Candidates(vocabulary.size), request, resolved, [1, 2], lock)
    rules, state, found = locked(vocabulary, language, "London"), START, []
    monkeypatch.setattr(llama_sampler, "_HUGE", 0)
    masked = Rows(vocabulary.size)
    free = Generate(id="g", prompt=(Piece(text="x"),), banned=(5, 6))
    other = LlamaChooser(vocabulary, Candidates(vocabulary.size), free, resolved, [1, 2])
    for row in range(len(table.rows)):
        flags = np.zeros(vocabulary.size, np.bool_)
        flags[rules.next().ids] = True
        masked.rows[row][~flags] = -np.inf
        expected = other.choose(masked, row)
        assert flags[expected]
        found.append(chooser.choose(table, row))
        assert found[-1] == expected
        rules.follow(expected)
    chooser.close()
    other.close()
    assert len(set(found)) > 5
    assert state == START


def test_reasoning_is_not_locked(vocabulary: LlamaVocabulary) -> None:
    request = Generate(id="g", prompt=(), lock=ScriptLock(language="zh-Hans"), sampling=Sampling())
    table = Rows(vocabulary.size)
    letter = _single(vocabulary, "q")[0]
    table.rows[:, letter] = 99.0
    for sampling in (Sampling(seed=1), Sampling(temperature=0.0)):
        lock = LlamaLocks(vocabulary).of(request)
        candidates = Candidates(vocabulary.size)
        chooser = LlamaChooser(vocabulary, candidates, request, resolve(sampling, Sampling()), [1], lock)
        tokens = []
        for row, locks in enumerate((True, False, False, True)):
            chooser.locked = locks
            tokens.append(chooser.choose(table, row))
        chooser.close()
        assert [token == letter for token in tokens] == [False, True, True, False]


def test_a_grammar_and_a_lock_hold_both_where_they_can(vocabulary: LlamaVocabulary) -> None:
    """What a grammar asks for comes even where the lock has no token for it; where there is a choice, both hold."""
    grammar = 'root ::= "Ж" [a-z0-9] [0-9a-z]'
    request = Generate(id="g", prompt=(), lock=ScriptLock(language="zh-Hans"), grammar=grammar)
    table = Rows(vocabulary.size)
    lock = LlamaLocks(vocabulary).of(request)
    candidates = Candidates(vocabulary.size)
    chooser = LlamaChooser(vocabulary, candidates, request, resolve(Sampling(seed=3), Sampling()), [1], lock)
    text = b"".join(vocabulary.piece(chooser.choose(table, row)) for row in range(5)).decode()
    chooser.close()
    assert text[0] == "Ж"
    assert text[1:].isdigit()
    assert len(text) == 3
