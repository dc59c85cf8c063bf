"""Text out of tokens: whole characters, no marks, no stop strings, the same whatever the cuts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.messages import Marks
from assistant.engine.textstream import TextStream

THINK = Marks(start="<think>", end="</think>")
GEMMA = Marks(start="<|channel>thought", end="<channel|>")
HARMONY = Marks(
    start="<|channel|>analysis<|message|>", end="<|end|><|start|>assistant<|channel|>final<|message|>"
)  # fmt: skip


class Pieces:
    """Tokens made of a text cut at will: strings and bytes are text, ``("control", spelling)`` is a control token."""

    def __init__(self, parts: Sequence[bytes | str | tuple[str, str]]) -> None:
        self._parts = parts

    def piece(self, token: int) -> bytes:
        part = self._parts[token]
        if isinstance(part, tuple):
            return b""
        return part.encode() if isinstance(part, str) else part

    def control(self, token: int) -> str:
        part = self._parts[token]
        return part[1] if isinstance(part, tuple) else ""

    def stream(
        self, *, stops: Sequence[str] = (), marks: Sequence[Marks] = (), memo: dict[int, str] | None = None
    ) -> TextStream:
        return TextStream(self.piece, self.control, stops=stops, marks=marks, memo=memo)


def run(
    *parts: bytes | str | tuple[str, str], stops: Sequence[str] = (), marks: Sequence[Marks] = ()
) -> tuple[str, str, TextStream]:
    """Feed everything; the whole answer, the whole reasoning, the stream.

    Done twice, since the second time the texts of the tokens are known.
    """
    memo: dict[int, str] = {}
    first = run_once(parts, stops, marks, memo)
    again = run_once(parts, stops, marks, memo)
    assert first[:2] == again[:2]
    assert first[2].stop == again[2].stop
    return again


def run_once(
    parts: Sequence[bytes | str | tuple[str, str]], stops: Sequence[str], marks: Sequence[Marks], memo: dict[int, str]
) -> tuple[str, str, TextStream]:
    stream = Pieces(parts).stream(stops=stops, marks=marks, memo=memo)
    text, reasoning = "", ""
    for token in range(len(parts)):
        stream.feed(token)
        text, reasoning = grown(stream, text, reasoning)
        if stream.stop:
            break
    stream.finish()
    text, reasoning = grown(stream, text, reasoning)
    return text, reasoning, stream


def grown(stream: TextStream, text: str, reasoning: str) -> tuple[str, str]:
    """Answer and reasoning with what has come since."""
    recalled = stream.recalled
    more, thought = stream.take()
    if recalled:
        return more, (text + thought).strip()
    return text + more, reasoning + thought


def cut(data: bytes, points: Sequence[int]) -> list[bytes]:
    """``data`` cut at the given places (taken modulo its length)."""
    edges = sorted({0, len(data), *(point % (len(data) + 1) for point in points)})
    return [data[a:b] for a, b in pairwise(edges)]


# ---------------------------------------------------------------- characters


def test_half_a_character_waits_for_its_other_half() -> None:
    lamp = "灯".encode()
    stream = Pieces([lamp[:1], lamp[1:2], lamp[2:]]).stream()
    stream.feed(0)
    stream.feed(1)
    assert stream.take() == ("", "")
    stream.feed(2)
    assert stream.take() == ("灯", "")


def test_half_a_character_at_the_end_is_dropped() -> None:
    assert run("a", "灯".encode()[:2])[0] == "a"


def test_half_a_character_before_a_control_token_is_dropped() -> None:
    assert run("a", "灯".encode()[:2], ("control", "<|x|>"), "b")[0] == "ab"


def test_bytes_that_are_no_text_become_replacement_characters() -> None:
    assert run(b"a\xffb")[0] == "a\ufffdb"


@given(st.text(min_size=1), st.lists(st.integers(0, 10_000), max_size=30))
def test_any_cut_gives_the_same_text(text: str, points: list[int]) -> None:
    data = text.encode("utf-8", "ignore")
    whole = data.decode()
    out, reasoning, _ = run(*cut(data, points))
    assert (out, reasoning) == (whole, "")
    assert out.count("\ufffd") == whole.count("\ufffd")


# ---------------------------------------------------------------- control tokens


def test_control_tokens_are_never_shown() -> None:
    assert run("a", ("control", "<|im_start|>"), "b", ("control", "<|im_end|>"))[0] == "ab"


def test_a_control_token_that_could_begin_a_mark_is_not_shown_when_it_does_not() -> None:
    text, reasoning, _ = run(("control", "<|channel>"), "news", marks=[GEMMA])
    assert (text, reasoning) == ("news", "")


def test_a_control_token_that_could_begin_a_mark_is_not_shown_at_the_end() -> None:
    assert run("a", ("control", "<|channel>"), marks=[GEMMA])[0] == "a"


# ---------------------------------------------------------------- stop strings


def test_a_stop_string_ends_the_answer_and_is_not_part_of_it() -> None:
    text, _, stream = run("one", " two##", "# three", stops=["###"])
    assert (text, stream.stop) == ("one two", "###")


def test_the_first_stop_string_counts() -> None:
    text, _, stream = run("a STOP b END c", stops=["END", "STOP"])
    assert (text, stream.stop) == ("a ", "STOP")


def test_the_beginning_of_a_stop_string_is_text_when_the_rest_does_not_come() -> None:
    assert run("a##", "b", "#", stops=["###"])[0] == "a##b#"


def test_a_stop_string_that_begins_twice_is_found() -> None:
    assert run("aab", "aac", "!", stops=["aac"])[0] == "aab"
    assert run("a", "a", "a", "c", stops=["aac"])[0] == "a"


def test_nothing_of_a_stop_string_is_shown_before_it_is_complete() -> None:
    stream = Pieces(["x\n", "\nUs", "er:"]).stream(stops=["\n\nUser:"])
    shown = ""
    for token in range(3):
        stream.feed(token)
        shown += stream.take()[0]
        assert shown == "x"
    assert stream.stop == "\n\nUser:"


@given(
    st.text(alphabet="ab#\n灯", max_size=60),
    st.lists(st.text(alphabet="ab#\n灯", min_size=1, max_size=5), max_size=3),
    st.lists(st.integers(0, 10_000), max_size=30),
)
def test_any_cut_meets_the_same_stop(text: str, stops: list[str], points: list[int]) -> None:
    found = [(text.find(stop), stop) for stop in stops if stop in text]
    # The stop that is complete first ends the answer; a later one cannot be waited for.
    ends = sorted((at + len(stop), at) for at, stop in found)
    out, _, stream = run(*cut(text.encode(), points), stops=stops)
    if not found:
        assert out == text
        assert not stream.stop
        return
    assert stream.stop in stops
    at = len(out)
    assert text.startswith(out + stream.stop)
    assert at + len(stream.stop) >= ends[0][0]
    assert not any(stop in out for stop in stops)


# ---------------------------------------------------------------- reasoning


def test_reasoning_is_apart_from_the_answer() -> None:
    text, reasoning, stream = run("<think>\nwell", "...\n", "</think>\n\nYes.", marks=[THINK])
    assert (text, reasoning) == ("Yes.", "well...")
    assert not stream.reasoning_open


def test_reasoning_marked_by_control_tokens() -> None:
    text, reasoning, _ = run(
        ("control", "<think>"), "well", ("control", "</think>"), "\n\n", "Yes.", marks=[THINK]
    )  # fmt: skip
    assert (text, reasoning) == ("Yes.", "well")


def test_marks_of_several_tokens() -> None:
    text, reasoning, _ = run("<th", "ink", ">hm", "</", "think", ">", "Yes", marks=[THINK])
    assert (text, reasoning) == ("Yes", "hm")


def test_a_prompt_that_opened_the_reasoning() -> None:
    opened = Marks(start="<think>", end="</think>", opened=True)
    text, reasoning, stream = run("\nwell", "</think>", "Yes", marks=[opened])
    assert (text, reasoning) == ("Yes", "well")
    text, reasoning, stream = run("\nwell", marks=[opened])
    assert (text, reasoning, stream.reasoning_open) == ("", "well", True)


def test_an_opened_reasoning_that_the_model_opens_again() -> None:
    opened = Marks(start="<think>", end="</think>", opened=True)
    text, reasoning, _ = run("<think>well</think>Yes", marks=[opened])
    assert (text, reasoning) == ("Yes", "well")


def test_an_empty_reasoning_leaves_nothing() -> None:
    text, reasoning, _ = run("<think>\n\n</think>\n\nYes", marks=[THINK])
    assert (text, reasoning) == ("Yes", "")


def test_an_answer_may_speak_about_the_marks() -> None:
    text, reasoning, _ = run("Write <think> and </think>.", marks=[THINK])
    assert (text, reasoning) == ("Write <think> and </think>.", "")


@pytest.mark.parametrize(
    "parts",
    [
        ("</think>\n\nYes",),
        ("\n", "</", "think", ">", "\n\n", "Yes"),
        (("control", "</think>"), "\n\n", "Yes"),
        ("</think>", "\n</think>\n", "Yes"),
    ],
)
def test_closing_what_was_never_opened_leaves_nothing(parts: Sequence[str | tuple[str, str]]) -> None:
    assert run(*parts, marks=[THINK])[:2] == ("Yes", "")


def test_closing_twice_leaves_nothing() -> None:
    opened = Marks(start="<think>", end="</think>", opened=True)
    assert run("well</think>\n", "</think>\n\nYes", marks=[opened])[:2] == ("Yes", "well")
    assert run("<think>well</think></think>", "Yes", marks=[THINK])[:2] == ("Yes", "well")


def test_reasoning_that_begins_after_an_end_of_nothing_is_apart() -> None:
    assert run("</think>", "<think>well</think>Yes", marks=[THINK])[:2] == ("Yes", "well")


def test_half_an_end_at_the_beginning_waits_and_is_text_when_the_rest_does_not_come() -> None:
    stream = Pieces(["</th", "in ice"]).stream(marks=[THINK])
    stream.feed(0)
    assert stream.take() == ("", "")
    stream.feed(1)
    assert stream.take() == ("</thin ice", "")
    assert run("</th", marks=[THINK])[0] == "</th"


def test_the_ids_of_an_answer_after_an_end_of_nothing() -> None:
    text, _, stream = run("</think>", "\n\n", "It ", "is.", marks=[THINK])
    assert (text, stream.answer_ids(range(4))) == ("It is.", (2, 3))


@pytest.mark.parametrize(
    "parts",
    [
        ("Well, ", "let me see.\n", "</think>", "\n\n", "Yes", " it is."),
        ("Well, ", "let me see.", "</", "think", ">", "Yes it is."),
        ("Well, let me see.\n</think>\n\nYes it is.",),
        ("Well, ", "let me see.", ("control", "</think>"), "\n\n", "Yes it is."),
        ("\nWell, ", "let me see.\n", "\n</think>", "Yes it is."),
    ],
)
def test_thoughts_that_nothing_opened_are_reasoning_once_an_answer_follows_their_end(
    parts: Sequence[str | tuple[str, str]],
) -> None:
    text, reasoning, stream = run(*parts, marks=[THINK])
    assert (text, reasoning) == ("Yes it is.", "Well, let me see.")
    assert not stream.reasoning_open


def test_thoughts_that_nothing_opened_are_recalled_once() -> None:
    text, reasoning, _ = run("a.\n", "</think>", "b.\n", "</think>", "c", marks=[THINK])
    assert (text, reasoning) == ("b.\n</think>c", "a.")


@pytest.mark.parametrize("end", [("</think>",), ("</think>", "\n \n"), (("control", "</think>"),)])
def test_an_end_that_nothing_opened_and_nothing_follows_leaves_the_answer(end: Sequence[str]) -> None:
    text, reasoning, stream = run("It ", "is.", *end, marks=[THINK])
    assert (text, reasoning) == ("It is.", "")
    assert not stream.recalled


@pytest.mark.parametrize(
    "text",
    [
        "The mark </think> ends it.",
        "It ends with `</think>`.\n</think> is a mark.",
        "First comes <think>.\n</think> ends it.",
        "```\nthoughts.\n</think>\n```\nThat is it.",
        "<b>so.</b>\nand < more.",
    ],
)
def test_an_answer_may_speak_about_the_end_alone(text: str) -> None:
    assert run(*text, marks=[THINK])[:2] == (text, "")
    assert run(text, marks=[THINK])[:2] == (text, "")


def test_what_the_prompt_has_opened_is_not_recalled() -> None:
    opened = Marks(start="<think>", end="</think>", opened=True)
    assert run("a.</think>", "b.\n", "</think>c", marks=[opened])[:2] == ("b.\n</think>c", "a.")


def test_the_ids_of_an_answer_after_thoughts_that_nothing_opened() -> None:
    text, _, stream = run("Well.\n", "</think>", "\n\n", "It ", "is.", marks=[THINK])
    assert (text, stream.answer_ids(range(5))) == ("It is.", (3, 4))


@given(
    st.text(alphabet="ab .\n<>/`灯", max_size=12), st.text(alphabet="ab <>/.\n", max_size=20), st.lists(st.integers(0))
)
def test_any_cut_recalls_the_same(thought: str, answer: str, points: list[int]) -> None:
    whole = f"{thought}</think>{answer}".encode()
    assert run(*cut(whole, points), marks=[THINK])[:2] == run(whole, marks=[THINK])[:2]


def test_white_space_before_a_mark_belongs_to_nobody() -> None:
    text, reasoning, _ = run("\n", "<think>a</think>b", marks=[THINK])
    assert (text, reasoning) == ("b", "a")


def test_white_space_at_the_beginning_of_an_answer_stays() -> None:
    assert run("\n", " a", marks=[THINK])[0] == "\n a"
    assert run(" \n", marks=[THINK])[0] == " \n"


def test_the_mark_that_fits_counts() -> None:
    marks = [Marks(start="[THINK]", end="[/THINK]"), THINK]
    assert run("<think>a[/THINK]</think>b", marks=marks)[:2] == ("b", "a[/THINK]")
    assert run("[THINK]a</think>[/THINK]b", marks=marks)[:2] == ("b", "a</think>")


def test_stop_strings_do_not_count_inside_the_reasoning() -> None:
    text, reasoning, stream = run("<think>a STOP b</think>c STOP d", stops=["STOP"], marks=[THINK])
    assert (text, reasoning, stream.stop) == ("c ", "a STOP b", "STOP")


def test_a_control_mark_opens_a_second_reasoning() -> None:
    think, end = ("control", "<think>"), ("control", "</think>")
    text, reasoning, _ = run(think, "a", end, "b ", think, "c", end, "d", marks=[THINK])
    assert (text, reasoning) == ("b d", "a\n\nc")


def test_the_thought_channel_of_gemma() -> None:
    text, reasoning, _ = run(
        ("control", "<|channel>"), "thought", "\n", "well\n", ("control", "<channel|>"), "Yes.", marks=[GEMMA]
    )  # fmt: skip
    assert (text, reasoning) == ("Yes.", "well")


def control(*names: str) -> list[tuple[str, str]]:
    return [("control", f"<|{name}|>") for name in names]


def test_the_channels_of_gpt_oss() -> None:
    (channel, message, end, start) = control("channel", "message", "end", "start")
    text, reasoning, _ = run(
        channel, "analysis", message, "Let me see.", end, start, "assistant", channel, "final", message, "Yes.",
        marks=[HARMONY],
    )  # fmt: skip
    assert (text, reasoning) == ("Yes.", "Let me see.")


def test_channels_without_reasoning_and_with_several() -> None:
    (channel, message, end, start) = control("channel", "message", "end", "start")
    assert run(channel, "final", message, "Yes.", marks=[HARMONY])[:2] == ("Yes.", "")
    text, reasoning, stream = run(
        channel, "analysis", message, "a", end, start, "assistant", channel, "commentary to=x ", *control("constrain"),
        "json", message, "{}", end, start, "assistant", channel, "analysis", message, "b", marks=[HARMONY],
    )  # fmt: skip
    assert (text, reasoning, stream.reasoning_open) == ("", "a\n\n{}\n\nb", True)


def test_a_stop_string_in_the_final_channel() -> None:
    (channel, message) = control("channel", "message")
    opened = Marks(start=HARMONY.start, end=HARMONY.end, opened=True)
    text, reasoning, stream = run("a STOP", channel, "final", message, "b STOP", stops=["STOP"], marks=[opened])
    assert (text, reasoning, stream.stop) == ("b ", "a STOP", "STOP")


REASONED = st.text(alphabet="ab <>/thinkTHINK\n灯", max_size=40)


@given(REASONED, REASONED, st.lists(st.integers(0, 10_000), max_size=40))
def test_any_cut_separates_the_same_reasoning(thought: str, answer: str, points: list[int]) -> None:
    whole = f"<think>{thought}</think>{answer}"
    expected_thought, _, expected = whole.removeprefix("<think>").partition("</think>")
    expected_thought = expected_thought.strip()
    while expected_thought.startswith("<think>"):  # said once more by a model whose prompt had opened it already
        expected_thought = expected_thought.removeprefix("<think>").strip()
    expected = expected.lstrip()
    while expected.startswith("</think>"):  # closed already
        expected = expected.removeprefix("</think>").lstrip()
    text, reasoning, _ = run(*cut(whole.encode(), points), marks=[THINK])
    assert reasoning == expected_thought or "<think>" in expected
    if "<think>" not in expected:
        assert text == expected


# ---------------------------------------------------------------- offsets and ids


def test_offsets_count_each_section_for_itself() -> None:
    parts = ["<think>", "abc", "</think>", "de", "f"]
    stream = Pieces(parts).stream(marks=[THINK])
    seen = []
    for token in range(len(parts)):
        seen.append((stream.at, stream.reasoning_open))
        stream.feed(token)
    assert seen[1:] == [(0, True), (3, True), (0, False), (2, False)]


def test_the_ids_of_the_answer_decode_to_exactly_its_text() -> None:
    parts = ["<think>", "x", "</think>", "\n\n", "It ", "is.", ("control", "<|im_end|>")]
    text, _, stream = run(*parts, marks=[THINK])
    assert text == "It is."
    assert stream.answer_ids(range(len(parts))) == (4, 5)


def test_no_ids_where_a_token_is_only_half_in_the_answer() -> None:
    _, _, stream = run("It is. ST", "OP", stops=["STOP"])
    assert stream.answer_ids(range(2)) == ()
    _, _, stream = run("It is.", " ST", "OP", stops=[" STOP"])
    assert stream.answer_ids(range(3)) == (0,)


def test_the_ids_of_the_last_stretch_that_fits() -> None:
    _, _, stream = run("<think>", "yes", "</think>", "yes", marks=[THINK])
    assert stream.answer_ids(range(4)) == (3,)


def test_no_ids_without_an_answer() -> None:
    assert run("<think>a", marks=[THINK])[2].answer_ids(range(1)) == ()


@pytest.mark.parametrize("marks", [(), (THINK,)])
def test_work_per_token_does_not_grow(marks: tuple[Marks, ...]) -> None:
    parts = ["word "] * 5000
    stream = Pieces(parts).stream(stops=["\n\nUser:", "###"], marks=marks)
    for token in range(5000):
        stream.feed(token)
        if token % 7 == 0:
            stream.take()
    assert len(stream._held) < 20
