"""A model that is not one: deterministic, instant, in plain Python, and strict about what the loop does with it.

It speaks a ChatML dialect over a vocabulary of single bytes. What it answers depends on every token in its memory, so
that a mistake in the reuse of prefixes changes the answer. What the loop may not do (positions that do not follow,
more cells than there are, rows without logits) raises ``AssertionError``.

How it behaves is said in the model's file name, in ``LAMPLIGHT_FAKE_ENGINE``, or between double braces in the last
text of the user; later ones win. Options are separated by commas:

========================  ================================================================================
``slow=MS``               every token takes so many milliseconds (prompts: a hundredth of it per token)
``words=N``               the answer is a numbered list of N words
``{{say}}TEXT``           (in the user's text) the answer is TEXT, to the letter
``think=N``               first N words of reasoning between ``<think>`` and ``</think>`` (control tokens)
``endless``               the answer never ends; ``endless=TEXT`` repeats TEXT, else every word is another one
``crash=SIGNAL@N``        the process ends by this signal (``SIGSEGV``, or ``exit:3``) after N tokens of the answer
``hang=N``                decoding never returns after N tokens of the answer
``refuse=N``              decoding fails after N tokens of the answer
``babble=N``              nonsense on the pipe after N tokens of the answer
``fail=KIND``             loading fails with this ErrorKind (``engine_missing``: as if the library were not there)
``load=SECONDS``          loading takes so long; ``deaf``: and does not listen to a cancel meanwhile;
                          ``busy``: nor does it tell how far it is, but it works
``loadcrash=SIGNAL``      the process ends while loading; ``embedcrash=SIGNAL``: while it makes a vector;
                          ``savecrash=SIGNAL``: while it saves a state
``base``                  no chat template: it continues text
``context=N``             tokens of the context if the load does not say
``recurrent``             sequences cannot be rewound, except to snapshots
``shared``                there are no streams: all requests share the cells of one context
``cramped``               streams have less room than they say
``hash``                  answers are letters chosen by a hash of the whole memory (until a limit)
========================  ================================================================================

For example ``fake,slow=5,think=20.gguf``, or a message ``{{crash=SIGSEGV@10}}Hello``.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import struct
import sys
import threading
import time
import zlib
from array import array
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.engine.backend import LoadCancelledError, NoRoomError, Progress, Special, StoppedError
from assistant.engine.messages import Capability, Facts, Generate, Load, Sampling

START, END, TEXT_END, THINK, THINK_END, BREAK = 256, 257, 258, 259, 260, 261
SPELLINGS = {
    START: "<|im_start|>", END: "<|im_end|>", TEXT_END: "<|endoftext|>", THINK: "<think>", THINK_END: "</think>",
    BREAK: "[BREAK]",
}  # fmt: skip
TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
_HEADER_TOKENS = [START, *b"assistant\n"]
_RANDOM_WORDS = ("lamp", "light", "night", "book", "paper", "river", "stone", "window", "cloud", "garden", "letter")


class FakeVocabulary:
    """Bytes, four control tokens for turns and reasoning, and ``[BREAK]``, which is user defined."""

    def __init__(self, *, adds_bos: bool = False) -> None:
        self.size = 262
        self.bos = TEXT_END
        self.adds_bos = adds_bos
        self.space_prefix = False
        self.texts: dict[int, str] = {}
        self.ends = frozenset((END, TEXT_END))
        self.specials = [Special(token, text, control=token != BREAK) for token, text in SPELLINGS.items()]

    def tokenize(self, text: str) -> list[int]:
        out: list[int] = []
        for i, part in enumerate(text.split(SPELLINGS[BREAK])):
            out += ([BREAK] if i else []) + list(part.encode())
        return out

    def piece(self, token: int) -> bytes:
        if token < 256:
            return bytes((token,))
        return SPELLINGS[BREAK].encode() if token == BREAK else b""

    def control_text(self, token: int) -> str:
        return "" if token == BREAK else SPELLINGS.get(token, "")

    def text(self, tokens: Sequence[int]) -> str:
        """Tokens as one string, control tokens spelled."""
        parts = bytearray()
        for token in tokens:
            parts += SPELLINGS[token].encode() if token >= 256 else bytes((token,))
        return parts.decode("utf-8", "replace")


class Options(dict[str, str]):
    """Options by name; a bare word is its own value."""

    @classmethod
    def parse(cls, text: str) -> Options:
        options = cls()
        for part in text.split(","):
            name, _, value = part.strip().partition("=")
            if name:
                options[name] = value
        return options

    def number(self, name: str, default: float = 0.0) -> float:
        try:
            return float(self.get(name, default))
        except ValueError:
            return default


class FakeBackend:
    """Implements ``engine.backend.Backend``."""

    def __init__(
        self,
        options: Options | None = None,
        *,
        context: int = 4096,
        slots: int = 16,
        sequences: int = 8,
        batch: int = 512,
        name: str = "fake",
        path: str = "fake.gguf",
        babble: Callable[[], None] | None = None,
    ) -> None:
        self.options = options or Options()
        self.vocabulary = FakeVocabulary()
        self.slots = slots
        self.cells = context
        self.stream = 0
        self.opened: list[FakeStreams] = []
        self.batch_size = batch
        self.outputs = batch
        self.rewinds = "recurrent" not in self.options
        self.dense = "dense" in self.options
        self.quiet = True
        self.token_seconds = 0.0
        self.state_bytes = 0 if self.rewinds else 64
        self.identity = f"fake {sorted(self.options.items())}"
        self._sequences = sequences
        self._name, self._path = name, path
        self._babble = babble
        self._memory: list[list[int]] = [[] for _ in range(slots)]
        self._cells: list[list[int]] = [[] for _ in range(slots)]  # ids of cells: shared ones count once
        self._state: list[list[int]] = [[] for _ in range(slots)]  # what a recurrent state was fed with
        self._next_cell = 0
        self._batch: list[tuple[int, int, int, bool]] = []
        self._rows: dict[int, tuple[int, ...]] = {}
        self._abort = threading.Event()
        self.decodes: list[list[tuple[int, int]]] = []  # (slot, tokens) of every decode, for tests
        self.facts = self._facts()

    def _facts(self) -> Facts:
        capabilities = [Capability.ALTERNATIVES, Capability.SCORE, Capability.STATE, Capability.RESIZE]
        capabilities += [Capability.MASKS]
        capabilities += [Capability.EMBED] if "embed" in self.options else []
        capabilities += [Capability.REWIND] if self.rewinds else []
        capabilities += [] if "base" in self.options else [Capability.CHAT]
        capabilities += [Capability.REASONING] if "think" in self.options else []
        return Facts(
            name=self._name,
            path=self._path,
            architecture="fake",
            description="fake 1B",
            parameters=1_000_000_000,
            file_size=1234,
            context_trained=32768,
            context=self.cells,
            sequences=self._sequences,
            bulk=int(self.options.get("wide", 0)),
            vocabulary=self.vocabulary.size,
            template="" if "base" in self.options else TEMPLATE,
            bos_text=SPELLINGS[TEXT_END],
            eos_text=SPELLINGS[END],
            fingerprint="fake-1",
            threads=1,
            cache_bytes_per_token=1024,
            memory=50_000_000,
            capabilities=tuple(capabilities),
            versions={"fake": "1"},
        )

    # ------------------------------------------------------------ batch

    def clear(self) -> None:
        self._batch = []

    def add(self, slot: int, tokens: Sequence[int], position: int, *, output: bool, every: bool = False) -> int:
        count = len(tokens)
        assert count > 0, "an empty slice"
        held = len(self._memory[slot]) + sum(1 for other, *_ in self._batch if other == slot)
        assert position == held, f"slot {slot} holds {held} tokens, the slice begins at {position}"
        for i, token in enumerate(tokens):
            assert 0 <= token < self.vocabulary.size
            self._batch.append((slot, token, position + i, every or (output and i == count - 1)))
        assert len(self._batch) <= self.batch_size
        return len(self._batch) - 1

    def decode(self) -> None:
        assert self._batch, "an empty batch"
        counts: dict[int, int] = {}
        for slot, *_ in self._batch:
            counts[slot] = counts.get(slot, 0) + 1
        if len({cell for cells in self._cells for cell in cells}) + len(self._batch) > self.cells:
            raise NoRoomError
        self._misbehave(counts)
        self._take_time(counts)
        self.decodes.append(sorted(counts.items()))
        self._rows = {}
        for row, (slot, token, _, output) in enumerate(self._batch):
            self._memory[slot].append(token)
            self._cells[slot].append(self._next_cell)
            self._next_cell += 1
            self._state[slot].append(token)
            if output:
                if not self.rewinds:
                    assert self._state[slot] == self._memory[slot], "the recurrent state does not fit the memory"
                self._rows[row] = tuple(self._memory[slot])

    def _take_time(self, counts: dict[int, int]) -> None:
        seconds = 0.0
        for slot, count in counts.items():
            slow = self._options_of(slot).number("slow") / 1000
            seconds = max(seconds, slow) if count == 1 else seconds + slow * count / 100
        if self._abort.wait(seconds) if seconds else self._abort.is_set():
            raise StoppedError

    def _misbehave(self, counts: dict[int, int]) -> None:
        for slot in counts:
            options = self._options_of(slot)
            if not options.keys() & {"crash", "hang", "babble", "refuse"}:
                continue
            written = self._written(slot)
            if "crash" in options:
                how, _, at = options["crash"].partition("@")
                if written >= int(at or 0):
                    end_by(how)
            if "hang" in options and written >= options.number("hang"):
                threading.Event().wait()
            if "refuse" in options and written >= options.number("refuse"):
                raise AssistantError(ErrorKind.INTERNAL, "as asked", name=self._name, needed=2, free=1)
            if "babble" in options and written >= options.number("babble") and self._babble is not None:
                self._babble()

    def step(self, slot: int, token: int, position: int) -> None:
        self.clear()
        self.add(slot, [token], position, output=True)
        self.decode()

    def use_threads(self, number: int) -> None:
        self.threads = number

    def abort(self, on: bool) -> None:
        if on:
            self._abort.set()
        else:
            self._abort.clear()

    # ------------------------------------------------------------ what it answers

    def next_token(self, tokens: Sequence[int]) -> int:
        """The most likely token after ``tokens``."""
        if "hash" in self.options:
            return 97 + zlib.crc32(array("i", tokens).tobytes()) % 26
        begin = _answer_begin(tokens)
        if "base" in self.options or not begin:
            return _continue_text(self.vocabulary.text(tokens))
        return self._script(self.vocabulary.text(tokens[:begin]))(len(tokens) - begin)

    def _script(self, prompt: str) -> Callable[[int], int]:
        user = _last_user(prompt)
        options, say, text = self._split(user)
        tokens: list[int] = []
        if (count := int(options.number("think"))) > 0:
            tokens += [THINK, *_words(count, "thought").encode(), THINK_END]
        if "endless" in options:
            unit = options["endless"].encode()
            return lambda at: _endless(at, tokens, unit)
        if say:
            tokens += list(text.encode())
        elif (words := int(options.number("words"))) > 0:
            tokens += list(_words(words, "word").encode())
        else:
            tokens += list(f"You said: {text}".encode())
        return lambda at: tokens[at] if at < len(tokens) else END

    def _split(self, user: str) -> tuple[Options, bool, str]:
        """Options, whether to say the text to the letter, the text without options."""
        options = Options(self.options)
        options.update(Options.parse(os.environ.get("LAMPLIGHT_FAKE_ENGINE", "")))
        match = re.match(r"\s*\{\{(.*?)\}\}", user, re.DOTALL)
        if not match:
            return options, False, user
        options.update(Options.parse(match[1]))
        return options, "say" in options, user[match.end() :]

    def _options_of(self, slot: int) -> Options:
        tokens = self._memory[slot] + [token for other, token, *_ in self._batch if other == slot]
        return self._split(_last_user(self.vocabulary.text(tokens)))[0]

    def _written(self, slot: int) -> int:
        begin = _answer_begin(self._memory[slot])
        return len(self._memory[slot]) - begin if begin else 0

    # ------------------------------------------------------------ after a decode

    def streams(self, count: int, size: int) -> FakeStreams | None:
        if not self.rewinds or "shared" in self.options:
            return None
        assert count * size <= self.cells, "more cells than the first context has"
        assert not any(context.open for context in self.opened), "a second context of streams"
        self.opened.append(FakeStreams(self, count, size))
        return self.opened[-1]

    def chooser(self, request: Generate, sampling: Sampling, prompt: Sequence[int]) -> FakeChooser:
        if request.grammar == "broken":
            raise AssistantError(ErrorKind.GRAMMAR_INVALID, "as asked")
        return FakeChooser(request, sampling)

    def tokens_of_row(self, row: int) -> tuple[int, ...]:
        assert row in self._rows, f"row {row} has no logits"
        return self._rows[row]

    def likely(self, row: int, token: int, count: int) -> tuple[float, list[tuple[int, float]]]:
        best = self.next_token(self.tokens_of_row(row))
        others = [other for other in range(97, 123) if other != best]
        ranked = [(best, 0.75)] + [(other, 0.25 / len(others)) for other in others]
        chance = dict(ranked).get(token, 1e-9)
        return _log(chance), ranked[:count]

    # ------------------------------------------------------------ memory

    def truncate(self, slot: int, length: int) -> bool:
        if not self.rewinds and length not in (0, len(self._memory[slot])):
            return False
        del self._memory[slot][length:]
        del self._cells[slot][length:]
        del self._state[slot][length:]
        return True

    def reach(self, slot: int) -> int:
        return 0 if self.rewinds else len(self._memory[slot])

    def copy(self, source: int, target: int, length: int) -> None:
        assert not self._memory[target], "copy into a sequence that is not empty"
        assert length <= len(self._memory[source])
        self._memory[target] = self._memory[source][:length]
        self._cells[target] = self._cells[source][:length]
        self._state[target] = list(self._state[source])  # the whole state: only a snapshot makes it fit

    def length(self, slot: int) -> int:
        return len(self._memory[slot])

    def memory_of(self, slot: int) -> list[int]:
        return self._memory[slot]

    @property
    def used_cells(self) -> int:
        return len({cell for cells in self._cells for cell in cells})

    def snapshot(self, slot: int) -> bytes:
        return array("i", self._state[slot]).tobytes()

    def restore(self, slot: int, data: bytes, length: int) -> bool:
        state = array("i")
        state.frombytes(data)
        assert len(state) == length <= len(self._memory[slot])
        self._state[slot] = list(state)
        del self._memory[slot][length:]
        del self._cells[slot][length:]
        return True

    def save(self, slot: int) -> bytes:
        if "savecrash" in self.options:
            end_by(self.options["savecrash"])
        return struct.pack("<I", len(self._memory[slot])) + array("i", self._memory[slot]).tobytes()

    def load(self, slot: int, data: bytes) -> bool:
        tokens = array("i")
        tokens.frombytes(data[4:])
        if len(data) < 4 or struct.unpack("<I", data[:4])[0] != len(tokens):
            return False
        self._memory[slot] = list(tokens)
        self._state[slot] = list(tokens)
        self._cells[slot] = list(range(self._next_cell, self._next_cell + len(tokens)))
        self._next_cell += len(tokens)
        return True

    # ------------------------------------------------------------ the rest

    def embed(self, text: str) -> list[float]:
        if "embed" not in self.options:
            raise AssistantError(ErrorKind.NOT_SUPPORTED, capability="embed")
        if "embedcrash" in self.options:
            end_by(self.options["embedcrash"])
        digest = hashlib.sha256(text.encode()).digest()[:8]
        length = sum(value * value for value in digest) ** 0.5
        return [value / length for value in digest]

    def resize(self, context: int) -> None:
        too_large = context > 1_000_000
        self.cells = self.cells if too_large else context
        self._memory = [[] for _ in range(self.slots)]
        self._cells = [[] for _ in range(self.slots)]
        self._state = [[] for _ in range(self.slots)]
        self.facts = self._facts()
        if too_large:
            raise AssistantError(ErrorKind.MODEL_TOO_LARGE, name=self._name, needed=context * 1024, free=1)

    def close(self) -> None:
        """Nothing to give back."""


class FakeStreams(FakeBackend):
    """A further context of a fake model, in which each sequence has its own cells."""

    def __init__(self, first: FakeBackend, count: int, size: int) -> None:
        super().__init__(
            Options(first.options), context=count * size, slots=count, sequences=count, batch=first.batch_size
        )
        assert size % 256 == 0
        self.stream = size
        self._limit = size - (200 if "cramped" in self.options else 0)
        self.open = True
        self._babble = first._babble
        self._abort = first._abort

    def add(self, slot: int, tokens: Sequence[int], position: int, *, output: bool, every: bool = False) -> int:
        assert not self._batch or slot > self._batch[-1][0], "streams come in the order of their slots"
        return super().add(slot, tokens, position, output=output, every=every)

    def decode(self) -> None:
        assert self.open
        for slot, count in Counter(entry[0] for entry in self._batch).items():
            if len(self._memory[slot]) + count > self._limit:
                raise NoRoomError
        super().decode()

    def copy(self, source: int, target: int, length: int) -> None:
        assert source != target
        self._memory[target].clear()  # all of a stream is copied, whatever was there
        super().copy(source, target, length)
        self._cells[target] = list(range(self._next_cell, self._next_cell + length))
        self._next_cell += length
        del self._state[target][length:]

    def close(self) -> None:
        assert self.open
        self.open = False


class FakeChooser:
    """Takes the model's token, with a temperature sometimes a random letter instead."""

    def __init__(self, request: Generate, sampling: Sampling) -> None:
        self.seed = sampling.seed or 0
        self.locked = request.lock is not None
        self._random = random.Random(self.seed)
        self._wild = (sampling.temperature or 0) > 2  # only a hot temperature shows
        self._request = request

    def choose(self, context: Any, row: int) -> int:
        """:param context: the ``FakeBackend`` that decoded the row."""
        if self._request.grammar == "unfit":
            raise AssistantError(ErrorKind.GRAMMAR_INVALID, "as asked", name="unfit")
        token = context.next_token(context.tokens_of_row(row))
        if self._wild:
            token = 97 + self._random.randrange(26)
        banned, allowed = self._request.banned, self._request.allowed
        if token in banned or (allowed and token not in allowed and token not in context.vocabulary.ends):
            choices = [t for t in (allowed or range(97, 123)) if t not in banned]
            token = choices[0] if choices else END
        if self._request.ignore_end and token in context.vocabulary.ends:
            token = ord(".")
        return token

    def close(self) -> None:
        """Nothing to give back."""


def end_by(how: str) -> None:
    """End this process by a signal (``SIGSEGV``) or a code (``exit:3``)."""
    sys.stderr.write("GGML_ASSERT(fake) failed\n")
    sys.stderr.flush()
    name, _, code = how.partition(":")
    if name == "exit":
        os._exit(int(code or 0))
    number = getattr(signal, name)
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)
    time.sleep(10)  # a signal that takes a moment


def open_fake(load: Load, progress: Progress, babble: Callable[[], None] | None = None) -> FakeBackend:
    """``backend.Opener``: the options are in the file's name and in ``LAMPLIGHT_FAKE_ENGINE``."""
    stem = Path(load.path).name.removesuffix(".gguf")
    options = Options.parse(stem.partition(",")[2])
    options.update(Options.parse(os.environ.get("LAMPLIGHT_FAKE_ENGINE", "")))
    name = stem.partition(",")[0]
    if "loadcrash" in options:
        progress(0.3)
        end_by(options["loadcrash"])
    _loading(options, progress)
    if (kind := options.get("fail")) is not None:
        if kind == ErrorKind.ENGINE_MISSING:
            raise ImportError("as asked")
        values = {"name": name, "needed": 8 << 30, "free": 4 << 30, "architecture": "strange"}
        raise AssistantError(ErrorKind(kind), "as asked", expected=200, actual=100, **values)
    context = load.context or int(options.number("context", 8192))
    if load.embeddings:
        options["embed"] = ""
    slots = load.sequences + 8
    return FakeBackend(
        options, context=context, sequences=load.sequences, slots=slots, name=name, path=load.path, babble=babble
    )


def _loading(options: Options, progress: Progress) -> None:
    seconds = options.number("load")
    if "deaf" in options:
        progress(0.1)
        threading.Event().wait(seconds)
        return
    if "busy" in options:
        progress(0.1)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            sum(range(100))
        return
    steps = max(1, int(seconds / 0.01))
    for step in range(steps):
        if not progress(step / steps):
            raise LoadCancelledError(ErrorKind.CANCELLED)
        if seconds:
            threading.Event().wait(seconds / steps)
    if not progress(1.0):
        raise LoadCancelledError(ErrorKind.CANCELLED)


def _last_user(text: str) -> str:
    """The text of the user's last turn, or everything."""
    before, found, after = text.rpartition(SPELLINGS[START] + "user\n")
    return after.partition(SPELLINGS[END])[0] if found else before + after


def _answer_begin(tokens: Sequence[int]) -> int:
    """Where the last answer begins, 0: there is none."""
    for at in range(len(tokens) - len(_HEADER_TOKENS), -1, -1):
        if tokens[at] == START and list(tokens[at : at + len(_HEADER_TOKENS)]) == _HEADER_TOKENS:
            return at + len(_HEADER_TOKENS)
    return 0


def _words(count: int, word: str) -> str:
    return " ".join(f"{word}{i + 1}" for i in range(count))


def _endless(at: int, before: list[int], unit: bytes) -> int:
    if at < len(before):
        return before[at]
    at -= len(before)
    if unit:
        return unit[at % len(unit)]
    word = random.Random(at // 8).choice(_RANDOM_WORDS)
    return f"{word:<8}".encode()[at % 8]


def _continue_text(text: str) -> int:
    """Goes on with a well-known sentence, from wherever the text stands in it."""
    sentence = "the lamp is lit and the night is long. "
    for width in range(min(len(sentence), len(text)), 0, -1):
        at = (sentence * 2).find(text[-width:].lower())
        if at >= 0:
            return ord(sentence[(at + width) % len(sentence)])
    return ord(" ")


def _log(value: float) -> float:
    import math

    return math.log(value)
