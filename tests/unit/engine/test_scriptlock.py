"""The rules of a script lock: bytes in, allowed or not; whatever is cut wherever, the text is the same."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.scripts import CODE_POINTS, Use, uses
from assistant.engine.messages import ScriptLock
from assistant.engine.scriptlock import LETTERS_PER_SIGN, START, Lock, State, beginnings, width, worth

WORDS = ("London", "GPT-4o", "Москва", "資料庫", "New York", "Café", "é", "👩\u200d💻")
LANGUAGES = ("zh-Hans", "zh-Hant", "ja", "en", "ru", "ko")
MIXED = "灯体體，。1 \nLondoncafeéМоскваあ한资料庫資\x00\ue000😀-"


def lock(language: str = "zh-Hans", *words: str) -> Lock:
    return Lock(ScriptLock(language=language, words=words))


def walk(rules: Lock, parts: list[bytes]) -> State | None:
    state: State | None = START
    for part in parts:
        if state is None:
            return None
        state = rules.follow(state, part)
    return state


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[begin:end] for begin, end in itertools.pairwise(edges)]


@given(
    st.sampled_from(LANGUAGES), st.text(st.sampled_from(MIXED) | st.characters(), max_size=12), st.lists(st.integers(0))
)
def test_it_does_not_matter_where_bytes_are_cut(language: str, text: str, places: list[int]) -> None:
    rules = lock(language, *WORDS)
    data = text.encode("utf-8", "surrogatepass")
    assert walk(rules, cut(data, places)) == rules.follow(START, data)


@given(st.sampled_from(LANGUAGES), st.binary(max_size=12))
def test_what_passes_is_text_of_allowed_characters(language: str, data: bytes) -> None:
    state = lock(language).follow(START, data)
    if state is not None:
        whole = data[: len(data) - len(state.pending)].decode()
        assert {uses(language)[ord(one)] for one in whole} <= {Use.FREE} or language == "ru"


@given(st.sampled_from(LANGUAGES), st.data())
def test_a_text_in_the_language_passes_with_its_words(language: str, data: st.DataObject) -> None:
    table = uses(language)
    free = st.text(st.characters().filter(lambda one: table[ord(one)] == Use.FREE), max_size=6)
    parts = data.draw(st.lists(st.tuples(free, st.sampled_from(WORDS), st.sampled_from(("1", " ", "-"))), max_size=4))
    text = "".join(before + " " + word + after for before, word, after in parts)
    state = lock(language, *WORDS).follow(START, text.encode())
    assert state is not None
    assert state.pending == b""


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_half_a_character_passes_only_if_it_can_become_a_free_one(language: str) -> None:
    table = uses(language)
    expected = set()
    for code in range(0x80, CODE_POINTS):
        if table[code] == Use.FREE:
            data = chr(code).encode()
            expected.update(data[:size] for size in range(1, len(data)))
    assert beginnings(language) == expected


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("你好，London。", True), ("LONDON 1", True), ("london-", True), ("伦敦London伦敦", True), ("Lon", True),
        ("Lon ", False), ("Londons", False), ("ondon", False), ("aLondon", False), ("GPT-4o", True), ("gpt5", True),
        ("gp", True), ("gp1", False), ("o", True), ("York", True), ("New-York", True), ("Moskau", False),
        ("москва", True), ("МОСКВА。", True), ("мос。", False), ("資", True), ("資料庫", True), ("資庫", False),
        ("庫資", False), ("資 庫", True), ("CAFÉ", True), ("cafe ", False), ("é", True), ("e", False), ("体", True),
        ("體", False), ("Londo\u0301n", False), ("\ue000", False), ("a", False), ("", True),
        ("灯💻。💻💻👩\u200d💻", True), ("London💻", True), ("Lon💻", False), ("😀", False),
    ],
)  # fmt: skip
def test_words_are_spelled_whole_and_in_order(text: str, allowed: bool) -> None:
    assert (lock("zh-Hans", *WORDS).follow(START, text.encode()) is not None) is allowed


@pytest.mark.parametrize(
    ("language", "text", "allowed"),
    [
        ("en", "The lamp, naïve “café”.", True), ("en", "北", False), ("en", "Привет", False), ("en", "，", False),
        ("zh-Hans", "简体字", True), ("zh-Hans", "简體字", False), ("zh-Hant", "繁體字", True),
        ("zh-Hant", "繁体字", False),
        ("ja", "日本語と漢字、體", True), ("ja", "cat", False), ("ru", "XIX век", True), ("ru", "word", False),
        ("tlh", "anything 灯 體", True),
    ],
)  # fmt: skip
def test_languages_keep_to_their_scripts(language: str, text: str, allowed: bool) -> None:
    assert (lock(language).follow(START, text.encode()) is not None) is allowed


@pytest.mark.parametrize(
    "data", [b"\x80", b"\xc0", b"\xc1\xbf", b"\xf5", b"\xff", b"\xe0\x80", b"\xed\xa0", b"\xe7\x81a"]
)
def test_bytes_that_are_no_text_never_pass(data: bytes) -> None:
    assert all(lock(language, *WORDS).follow(START, data) is None for language in LANGUAGES)


def test_letters_of_words_come_from_any_case_and_any_length() -> None:
    rules = lock("zh-Hans", "straße", "İ", "x" * 5000)
    for text in ("STRAßE", "Straße", "İ", "X" * 5000):
        assert rules.follow(START, text.encode()) is not None
    assert sum(1 for _ in rules.root.below()) > 5000
    assert lock("zh-Hans", "abc").plain
    assert not rules.plain


@pytest.mark.parametrize(
    ("language", "text", "allowed"),
    [
        ("zh-Hans", "灯 很亮\n", True), ("zh-Hans", "灯。", False), ("zh-Hans", "1", False), ("zh-Hans", "-", False),
        ("zh-Hans", "London 很大", True), ("zh-Hans", "GPT-", False), ("zh-Hans", "💻", False), ("zh-Hans", "字", True),
        ("en", "the naïve lamp", True), ("en", "don't", False), ("ja", "コーヒー々", True), ("ja", "コーヒー、", False),
    ],
)  # fmt: skip
def test_without_signs_only_letters_pass(language: str, text: str, allowed: bool) -> None:
    assert (lock(language, *WORDS).bare().follow(START, text.encode()) is not None) is allowed


def test_what_letters_and_signs_are_worth() -> None:
    assert worth("灯 lamp") == 5
    assert worth("。1💻") == -3 * LETTERS_PER_SIGN
    assert worth(" \n\u0301") == 0
    assert worth("ー々") == 2


def test_widths_of_characters() -> None:
    assert [width(byte) for byte in (0x41, 0x80, 0xC1, 0xC2, 0xE0, 0xF0, 0xF4, 0xF5)] == [1, 1, 1, 2, 3, 4, 4, 1]
