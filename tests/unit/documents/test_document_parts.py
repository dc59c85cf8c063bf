"""Documents are cut into parts: nothing lost, nothing twice, the budget held, at places where a person would cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind, Part
from assistant.documents.parts import cut
from assistant.documents.reading import read
from assistant.documents.sentences import spans_of

WORDS = st.sampled_from(
    ["one", "two,", "three.", "four!", "第一，", "第二。", "…", "(x)", "Dr.", "“a”", "长" * 30, "\n"],
)
TEXTS = st.lists(WORDS, min_size=1, max_size=25).map(" ".join)
KINDS = st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.ITEM, Kind.CODE, Kind.QUOTE])


def build(blocks: list[tuple[int, Kind, str]]) -> Document:
    """A document of (heading level or 0, kind, text)."""
    builder = Builder("text")
    for level, kind, text in blocks:
        if level:
            builder.heading(text, level)
        else:
            builder.add(text, kind)
    document = builder.finish()
    sentences = spans_of(document.text, document.paragraphs, "en")
    return Document(document.text, document.paragraphs, sentences=sentences)


def pieces_of(document: Document, parts: tuple[Part, ...]) -> str:
    return "".join("".join(document.text[part.start : part.end].split()) for part in parts)


@given(
    st.lists(st.tuples(st.sampled_from([0, 0, 0, 0, 1, 2, 3]), KINDS, TEXTS), min_size=1, max_size=30),
    st.integers(4, 400),
)
def test_nothing_is_lost_and_nothing_is_twice(blocks: list[tuple[int, Kind, str]], budget: int) -> None:
    try:
        document = build(blocks)
    except AssistantError:
        return  # nothing but white space
    costs = [max(1, (end - start) * 2 // 3) for start, end in document.sentences]
    parts = cut(document, costs, budget)
    assert pieces_of(document, parts) == "".join(document.text.split())
    assert sum(part.tokens for part in parts) == sum(costs)
    assert [part.index for part in parts] == list(range(len(parts)))
    position = 0
    for part in parts:
        assert part.start >= position
        assert not document.text[position : part.start].strip()
        assert part.start < part.end
        position = part.end
        assert part.tokens <= budget
        first, last = part.paragraphs
        assert document.paragraphs[first].start <= part.start < document.paragraphs[first].end
        assert document.paragraphs[last - 1].start < part.end <= document.paragraphs[last - 1].end
        assert part.path == document.paragraphs[first].path


@given(
    st.lists(st.tuples(st.sampled_from([0, 0, 0, 1, 2]), KINDS, TEXTS), min_size=1, max_size=30),
    st.integers(20, 400),
)
def test_paragraphs_stay_whole_and_headings_never_end_a_part(blocks: list[tuple[int, Kind, str]], budget: int) -> None:
    try:
        document = build(blocks)
    except AssistantError:
        return
    costs = [max(1, (end - start) * 2 // 3) for start, end in document.sentences]
    sizes: dict[int, int] = dict.fromkeys(range(len(document.paragraphs)), 0)
    for (start, _), cost in zip(document.sentences, costs, strict=True):
        index = max(one for one, paragraph in enumerate(document.paragraphs) if paragraph.start <= start)
        sizes[index] += cost
    for part in cut(document, costs, budget)[:-1]:
        index = part.paragraphs[1] - 1
        paragraph = document.paragraphs[index]
        above = index
        while above and document.paragraphs[above - 1].kind is Kind.HEADING:
            above -= 1
        with_headings = sum(sizes[one] for one in range(above, index + 1))
        if part.end < paragraph.end:
            assert with_headings > budget
        if paragraph.kind is Kind.HEADING:
            assert with_headings >= budget  # it fills a part by itself


def paragraphs(count: int, words: int = 20) -> Document:
    return build([(0, Kind.TEXT, f"Paragraph {number} " + "word " * words + ".") for number in range(count)])


def test_parts_are_as_few_as_possible_and_even() -> None:
    document = paragraphs(101)
    for budget in (100, 130, 250, 777):
        parts = cut(document, [22] * 101, budget)
        sizes = [part.tokens for part in parts]
        fewest = -(-101 * 22 // budget)
        assert len(parts) <= fewest * (1 + 22 / budget) + 1
        assert max(sizes) - min(sizes) <= 2 * 22


def test_a_document_that_fits_is_one_part() -> None:
    document = paragraphs(5)
    (part,) = cut(document, [22] * 5, 110)
    assert (part.start, part.end, part.tokens, part.paragraphs) == (0, len(document.text), 110, (0, 5))


def test_cuts_are_made_at_chapters_where_that_is_nearly_even() -> None:
    blocks: list[tuple[int, Kind, str]] = []
    for chapter in range(4):
        blocks.append((1, Kind.HEADING, f"Chapter {chapter}"))
        blocks += [(0, Kind.TEXT, f"Text {number} of it.") for number in range(9 + chapter % 2)]
    document = build(blocks)
    parts = cut(document, [10] * len(document.sentences), 115)
    starts = [document.paragraphs[part.paragraphs[0]] for part in parts]
    assert [one.kind for one in starts] == [Kind.HEADING] * 4
    assert [document.text[one.start : one.end] for one in starts] == [f"Chapter {number}" for number in range(4)]


def test_a_long_paragraph_is_cut_at_sentences_and_a_long_sentence_at_clauses() -> None:
    sentences = [f"Sentence {number} is here." for number in range(30)]
    document = build([(0, Kind.TEXT, " ".join(sentences))])
    parts = cut(document, [5] * 30, 40)
    assert all(document.text[part.end - 1] == "." for part in parts)
    clauses = build([(0, Kind.TEXT, "，".join(f"第{number}件事情很重要" for number in range(40)))])
    parts = cut(clauses, [400], 60)
    assert all(clauses.text[part.end - 1] in "，要" for part in parts)
    run = build([(0, Kind.CODE, "x" * 1000)])
    assert [part.tokens for part in cut(run, [600, 400], 300)] == [300, 300, 300, 100]


def test_an_emoji_is_not_cut_in_two() -> None:
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    document = build([(0, Kind.CODE, family * 50)])
    parts = cut(document, [250], 9)
    assert len(parts) > 1
    for part in parts:
        piece = document.text[part.start : part.end]
        assert not piece.startswith("\u200d")
        assert not piece.endswith("\u200d")


def test_what_cannot_be_cut_is_a_defect_of_the_caller() -> None:
    document = paragraphs(2)
    for costs, budget in (([1], 10), ([1, -1], 10), ([1, 1], 0)):
        with pytest.raises(ValueError, match="cost"):
            cut(document, costs, budget)


def test_a_book_is_cut_at_once() -> None:
    text = ("Chapter 1\n\n" + "It rained all day. We stayed at home, and nobody came.\n\n" * 40) * 150
    document = read(text.encode(), "book.txt")
    costs = [(end - start) // 4 + 1 for start, end in document.sentences]
    parts = cut(document, costs, 1200)
    assert sum(part.tokens for part in parts) == sum(costs)
    assert max(part.tokens for part in parts) <= 1200
    chapters = sum(document.paragraphs[part.paragraphs[0]].kind is Kind.HEADING for part in parts)
    assert chapters > 0.9 * len(parts)
