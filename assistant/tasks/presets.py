"""Prompts and options as data: ``resources/prompts/*.json``, checked when loaded."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import msgspec

from assistant.base.assets import resources

T = TypeVar("T")


class ChatPreset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is fixed about a chat.

    :ivar max_tokens: the longest answer, in tokens, when the user has not set one.
    :ivar reserve: tokens kept free for an answer; a prompt that leaves less does not fit.
    :ivar warn_at: share of the context from which the user is told that room runs out.
    :ivar title_characters: length of a title made from the first message.
    """

    comment: str
    max_tokens: int
    reserve: int
    warn_at: float
    title_characters: int


def load_preset(name: str, kind: type[T]) -> T:
    """The preset ``name`` as ``kind``.

    :raises msgspec.ValidationError: the file does not say what ``kind`` needs: a defect of the installation.
    """
    return msgspec.json.decode((resources() / "prompts" / f"{name}.json").read_bytes(), type=kind)


@cache
def chat_preset() -> ChatPreset:
    return load_preset("chat", ChatPreset)
