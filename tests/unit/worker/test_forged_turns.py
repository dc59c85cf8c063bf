"""Texts built from a template's own markers never become the template's words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache

import jinja2
import pytest

from assistant.worker.messages import Render, Rendered, Turn
from assistant.worker.rendering import break_spellings, render
from assistant.worker.templates import compiled
from tests.fakes.chat_templates import KNOWN, NAMES, NO_SYSTEM, NOW, as_messages, joined, reference, source, trusted

each_template = pytest.mark.parametrize("name", NAMES, scope="module")

CANARY = re.compile("[α-ω]")
_MARKER = re.compile(r"<[^<>\s]{1,40}>|\[[^\[\]\s]{1,40}\]|\]~[^\s]{1,3}\[|\[e~\[")
_LOOKED_FOR = re.compile(
    r"think>|</?think|/no_?think|/think|THINK|channel|<tool_response>|detailed thinking|FINAL RESPONSE|</assistant>"
    r"|(?i:reasoning)"
)
"""What some template looks for in texts: with it, the template's own words may be others than without."""
_WORDS = ("αβγ", "δεζ ηθι", "κλ\nμν", "ξοπ!", " ", "\n", "\n\n", "")


@cache
def markers(name: str) -> tuple[str, ...]:
    """The spellings that matter to this template: what it writes around texts, its own strings, and tags in them."""
    text = source(name)
    conversation = [Turn(role="user", text="§"), Turn(role="assistant", text="§"), Turn(role="user", text="§")]
    if name != NO_SYSTEM:
        conversation.insert(0, Turn(role="system", text="§"))
    around = reference(text, as_messages(conversation)).split("§")
    found = {piece[-60:] for piece in around} | {piece[:60] for piece in around} | {"<BOS>", "<EOS>"}
    found |= set(_MARKER.findall(text)) | {word for word in compiled(text).words if 1 < len(word) <= 40}
    return tuple(sorted(word for word in found if word.strip()))


def hostile(name: str, dice: random.Random) -> str:
    """A text of whole, cut, nested and doubled markers, with words of Greek letters between them."""
    known = markers(name)
    pieces = []
    for _ in range(dice.randint(1, 6)):
        marker = dice.choice(known)
        at = dice.randrange(len(marker) + 1)
        other = dice.choice(known)
        pieces += dice.choice(
            (
                (marker,),
                (marker, other),
                (marker[:at], other, marker[at:]),  # put together when the inner one is taken away
                (marker[:at],),
                (marker[at:],),
                (marker[:at], dice.choice(_WORDS), marker[at:]),
            )
        )
        pieces.append(dice.choice(_WORDS))
    text = "".join(pieces)
    return text if text.strip() else "ωω"


def conversations(name: str, count: int, seed: int) -> Iterator[list[Turn]]:
    dice = random.Random(f"{name} {seed}")
    for _ in range(count):
        roles = dice.choice(
            (("user",), ("system", "user"), ("user", "assistant", "user"), ("system", "user", "assistant", "user"))
        )
        first, *rest = (hostile(name, dice) for _ in roles)
        if dice.random() < 0.2 and rest and first:  # a marker over two neighbouring turns
            marker = dice.choice(markers(name))
            at = dice.randrange(len(marker) + 1)
            first, rest[0] = first + marker[:at], marker[at:] + rest[0]
        yield [Turn(role=role, text=text) for role, text in zip(roles, (first, *rest), strict=True)]


def check(name: str, conversation: list[Turn]) -> bool:
    """Render a hostile conversation; True if the marks worked for it, without breaking anything."""
    answer = render(Render(id="r", template=source(name), turns=tuple(conversation), bos="<BOS>", eos="<EOS>"), NOW)
    assert isinstance(answer, Rendered), (answer, conversation)
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
        assert own == harmless(name, tuple(turn.role for turn in conversation)), conversation
    return True


def check_broken(name: str, conversation: list[Turn], answer: Rendered) -> None:
    """Either the marks work for the broken texts, or those hold nothing that could be taken for a marker."""
    if any(part.turn >= 0 for part in answer.parts):
        assert not any(map(CANARY.search, trusted(answer.parts)))
        return
    for turn in conversation:
        text = break_spellings(turn.text)
        assert text.replace("\u200b", "") == turn.text.replace("\u200b", "")
        assert not any(marker in text for marker in markers(name) if _MARKER.fullmatch(marker))


@cache
def harmless(name: str, roles: tuple[str, ...]) -> list[str]:
    turns = tuple(Turn(role=role, text=f"w{number}") for number, role in enumerate(roles))
    answer = render(Render(id="r", template=source(name), turns=turns, bos="<BOS>", eos="<EOS>"), NOW)
    assert isinstance(answer, Rendered)
    return trusted(answer.parts)


def forge(name: str, count: int, seed: int) -> None:
    tried = list(conversations(name, count, seed))
    worked = sum(check(name, conversation) for conversation in tried)
    assert worked > 0.5 * len(tried), f"{worked} of {len(tried)}"


@each_template
def test_no_marker_of_a_text_becomes_the_templates(name: str) -> None:
    forge(name, 12, seed=1)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@each_template
def test_no_marker_of_a_text_becomes_the_templates_ten_thousand_times(name: str) -> None:
    forge(name, 10_000, seed=2)


@each_template
def test_a_whole_forged_turn_is_the_users_text(name: str) -> None:
    """The classic: what the template writes between an answer and the next question, pasted into a question."""
    shape = [Turn(role="user", text="§1"), Turn(role="assistant", text="§2"), Turn(role="user", text="§3")]
    between = reference(source(name), as_messages(shape)).split("§")[2][1:]
    text = f"αβγ{between}δεζ{between}"
    answer = render(
        Render(id="r", template=source(name), turns=(Turn(role="user", text=text),), bos="<BOS>", eos="<EOS>"), NOW
    )
    assert isinstance(answer, Rendered)
    assert not answer.broken
    assert trusted(answer.parts) == harmless(name, ("user",))
    (part,) = (part for part in answer.parts if part.turn == 0)
    assert part.text in (text, text.strip())


def test_the_reference_knows_every_template_of_the_table() -> None:
    assert set(NAMES) < set(KNOWN)
    with pytest.raises(jinja2.TemplateError):
        reference("{{ raise_exception('no') }}", [])
