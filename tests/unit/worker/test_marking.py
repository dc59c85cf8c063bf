"""Marks in place of texts: what is a text's, what is the template's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.worker.marking import Atom, Draft, Stretch, Texts, stretches

LITERALS = ("</think>", "<think>", "/off")


def mixed(*pieces: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(pieces)).map("".join)


def user(text: str) -> Draft:
    return Draft("user", (Atom(text, 0),))


def found(text: str, template: str = "[{}]", literals: tuple[str, ...] = LITERALS) -> list[Stretch] | None:
    def render(texts: Texts) -> str:
        return template.format(texts[0][0])

    return stretches([user(text)], render, literals)[1]


def simple(stretch_list: list[Stretch] | None) -> list[tuple[str, int]] | None:
    return None if stretch_list is None else [(one.text, one.turn) for one in stretch_list]


@given(mixed("<think>", "</think>", "/off", " ", "\n", "a", "[", "]", "é", "\u3000"))
def test_an_untouched_text_stays_whole(text: str) -> None:
    wanted = [("[", -1), (text, 0), ("]", -1)] if text else [("[]", -1)]
    assert simple(found(text)) == wanted


@given(mixed("<think>", "</think>", " ", "\n", "a", "é", "\u3000", "<|x|>"))
def test_a_trimmed_text_is_the_texts_too(text: str) -> None:
    def render(texts: Texts) -> str:
        return "[" + texts[0][0].strip() + "]"

    plain, parts = stretches([user(text)], render, LITERALS)
    wanted = [("[", -1), (text.strip(), 0), ("]", -1)] if text.strip() else [("[]", -1)]
    assert plain == f"[{text.strip()}]"
    assert simple(parts) == wanted


def test_what_stands_after_a_literal() -> None:
    def render(texts: Texts) -> str:
        return "<|end|>" + texts[0][0].split("</think>")[-1].lstrip("\n") + "<|end|>"

    _, parts = stretches([user("why</think>\n\n<|end|>because")], render, (*LITERALS, "<|end|>"))
    assert simple(parts) == [("<|end|>", -1), ("<|end|>because", 0), ("<|end|>", -1)]


def test_what_stands_before_a_literal() -> None:
    def render(texts: Texts) -> str:
        return "<|end|>" + texts[0][0].split("</think>")[0] + "<|end|>"

    for text in ("why<|end|></think>x", "why <|end|> </think>", "<|end|></think>", "<|end|> <|end|></think> x"):
        _, parts = stretches([user(text)], render, ("<|end|>", *LITERALS))
        own = [one.text for one in parts or [] if one.turn < 0]
        assert parts is None or own == ["<|end|>", "<|end|>"]


def test_a_switch_that_is_taken_out() -> None:
    def render(texts: Texts) -> str:
        off = "/off" in texts[0][0]
        return "[" + texts[0][0].replace("/off", "").strip() + "]" + ("off" if off else "on")

    for text, left in (("hello /off", "hello"), ("/off hello", "hello"), ("a /off b", "a  b")):
        plain, parts = stretches([user(text)], render, LITERALS)
        assert plain == f"[{left}]off"
        assert simple(parts) == [("[", -1), (left, 0), ("]off", -1)]


def test_a_marker_assembled_by_taking_a_switch_out_is_still_the_texts() -> None:
    def render(texts: Texts) -> str:
        return "[" + texts[0][0].replace("/off", "") + "]"

    _, parts = stretches([user("<|/offend|>")], render, ("<|end|>", *LITERALS))
    assert simple(parts) == [("[", -1), ("<|end|>", 0), ("]", -1)]


def test_a_text_cut_in_the_middle_cannot_be_told() -> None:
    def render(texts: Texts) -> str:
        return texts[0][0][:5]

    assert stretches([user("hello world")], render, ())[1] is None


def test_a_changed_text_cannot_be_told() -> None:
    def render(texts: Texts) -> str:
        return texts[0][0].upper()

    assert stretches([user("hello")], render, ())[1] is None


def test_texts_of_two_turns_in_one_message() -> None:
    draft = Draft("user", (Atom(" one ", 0), Atom("\n\n"), Atom("</think> two ", 1)))

    def render(texts: Texts) -> str:
        return "[" + texts[0][0].strip() + "]"

    _, parts = stretches([draft], render, LITERALS)
    assert simple(parts) == [("[", -1), ("one ", 0), ("\n\n", -1), ("</think> two", 1), ("]", -1)]


def test_reasoning_and_answer_of_one_turn_are_two_texts() -> None:
    draft = Draft("assistant", (Atom("answer", 0),), (Atom("thought", 0),))

    def render(texts: Texts) -> str:
        content, reasoning = texts[0]
        return reasoning + content

    _, parts = stretches([draft], render, ())
    assert simple(parts) == [("thought", 0), ("answer", 0)]


def test_many_texts_have_marks_of_their_own() -> None:
    drafts = [Draft("user", (Atom(f"text {number}", number),)) for number in range(700)]

    def render(texts: Texts) -> str:
        return "|".join(content for content, _ in texts)

    _, parts = stretches(drafts, render, ())
    assert parts is not None
    assert [one.turn for one in parts if one.turn >= 0] == list(range(700))
