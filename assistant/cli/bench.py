"""``lamplight bench``: how fast this machine reads and writes with a model, and how near that is to its limit.

The limit of writing is memory: each token needs every weight once, and the keys and values of everything before it.
``share`` is the part of the measured reading speed of memory that writing uses. Measured through the whole program,
from the request to the last token; each number is the median of a few runs, the spread of a busy machine is theirs.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
from dataclasses import asdict, dataclass
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import bandwidth, failures
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.core.answers import Answer
from assistant.core.selftest import WORDS
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.texts import tr, units

_RUNS = 3
_READ = 512  # tokens
_PROBE = 96  # tokens: a first look at how patient one has to be
_WRITE = 48  # tokens
_DEPTHS = (0, 1024, 4096)  # tokens
_PATIENCE = 15.0  # seconds for reading one prompt


@dataclass(frozen=True)
class Writing:
    """Writing behind ``depth`` tokens. ``share``: of what memory allows, 0 where that is not known."""

    depth: int
    tokens_per_second: float
    share: float


@dataclass(frozen=True)
class Result:
    """What was measured. Sizes are bytes, times seconds."""

    model: str
    architecture: str
    quantization: str
    parameters: int
    device: str
    threads: int
    context: int
    versions: dict[str, str]
    load_seconds: float
    engine_memory: int
    reading_tokens: int
    reading_tokens_per_second: float
    writing: tuple[Writing, ...]
    bytes_per_token: int
    cache_bytes_per_token: int
    memory_bytes_per_second: float
    method: str


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Measure and show."""
    model = session.model(arguments.model)
    bench = Bench(terminal, session, model)
    try:
        result = bench.measure()
    except AssistantError as error:
        if error.kind is ErrorKind.CANCELLED:
            raise
        return failures.tell(terminal, error, as_json=arguments.json, loading=not bench.loaded)
    terminal.clear_progress()
    if arguments.json:
        terminal.write_json(as_object(result))
    else:
        terminal.write(as_text(result))
    return failures.DONE


class Bench:
    """The runs with one model."""

    def __init__(self, terminal: Terminal, session: Session, model: InstalledModel) -> None:
        self._terminal = terminal
        self._session = session
        self._model = model
        self._words = WORDS
        self._numbers = itertools.count(1)
        self._tokens_per_word = 8.0  # at most; the first run tells
        self._stage, self._runs, self._run = "", 1, 0
        self.loaded = False

    def measure(self) -> Result:
        """Everything, in well under two minutes on any machine that is of use.

        :raises AssistantError: the model cannot be loaded, the engine fails, or CANCELLED.
        """
        self._begin(tr("loading"), 1)
        first = self._ask(_PROBE, 4)  # loads the model and warms everything up
        self._tokens_per_word *= first.tokens.prompt / _PROBE
        self.loaded = True
        engine = self._session.core.engines.get(self._model.key)
        if engine is None or engine.facts is None:
            raise AssistantError(ErrorKind.INTERNAL)
        facts = engine.facts
        self._begin(tr("reading"), _RUNS + 1)
        probe = _reading_speed(self._ask(_PROBE, 1))
        tokens = _READ if probe * _PATIENCE > _READ else _PROBE
        reading = [self._ask(tokens, 1) for _ in range(_RUNS)]
        speed = statistics.median(_reading_speed(answer) for answer in reading)
        on_processor = facts.device.upper().startswith("CPU")
        if on_processor:
            self._begin(tr("reading memory"), 1)
        memory = bandwidth.read_speed(facts.threads) if on_processor else 0.0
        shape = self._model.shape
        weights = shape.weights_per_token if shape is not None else 0
        writing = []
        for depth in _DEPTHS:
            if depth + 2 * _WRITE > facts.context or depth / max(speed, 0.1) > _PATIENCE:
                break
            writing.append(self._write_behind(depth, weights, facts.cache_bytes_per_token, memory))
        return Result(
            model=self._model.name,
            architecture=self._model.architecture,
            quantization=self._model.quantization,
            parameters=self._model.parameters,
            device=facts.device,
            threads=facts.threads,
            context=facts.context,
            versions=dict(facts.versions),
            load_seconds=facts.load_seconds,
            engine_memory=facts.memory,
            reading_tokens=round(statistics.median(answer.tokens.prompt for answer in reading)),
            reading_tokens_per_second=speed,
            writing=tuple(writing),
            bytes_per_token=weights,
            cache_bytes_per_token=facts.cache_bytes_per_token,
            memory_bytes_per_second=memory,
            method=bandwidth.METHOD if memory else "",
        )

    def _write_behind(self, depth: int, weights: int, cache: int, memory: float) -> Writing:
        runs = _RUNS if depth <= _READ * 2 else 1
        behind = tr("after {tokens}", tokens=units.tokens(depth)) if depth else tr("at the beginning")
        self._begin(tr("writing {where}", where=behind), runs)
        answers = [self._ask(max(depth, 8), _WRITE) for _ in range(runs)]
        speed = statistics.median(_writing_speed(answer) for answer in answers)
        before = round(statistics.median(answer.tokens.prompt for answer in answers)) if depth else 0
        needed = weights + (before + _WRITE // 2) * cache
        return Writing(before, speed, speed * needed / memory if memory else 0.0)

    def _ask(self, tokens: int, write: int) -> Answer:
        """Have a fresh text of about ``tokens`` tokens read, and ``write`` tokens written behind it."""
        number = next(self._numbers)
        # Another text each time, from its first word on: nothing may have been read before.
        count = max(1, round(tokens / self._tokens_per_word))
        places = (number + index * (number + 1) + index * index for index in range(count))
        text = " ".join(self._words[place % len(self._words)] for place in places)
        options = AnswerOptions(temperature=0.0, max_tokens=write, raw=True, ignore_end=True)
        self._run += 1
        self._show()
        turns = [ChatTurn("user", text)]
        answer = self._session.ask(self._model, turns, options, key=f"bench-{number}")
        if answer.error is not None:
            raise answer.error
        if answer.finish is not None and answer.finish.value == "cancelled":
            raise AssistantError(ErrorKind.CANCELLED)
        return answer

    def _begin(self, stage: str, runs: int) -> None:
        """Say what is measured now: in a line that changes with every run, or in a line of its own in a file."""
        self._stage, self._runs, self._run = stage, runs, 0
        if not self._terminal.shows_progress:
            self._terminal.say(tr("{name}: measuring, {what}", name=self._model.name, what=stage))
        self._show()

    def _show(self) -> None:
        what = self._stage
        if self._runs > 1 and self._run:
            what += " " + tr("({n} of {total})", n=self._run, total=self._runs)
        self._terminal.progress(tr("{name}: measuring, {what}", name=self._model.name, what=what))


def as_object(result: Result) -> dict[str, Any]:
    """The result for scripts."""
    found = asdict(result)
    found["writing"] = [asdict(writing) for writing in result.writing]
    return found


def as_text(result: Result) -> str:
    """The result for a person."""
    version = result.versions.get("llama.cpp") or result.versions.get("llama-cpp-python", "")
    head = [result.quantization, units.parameters(result.parameters), f"llama.cpp {version}".strip(), result.device]
    lines = [
        f"{result.model} ({', '.join(part for part in head if part)}, " + tr("{n} threads", n=result.threads) + ")",
        "",
        _line(tr("Loading"), units.duration(result.load_seconds), units.size(result.engine_memory)),
        _line(
            tr("Reading"),
            units.speed(result.reading_tokens_per_second),
            tr("{tokens} at a time", tokens=units.tokens(result.reading_tokens)),
        ),
    ]
    for writing in result.writing:
        where = tr("after {tokens}", tokens=units.tokens(writing.depth)) if writing.depth else tr("at the beginning")
        if writing.share:
            where += ": " + tr("{percent} % of what memory allows", percent=round(writing.share * 100))
        lines.append(_line(tr("Writing"), units.speed(writing.tokens_per_second), where))
    if result.memory_bytes_per_second:
        lines.append(
            _line(
                tr("Memory"),
                tr("{size} per second", size=units.size(result.memory_bytes_per_second)),
                tr("each token reads {size}", size=units.size(result.bytes_per_token)),
            )
        )
    return "\n".join(lines) + "\n"


def _line(name: str, value: str, remark: str) -> str:
    return f"{name:<9} {value:>18}   {remark}"


def _reading_speed(answer: Answer) -> float:
    """Tokens per second while the prompt was read."""
    read = answer.tokens.prompt - answer.tokens.cached
    return read / answer.seconds.reading if answer.seconds.reading > 0 else 0.0


def _writing_speed(answer: Answer) -> float:
    """Tokens per second from the first token to the last."""
    return answer.tokens.generated / answer.seconds.writing if answer.seconds.writing > 0 else 0.0
