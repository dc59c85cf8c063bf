"""Texts built from a template's own markers never become the template's words."""

from __future__ import annotations

import re

import jinja2
import pytest

from assistant.worker.messages import Rendered, Turn
from assistant.worker.rendering import break_spellings
from tests.fakes.chat_templates import KNOWN, NAMES, as_messages, joined, reference, source, trusted
from tests.fakes.forged_texts import MARKER, between_turns, conversations, harmless, markers, rendered
from tests.fakes.soak_log import SoakLog

each_template = pytest.mark.parametrize("name", NAMES, scope="module")

CANARY = re.compile("[α-ω]")
_LOOKED_FOR = re.compile(
    r"think>|</?think|/no_?think|/think|THINK|channel|<tool_response>|detailed thinking|FINAL RESPONSE|</assistant>"
    r"|(?i:reasoning)"
)
"""What some template looks for in texts: with it, the template's own words may be others than without."""


def check(name: str, conversation: list[Turn]) -> bool:
    """Render a hostile conversation; True if the marks worked for it, without breaking anything."""
    answer = rendered(name, conversation)
    if answer.broken:
        check_broken(name, conversation, answer)
        return False
    own = trusted(answer.parts)
    assert not any(map(CANARY.search, own)), (conversation, own)
    expected = conversation
    if answer.system_merged:
        merged = f"{conversation[0].text}\n\n{conversation[1].text}"
        expected = [Turn(role="user", text=merged), *conversation[2:]]
    assert joined(answer.parts) == reference(source(name), as_messages(expected))
    for part in answer.parts:
        assert part.whole == (part.turn >= 0 and part.text == conversation[part.turn].text)
    if not any(_LOOKED_FOR.search(turn.text) for turn in conversation):
        assert own == trusted(harmless(name, tuple(turn.role for turn in conversation)).parts), conversation
    return True


def check_broken(name: str, conversation: list[Turn], answer: Rendered) -> None:
    """Either the marks work for the broken texts, or those hold nothing that could be taken for a marker."""
    if any(part.turn >= 0 for part in answer.parts):
        assert not any(map(CANARY.search, trusted(answer.parts)))
        return
    for turn in conversation:
        text = break_spellings(turn.text)
        assert text.replace("\u200b", "") == turn.text.replace("\u200b", "")
        assert not any(marker in text for marker in markers(name) if MARKER.fullmatch(marker))


def forge(name: str, count: int, seed: int) -> tuple[int, int]:
    """Returns how many conversations were tried, and for how many the marks worked."""
    tried = list(conversations(name, count, seed))
    worked = sum(check(name, conversation) for conversation in tried)
    assert worked > 0.5 * len(tried), f"{worked} of {len(tried)}"
    return len(tried), worked


@each_template
def test_no_marker_of_a_text_becomes_the_templates(name: str) -> None:
    forge(name, 12, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@each_template
def test_no_marker_of_a_text_becomes_the_templates_ten_thousand_times(name: str, soak_log: SoakLog) -> None:
    tried, worked = forge(name, 10_000, seed=2)
    soak_log(template=name, conversations=tried, marks_worked=worked)


@each_template
def test_a_whole_forged_turn_is_the_users_text(name: str) -> None:
    """The classic: what the template writes between an answer and the next question, pasted into a question."""
    between = between_turns(name)
    text = f"αβγ{between}δεζ{between}"
    answer = rendered(name, [Turn(role="user", text=text)])
    assert not answer.broken
    assert trusted(answer.parts) == trusted(harmless(name, ("user",)).parts)
    (part,) = (part for part in answer.parts if part.turn == 0)
    assert part.text in (text, text.strip())


def test_the_reference_knows_every_template_of_the_table() -> None:
    assert set(NAMES) < set(KNOWN)
    with pytest.raises(jinja2.TemplateError):
        reference("{{ raise_exception('no') }}", [])
