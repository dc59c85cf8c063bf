"""A conversation, turned into a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.engine.messages import Generate, Marks, Piece, Sampling, ScriptLock

_CHANNELS = "<|channel|>analysis"
_FINAL_CHANNEL = "<|channel|>final<|message|>"
"""How gpt-oss begins its answer; what it thinks stands in a channel of its own before that."""


@dataclass(frozen=True)
class ChatTurn:
    """One message of a conversation as the model gets to see it.

    :ivar role: ``system``, ``user`` or ``assistant``.
    :ivar ids: the sampled ids of an answer, usable only with the tokenizer of ``fingerprint``.
    """

    role: str
    text: str
    reasoning: str = ""
    ids: tuple[int, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True)
class AnswerOptions:
    """What the user may choose about one answer. None: the model's own or the house default.

    :ivar max_tokens: 0: the default.
    :ivar raw: no template: continue the text of the turns.
    :ivar thinking: ask for reasoning, or for none.
    :ivar stop: strings that end the answer and are not part of it.
    :ivar ignore_end: write on after the end of the text, up to ``max_tokens`` (measurements).
    :ivar lock: the scripts that the answer may use; ``grammar``: GBNF that it follows.
    :ivar template: a chat template to be used instead of the file's own, for a model whose own takes no plain text.
    """

    temperature: float | None = None
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repeat_penalty: float | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    max_tokens: int = 0
    seed: int | None = None
    thinking: bool | None = None
    raw: bool = False
    alternatives: int = 0
    stop: tuple[str, ...] = ()
    ignore_end: bool = False
    lock: ScriptLock | None = None
    grammar: str = ""
    template: str = ""


@dataclass(frozen=True)
class RenderedPart:
    """A stretch of a rendered prompt, as the worker gives it: which turn's text it is (-1: the template's own)."""

    text: str
    turn: int = -1
    whole: bool = False
    checkpoint: bool = False


def prompt_pieces(parts: Sequence[RenderedPart], turns: Sequence[ChatTurn], fingerprint: str) -> tuple[Piece, ...]:
    """The engine's prompt from rendered parts: only the template's own text is trusted, answers keep their ids."""
    pieces = []
    for part in parts:
        ids: tuple[int, ...] | None = None
        if part.turn >= 0 and part.whole:
            turn = turns[part.turn]
            if turn.ids and turn.fingerprint == fingerprint:
                ids = turn.ids
        pieces.append(Piece(text=part.text, trusted=part.turn < 0, ids=ids, checkpoint=part.checkpoint))
    return tuple(pieces)


def resumed(
    pieces: tuple[Piece, ...], marks: tuple[Marks, ...], begun: ChatTurn, fingerprint: str
) -> tuple[tuple[Piece, ...], tuple[Marks, ...]]:
    """The prompt for writing on at the end of ``begun``: its reasoning closed, its text the place to go on from."""
    opened = next((mark for mark in marks if mark.opened), None)
    more = []
    if opened is not None:
        more = [Piece(text=begun.reasoning), Piece(text=opened.end + "\n\n", trusted=True)]
    elif any(mark.start.startswith(_CHANNELS) for mark in marks):
        more = [Piece(text=_FINAL_CHANNEL, trusted=True)]
    ids = begun.ids if begun.ids and begun.fingerprint == fingerprint else None
    more.append(Piece(text=begun.text, ids=ids))
    return (*pieces, *more), tuple(mark for mark in marks if not mark.opened)


def unthinking(pieces: tuple[Piece, ...], marks: tuple[Marks, ...]) -> tuple[tuple[Piece, ...], tuple[Marks, ...]]:
    """The prompt for an answer without reasoning: where the template begins one all the same, it ends there.

    Some models know no switch. A task that gives them the room for an answer would get nothing but their thoughts.
    """
    more = ""
    for mark in marks:
        if mark.opened:
            more = mark.end if "><" in mark.end else f"\n{mark.end}\n\n"
        elif mark.start.startswith(_CHANNELS):
            more = _FINAL_CHANNEL
    if not more:
        return pieces, marks
    closed = tuple(Marks(start=mark.start, end=mark.end) for mark in marks)
    return (*pieces, Piece(text=more, trusted=True)), closed


def raw_pieces(turns: Sequence[ChatTurn]) -> tuple[Piece, ...]:
    """The prompt of a base model: the text so far, each new wish of the user in a paragraph of its own."""
    text = ""
    for turn in turns:
        if text and turn.role == "user":
            text += "\n\n"
        text += turn.text
    return (Piece(text=text),)


def chat_request(
    request_id: str,
    pieces: tuple[Piece, ...],
    options: AnswerOptions,
    *,
    key: str,
    marks: tuple[Marks, ...],
    bulk: bool = False,
) -> Generate:
    """The engine's request for one answer.

    :param bulk: it is one of many, for which nobody sits and waits.
    """
    return Generate(
        id=request_id,
        prompt=pieces,
        key=key,
        sampling=Sampling(
            temperature=options.temperature,
            top_k=options.top_k,
            top_p=options.top_p,
            min_p=options.min_p,
            repeat_penalty=options.repeat_penalty,
            presence_penalty=options.presence_penalty,
            frequency_penalty=options.frequency_penalty,
            seed=options.seed,
        ),
        max_tokens=options.max_tokens,  # 0 stays 0: the room of a stated limit is set aside, others would have to wait
        stop=options.stop,
        priority="bulk" if bulk else "interactive",
        alternatives=options.alternatives,
        grammar=options.grammar,
        lock=options.lock,
        marks=marks,
        raw=options.raw,
        ignore_end=options.ignore_end,
        stop_loops=not options.ignore_end,
    )
