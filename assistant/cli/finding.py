"""``lamplight models catalogue``, ``search`` and ``look``: what there is to get, and how well it fits."""

from __future__ import annotations

import argparse
import re
from typing import Any

from assistant.cli import failures
from assistant.cli.session import Session
from assistant.cli.tables import columns
from assistant.cli.terminal import Terminal
from assistant.core.market import Offer, RepoView, VariantView
from assistant.library.advice import Verdict
from assistant.texts import fit, lists, tr, trn, units

_HUB = re.compile(r"^(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com)/(?P<repo>[^/]+/[^/:?#]+)")


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
    state = tr("already here") if offer.installed else _coming(offer)
    shape = model.to_fit()
    speed = session.core.measures.guess(shape.weights_per_token, _active(offer)) if not offer.installed else None
    words = lists.listed(*(fit.task(task) for task in sorted(offer.recommended_for or model.tasks)))
    return (
        "*" if offer.recommended_for else " ",
        model.id,
        units.size(model.size),
        model.licence,
        fit.label(offer.verdict),
        tr("about {speed}", speed=units.speed(speed.writing_near)) if speed is not None else "",
        state or words,
    )


def _coming(offer: Offer) -> str:
    if offer.stopped:
        return tr("stopped")
    if offer.waits:
        return tr("waiting")
    return tr("being downloaded") if offer.download else ""


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
            tr("asks for consent") if row.gated else "",
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
    view = repository(terminal, session, named(arguments.repo.strip())[0])
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
    terminal.say(licence(facts.licence, facts.link))
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
        command = f"lamplight models get {facts.repo}:{best(view).variant.label}"
        terminal.say(tr("“{command}” downloads the recommended one.", command=command), dim=True)
    else:
        terminal.say(tr("It holds no model that Lamplight can use."))
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


def repository(terminal: Terminal, session: Session, repo: str) -> RepoView:
    """What a repository holds.

    :raises AssistantError: HUB_NOT_FOUND, the network's errors.
    """
    terminal.progress(tr("Asking what {repo} holds", repo=repo))
    view: RepoView = session.result(lambda done: session.core.market.look(repo, done), answers_cancel=False)
    return view


def licence(name: str, link: str = "") -> str:
    """A licence in words, also one that nobody states."""
    name = name or tr("not stated")
    if link:
        return tr("Licence: {licence} ({link})", licence=name, link=link)
    return tr("Licence: {licence}", licence=name)


def named(text: str) -> tuple[str, str]:
    """The repository and the quantization (or "") that ``text`` names: REPO[:QUANT], or an address of the Hub."""
    address = _HUB.match(text)
    repo, _, quantization = (address["repo"] + text[address.end() :] if address is not None else text).partition(":")
    return "/".join(repo.split("/")[:2]), quantization


def best(view: RepoView) -> VariantView:
    """The variant to take where none is named."""
    return next((one for one in view.variants if one.variant.recommended), view.variants[0])
