"""What the loop needs from an engine: a vocabulary, a batch to decode, something that chooses tokens, states.

The loop, the scheduler and the cache know only these protocols, so that a deterministic fake runs them without numpy
and without a model. Sequences ("slots") are numbered from 0; positions count tokens of a sequence from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from assistant.base.errors import AssistantError
from assistant.engine.messages import Facts, Generate, Load, Sampling

Tokens = Sequence[int]
Progress = Callable[[float], bool]
"""Called with 0..1 while a model loads; False asks to give up."""


class LoadCancelledError(AssistantError):
    """The load was given up because ``Progress`` said so."""


@dataclass(frozen=True)
class Special:
    """A token that is more than text.

    :ivar text: its spelling.
    :ivar control: the text of a turn's marks and the like; never shown, recognised in trusted text only.
        False: "user defined", recognised in any text before ordinary tokenization.
    :ivar strip_left: swallows white space before it when it is recognised; ``strip_right``: after it.
    """

    token: int
    text: str
    control: bool = True
    strip_left: bool = False
    strip_right: bool = False


class Vocabulary(Protocol):
    """Text to tokens and back, for one model."""

    size: int
    bos: int  # -1: none
    adds_bos: bool  # a text begins with bos
    space_prefix: bool  # tokenize() puts a space before what it is given
    ends: frozenset[int]  # tokens that end an answer
    specials: Sequence[Special]
    texts: dict[int, str]  # filled by those who need it: tokens that are whole characters

    def tokenize(self, text: str) -> list[int]:
        """The tokens of plain text: control spellings stay text, nothing is added."""
        ...

    def piece(self, token: int) -> bytes:
        """The bytes that ``token`` adds to a text; empty for control tokens."""
        ...

    def control_text(self, token: int) -> str:
        """The spelling of a control token, empty for every other token."""
        ...


class Chooser(Protocol):
    """Chooses the tokens of one answer. It sees what was chosen before through ``choose`` itself."""

    seed: int
    locked: bool  # whether the request's script lock counts for the next token; the loop says so

    def choose(self, context: Context, row: int) -> int:
        """A token for output ``row`` of the batch that ``context`` decoded last."""
        ...

    def close(self) -> None: ...


class StoppedError(Exception):
    """A decode was broken off by the abort flag. The memory of the batch's sequences must be looked at."""


class NoRoomError(Exception):
    """The memory had no cells for the batch, although the ledger thought so."""


class Context(Protocol):
    """One memory of sequences on a loaded model."""

    vocabulary: Vocabulary
    slots: int  # sequences that the memory can tell apart (running and kept ones)
    cells: int  # tokens that all sequences together can hold
    stream: int  # tokens that each sequence can hold for itself; 0: all share the cells
    batch_size: int  # tokens of one decode
    outputs: int  # rows with logits in one decode
    rewinds: bool  # any tail of a sequence can be removed; otherwise snapshots are needed
    dense: bool  # each step takes longer for all cells in use, whosever they are

    # the batch
    def clear(self) -> None:
        """Begin a new batch."""
        ...

    def add(self, slot: int, tokens: Tokens, position: int, *, output: bool, every: bool = False) -> int:
        """Append tokens of a sequence (streams come in the order of their slots).

        ``output``: the last token gets logits; ``every``: each one does.

        :returns: index of the batch's row that holds the last token.
        """
        ...

    def decode(self) -> None:
        """Run the batch.

        :raises StoppedError: the abort flag was raised; nothing of the batch counts as read.
        :raises NoRoomError: no cells.
        :raises AssistantError: INTERNAL, the library refused.
        """
        ...

    def step(self, slot: int, token: int, position: int) -> None:
        """Decode one token of one sequence into row 0: ``clear``, ``add`` and ``decode`` in one."""
        ...

    def use_threads(self, number: int) -> None:
        """Decode with so many threads from now on."""
        ...

    # after a decode
    def likely(self, row: int, token: int, count: int) -> tuple[float, list[tuple[int, float]]]:
        """Natural logarithm of the probability of ``token`` in ``row`` by the raw logits, and the ``count`` most
        likely tokens with their probabilities, best first."""
        ...

    # the memory of sequences
    def truncate(self, slot: int, length: int) -> bool:
        """Keep the first ``length`` tokens of a sequence; False if this memory cannot (it is then unchanged)."""
        ...

    def reach(self, slot: int) -> int:
        """The smallest length above 0 to which ``truncate`` can cut this sequence as it is now."""
        ...

    def copy(self, source: int, target: int, length: int) -> None:
        """Let the empty sequence ``target`` share the first ``length`` tokens of ``source``."""
        ...

    def length(self, slot: int) -> int:
        """How many tokens of a sequence are in the memory (after a stop, when the loop cannot know)."""
        ...

    def snapshot(self, slot: int) -> bytes:
        """What cannot be rewound of a sequence, as it is now."""
        ...

    def restore(self, slot: int, data: bytes, length: int) -> bool:
        """Take a snapshot back that was made when the sequence had ``length`` tokens, and cut the rest."""
        ...

    def save(self, slot: int) -> bytes:
        """The whole state of a sequence."""
        ...

    def load(self, slot: int, data: bytes) -> bool:
        """Replace a sequence by a saved one; False if the data do not fit (the sequence is then empty)."""
        ...

    def close(self) -> None: ...


class Backend(Context, Protocol):
    """A loaded model with its first context."""

    facts: Facts
    identity: str  # of model, cache and context kind: a saved state fits nothing else
    state_bytes: int  # of one snapshot
    token_seconds: float  # that a token of a prompt takes here at most, seen when the model was loaded
    quiet: bool  # when the model was loaded, its threads had the processor for themselves

    def abort(self, on: bool) -> None:
        """Raise or lower the abort flag of all contexts. May be called from any thread."""
        ...

    def chooser(self, request: Generate, sampling: Sampling, prompt: Tokens) -> Chooser:
        """:raises AssistantError: GRAMMAR_INVALID, NOT_SUPPORTED."""
        ...

    def streams(self, count: int, size: int) -> Context | None:
        """A further context of ``count`` sequences with ``size`` cells each (a multiple of 256).

        A step of all together takes less time there than in shared cells. None: this model or the free memory does
        not allow it.
        """
        ...

    def embed(self, text: str) -> list[float]:
        """A vector of unit length.

        :raises AssistantError: NOT_SUPPORTED, PROMPT_EMPTY, CONTEXT_FULL.
        """
        ...

    def resize(self, context: int) -> None:
        """Another context on the same weights; all sequences are empty afterwards.

        :raises AssistantError: MODEL_TOO_LARGE; the old size is then back (and empty).
        """
        ...


Opener = Callable[[Load, Progress], Backend]
"""Loads a model.

:raises AssistantError: of the kinds MODEL_*, or LoadCancelledError.
:raises ImportError: the native library is missing or does not fit this machine.
"""
