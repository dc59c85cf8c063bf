"""Seconds instead of labels: the self-test, what every answer teaches, and how long something will take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer
from assistant.core.redoing import Redoing
from assistant.core.selftest import Ask, SelfTest, observations
from assistant.core.speeds import Circumstances, Estimate, Pace, Speed, Speeds
from assistant.library.models import InstalledModel

__all__ = ["Circumstances", "Estimate", "Measures", "Pace", "Speed"]


class Measures:
    """What a face asks, by a model's key. Every method runs on the pumping thread.

    :param path: the file of what was measured.
    :param find: the installed model with a key.
    :param circumstances: how a model would be loaded now.
    :param ask: starts an answer to raw text; ``stop`` stops it.
    :param running: the answers that run now.
    :param tested: called when the self-test has measured a model: what was said about times holds no longer.
    """

    def __init__(
        self,
        path: Path,
        *,
        find: Callable[[str], InstalledModel | None],
        circumstances: Callable[[InstalledModel], Circumstances],
        ask: Ask,
        stop: Callable[[Answer], None],
        running: Callable[[], Sequence[Answer]],
        tested: Callable[[], None] = lambda: None,
    ) -> None:
        self._speeds = Speeds(path, circumstances)
        self._find = find
        self._ask = ask
        self._stop = stop
        self._running = running
        self._tested = tested
        self._test: SelfTest | None = None
        self._accompanied: set[int] = set()  # answers that did not have the machine for themselves

    # ------------------------------------------------------------ asking

    def estimate(self, key: str, prompt_tokens: int, answer_tokens: int, *, cached: int = 0) -> Estimate | None:
        """How long an answer will take, in seconds; None: no model was ever measured here.

        :param cached: tokens of the prompt that were read before.
        """
        model = self._find(key)
        return self._speeds.estimate(model, prompt_tokens, answer_tokens, cached=cached) if model else None

    def speed(self, key: str) -> Speed | None:
        """How fast the model reads and writes here; None: no model was ever measured."""
        model = self._find(key)
        return self._speeds.speed(model) if model else None

    def pace(self, key: str, pair: tuple[str, str] | None = None) -> Pace | None:
        """What the time of a job with many answers follows from; None: no model was ever measured.

        :param pair: of a translation: from, to, BCP 47.
        """
        model = self._find(key)
        return self._speeds.pace(model, pair) if model else None

    def learn_job(self, key: str, **taught: float) -> None:
        """What a job that had the machine for itself has taught, by the names of ``Pace``.

        It is put on disk, with all that was learned before: the next job may be promised by a program that was killed.
        """
        model = self._find(key)
        if model is not None:
            self._speeds.learn_job(model, **taught)
            self.flush()

    def learn_segments(self, key: str, pair: tuple[str, str], happened: Redoing) -> None:
        """What has happened with segments of a translation. ``pair``: from, to."""
        model = self._find(key)
        if model is not None:
            self._speeds.learn_segments(model, pair, happened)

    def guess(self, size: int, parameters: int) -> Speed | None:
        """How fast a dense model that is not here is likely to be, from its size in bytes and its parameters."""
        return self._speeds.guess(size, parameters)

    def tested(self, key: str) -> bool:
        """Whether the self-test has measured this model on this machine with the present settings."""
        model = self._find(key)
        return model is not None and self._speeds.tested(model)

    # ------------------------------------------------------------ the self-test

    def selftest(
        self,
        key: str,
        done: Callable[[Speed | AssistantError], None],
        progress: Callable[[float], None] | None = None,
    ) -> Callable[[], None]:
        """Measure the model, loading it first if need be; takes 10 to 20 seconds.

        It never runs beside an answer: while one runs, ``done`` gets MODEL_BUSY, and one that begins ends the test
        with CANCELLED.

        :returns: a function that cancels.
        """
        model = self._find(key)
        if model is None:
            done(AssistantError(ErrorKind.NO_SUCH_MODEL, name=key))
            return _nothing
        busy = self._running()
        if busy or self._test is not None:
            done(AssistantError(ErrorKind.MODEL_BUSY, name=busy[0].plan.name if busy else model.name))
            return _nothing

        def ended(error: AssistantError | None) -> None:
            if self._test is test:
                self._test = None
            speed = self._speeds.speed(model)
            if error is None:
                self._tested()
            done(error or speed or AssistantError(ErrorKind.INTERNAL, "nothing was measured"))

        test = SelfTest(
            model,
            self._speeds,
            ask=self._ask,
            stop=self._stop,
            done=ended,
            progress=progress or _ignore,
        )
        self._test = test
        test.start()
        return test.cancel

    def stop(self) -> None:
        """Give up the self-test that runs, if one does."""
        if self._test is not None:
            self._test.cancel()

    # ------------------------------------------------------------ what the core tells

    def answer_changed(self, answer: Answer) -> None:
        """An answer began, went on or ended."""
        running = self._running()
        if len(running) > 1:
            self._accompanied.update(other.id for other in running)
        test = self._test
        if test is not None and test.owns(answer):
            if answer.ended:
                test.ended(answer)
        elif test is not None and not answer.ended:
            test.cancel()  # somebody waits for an answer: it has the machine
        if answer.ended:
            alone = answer.id not in self._accompanied
            self._accompanied.discard(answer.id)
            if alone and answer.error is None and answer.finish is not None and not SelfTest.owns(answer):
                self._learn(answer)

    def flush(self) -> None:
        """Put on disk what was learned."""
        self._speeds.flush()

    def close(self) -> None:
        self.stop()
        self.flush()

    def _learn(self, answer: Answer) -> None:
        model = self._find(answer.plan.key)
        if model is None or answer.tokens.generated < 1:
            return
        read, written = observations(answer)
        beginning = answer.seconds.total - answer.seconds.reading - answer.seconds.writing
        self._speeds.learn(model, read=read, written=written, beginning=beginning)


def _nothing() -> None:
    pass


def _ignore(_share: float) -> None:
    pass
