"""A Core that one thread drives: it waits, pumps, and shows how far things are."""

from __future__ import annotations

import contextlib
import os
import queue
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import FrameType, TracebackType
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import Paths
from assistant.cli.failures import STOPPED
from assistant.cli.terminal import Terminal
from assistant.core.answers import Answer, Stage
from assistant.core.core import Core
from assistant.core.events import CoreEvent, NoticeAction, NoticePosted
from assistant.library.models import InstalledModel
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.texts import lists, states

_LONGEST_WAIT = 0.25  # seconds; on Windows a wait without an end cannot be interrupted
_PUMP = 0.05  # seconds
_SILENT = 0.6  # seconds: what takes less needs no progress


class Session:
    """The Core for the length of one command. Use it as a context manager.

    :param make: makes the Core (tests give another).
    """

    def __init__(self, paths: Paths, terminal: Terminal, make: Callable[..., Core] = Core) -> None:
        # Rung by a signal handler too, where an Event could deadlock.
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.terminal = terminal
        self.core = make(paths, wake=self._ring, keep=False)
        self.core.listen(self._hear)
        self._told: set[str] = set()
        self._interrupted = False
        self._listening = False

    def __enter__(self) -> Session:
        self.core.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.core.close()

    # ------------------------------------------------------------ models

    def model(self, name_or_path: str | None) -> InstalledModel:
        """The model that was asked for, or the one that is used when none is named.

        :raises AssistantError: NO_SUCH_MODEL, NO_MODEL, or what is wrong with it.
        """
        if name_or_path:
            found = self.core.models.find(name_or_path)
            if (error := found.refusal()) is not None:
                raise error
            return found
        chosen = self.core.models.chosen()
        if chosen is None:
            broken = [model for model in self.core.models.installed() if not model.usable]
            raise (broken[0].refusal() if len(broken) == 1 else None) or AssistantError(ErrorKind.NO_MODEL)
        return chosen

    def options(self, model: InstalledModel, **changes: Any) -> AnswerOptions:
        """How ``model`` answers: as the settings say, and what differs from them (None: the setting)."""
        wishes = {key: value for key, value in changes.items() if value is not None}
        return replace(self.core.answer_options(model), **wishes)

    # ------------------------------------------------------------ answers

    def ask(
        self,
        model: InstalledModel,
        turns: Sequence[ChatTurn],
        options: AnswerOptions,
        *,
        grew: Callable[[Answer], None] = lambda _: None,
        key: str = "",
    ) -> Answer:
        """One answer from beginning to end. Ctrl+C stops it; a second one ends the program.

        :param grew: called when text or reasoning was added.
        :raises AssistantError: the model cannot be loaded as far as its file tells. What fails later is in ``error``.
        """
        with self.interruptible():
            answer = self.core.ask(model, turns, options, key=key)
            patience = time.monotonic() + _SILENT
            seen = (0, 0)
            try:
                while True:
                    if seen != (answer.count, answer.length):
                        seen = (answer.count, answer.length)
                        grew(answer)
                    if answer.ended:
                        break
                    if time.monotonic() > patience:
                        self._show(model, answer)
                    self.wait()
                    if self._interrupted:
                        self.core.answers.stop(answer)
            except BaseException:
                self.core.answers.stop(answer)  # nobody listens any more
                raise
            finally:
                self.terminal.clear_progress()
            grew(answer)
        return answer

    def wait(self) -> None:
        """Wait until there is something to do, and do it."""
        with contextlib.suppress(queue.Empty):
            self._bell.get(timeout=_LONGEST_WAIT)
        self.core.pump(_PUMP)

    def wait_for(
        self,
        done: Callable[[], bool],
        cancel: Callable[[], None] = lambda: None,
        show: Callable[[], None] = lambda: None,
    ) -> None:
        """Wait until ``done``; ``cancel`` is called once if Ctrl+C comes first.

        :param show: called now and then, to show how far it is.
        """
        with self.interruptible():
            while not done():
                self.wait()
                show()
                if self._interrupted:
                    cancel()
                    cancel = _nothing

    def result(
        self,
        start: Callable[[Callable[[Any], None]], Any],
        *,
        answers_cancel: bool = True,
        show: Callable[[], None] = lambda: None,
    ) -> Any:
        """What a question of the core answers; Ctrl+C cancels it.

        :param start: asks; it is given what takes the answer and returns what cancels, or nothing.
        :param answers_cancel: a question that was cancelled is answered too, which is waited for.
        :param show: called now and then, to show how far it is.
        :raises AssistantError: the answer is one, or CANCELLED.
        """
        answers: list[Any] = []
        given_up: list[bool] = []
        with self.interruptible():
            cancel = start(answers.append) or _nothing

            def give_up() -> None:
                cancel()
                if not answers_cancel:
                    given_up.append(True)

            self.wait_for(lambda: bool(answers or given_up), give_up, show)
        self.terminal.clear_progress()
        if not answers:
            raise AssistantError(ErrorKind.CANCELLED)
        if isinstance(answers[0], AssistantError):
            raise answers[0]
        return answers[0]

    @contextlib.contextmanager
    def interruptible(self) -> Iterator[None]:
        """Ctrl+C asks to stop, a second one ends the program at once (its children notice and leave).

        Within another one it is a part of that: what was asked there counts here.
        """
        if self._listening:
            yield
            return
        self._interrupted = False
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        # SIGBREAK is what Windows sends to a group of processes.
        numbers = [number for number in (signal.SIGINT, getattr(signal, "SIGBREAK", None)) if number is not None]
        before = {number: signal.signal(number, self._on_interrupt) for number in numbers}
        self._listening = True
        try:
            yield
        finally:
            self._listening = False
            for number, handler in before.items():
                signal.signal(number, handler)

    @property
    def interrupted(self) -> bool:
        return self._interrupted

    def _hear(self, event: CoreEvent) -> None:
        """A load that takes long is told, once: whoever waits here sees nothing else of it. Ctrl+C stops it."""
        if not isinstance(event, NoticePosted) or NoticeAction.STOP_LOADING not in event.notice.actions:
            return
        if event.notice.sentence not in self._told:
            self._told.add(event.notice.sentence)
            self.terminal.say(event.notice.sentence)

    def _ring(self) -> None:
        self._bell.put(None)

    def _on_interrupt(self, _number: int, _frame: FrameType | None) -> None:
        if self._interrupted:
            os._exit(STOPPED)
        self._interrupted = True
        self._ring()

    def _show(self, model: InstalledModel, answer: Answer) -> None:
        if answer.stage in (Stage.LOADING, Stage.PREPARING):
            engine = self.core.engines.get(model.key)
            share = engine.progress if engine is not None else 0.0
            self.terminal.progress(lists.labelled(model.name, states.phase("loading", share)))
        elif answer.stage is Stage.READING:
            self.terminal.progress(lists.labelled(model.name, states.phase("reading", answer.read)))


def _nothing() -> None:
    pass
