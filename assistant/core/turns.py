"""What of a conversation's messages a model gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from assistant.storage.rows import Message, Role
from assistant.tasks.chat import ChatTurn

_FILLED = 0.6  # of the context, after the oldest turns were left out


def turns_of(messages: Sequence[Message], system: str) -> list[ChatTurn]:
    """The turns of ``messages``, behind a system prompt unless that is empty. Questions without an answer are one."""
    turns = [ChatTurn("system", system)] if system.strip() else []
    for message in messages:
        if message.role is Role.ASSISTANT and not message.text:
            continue  # an answer that failed before its first word
        if turns and turns[-1].role == "user" and message.role is Role.USER:
            turns[-1] = replace(turns[-1], text=f"{turns[-1].text}\n\n{message.text}")
            continue
        turns.append(ChatTurn(message.role.value, message.text, message.reasoning, message.ids, message.fingerprint))
    return turns


def first_kept(messages: Sequence[Message], *, needed: int, available: int) -> int | None:
    """The id of the question to begin with, so that about 60 % of ``available`` tokens are used.

    :param needed: tokens of all ``messages`` together.
    :returns: None if there is no turn that could be left out.
    """
    rest = sum(len(message.text) for message in messages) or 1
    target = rest * _FILLED * available / max(needed, 1)
    first = None
    for index, message in enumerate(messages):
        if message.role is Role.USER and index > 0:
            first = message.id
            if rest <= target:
                break
        rest -= len(message.text)
    return first
