"""``lamplight models get``: what is meant, what is said before it comes, and following it until it is a model."""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures, finding
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.core.downloads import WANTED, DownloadItem, State
from assistant.core.market import HeaderView, RepoView, VariantView
from assistant.core.network import HUB_HOST
from assistant.core.notices import arrived
from assistant.library.advice import Grade, Verdict
from assistant.library.models import InstalledModel
from assistant.texts import current_language, errors, fit, lists, tr, units

_SETTLE_SECONDS = 5.0  # that a paused download may take to let go of its file
_REFUSED = frozenset({"architecture", "not_text", "damaged", "strange", "not_model"})


@dataclass(frozen=True)
class Wanted:
    """What was asked for: a row of the catalogue, or a variant of a repository."""

    name: str
    size: int
    licence: str
    what: Any
    installed: str = ""
    download: str = ""
    verdict: Verdict | None = None
    embeds: bool = False


def get(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Download one model and see it arrive; run again, it goes on where it stopped."""
    try:
        wanted = _wanted(arguments.name, terminal, session)
    except AssistantError as error:
        if error.kind not in (ErrorKind.NO_SUCH_MODEL, ErrorKind.HUB_NOT_FOUND):
            raise
        return refuse(arguments, terminal, error, instead(error))
    if wanted.installed:
        return say_here(arguments, terminal, session.core.models.get(wanted.installed), wanted.name)
    announce(terminal, wanted)
    queue = session.core.downloads
    try:
        item_id = wanted.download or session.core.market.get(wanted.what)
    except AssistantError as error:
        if error.kind is ErrorKind.MODEL_EXISTS:
            return say_here(arguments, terminal, session.core.models.get(wanted.installed), wanted.name)
        if error.kind is not ErrorKind.DOWNLOAD_EXISTS:
            raise
        item_id = next(row.id for row in queue.rows() if row.name == error.values.get("name"))
    queue.resume(item_id)
    if queue.mine:
        queue.first(item_id)
    else:
        terminal.say(tr("Another Lamplight, such as the window, is downloading. It brings this model too."), dim=True)
    began = time.monotonic()
    try:
        model = _follow(terminal, session, item_id)
    except AssistantError as error:
        if error.kind is ErrorKind.OFFLINE and not wanted.download:
            queue.cancel(item_id)  # what was said to have failed does not come by itself some day
            _settle(session)
        raise
    if model is None:
        return _paused(arguments, terminal, session, item_id)
    unusable = model.error()
    if arguments.json:
        found = {"key": model.key, "name": model.name, "path": str(model.path), "size": model.size}
        if unusable is not None:
            found["problem"] = {"kind": unusable.kind.value, "message": errors.sentence(unusable)}
        terminal.write_json(found)
        return failures.DONE if unusable is None else failures.exit_code(unusable)
    seconds = units.duration(time.monotonic() - began)
    terminal.say(arrived(model, wanted.name))
    terminal.say(tr("{size} in {seconds}.", size=units.size(model.size), seconds=seconds), dim=True)
    terminal.write(f"{model.key}\n")
    return failures.DONE if unusable is None else failures.exit_code(unusable)


def refuse(arguments: argparse.Namespace, terminal: Terminal, error: AssistantError, rather: str) -> int:
    """Say that what was asked for is not there, and what is.

    :raises AssistantError: with ``--json``, the error itself.
    """
    if arguments.json:
        raise error
    terminal.clear_progress()
    terminal.say(tr("lamplight: {sentence}", sentence=errors.summary(error)))
    if rather:
        terminal.say(rather)
    return failures.exit_code(error)


def instead(error: AssistantError) -> str:
    """What somebody could ask for who asked for what is not there; empty: the error names it."""
    there = str(error.values.get("candidates", ""))
    if there and error.kind is ErrorKind.NO_SUCH_MODEL:
        return ""
    if there:
        return tr("There are: {names}.", names=lists.relisted(there))
    return tr("“lamplight models catalogue” and “lamplight models search TEXT” show what there is.")


def _wanted(text: str, terminal: Terminal, session: Session) -> Wanted:
    """What the user means.

    :raises AssistantError: NO_SUCH_MODEL, HUB_NOT_FOUND, the network's errors.
    """
    text = text.strip()
    if "/" not in text:
        return _from_catalogue(text, session)
    repo, quantization = finding.named(text)
    view = finding.repository(terminal, session, repo)
    chosen = _variant(view, quantization)
    variant = chosen.variant
    verdict, embeds = chosen.verdict, False
    if not chosen.installed and not chosen.download and not variant.missing:
        terminal.progress(tr("Reading its header"))
        header: HeaderView = session.result(
            lambda done: session.core.market.header(view, variant, done), answers_cancel=False
        )
        verdict, embeds = header.verdict, header.embeds
        if verdict.cause in _REFUSED:
            _refuse(repo, verdict)
    name = f"{view.facts.repo} {variant.label}"
    wanted = (view, variant)
    return Wanted(name, variant.size, view.facts.licence, wanted, chosen.installed, chosen.download, verdict, embeds)


def _from_catalogue(text: str, session: Session) -> Wanted:
    wanted = text.casefold()
    offers = session.core.market.catalogue()
    matches = [o for o in offers if wanted in (o.model.id.casefold(), o.model.name.casefold())]
    if wanted == "starter":
        matches = [o for o in offers if o.model.starter]
    matches = matches or [o for o in offers if o.model.id.casefold().startswith(wanted)]
    matches = matches or [o for o in offers if o.model.name.casefold().startswith(wanted)]
    if not text or not matches:
        raise AssistantError(ErrorKind.NO_SUCH_MODEL, name=text)
    if len(matches) > 1:
        names = ", ".join(o.model.id for o in matches)
        raise AssistantError(ErrorKind.NO_SUCH_MODEL, f"it fits: {names}", name=text, candidates=names)
    offer = matches[0]
    model = offer.model
    name = model.title(current_language())
    embeds, licence = model.embed is not None, model.licence_in_words(current_language())
    return Wanted(name, model.size, licence, model.id, offer.installed, offer.download, offer.verdict, embeds)


def _variant(view: RepoView, quantization: str) -> VariantView:
    """:raises AssistantError: HUB_NOT_FOUND, with what there is in the details."""
    if not view.variants:
        raise AssistantError(ErrorKind.HUB_NOT_FOUND, "no model in it", name=view.facts.repo)
    if not quantization:
        return finding.best(view)
    wanted = quantization.casefold()
    for one in view.variants:
        names = (one.variant.label, one.variant.quantization, *(file.name for file in one.variant.files))
        if wanted in (name.casefold() for name in names):
            return one
    there = ", ".join(one.variant.label for one in view.variants)
    raise AssistantError(ErrorKind.HUB_NOT_FOUND, there, name=f"{view.facts.repo}:{quantization}", candidates=there)


def _refuse(name: str, verdict: Verdict) -> None:
    """:raises AssistantError: why a model that would be downloaded cannot run."""
    unknown = ErrorKind.MODEL_UNSUPPORTED
    kinds = {"architecture": unknown, "strange": unknown, "not_text": ErrorKind.MODEL_NOT_FOR_TEXT}
    kind = kinds.get(verdict.cause, ErrorKind.HUB_DAMAGED)
    raise AssistantError(kind, name=name, architecture=verdict.architecture)


def announce(terminal: Terminal, wanted: Wanted) -> None:
    """Say what will come, under which licence, and whether it fits, before it comes."""
    what = lists.clauses(wanted.name, units.size(wanted.size) if wanted.size else "")
    terminal.say(lists.sentences(lists.ended(what), lists.ended(finding.licence(wanted.licence))))
    if wanted.embeds:
        terminal.say(fit.searcher())
    verdict = wanted.verdict
    if verdict is None or verdict.grade is Grade.UNKNOWN:
        return
    sentence = fit.sentence(verdict)
    terminal.say(tr("Warning: {sentence}", sentence=sentence) if verdict.grade is Grade.NO else sentence)


def say_here(arguments: argparse.Namespace, terminal: Terminal, model: InstalledModel | None, name: str) -> int:
    """Nothing is to be done: the model is here already.

    :param name: what it was asked for by, where the model itself is not known.
    """
    if arguments.json:
        found = {"key": model.key, "name": model.name, "path": str(model.path), "size": model.size} if model else {}
        terminal.write_json({**found, "already": True})
        return failures.DONE
    terminal.say(errors.summary(AssistantError(ErrorKind.MODEL_EXISTS, name=model.name if model else name)))
    if model is not None:
        terminal.write(f"{model.key}\n")
    return failures.DONE


# ---------------------------------------------------------------- following


def _follow(terminal: Terminal, session: Session, item_id: str) -> InstalledModel | None:
    """Show how far it is until it is a model; None: Ctrl+C, and it is paused, unless another program brings it.

    :raises AssistantError: it failed; OFFLINE: it would wait for ever, nobody can turn the switch meanwhile.
    """
    queue = session.core.downloads
    news = News(terminal)
    paused: list[bool] = []

    def is_over(row: DownloadItem) -> bool:
        refused = row.state is State.WAITING and row.error is not None and row.error.kind is ErrorKind.OFFLINE
        return row.state in (State.FAILED, State.PAUSED) or (refused and queue.mine)

    def done() -> bool:
        row = queue.row(item_id)
        if row is None or paused or is_over(row):
            return True
        if row.state is State.DONE:
            return _arrived(session, row) is not None
        terminal.progress(progress_line(row))
        news.hear(row)
        return False

    def pause() -> None:
        paused.append(True)
        if queue.mine:
            queue.pause(item_id)

    session.wait_for(done, pause)
    terminal.clear_progress()
    row = queue.row(item_id)
    if row is None or paused:
        return None
    if row.state in (State.FAILED, State.WAITING):
        raise row.error or AssistantError(ErrorKind.INTERNAL)
    return _arrived(session, row)


class News:
    """What is said where no line shows how far it is: why it waits, once for each reason, and that it comes again."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._told: str = HUB_HOST  # the kind of trouble, or the host that it comes from
        self._done = 0

    def hear(self, row: DownloadItem) -> None:
        """Say how the download stands if that is news."""
        if self._terminal.shows_progress:
            return
        if row.state is State.WAITING and row.error is not None:
            self._tell(row, row.error.kind.value, progress_line(row))
        elif row.state is State.DOWNLOADING and row.source and row.done > self._done:
            comes = lists.clauses(_head(row), tr("being downloaded"), tr("from {host}", host=row.source))
            self._tell(row, row.source, comes)

    def _tell(self, row: DownloadItem, news: str, line: str) -> None:
        if news != self._told:
            self._told, self._done = news, row.done
            self._terminal.say(line)


def _arrived(session: Session, row: DownloadItem) -> InstalledModel | None:
    """The model that a download has become, once the list shows it."""
    names = {part.file for part in row.parts}
    return next((model for model in session.core.models.installed() if model.path.name in names), None)


def _settle(session: Session) -> None:
    """Wait until the queue has let go of what it does not bring any more."""
    end = time.monotonic() + _SETTLE_SECONDS
    session.wait_for(lambda: session.core.downloads.idle or time.monotonic() > end)


def _paused(arguments: argparse.Namespace, terminal: Terminal, session: Session, item_id: str) -> int:
    """After Ctrl+C, or what another program did to the download: wait until the file is let go, and say how it is."""
    _settle(session)
    row = session.core.downloads.row(item_id)
    done, size = (row.done, row.size) if row is not None else (0, 0)
    if arguments.json:
        terminal.write_json({"finish": "cancelled", "done": done, "size": size})
        return failures.STOPPED
    if row is None:
        terminal.say(tr("The download was cancelled."))
    elif row.state in WANTED:
        terminal.say(tr("Another Lamplight, such as the window, continues it."))
    elif size:
        share = tr("{done} of {size} are here.", done=units.size(done), size=units.size(size))
        terminal.say(tr("Paused: {share} The same command resumes.", share=share))
    else:
        terminal.say(tr("Paused. The same command resumes."))
    return failures.STOPPED


def progress_line(row: DownloadItem) -> str:
    """How a download stands, in one line."""
    head = _head(row)
    if row.elsewhere:
        return lists.clauses(head, tr("being downloaded by another Lamplight, such as the window"))
    if row.state is State.WAITING and row.error is not None:
        again = tr("Next try in {time}.", time=units.duration(max(1, round(row.wait)))) if row.wait > 0 else ""
        return lists.sentences(lists.ended(head), errors.summary(row.error), again)
    if row.state in (State.PAUSED, State.QUEUED):
        return lists.clauses(head, tr("paused") if row.state is State.PAUSED else tr("waiting for its turn"))
    if row.state is State.FAILED and row.error is not None:
        return lists.sentences(lists.ended(head), errors.summary(row.error))
    if row.state is State.CHECKING:
        return lists.clauses(head, tr("checking"))
    if row.state is not State.DOWNLOADING:
        return lists.clauses(head, tr("connecting"))
    parts = [head]
    if row.speed > 0:
        parts.append(tr("{size} per second", size=units.size(row.speed)))
    if row.left >= 0:
        parts.append(tr("{time} left", time=units.duration(max(1, round(row.left)))))
    if row.source and row.source != HUB_HOST:
        parts.append(tr("from {host}", host=row.source))
    return lists.clauses(*parts)


def _head(row: DownloadItem) -> str:
    """Its name, and how much of it is here."""
    if not row.size:
        return row.name
    percent = int(100 * row.done / row.size)
    return lists.labelled(row.name, tr("{percent} % of {size}", percent=percent, size=units.size(row.size)))
