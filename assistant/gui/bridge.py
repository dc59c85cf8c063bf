"""Between the core and the widgets: whose thread, how often.

Other threads may wake the bridge; it then pumps the core on the window's thread, two milliseconds at a time, and turns
what the core tells into signals. Growing text is announced at most 30 times a second, the state of the engine 10 times:
the engine is never throttled, only the view.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

from assistant.core import events
from assistant.core.translation.translations import LIVE

PUMP_SECONDS = 0.002
TEXT_MS = 33
STATE_MS = 100


class Throttle(QObject):
    """Calls ``act`` at once when it has been quiet, else once more at the end of the interval."""

    def __init__(self, parent: QObject, interval_ms: int, act: Callable[[], None]) -> None:
        super().__init__(parent)
        self._act = act
        self._interval = interval_ms
        self._since = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.flush)

    def request(self) -> None:
        """There is something to show."""
        if self._timer.isActive():
            return
        if not self._since.isValid() or self._since.elapsed() >= self._interval:
            self.flush()
        else:
            self._timer.start(int(self._interval - self._since.elapsed()))

    def flush(self) -> None:
        """Show it now."""
        self._timer.stop()
        self._since.start()
        self._act()

    def stop(self) -> None:
        self._timer.stop()


class Bridge(QObject):
    """The core as Qt signals. Ids are passed as Python ints: they do not fit into Qt's.

    Signals:
        engine_changed(), models_changed(), downloads_changed(), conversations_changed(): ask the core for news.
        path_changed(conversation), usage_changed(conversation).
        message_grew(conversation, message), message_changed(conversation, message).
        summaries_changed(), summary_grew(job), summary_changed(job).
        translations_changed(), translation_grew(job, segment), translation_changed(job): 0 is what is being typed.
        glossaries_changed(), memory_changed().
        notice_posted(Notice), notice_cleared(key), settings_changed(keys).
    """

    engine_changed = Signal()
    models_changed = Signal()
    downloads_changed = Signal()
    conversations_changed = Signal()
    path_changed = Signal(object)
    usage_changed = Signal(object)
    message_grew = Signal(object, object)
    message_changed = Signal(object, object)
    summaries_changed = Signal()
    summary_grew = Signal(object)
    summary_changed = Signal(object)
    translations_changed = Signal()
    translation_grew = Signal(object, object)
    translation_changed = Signal(object)
    glossaries_changed = Signal()
    memory_changed = Signal()
    notice_posted = Signal(object)
    notice_cleared = Signal(str)
    settings_changed = Signal(object)
    _woken = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core: Any = None
        self._closed = False
        self._grown: dict[tuple[int, int], None] = {}
        self._used: dict[int, None] = {}
        self._jobs: dict[int, None] = {}
        self._segments: dict[tuple[int, int], None] = {}
        self._translations: dict[int, None] = {}
        self._text = Throttle(self, TEXT_MS, self._show_text)
        self._state = Throttle(self, STATE_MS, self._show_state)
        self._engine_news = self._download_news = False
        self._woken.connect(self._pump, Qt.ConnectionType.QueuedConnection)
        self._handlers: dict[type, Callable[[Any], None]] = {
            events.EngineChanged: self._on_engine,
            events.UsageChanged: self._on_usage,
            events.MessageGrew: self._on_grew,
            events.MessageChanged: self._on_message,
            events.PathChanged: self._on_path,
            events.ModelsChanged: lambda _: self.models_changed.emit(),
            events.DownloadsChanged: self._on_downloads,
            events.ConversationsChanged: lambda _: self.conversations_changed.emit(),
            events.SummariesChanged: lambda _: self.summaries_changed.emit(),
            events.SummaryGrew: self._on_summary_grew,
            events.SummaryChanged: self._on_summary,
            events.TranslationsChanged: lambda _: self.translations_changed.emit(),
            events.TranslationGrew: self._on_segment,
            events.TranslationChanged: lambda event: self._on_translation(event.job),
            events.LiveChanged: lambda _: self._on_translation(LIVE),
            events.GlossariesChanged: lambda _: self.glossaries_changed.emit(),
            events.MemoryChanged: lambda _: self.memory_changed.emit(),
            events.NoticePosted: lambda event: self.notice_posted.emit(event.notice),
            events.NoticeCleared: lambda event: self.notice_cleared.emit(event.key),
            events.SettingsChanged: lambda event: self.settings_changed.emit(event.keys),
        }

    def wake(self) -> None:
        """Have the core pumped soon. From any thread."""
        if not self._closed:
            self._woken.emit()

    def attach(self, core: Any) -> None:
        """Listen to ``core``, which was made with this bridge's ``wake``."""
        self._core = core
        core.listen(self._hear)

    def close(self) -> None:
        """Announce and pump nothing any more."""
        self._closed = True
        self._core = None
        self._text.stop()
        self._state.stop()

    # -------------------------------------------------------------- the core's thread is ours

    @Slot()
    def _pump(self) -> None:
        if self._core is not None:
            self._core.pump(PUMP_SECONDS)

    def _hear(self, event: object) -> None:
        if not self._closed:
            handler = self._handlers.get(type(event))
            if handler is not None:  # what the window does not show, such as MessageKept, has none
                handler(event)

    def _on_grew(self, event: events.MessageGrew) -> None:
        self._grown[(event.conversation, event.message)] = None
        self._text.request()

    def _on_message(self, event: events.MessageChanged) -> None:
        if self._grown:
            self._text.flush()  # its last words before its end
        self.message_changed.emit(event.conversation, event.message)

    def _on_path(self, event: events.PathChanged) -> None:
        if self._grown:
            self._text.flush()
        self.path_changed.emit(event.conversation)

    def _on_summary_grew(self, event: events.SummaryGrew) -> None:
        self._jobs[event.job] = None
        self._state.request()

    def _on_summary(self, event: events.SummaryChanged) -> None:
        self._jobs.pop(event.job, None)
        self.summary_changed.emit(event.job)

    def _on_segment(self, event: events.TranslationGrew) -> None:
        self._segments[(event.job, event.index)] = None
        self._text.request()

    def _on_translation(self, job: int) -> None:
        """Many segments may end in one second: they are shown together."""
        self._translations[job] = None
        self._state.request()

    def _on_engine(self, _event: events.EngineChanged) -> None:
        self._engine_news = True
        self._state.request()

    def _on_downloads(self, _event: events.DownloadsChanged) -> None:
        self._download_news = True
        self._state.request()

    def _on_usage(self, event: events.UsageChanged) -> None:
        self._used[event.conversation] = None
        self._state.request()

    def _show_text(self) -> None:
        grown, self._grown = self._grown, {}
        for conversation, message in grown:
            self.message_grew.emit(conversation, message)
        segments, self._segments = self._segments, {}
        for job, segment in segments:
            self.translation_grew.emit(job, segment)

    def _show_state(self) -> None:
        used, self._used = self._used, {}
        news, self._engine_news = self._engine_news, False
        downloads, self._download_news = self._download_news, False
        if news:
            self.engine_changed.emit()
        if downloads:
            self.downloads_changed.emit()
        for conversation in used:
            self.usage_changed.emit(conversation)
        jobs, self._jobs = self._jobs, {}
        for job in jobs:
            self.summary_grew.emit(job)
        translations, self._translations = self._translations, {}
        for job in translations:
            self.translation_changed.emit(job)
