"""``lamplight models catalogue``, ``search``, ``look`` and ``get``: models that are not here yet."""

from __future__ import annotations

import argparse
import re
import time
from dataclasses import dataclass
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures
from assistant.cli.session import Session
from assistant.cli.tables import columns
from assistant.cli.terminal import Terminal
from assistant.core.downloads import WANTED, DownloadItem, State
from assistant.core.market import HeaderView, Offer, RepoView, VariantView
from assistant.core.notices import arrived
from assistant.library.advice import Grade, Verdict
from assistant.library.models import InstalledModel
from assistant.texts import current_language, errors, fit, tr, trn, units

_HUB = re.compile(r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com)/(?P<repo>[^/]+/[^/:?#]+)")
_SETTLE_SECONDS = 5.0  # that a paused download may take to let go of its file
_REFUSED = frozenset({"architecture", "not_text", "damaged"})


# ---------------------------------------------------------------- looking


def catalogue(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """The researched models, judged for this computer."""
    offers = session.core.market.catalogue(arguments.context)
    if arguments.json:
        terminal.write_json({"models": [_offer_object(offer) for offer in offers]})
        return failures.DONE
    terminal.write(columns([_offer_row(session, offer) for offer in offers]))
    terminal.say(tr("* is recommended for this computer. “lamplight models get NAME” downloads one."), dim=True)
    return failures.DONE


def _offer_row(session: Session, offer: Offer) -> tuple[str, ...]:
    model = offer.model
    state = tr("already here") if offer.installed else tr("being downloaded") if offer.download else ""
    shape = model.to_fit()
    speed = session.core.measures.guess(shape.weights_per_token, _active(offer)) if not offer.installed else None
    words = ", ".join(sorted(offer.recommended_for)) or ", ".join(sorted(model.tasks))
    return (
        "*" if offer.recommended_for else " ",
        model.id,
        units.size(model.size),
        model.licence,
        fit.label(offer.verdict),
        tr("about {speed}", speed=units.speed(speed.writing_near)) if speed is not None else "",
        state or words,
    )


def _active(offer: Offer) -> int:
    """Parameters that are used for each token."""
    shape = offer.model.shape
    return int(offer.model.parameters * (shape.active if shape is not None else 1.0))


def _offer_object(offer: Offer) -> dict[str, Any]:
    model = offer.model
    return {
        "id": model.id,
        "name": model.name,
        "repo": model.repo,
        "file": model.file,
        "size": model.size,
        "licence": model.licence,
        "parameters": model.parameters,
        "tasks": sorted(model.tasks),
        "recommended": sorted(offer.recommended_for),
        "fit": _fit_object(offer.verdict),
        "installed": offer.installed,
    }


def _fit_object(verdict: Verdict) -> dict[str, Any]:
    return {
        "grade": verdict.grade.value,
        "context": verdict.context,
        "needed": verdict.needed,
        "free": verdict.free,
        "message": fit.sentence(verdict),
    }


def search(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Repositories of the Hub."""
    terminal.progress(tr("Searching"))
    market = session.core.market
    text = " ".join(arguments.text)
    found = session.result(
        lambda done: market.search(text, done, sort=arguments.sort, limit=arguments.limit), answers_cancel=False
    )
    if arguments.json:
        rows = [
            {
                "repo": row.repo,
                "downloads": row.downloads,
                "likes": row.likes,
                "modified": row.modified,
                "gated": row.gated,
            }
            for row in found.repos
        ]
        terminal.write_json({"repositories": rows})
        return failures.DONE
    lines = [
        (
            row.repo,
            trn("{count} download", "{count} downloads", row.downloads, count=f"{row.downloads:,}"),
            trn("{n} like", "{n} likes", row.likes),
            row.modified[:10],
            tr("its makers want an agreement") if row.gated else "",
        )
        for row in found.repos
    ]
    terminal.write(columns(lines))
    if lines:
        terminal.say(tr("“lamplight models look REPOSITORY” shows what it holds."), dim=True)
    else:
        terminal.say(tr("Nothing was found."))
    return failures.DONE


def look(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """What a repository holds, from the smallest to the largest."""
    view = _repository(terminal, session, _repo_of(arguments.repo) or arguments.repo)
    if arguments.context:
        view = session.core.market.for_context(view, arguments.context)
    facts = view.facts
    if arguments.json:
        terminal.write_json(
            {
                "repo": facts.repo,
                "revision": facts.revision,
                "licence": facts.licence,
                "gated": facts.gated,
                "variants": [_variant_object(one) for one in view.variants],
            }
        )
        return failures.DONE
    terminal.say(_licence(facts.licence, facts.link))
    rows = [
        (
            "*" if one.variant.recommended else " ",
            one.variant.label,
            units.size(one.variant.size) if one.variant.size else "",
            tr("already here") if one.installed else fit.label(one.verdict),
        )
        for one in view.variants
    ]
    terminal.write(columns(rows))
    if rows:
        command = f"lamplight models get {facts.repo}:{_best(view).variant.label}"
        terminal.say(tr("“{command}” downloads the recommended one.", command=command), dim=True)
    else:
        terminal.say(tr("It holds no model that Lamplight could use."))
    return failures.DONE


def _variant_object(one: VariantView) -> dict[str, Any]:
    variant = one.variant
    return {
        "label": variant.label,
        "quantization": variant.quantization,
        "size": variant.size,
        "files": [file.name for file in variant.files],
        "recommended": variant.recommended,
        "installed": one.installed,
        "fit": _fit_object(one.verdict),
    }


def _repository(terminal: Terminal, session: Session, repo: str) -> RepoView:
    terminal.progress(tr("Asking what {repo} holds", repo=repo))
    view: RepoView = session.result(lambda done: session.core.market.look(repo, done), answers_cancel=False)
    return view


def _licence(licence: str, link: str = "") -> str:
    return tr("Licence: {licence}", licence=licence or tr("not stated")) + (f" ({link})" if link else "")


# ---------------------------------------------------------------- getting


@dataclass(frozen=True)
class _Wish:
    """What was asked for: a row of the catalogue, or a variant of a repository."""

    name: str
    size: int
    licence: str
    what: Any
    installed: str = ""
    download: str = ""
    verdict: Verdict | None = None


def get(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Download one model and see it arrive; run again, it goes on where it stopped."""
    try:
        wish = _wish(arguments.name, terminal, session)
    except AssistantError as error:
        if error.kind not in (ErrorKind.NO_SUCH_MODEL, ErrorKind.HUB_NOT_FOUND):
            raise
        return refuse(arguments, terminal, error, _instead(error))
    if wish.installed:
        return _here(arguments, terminal, session, wish)
    _announce(terminal, wish)
    queue = session.core.downloads
    try:
        item_id = wish.download or session.core.market.get(wish.what)
    except AssistantError as error:
        if error.kind is ErrorKind.MODEL_EXISTS:
            return _here(arguments, terminal, session, wish)
        if error.kind is not ErrorKind.DOWNLOAD_EXISTS:
            raise
        item_id = next(row.id for row in queue.rows() if row.name == error.values.get("name"))
    queue.resume(item_id)
    if queue.mine:
        queue.first(item_id)
    else:
        terminal.say(tr("Another Lamplight, such as the window, is downloading. It brings this model too."), dim=True)
    began = time.monotonic()
    model = _follow(terminal, session, item_id)
    if model is None:
        return _paused(arguments, terminal, session, item_id)
    unusable = None if model.embeds else model.error()
    if arguments.json:
        found = {"key": model.key, "name": model.name, "path": str(model.path), "size": model.size}
        if unusable is not None:
            found["problem"] = {"kind": unusable.kind.value, "message": errors.sentence(unusable)}
        terminal.write_json(found)
        return failures.DONE if unusable is None else failures.exit_code(unusable)
    seconds = units.duration(time.monotonic() - began)
    terminal.say(arrived(model, wish.name))
    terminal.say(tr("{size} in {seconds}.", size=units.size(model.size), seconds=seconds), dim=True)
    terminal.write(f"{model.key}\n")
    return failures.DONE if unusable is None else failures.exit_code(unusable)


def refuse(arguments: argparse.Namespace, terminal: Terminal, error: AssistantError, instead: str) -> int:
    """Say that what was asked for is not there, and what is.

    :raises AssistantError: with ``--json``, the error itself.
    """
    if arguments.json:
        raise error
    terminal.clear_progress()
    terminal.say(tr("lamplight: {sentence}", sentence=errors.summary(error)))
    terminal.say(instead)
    return failures.exit_code(error)


def _instead(error: AssistantError) -> str:
    """What somebody could ask for who asked for what is not there."""
    there = str(error.values.get("candidates", ""))
    if there:
        return tr("There are: {names}.", names=there)
    return tr("“lamplight models catalogue” and “lamplight models search TEXT” show what there is.")


def _wish(text: str, terminal: Terminal, session: Session) -> _Wish:
    """What the user means.

    :raises AssistantError: NO_SUCH_MODEL, HUB_NOT_FOUND, the network's errors.
    """
    text = text.strip()
    if "/" not in text:
        return _from_catalogue(text, session)
    address = _HUB.match(text)
    rest = text[address.end() :] if address is not None else text
    repo, _, quantization = (address["repo"] + rest if address is not None else text).partition(":")
    repo = "/".join(repo.split("/")[:2])
    view = _repository(terminal, session, repo)
    chosen = _variant(view, quantization)
    variant = chosen.variant
    verdict = chosen.verdict
    if not chosen.installed and not chosen.download and not variant.missing:
        terminal.progress(tr("Looking into its header"))
        header: HeaderView = session.result(
            lambda done: session.core.market.header(view, variant, done), answers_cancel=False
        )
        verdict = header.verdict
        if verdict.cause in _REFUSED:
            _refuse(repo, verdict)
    name = f"{view.facts.repo} {variant.label}"
    wish = (view, variant)
    return _Wish(name, variant.size, view.facts.licence, wish, chosen.installed, chosen.download, verdict)


def _from_catalogue(text: str, session: Session) -> _Wish:
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
    return _Wish(name, model.size, model.licence, model.id, offer.installed, offer.download, offer.verdict)


def _repo_of(text: str) -> str:
    """The repository in an address of the Hub; empty: it is none."""
    match = _HUB.match(text)
    return match["repo"] if match is not None else ""


def _variant(view: RepoView, quantization: str) -> VariantView:
    """:raises AssistantError: HUB_NOT_FOUND, with what there is in the details."""
    if not view.variants:
        raise AssistantError(ErrorKind.HUB_NOT_FOUND, "no model in it", name=view.facts.repo)
    if not quantization:
        return _best(view)
    wanted = quantization.casefold()
    for one in view.variants:
        names = (one.variant.label, one.variant.quantization, *(file.name for file in one.variant.files))
        if wanted in (name.casefold() for name in names):
            return one
    there = ", ".join(one.variant.label for one in view.variants)
    raise AssistantError(ErrorKind.HUB_NOT_FOUND, there, name=f"{view.facts.repo}:{quantization}", candidates=there)


def _best(view: RepoView) -> VariantView:
    return next((one for one in view.variants if one.variant.recommended), view.variants[0])


def _refuse(name: str, verdict: Verdict) -> None:
    """:raises AssistantError: why a model that would be downloaded cannot run."""
    kinds = {"architecture": ErrorKind.MODEL_UNSUPPORTED, "not_text": ErrorKind.MODEL_NOT_FOR_TEXT}
    kind = kinds.get(verdict.cause, ErrorKind.HUB_DAMAGED)
    raise AssistantError(kind, name=name, architecture=verdict.architecture)


def _announce(terminal: Terminal, wish: _Wish) -> None:
    """Say what will come, under which licence, and whether it fits, before it comes."""
    size = f" ({units.size(wish.size)})" if wish.size else ""
    terminal.say(f"{wish.name}{size}. {_licence(wish.licence)}.")
    verdict = wish.verdict
    if verdict is None or verdict.grade is Grade.UNKNOWN:
        return
    sentence = fit.sentence(verdict)
    terminal.say(tr("Warning: {sentence}", sentence=sentence) if verdict.grade is Grade.NO else sentence)


def _here(arguments: argparse.Namespace, terminal: Terminal, session: Session, wish: _Wish) -> int:
    model = session.core.models.get(wish.installed)
    if arguments.json:
        found = {"key": model.key, "name": model.name, "path": str(model.path), "size": model.size} if model else {}
        terminal.write_json({**found, "already": True})
        return failures.DONE
    terminal.say(errors.summary(AssistantError(ErrorKind.MODEL_EXISTS, name=model.name if model else wish.name)))
    if model is not None:
        terminal.write(f"{model.key}\n")
    return failures.DONE


# ---------------------------------------------------------------- following


def _follow(terminal: Terminal, session: Session, item_id: str) -> InstalledModel | None:
    """Show how far it is until it is a model; None: Ctrl+C, and it is paused, unless another program brings it.

    :raises AssistantError: it failed.
    """
    queue = session.core.downloads
    paused: list[bool] = []

    def done() -> bool:
        row = queue.row(item_id)
        if row is None or paused or row.state in (State.FAILED, State.PAUSED):
            return True
        if row.state is State.DONE:
            return _arrived(session, row) is not None
        terminal.progress(progress_line(row))
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
    if row.state is State.FAILED:
        raise row.error or AssistantError(ErrorKind.INTERNAL)
    return _arrived(session, row)


def _arrived(session: Session, row: DownloadItem) -> InstalledModel | None:
    """The model that a download has become, once the list shows it."""
    names = {part.file for part in row.parts}
    return next((model for model in session.core.models.installed() if model.path.name in names), None)


def _paused(arguments: argparse.Namespace, terminal: Terminal, session: Session, item_id: str) -> int:
    """After Ctrl+C, or what another program did to the download: wait until the file is let go, and say how it is."""
    queue = session.core.downloads
    end = time.monotonic() + _SETTLE_SECONDS
    session.wait_for(lambda: queue.idle or time.monotonic() > end)
    row = queue.row(item_id)
    done, size = (row.done, row.size) if row is not None else (0, 0)
    if arguments.json:
        terminal.write_json({"finish": "cancelled", "done": done, "size": size})
        return failures.STOPPED
    if row is None:
        terminal.say(tr("The download was cancelled."))
    elif row.state in WANTED:
        terminal.say(tr("Another Lamplight, such as the window, goes on with it."))
    elif size:
        share = tr("{done} of {size} are here.", done=units.size(done), size=units.size(size))
        terminal.say(tr("Paused: {share} The same command goes on from there.", share=share))
    else:
        terminal.say(tr("Paused. The same command goes on from there."))
    return failures.STOPPED


def progress_line(row: DownloadItem) -> str:
    """How a download stands, in one line."""
    head = f"{row.name}: {_share(row)}" if row.size else row.name
    if row.elsewhere:
        return f"{head}, " + tr("being downloaded by another Lamplight, such as the window")
    if row.state is State.WAITING and row.error is not None:
        reason = errors.summary(row.error)
        if row.wait > 0:
            again = units.duration(max(1, round(row.wait)))
            return f"{head}. {reason} " + tr("Next try in {seconds}.", seconds=again)
        return f"{head}. {reason}"
    if row.state in (State.PAUSED, State.QUEUED):
        return f"{head}, " + (tr("paused") if row.state is State.PAUSED else tr("waiting for its turn"))
    if row.state is State.FAILED and row.error is not None:
        return f"{head}. {errors.summary(row.error)}"
    if row.state is State.CHECKING:
        return f"{head}, " + tr("checking")
    if row.state is not State.DOWNLOADING:
        return f"{head}, " + tr("connecting")
    parts = [head]
    if row.speed > 0:
        parts.append(tr("{size} per second", size=units.size(row.speed)))
    if row.left >= 0:
        parts.append(tr("{time} left", time=units.duration(max(1, round(row.left)))))
    if row.source and row.source != "huggingface.co":
        parts.append(tr("from {host}", host=row.source))
    return ", ".join(parts)


def _share(row: DownloadItem) -> str:
    percent = int(100 * row.done / row.size)
    return tr("{percent} % of {size}", percent=percent, size=units.size(row.size))
