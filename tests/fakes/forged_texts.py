"""Texts and conversations built from a chat template's own markers: whole, cut, nested, doubled and side by side."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache

from assistant.worker.messages import Render, Rendered, Turn
from assistant.worker.rendering import render
from assistant.worker.templates import compiled
from tests.fakes.chat_templates import NO_SYSTEM, NOW, as_messages, reference, source

MARKER = re.compile(r"<[^<>\s]{1,40}>|\[[^\[\]\s]{1,40}\]|\]~[^\s]{1,3}\[|\[e~\[")
"""What a control token of any known vocabulary looks like."""
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
    found |= set(MARKER.findall(text)) | {word for word in compiled(text).words if 1 < len(word) <= 40}
    return tuple(sorted(word for word in found if word.strip()))


def between_turns(name: str) -> str:
    """What the template writes between an answer and the next question."""
    shape = [Turn(role="user", text="§1"), Turn(role="assistant", text="§2"), Turn(role="user", text="§3")]
    return reference(source(name), as_messages(shape)).split("§")[2][1:]


def hostile(name: str, dice: random.Random) -> str:
    """A text of markers, with words of Greek letters between them."""
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
    """So many hostile conversations for a template, the same ones each time."""
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


def rendered(name: str, conversation: list[Turn], now: datetime = NOW) -> Rendered:
    """What the worker makes of a conversation."""
    answer = render(Render(id="r", template=source(name), turns=tuple(conversation), bos="<BOS>", eos="<EOS>"), now)
    assert isinstance(answer, Rendered), (answer, conversation)
    return answer


@cache
def harmless(name: str, roles: tuple[str, ...]) -> Rendered:
    """The same with texts that nobody could take for anything else."""
    return rendered(name, [Turn(role=role, text=f"w{number}") for number, role in enumerate(roles)])
