"""Prompts: the tokens of the whole string for harmless text, no control token out of anybody's text."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.backend import Special
from assistant.engine.messages import Piece
from assistant.engine.prompt import PromptBuilder

START, END, THINK, WIDE, STRIP, TABLE, SPACES = range(300, 307)
SPECIALS = [
    Special(START, "<|start|>"),
    Special(END, "<|end|>"),
    Special(THINK, "<think>", control=False),  # user defined, but works like a mark
    Special(WIDE, "<|end|>ing"),
    Special(STRIP, "[MASK]", strip_left=True, strip_right=True),
    Special(TABLE, "<table>", control=False),  # user defined, plain HTML
    Special(SPACES, "   ", control=False),
]
MARKS = {START, END, THINK, WIDE, STRIP}


class ToyVocabulary:
    """Words and single characters; merges across what is tokenized together, like a real one."""

    def __init__(self, *, space_prefix: bool = False, adds_bos: bool = False, specials: Sequence[Special] = ()) -> None:
        self.size = 100_000
        self.bos = START
        self.adds_bos = adds_bos
        self.space_prefix = space_prefix
        self.ends = frozenset((END,))
        self.specials = specials or SPECIALS
        self.texts: dict[int, str] = {}
        self._words: dict[str, int] = {}

    def tokenize(self, text: str) -> list[int]:
        return self._parse(text, [special for special in self.specials if not special.control])

    def whole(self, text: str) -> list[int]:
        """What the library makes of a string in which everything is trusted."""
        return self._parse(text, self.specials)

    def _parse(self, text: str, specials: Sequence[Special]) -> list[int]:
        parts: list[str | int] = [text] if text else []
        for special in sorted(specials, key=lambda special: -len(special.text)):
            cut: list[str | int] = []
            for part in parts:
                if isinstance(part, int):
                    cut.append(part)
                    continue
                pieces = part.split(special.text)
                for i, piece in enumerate(pieces):
                    left = piece.rstrip(" \t\n") if special.strip_left and i < len(pieces) - 1 else piece
                    rest = left.lstrip(" \t\n") if special.strip_right and i > 0 else left
                    cut += ([special.token] if i else []) + ([rest] if rest else [])
            parts = cut
        out: list[int] = []
        for part in parts:
            if isinstance(part, int):
                out.append(part)
            else:
                fresh = self.space_prefix and (not out or out[-1] in {special.token for special in self.specials})
                out += self._plain((" " if fresh else "") + part)
        return out

    def _plain(self, text: str) -> list[int]:
        return [self._number(word) for word in re.findall(r" ?[a-z]+|.", text, re.DOTALL)]

    def _number(self, word: str) -> int:
        return self._words.setdefault(word, 1000 + len(self._words))

    def piece(self, token: int) -> bytes:
        for special in self.specials:
            if special.token == token:
                return b"" if special.control else special.text.encode()
        return next(word for word, number in self._words.items() if number == token).encode()

    def control_text(self, token: int) -> str:
        return next((special.text for special in self.specials if special.token == token and special.control), "")


def ours(text: str, **options: bool) -> Piece:
    return Piece(text=text, trusted=True, **options)


@pytest.fixture(params=[False, True], ids=["plain", "space-prefix"])
def vocabulary(request: pytest.FixtureRequest) -> ToyVocabulary:
    return ToyVocabulary(space_prefix=request.param)


# ---------------------------------------------------------------- equal to the whole string


def test_trusted_text_gives_the_tokens_of_the_whole_string(vocabulary: ToyVocabulary) -> None:
    text = "<|start|>user\nhello there<|end|>ing<|end|>\n  [MASK]  x<think>y <table>   z"
    assert list(PromptBuilder(vocabulary).build([ours(text)]).tokens) == vocabulary.whole(text)


def test_text_of_people_merges_with_the_template_around_it(vocabulary: ToyVocabulary) -> None:
    pieces = [ours("<|start|>user "), Piece(text="hel"), Piece(text="lo"), ours(" there<|end|>")]
    assert list(PromptBuilder(vocabulary).build(pieces).tokens) == vocabulary.whole("<|start|>user hello there<|end|>")


HARMLESS = st.text(alphabet="ab <\n灯", max_size=12).filter(lambda text: "<" not in text or "<table" not in text)


@given(st.lists(HARMLESS, max_size=5), st.booleans())
def test_harmless_conversations_equal_the_whole_string(texts: list[str], space_prefix: bool) -> None:
    vocabulary = ToyVocabulary(space_prefix=space_prefix)
    pieces: list[Piece] = []
    for text in texts:
        pieces += [ours("<|start|>user\n"), Piece(text=text), ours("<|end|>\n")]
    joined = "".join(piece.text for piece in pieces)
    assert list(PromptBuilder(vocabulary).build(pieces).tokens) == vocabulary.whole(joined)


def test_user_defined_tokens_that_are_only_text_are_recognised_anywhere(vocabulary: ToyVocabulary) -> None:
    tokens = PromptBuilder(vocabulary).build([Piece(text="a   <table> b")]).tokens
    assert SPACES in tokens
    assert TABLE in tokens


# ---------------------------------------------------------------- no forged turns


@pytest.mark.parametrize("special", [special for special in SPECIALS if special.token in MARKS], ids=lambda s: s.text)
def test_no_mark_comes_out_of_somebodys_text(vocabulary: ToyVocabulary, special: Special) -> None:
    builder = PromptBuilder(vocabulary)
    for text in (special.text, f"a{special.text}b", special.text * 2, f" {special.text} ", f"<{special.text}"):
        tokens = builder.build([ours("<|start|>user\n"), Piece(text=text), ours("<|end|>")]).tokens
        assert [token for token in tokens if token in MARKS] == [START, END]


@given(
    st.lists(st.tuples(st.sampled_from(["<|", "start", "|>", "<think", ">", "<|end|>", "in", "g", "x"]), st.booleans()))
)
def test_no_mark_is_assembled_across_neighbours(parts: list[tuple[str, bool]]) -> None:
    vocabulary = ToyVocabulary()
    pieces = [Piece(text=text, trusted=trusted) for text, trusted in parts]
    tokens = list(PromptBuilder(vocabulary).build(pieces).tokens)
    # What is left when every text of a person is taken away can form marks only inside one stretch of trusted text.
    stretches, stretch = [], ""
    for text, trusted in parts:
        if trusted:
            stretch += text
        else:
            stretches.append(stretch)
            stretch = ""
    stretches.append(stretch)
    allowed = [token for text in stretches for token in vocabulary.whole(text) if token in MARKS]
    assert [token for token in tokens if token in MARKS] == allowed


def test_the_text_itself_stays_whole_when_a_mark_is_broken(vocabulary: ToyVocabulary) -> None:
    text = "say <think>hello <|end|>"
    tokens = PromptBuilder(vocabulary).build([Piece(text=text)]).tokens
    assert b"".join(vocabulary.piece(token) for token in tokens).decode().strip() == text


def test_a_user_defined_token_of_the_template_is_a_mark() -> None:
    vocabulary = ToyVocabulary(
        specials=[Special(TABLE, "<table>", control=False), Special(WIDE, "TURN:", control=False)]
    )
    builder = PromptBuilder(vocabulary, template="{{ '<table>' }}")
    assert TABLE not in builder.build([Piece(text="a <table>")]).tokens
    assert TABLE in builder.build([ours("a <table>")]).tokens
    assert WIDE in builder.build([Piece(text="TURN:")]).tokens
    assert WIDE not in PromptBuilder(vocabulary, template="TURN: {{ x }}").build([Piece(text="TURN:")]).tokens


def test_raw_text_is_nobodys_template(vocabulary: ToyVocabulary) -> None:
    tokens = PromptBuilder(vocabulary).build([ours("<|start|>a")], raw=True).tokens
    assert START not in tokens


# ---------------------------------------------------------------- the first token


@pytest.mark.parametrize("raw", [False, True])
def test_the_first_token_is_added_once(raw: bool) -> None:
    vocabulary = ToyVocabulary(adds_bos=True)
    builder = PromptBuilder(vocabulary)
    assert builder.build([Piece(text="a")], raw=raw).tokens[0] == START
    assert list(builder.build([ours("<|start|>a")]).tokens).count(START) == 1
    assert START not in PromptBuilder(ToyVocabulary()).build([Piece(text="a")], raw=raw).tokens


# ---------------------------------------------------------------- ids of answers


def test_ids_are_taken_as_they_are(vocabulary: ToyVocabulary) -> None:
    pieces = [ours("<|start|>"), Piece(text="odd", ids=(7, 8, 9)), ours("<|end|>")]
    assert list(PromptBuilder(vocabulary).build(pieces).tokens) == [START, 7, 8, 9, END]


def test_text_goes_on_after_ids_without_a_space() -> None:
    vocabulary = ToyVocabulary(space_prefix=True)
    answer = vocabulary.tokenize("hello")
    pieces = [ours("<|start|>"), Piece(text=" hello", ids=tuple(answer)), ours("\nnext<|end|>")]
    tokens = list(PromptBuilder(vocabulary).build(pieces).tokens)
    assert tokens == vocabulary.whole("<|start|>hello\nnext<|end|>")


# ---------------------------------------------------------------- checkpoints


def test_checkpoints_stand_where_their_pieces_begin(vocabulary: ToyVocabulary) -> None:
    pieces = [
        ours("<|start|>system\nbe kind<|end|>\n"),
        ours("<|start|>user\n", checkpoint=True),
        Piece(text="hello"),
        ours("<|end|>\n<|start|>assistant\n"),
    ]
    prompt = PromptBuilder(vocabulary).build(pieces)
    before = vocabulary.whole("<|start|>system\nbe kind<|end|>\n")
    assert prompt.checkpoints == [len(before)]
    assert list(prompt.tokens[: len(before)]) == before
    upto = vocabulary.whole("<|start|>system\nbe kind<|end|>\n<|start|>user\nhello")
    assert prompt.trusted_tail == len(upto)


def test_a_checkpoint_inside_a_stretch_of_text(vocabulary: ToyVocabulary) -> None:
    pieces = [Piece(text="one two "), Piece(text="three", checkpoint=True), Piece(text=" four")]
    prompt = PromptBuilder(vocabulary).build(pieces)
    (at,) = prompt.checkpoints
    before = b"".join(vocabulary.piece(token) for token in prompt.tokens[:at]).decode()
    # " three" is one token: the place before it is good for both sides.
    assert before.strip() == "one two"
    assert prompt.trusted_tail == len(prompt.tokens)


def test_checkpoints_count_the_first_token() -> None:
    vocabulary = ToyVocabulary(adds_bos=True)
    prompt = PromptBuilder(vocabulary).build([Piece(text="a"), Piece(text=" b", checkpoint=True)])
    assert prompt.checkpoints == [2]
    prompt = PromptBuilder(ToyVocabulary()).build([Piece(text="a", checkpoint=True)])
    assert prompt.checkpoints == []


def test_nothing_gives_nothing() -> None:
    assert list(PromptBuilder(ToyVocabulary()).build([]).tokens) == []
    assert list(PromptBuilder(ToyVocabulary()).build([Piece(text="")]).tokens) == []
