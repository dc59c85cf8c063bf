"""What the program and an engine's child say to each other.

Every request carries an ``id`` chosen by the sender and gets exactly one ``Finished``, ``Failed`` or the one answer
that its class names. ``Tokens`` and ``Reading`` are updates before that. Times are seconds, sizes bytes unless said.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from msgspec import field

from assistant.base.errors import AssistantError, ErrorKind
from assistant.process.message import Message

# ---------------------------------------------------------------- parts of messages


class Piece(Message, frozen=True):
    """A stretch of a prompt.

    :ivar text: the characters.
    :ivar trusted: written by the template or by us: control tokens are recognised in it. Text of people, documents and
        models is not trusted and can never become a control token, also not together with its neighbours.
    :ivar ids: the tokens of this text as they were once sampled, used instead of tokenizing it again.
    :ivar checkpoint: a good place to come back to (the start of a user's turn, the end of a shared preamble): models
        that cannot rewind keep a copy of their state here.
    """

    text: str
    trusted: bool = False
    ids: tuple[int, ...] | None = None
    checkpoint: bool = False


class Sampling(Message, frozen=True):
    """How the next token is chosen. None: what the model's file recommends, else the house default."""

    temperature: float | None = None  # 0: always the most likely token
    top_k: int | None = None  # 0: off
    top_p: float | None = None  # 1: off
    min_p: float | None = None  # 0: off
    repeat_penalty: float | None = None  # 1: off
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    penalty_last_n: int | None = None
    dry_multiplier: float | None = None  # 0: off
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    dry_penalty_last_n: int = -1
    dry_breakers: tuple[str, ...] = ("\n", ":", '"', "*")
    seed: int | None = None  # None: another one each time; what was used is in Finished


class Marks(Message, frozen=True):
    """How a model marks its reasoning in its own output.

    :ivar start: text that opens it, for example ``<think>``; empty: it is never opened by the model.
    :ivar end: text that closes it.
    :ivar opened: the prompt has already opened it, so the output begins inside.
    """

    start: str
    end: str
    opened: bool = False


class ScriptLock(Message, frozen=True):
    """Keeps an answer in the scripts of its language: no other character can be sampled, byte by byte if need be.

    :ivar language: BCP 47 with the script where that matters: ``zh-Hans`` excludes characters that only Traditional
        Chinese uses; a language without a lock (``base.scripts.lockable``) locks nothing.
    :ivar words: words in other scripts that may be spelled, whole and in order of their letters: names, code and terms
        of the source.
    :ivar signs: digits, punctuation and other signs that may come at any time; beyond these one for every so many
        letters (``scriptlock.LETTERS_PER_SIGN``), so that letters are most of an answer. None: any number.
    """

    language: str
    words: tuple[str, ...] = ()
    signs: int | None = None


class Alternative(Message, frozen=True):
    """A token that could have come: the model's own probability, before any sampler (softmax of the raw logits)."""

    token: int
    text: str
    probability: float


class Step(Message, frozen=True):
    """One sampled token, for those who asked to look inside.

    :ivar at: offset in characters of the answer's text (reasoning and answer each count for themselves).
    """

    token: int
    text: str
    probability: float
    at: int
    reasoning: bool = False
    alternatives: tuple[Alternative, ...] = ()


class Counts(Message, frozen=True):
    """Tokens of one request. ``cached`` is the part of the prompt that did not have to be read again."""

    prompt: int = 0
    cached: int = 0
    generated: int = 0

    def __add__(self, other: Counts) -> Counts:
        """The tokens of both."""
        return Counts(
            prompt=self.prompt + other.prompt,
            cached=self.cached + other.cached,
            generated=self.generated + other.generated,
        )


class Seconds(Message, frozen=True):
    """Where one request's time went. ``overhead``: wall time while writing, less the time inside llama_decode."""

    queued: float = 0.0
    reading: float = 0.0
    first_token: float = 0.0  # from the request's arrival
    writing: float = 0.0
    overhead: float = 0.0
    total: float = 0.0


class FinishReason(StrEnum):
    """How an answer ended."""

    END = "end"  # the model ended its answer
    STOP = "stop"  # a stop string
    LIMIT = "limit"  # the token limit
    LOOP = "loop"  # it repeated itself for ever; the faces say so, the contract's JSON says "limit"
    CANCELLED = "cancelled"


class Capability(StrEnum):
    """What an engine can do, so that a task can say what is missing."""

    CHAT = "chat"  # has a template
    REASONING = "reasoning"
    GRAMMAR = "grammar"
    MASKS = "masks"
    ALTERNATIVES = "alternatives"
    SCORE = "score"
    EMBED = "embed"
    STATE = "state"
    REWIND = "rewind"  # any prefix can be kept; otherwise only up to a checkpoint
    RESIZE = "resize"


class Device(Message, frozen=True):
    """A device beside the processor that layers can be put on. ``total`` and ``free`` in bytes, now.

    :ivar kind: gpu, or igpu: it shares the machine's memory.
    """

    name: str
    total: int = 0
    free: int = 0
    kind: Literal["gpu", "igpu"] = "gpu"


class Facts(Message, frozen=True):
    """What is known about a loaded model and the context around it."""

    name: str
    path: str
    architecture: str
    description: str  # llama.cpp's own, for example "llama 135M Q4_1"
    parameters: int
    file_size: int
    context_trained: int  # tokens
    context: int  # tokens, shared by all sequences
    sequences: int  # how many may run at once
    vocabulary: int
    bulk: int = 0  # how many bulk requests may run at once where each has its own cells, at most
    template: str = ""  # the file's chat template, empty: a base model
    bos_text: str = ""
    eos_text: str = ""
    adds_bos: bool = False
    fingerprint: str = ""  # of the tokenizer: sampled ids may be kept only while this is the same
    device: str = "CPU"
    gpu_layers: int = 0
    devices: tuple[Device, ...] = ()  # as they were before the model was loaded
    threads: int = 0
    cache_bytes_per_token: int = 0
    state_bytes: int = 0  # fixed part per sequence (recurrent models)
    memory: int = 0  # bytes of weights and cache that the child holds
    capabilities: tuple[Capability, ...] = ()
    sampling: Sampling = Sampling()  # what the file recommends
    load_seconds: float = 0.0
    versions: dict[str, str] = field(default_factory=dict)


# ---------------------------------------------------------------- to the child


class Load(Message, frozen=True):
    """Load a model. Answer: ``Loaded`` or ``Failed``; before it ``Loading``. ``Cancel`` with this id stops it.

    :ivar raw: the path as the system spells it, where that is no text; ``path`` is how it is shown then.
    :ivar context: tokens for all sequences together; 0: a sane size (8192, or what the model was trained for if less).
    :ivar threads: 0: as many as there are physical cores.
    :ivar gpu_layers: -1: all that fit, as far as ``gpu_first`` and ``gpu_block`` tell: bytes of graphics memory for the
        first layer (the output) with all that comes with it, and for each further one. 0: not known, so all.
    :ivar template: name of another chat template in the file ("tool_use"); empty: its own.
    """

    id: str
    path: str
    context: int = 0
    sequences: int = 8
    threads: int = 0
    gpu_layers: int = -1
    gpu_first: int = 0
    gpu_block: int = 0
    cache_type: Literal["f16", "q8_0", "q4_0"] = "f16"
    embeddings: bool = False
    template: str = ""
    raw: bytes = b""


class Generate(Message, frozen=True):
    """Write on from a prompt. Answer: ``Finished`` or ``Failed``; before it ``Reading`` and ``Tokens``.

    :ivar key: requests with the same key belong together (one conversation): its sequence is kept for the next one.
    :ivar max_tokens: 0: as many as the context leaves room for, at most a sane default.
    :ivar stop: strings that end the answer and are not part of it.
    :ivar alternatives: how many likely alternatives to report with each token (0: no ``steps``).
    :ivar grammar: GBNF; ``json_schema``: a JSON schema as text (one of the two).
    :ivar logit_bias: added to the logits of these tokens; ``banned``: never sampled; ``allowed``: if not empty, only
        these (and the end of text).
    :ivar lock: the scripts that the answer may use (reasoning is free).
    :ivar marks: how this model marks reasoning; the first that fits counts.
    :ivar raw: a plain text to continue, no template behind it.
    :ivar ignore_end: go on after the end of text (benchmarks).
    """

    id: str
    prompt: tuple[Piece, ...]
    key: str = ""
    sampling: Sampling = Sampling()
    max_tokens: int = 0
    stop: tuple[str, ...] = ()
    priority: Literal["interactive", "bulk"] = "interactive"
    alternatives: int = 0
    grammar: str = ""
    json_schema: str = ""
    logit_bias: dict[int, float] = field(default_factory=dict)
    banned: tuple[int, ...] = ()
    allowed: tuple[int, ...] = ()
    lock: ScriptLock | None = None
    marks: tuple[Marks, ...] = ()
    raw: bool = False
    ignore_end: bool = False
    stop_loops: bool = True


class Cancel(Message, frozen=True):
    """Stop the request ``id`` in whatever phase it is. It then finishes with ``cancelled`` (a load: ``Failed``)."""

    id: str


class Count(Message, frozen=True):
    """How many tokens a prompt has. Answer: ``Counted``."""

    id: str
    prompt: tuple[Piece, ...]
    raw: bool = False


class CountMany(Message, frozen=True):
    """How many tokens each of many texts has, nothing of them trusted and nothing added. Answer: ``CountedMany``."""

    id: str
    texts: tuple[str, ...]


class Score(Message, frozen=True):
    """How likely the model finds ``text`` after ``prompt``. Answer: ``Scored``."""

    id: str
    prompt: tuple[Piece, ...]
    text: str
    alternatives: int = 0
    raw: bool = False


class Embed(Message, frozen=True):
    """A vector for each text, of unit length. Answer: ``Embedded``. Needs a model loaded with ``embeddings``."""

    id: str
    texts: tuple[str, ...]


class SaveState(Message, frozen=True):
    """Write what was read for ``key`` to a file. Answer: ``StateSaved``."""

    id: str
    key: str
    path: str


class LoadState(Message, frozen=True):
    """Take back what ``SaveState`` wrote, under ``key``. Answer: ``StateLoaded`` or ``Failed(STATE_UNUSABLE)``."""

    id: str
    key: str
    path: str


class Forget(Message, frozen=True):
    """Drop what is kept for ``key`` (a deleted conversation). No answer."""

    key: str


class Resize(Message, frozen=True):
    """Give the context another size, keeping what was read, once nothing runs. Answer: ``Resized`` or ``Failed``."""

    id: str
    context: int


class Survey(Message, frozen=True):
    """Which devices are there? Answer: ``Surveyed``. For a child that has no model yet."""

    id: str


class Ping(Message, frozen=True):
    """Are you alive? Answer: ``Pong``."""

    id: str


Request = (
    Load
    | Generate
    | Cancel
    | Count
    | CountMany
    | Score
    | Embed
    | SaveState
    | LoadState
    | Forget
    | Resize
    | Survey
    | Ping
)


# ---------------------------------------------------------------- from the child


class Loading(Message, frozen=True):
    """A load goes on: ``progress`` from 0 to 1."""

    id: str
    progress: float


class Loaded(Message, frozen=True):
    id: str
    facts: Facts


class Reading(Message, frozen=True):
    """A prompt is being read: ``read`` of ``total`` tokens, ``cached`` of them kept from before."""

    id: str
    read: int
    total: int
    cached: int


class Tokens(Message, frozen=True):
    """The answer grew. Whole characters only, never a control token or a piece of a stop string.

    :ivar recalled: all ``text`` before this was reasoning that nothing had opened; ``reasoning`` is more of it.
    :ivar count: tokens sampled so far.
    """

    id: str
    text: str = ""
    reasoning: str = ""
    recalled: bool = False
    count: int = 0
    steps: tuple[Step, ...] = ()


class Finished(Message, frozen=True):
    """The one good end of ``Generate``.

    :ivar ids: all sampled ids, reasoning and the end mark included.
    :ivar answer_ids: those that make up the answer's text alone (they decode to exactly that text), or empty when
        that cannot be said.
    :ivar stop: the stop string that was met.
    :ivar reasoning_open: it ended while still reasoning.
    """

    id: str
    reason: FinishReason
    ids: tuple[int, ...] = ()
    answer_ids: tuple[int, ...] = ()
    stop: str = ""
    seed: int = 0
    reasoning_open: bool = False
    tokens: Counts = Counts()
    seconds: Seconds = Seconds()


class Failed(Message, frozen=True):
    """The one bad end of any request. ``values`` are for the sentence (see ErrorKind)."""

    id: str
    kind: ErrorKind
    detail: str = ""
    values: dict[str, str | int | float] = field(default_factory=dict)

    @classmethod
    def by(cls, identifier: str, error: AssistantError) -> Failed:
        """The end of a request that ``error`` brings."""
        return cls(id=identifier, kind=error.kind, detail=error.detail, values=error.plain_values)


class Counted(Message, frozen=True):
    id: str
    tokens: int


class CountedMany(Message, frozen=True):
    """``tokens``: one number for each text, in their order. That of a very long text can be a few too high."""

    id: str
    tokens: tuple[int, ...]


class Scored(Message, frozen=True):
    """One step per token of the text; ``log_probability`` is their sum (natural logarithm)."""

    id: str
    log_probability: float
    steps: tuple[Step, ...]


class Embedded(Message, frozen=True):
    """``vectors``: little-endian float32, ``count`` rows of ``dimensions`` numbers."""

    id: str
    count: int
    dimensions: int
    vectors: bytes


class StateSaved(Message, frozen=True):
    id: str
    tokens: int
    size: int


class StateLoaded(Message, frozen=True):
    id: str
    tokens: int


class Resized(Message, frozen=True):
    id: str
    facts: Facts
    kept: int  # tokens that did not have to be read again


class Surveyed(Message, frozen=True):
    """``devices``: those that layers can be put on; none where llama.cpp was built for the processor alone."""

    id: str
    devices: tuple[Device, ...] = ()


class Pong(Message, frozen=True):
    id: str
    memory: int = 0


class Alive(Message, frozen=True):
    """Sent at least every two seconds while something runs, also in the middle of a long load.

    :ivar used: cells of the context in use.
    :ivar extra: bytes that the child holds for bulk requests at present, beside the ``memory`` of its facts.
    """

    running: int = 0
    waiting: int = 0
    used: int = 0
    extra: int = 0
    speed: float = 0.0  # tokens per second of all answers together, over the last second


Event = (
    Loading
    | Loaded
    | Reading
    | Tokens
    | Finished
    | Failed
    | Counted
    | CountedMany
    | Scored
    | Embedded
    | StateSaved
    | StateLoaded
    | Resized
    | Surveyed
    | Pong
    | Alive
)
