"""Models as the rows of a list: installed ones, those that other programs have, the catalogue, what the Hub found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.gui.itemmodels.rows import Row
from assistant.gui.widgets.models import words
from assistant.gui.widgets.models.offer import catalogue_name
from assistant.texts import fit, tr, trn, units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from assistant.core.market import Offer, RepoRow
    from assistant.library.elsewhere import Elsewhere
    from assistant.library.models import InstalledModel

_GRADES = ("well", "tight", "unknown", "no")


def fits_words(text: str, *parts: str) -> bool:
    """Whether every word of ``text`` (lower case) occurs in one of ``parts``."""
    heap = "\n".join(parts).casefold()
    return all(word in heap for word in text.split())


def installed_rows(
    models: Iterable[InstalledModel], chosen: str, text: str, *, loaded: Set[str] = frozenset()
) -> list[Row]:
    """The models that are here; ``chosen`` is the key of the one that chats, ``loaded`` those of all in memory."""
    rows = []
    for model in models:
        if not fits_words(text, model.name, model.quantization, model.architecture):
            continue
        trouble = model.missing or model.problem is not None
        line = words.installed_line(model)
        rows.append(
            Row(
                model.key,
                words.plain_name(model.name),
                f"{line} · {tr('in memory')}" if model.key in loaded else line,
                mark="danger" if trouble else "good" if model.key in loaded else "",
                note=tr("in use") if model.key == chosen else "",
            )
        )
    return rows


def found_rows(found: Sequence[Elsewhere], prefix: str, text: str) -> list[Row]:
    """Models of other programs under a heading of their own."""
    heading = tr("In other programs")
    return [
        Row(
            f"{prefix}{one.path}",
            words.plain_name(one.name),
            " · ".join((one.program, units.size(one.size), *_purpose(embeds=one.facts.embeds))),
            section=heading,
        )
        for one in found
        if fits_words(text, one.name, one.app)
    ]


def catalogue_rows(offers: Sequence[Offer], text: str, task: str) -> list[Row]:
    """The catalogue: what is recommended here first, then what fits well, tightly, and what does not."""
    sections = {
        "best": tr("For this computer"),
        "well": tr("Fits well"),
        "tight": tr("Fits tightly"),
        "unknown": tr("Not known whether it fits"),
        "no": tr("Does not fit"),
    }
    chosen: list[tuple[tuple[int, int], Row]] = []
    for offer in offers:
        model = offer.model
        if task and task not in model.tasks:
            continue
        if not fits_words(text, model.name, model.name_zh, model.id, model.note, model.note_zh, *model.languages):
            continue
        best = bool(offer.recommended_for if not task else task in offer.recommended_for)
        not_for_chat = _purpose(embeds=model.embed is not None) or (tr("not for chat"),)
        purpose = () if "chat" in model.tasks else not_for_chat
        section = "best" if best else offer.verdict.grade.value
        row = Row(
            model.id,
            catalogue_name(model),
            " · ".join((units.size(model.size), fit.label(offer.verdict), *purpose)),
            mark=words.mark(offer.verdict),
            note=_note(offer),
            section=sections[section],
        )
        rank = -1 if best else _GRADES.index(offer.verdict.grade.value)
        chosen.append(((rank, -model.size), row))
    return [row for _, row in sorted(chosen, key=lambda pair: pair[0])]


def _purpose(*, embeds: bool) -> tuple[str, ...]:
    """What a model is for that does not answer."""
    return (fit.task("embed"),) if embeds else ()


def _note(offer: Offer) -> str:
    if offer.installed:
        return tr("here")
    if offer.stopped:
        return tr("stopped")
    if offer.waits:
        return tr("waiting")
    return tr("downloading") if offer.download else ""


def hub_rows(repos: Iterable[RepoRow]) -> list[Row]:
    """Repositories of the Hub by their own names."""
    rows = []
    for repo in repos:
        owner, _, name = repo.repo.partition("/")
        counted = trn("{count} download", "{count} downloads", repo.downloads, count=words.count(repo.downloads))
        parts = [words.plain_name(owner) if name else "", counted, words.plain_name(repo.modified[:10])]
        if repo.gated:
            parts.insert(0, tr("asks for consent"))
        line = " · ".join(part for part in parts if part)
        rows.append(Row(repo.repo, words.plain_name(name or repo.repo), line))
    return rows
