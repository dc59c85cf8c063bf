"""One door for what the program wants to say to the user by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.titles import without_stop
from assistant.core.events import CoreEvent, Notice, NoticeAction, NoticeCleared, NoticeLevel, NoticePosted
from assistant.core.usage import Usage
from assistant.engine.client import LOAD_SECONDS
from assistant.library.downloads import DownloadItem
from assistant.library.models import InstalledModel
from assistant.storage.store import IntegrityReport, OpenReport
from assistant.texts import errors, fit, lists, tr, trn, units

_MODEL_ACTIONS = {
    ErrorKind.NO_MODEL: (NoticeAction.OPEN_MODELS,),
    ErrorKind.MODEL_TOO_LARGE: (NoticeAction.LOAD_ANYWAY, NoticeAction.OPEN_SETTINGS),
    ErrorKind.NO_TEMPLATE: (NoticeAction.OPEN_MODELS,),
}
_SETTINGS = {ErrorKind.MODEL_TOO_LARGE: "context"}


class Notices:
    """Makes notices and remembers which are up, so that one that is no longer true can be taken down."""

    def __init__(self, emit: Callable[[CoreEvent], None]) -> None:
        self._emit = emit
        self._up: set[str] = set()

    def post(self, notice: Notice) -> None:
        self._up.add(notice.key)
        self._emit(NoticePosted(notice))

    def clear(self, key: str) -> None:
        if key in self._up:
            self._up.discard(key)
            self._emit(NoticeCleared(key))

    def error(self, key: str, error: AssistantError, actions: tuple[NoticeAction, ...] = (), subject: str = "") -> None:
        """Say what went wrong; what the user did on purpose is silent."""
        if error.kind is not ErrorKind.CANCELLED:
            setting = _SETTINGS.get(error.kind, "")
            self.post(Notice(key, NoticeLevel.ERROR, errors.sentence(error), error.detail, actions, subject, setting))

    # ------------------------------------------------------------ what there is to say

    def model_trouble(self, key: str, error: AssistantError) -> None:
        self.error(_of_model(key), error, _MODEL_ACTIONS.get(error.kind, ()), key)

    def model_settled(self, key: str = "") -> None:
        """What was said about a model is no longer true: it is loaded.

        :param key: "": some model answers now, and what was said while there was none is old.
        """
        self.clear(_of_model(key))

    def crashed_while_loading(self, model: InstalledModel) -> None:
        """The program ended while it loaded this model, which is not loaded by itself now."""
        sentence = tr(
            "Last time, Lamplight ended while it was loading {name}, so it was not loaded now.", name=model.name
        )
        self.post(
            Notice(
                _of_model(model.key),
                NoticeLevel.WARNING,
                sentence,
                actions=(NoticeAction.LOAD_ANYWAY,),
                subject=model.key,
            )
        )

    def load_takes_long(self, key: str, name: str, *, stands: bool) -> None:
        """A model is loaded slowly, or its load ``stands`` still."""
        sentence = tr("{name} loads slowly: its disk is slow, memory is short, or the computer is busy.", name=name)
        if stands:
            sentence = tr(
                "Loading {name} stands still: its disk does not answer, the computer is very busy, or the engine hangs."
                " If nothing moves for {time}, it is given up.",
                name=name,
                time=units.duration(int(LOAD_SECONDS)),
            )
        self.post(Notice(f"load-{key}", NoticeLevel.WARNING, sentence, "", (NoticeAction.STOP_LOADING,), key))

    def load_goes_on(self, key: str) -> None:
        """What ``load_takes_long`` said is no longer true."""
        self.clear(f"load-{key}")

    def without_graphics(self, key: str, name: str, error: AssistantError) -> None:
        """The graphics card could not take a model, and the processor does the work."""
        sentence = tr(
            "The graphics card could not take {name}, so the processor does the work, which is slower.", name=name
        )
        self.post(Notice(f"graphics-{key}", NoticeLevel.WARNING, sentence, errors.sentence(error)))

    def downloaded(self, model: InstalledModel, wanted: str = "", *, answers: bool = False) -> None:
        """A download has become a model, or a file that is none.

        :param wanted: the name that the user chose it by.
        :param answers: it is what conversations are answered by from now on, so that one can begin.
        """
        self.clear("downloads")  # what was said of them at the start is old
        error = model.error()
        level = NoticeLevel.INFO if error is None else NoticeLevel.ERROR
        detail = error.detail if error is not None else ""
        actions = (NoticeAction.OPEN_CHAT,) if answers and error is None else ()
        self.post(Notice(f"arrived-{model.key}", level, arrived(model, wanted), detail, actions, model.key))

    def replaced(self, gone: str, now: InstalledModel) -> None:
        """The model that answered is not there any more, by another program's hand."""
        sentence = tr("{gone} is no longer there. {name} answers now.", gone=gone, name=now.name)
        self.post(Notice("replaced", NoticeLevel.WARNING, sentence, actions=(NoticeAction.OPEN_MODELS,)))

    def returned(self, model: InstalledModel) -> None:
        """The chosen model is there again."""
        sentence = tr("{name} is there again and answers now.", name=model.name)
        self.post(Notice("replaced", NoticeLevel.INFO, sentence))

    def downloads_go_on(self, items: Sequence[DownloadItem]) -> None:
        """The program was ended in the middle of these downloads; nobody was told then what becomes of them."""
        first = items[0]
        sentence = trn(
            "{n} download continues where it was when Lamplight ended.",
            "{n} downloads continue where they were when Lamplight ended.",
            len(items),
        )
        if len(items) == 1 and first.size:
            sentence = tr(
                "The download of “{name}” continues where it was when Lamplight ended: {done} of {size} are here.",
                name=first.name,
                done=units.size(first.done),
                size=units.size(first.size),
            )
        self.post(Notice("downloads", NoticeLevel.INFO, sentence, actions=(NoticeAction.OPEN_MODELS,)))

    def download_failed(self, item: DownloadItem) -> None:
        """A download has given up; it can be tried again where the downloads are."""
        error = item.error or AssistantError(ErrorKind.INTERNAL)
        if error.kind is not ErrorKind.CANCELLED:
            sentence = tr("“{name}” was not downloaded. {reason}", name=item.name, reason=errors.sentence(error))
            actions = (*token_actions(error), NoticeAction.OPEN_MODELS)
            key, setting = f"download-{item.id}", token_setting(error)
            self.post(Notice(key, NoticeLevel.ERROR, sentence, error.detail, actions, item.id, setting))

    def download_settled(self, item_id: str) -> None:
        self.clear(f"download-{item_id}")

    def switched(self, source: str) -> None:
        """The Hub did not answer, and another host serves its files from now on."""
        sentence = tr("The Hub cannot be reached, so {host} is used instead.", host=source)
        actions = (NoticeAction.OPEN_SETTINGS,)
        self.post(Notice("source", NoticeLevel.INFO, sentence, actions=actions, setting="hub_endpoint"))

    def answer_failed(self, conversation: int, model: InstalledModel | None, error: AssistantError) -> None:
        """An error that the transcript also shows at the answer; the bar says it where something can be done."""
        if error.kind in _MODEL_ACTIONS:
            self.model_trouble(model.key if model else "", error)
        else:
            self.error(f"conversation-{conversation}", error, (NoticeAction.RETRY,), str(conversation))

    def settled(self, conversation: int) -> None:
        """What was said about this conversation is no longer true: it goes on."""
        self.clear(f"conversation-{conversation}")
        self.clear(f"context-{conversation}")

    def shown(self, conversation: int) -> None:
        """The user looks at this conversation: what was said about others belongs there, not here."""
        own = (f"conversation-{conversation}", f"context-{conversation}")
        for key in [key for key in self._up if key.startswith(("conversation-", "context-")) and key not in own]:
            self.clear(key)

    def context_full(
        self,
        conversation: int,
        error: AssistantError,
        actions: tuple[NoticeAction, ...],
        *,
        stays: AssistantError | None = None,
    ) -> None:
        """An answer found no room.

        :param stays: why the context cannot be larger, where it cannot.
        """
        sentence = errors.sentence(error)
        if stays is not None:
            sentence = lists.sentences(errors.summary(error), errors.sentence(stays))
        self._context(conversation, sentence, actions, stays=stays, asked=True)

    def context_filling(
        self,
        conversation: int,
        usage: Usage,
        actions: tuple[NoticeAction, ...],
        *,
        stays: AssistantError | None = None,
    ) -> None:
        """Room is running out; said before anything has to be left out. ``stays`` as for ``context_full``."""
        left = max(0, usage.context - usage.used)
        sentence = tr(
            "This conversation nearly fills the model's context: {left} of {context} tokens are left.",
            left=f"{left:,}",
            context=f"{usage.context:,}",
        )
        if stays is not None:
            sentence = lists.sentences(sentence, errors.sentence(stays))
        self._context(conversation, sentence, actions, stays=stays, asked=False)

    def context_stays(
        self, conversation: int, error: AssistantError, actions: tuple[NoticeAction, ...], *, asked: bool
    ) -> None:
        """A larger context was wanted, and there is none.

        :param error: CONTEXT_STAYS, or why the engine could not make it.
        :param asked: a question waits for the room.
        """
        if error.kind is ErrorKind.CANCELLED:
            return
        sentence = errors.sentence(error)
        if error.kind is not ErrorKind.CONTEXT_STAYS:
            sentence = tr(
                "The context was not enlarged, and the conversation goes on as it was. {reason}",
                reason=errors.summary(error),
            )
        self._context(conversation, sentence, actions, stays=error, asked=asked)

    def nothing_to_drop(self, conversation: int, actions: tuple[NoticeAction, ...], *, asked: bool) -> None:
        """Older messages should be left out, and there are none. ``asked`` as for ``context_stays``."""
        sentence = tr("There is nothing older to leave out: only the last question is left.")
        self._context(conversation, sentence, actions, asked=asked)

    def _context(
        self,
        conversation: int,
        sentence: str,
        actions: tuple[NoticeAction, ...],
        *,
        stays: AssistantError | None = None,
        asked: bool,
    ) -> None:
        level = NoticeLevel.ERROR if asked else NoticeLevel.WARNING
        detail = stays.detail if stays is not None else ""
        setting = "memory_budget" if NoticeAction.OPEN_SETTINGS in actions else ""
        self.post(Notice(f"context-{conversation}", level, sentence, detail, actions, str(conversation), setting))

    def deleted(self, title: str, subject: str = "") -> None:
        """A conversation is in the trash, or what ``subject`` says: ``summary``, ``translation``."""
        sentence = tr("Deleted “{title}”.", title=without_stop(title) or tr("Untitled"))
        self.post(Notice("deleted", NoticeLevel.INFO, sentence, actions=(NoticeAction.UNDO_DELETE,), subject=subject))

    def settings_problem(self, error: AssistantError | None) -> None:
        if error is not None:
            self.error("settings", error)

    def opened(self, report: OpenReport) -> None:
        """What opening the conversations had to deal with."""
        if report.error is None:
            return
        if report.set_aside is None:
            self.error("storage", report.error)
            return
        sentence = tr("The file with your conversations was damaged. What could be read is here again.")
        if report.restored is not None:
            day = time.strftime("%Y-%m-%d %H:%M", time.localtime(report.restored))
            sentence = tr(
                "The file with your conversations was damaged. The backup of {day} is here, and what could be read.",
                day=day,
            )
        self.post(Notice("storage", NoticeLevel.WARNING, sentence, str(report.set_aside)))

    def not_stored(self, error: AssistantError | None) -> None:
        """The disk does not take what is written, or (None) it does again."""
        if error is None:
            self.clear("not-stored")
        else:
            self.error("not-stored", error)

    def integrity(self, report: IntegrityReport) -> None:
        if not report.ok:
            sentence = tr("The file with your conversations has a defect. It will be repaired at the next start.")
            self.post(Notice("storage", NoticeLevel.WARNING, sentence))


def _of_model(key: str) -> str:
    """The key of what is said about a model; "": about there being none."""
    return f"model-{key}"


def token_actions(error: AssistantError) -> tuple[NoticeAction, ...]:
    """The way to the Hub's access token, where that is what is missing; or to where models come from, if that is a
    mirror, which never gets one (see ``token_setting``)."""
    if error.kind not in (ErrorKind.HUB_GATED, ErrorKind.HUB_TOKEN):
        return ()
    return (NoticeAction.OPEN_SETTINGS,) if "mirror" in error.values else (NoticeAction.GIVE_TOKEN,)


def token_setting(error: AssistantError) -> str:
    """The key of the setting that ``OPEN_SETTINGS`` of ``token_actions`` leads to."""
    return "hub_endpoint" if NoticeAction.OPEN_SETTINGS in token_actions(error) else ""


def arrived(model: InstalledModel, wanted: str = "") -> str:
    """What is said of a model that a download has brought: under which name it is here, and whether it can be used.

    :param wanted: the name that the user chose it by.
    """
    other = wanted and wanted != model.path.name and not wanted.casefold().startswith(model.name.casefold())
    name = tr("{wanted} ({name})", wanted=wanted, name=model.name) if other else model.name
    error = model.error()
    if error is None:
        here = tr("{name} is here and ready.", name=name)
        return lists.sentences(here, fit.searcher()) if model.embeds else here
    return tr("{name} was downloaded, but cannot be used: {reason}", name=name, reason=errors.summary(error))
