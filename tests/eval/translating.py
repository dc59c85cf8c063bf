"""What a model makes of two fixed sets of segments: the program's own way, scored by chrF and by rules.

Each item is a paragraph of one HTML page, so that markup is what the program makes of it. The items have nothing to do
with each other, so no context is shown.
"""

from __future__ import annotations

import html
import re
import time
import tomllib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.cli.session import Session
from assistant.core.translation.views import SegmentState, SegmentView, TranslationView
from assistant.documents.segments import without_codes
from assistant.library.models import InstalledModel
from assistant.tasks.translation import TranslateOptions
from tests.eval.chrf import chrf

_FOLDER = Path(__file__).resolve().parent / "translations"
_TOLD = 10  # segments between two lines about how far it is
_TAG = re.compile(r"</?[a-z][^<>]*>")

NAMES = ("en-zh", "zh-en")
KINDS = ("prose", "terms", "format", "numbers", "names", "idiom", "traditional", "trap")


@dataclass(frozen=True)
class Item:
    """A paragraph of HTML with the plain text that a good translation of it has.

    :ivar must: all of them are found in a good translation; ``never``: none of them.
    """

    kind: str
    source: str
    reference: str
    must: tuple[re.Pattern[str], ...] = ()
    never: tuple[re.Pattern[str], ...] = ()

    @property
    def plain(self) -> str:
        return html.unescape(_TAG.sub("", self.source))


@dataclass(frozen=True)
class TranslationSet:
    """``source`` and ``target``: BCP 47; ``glossary``: term to term."""

    name: str
    source: str
    target: str
    glossary: dict[str, str]
    items: tuple[Item, ...]

    def page(self) -> str:
        """All items as one HTML page."""
        rows = "\n".join(f"<p>{item.source}</p>" for item in self.items)
        return f'<!DOCTYPE html>\n<html lang="{self.source}"><body>\n{rows}\n</body></html>\n'

    def terms(self) -> str:
        """The glossary as a file."""
        return "".join(f"{source}\t{target}\n" for source, target in self.glossary.items())


@dataclass(frozen=True)
class Scored:
    """What became of an item.

    :ivar right: every ``must`` and no ``never``.
    :ivar marks: kinds of what the program itself found wrong in the end.
    :ivar redone: the model was asked again.
    """

    item: Item
    target: str
    right: bool
    marks: tuple[str, ...] = ()
    redone: bool = False
    confidence: float = 0.0

    @property
    def chrf(self) -> float:
        return chrf([(self.target, self.item.reference)])


@dataclass(frozen=True)
class SetResult:
    """``error``: why there is nothing, or only a part."""

    name: str
    scored: tuple[Scored, ...]
    seconds: float
    error: str = ""

    def of(self, kind: str) -> tuple[Scored, ...]:
        return tuple(one for one in self.scored if one.item.kind == kind)


def load(name: str) -> TranslationSet:
    """:raises FileNotFoundError: there is none of this name."""
    row = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
    items = tuple(
        Item(
            kind=one["kind"],
            source=one["source"],
            reference=one["reference"],
            must=tuple(map(re.compile, one.get("must", ()))),
            never=tuple(map(re.compile, one.get("never", ()))),
        )
        for one in row["item"]
    )
    return TranslationSet(name, row["source"], row["target"], row["glossary"], items)


def run(
    session: Session, chosen: TranslationSet, model: InstalledModel, folder: Path, say: Callable[[str], None]
) -> SetResult:
    """Translate a set.

    :param folder: where its page and its glossary may be written.
    :param say: is told how far it is.
    :raises AssistantError: the model cannot be used.
    """
    page, terms = folder / f"{chosen.name}.html", folder / f"{chosen.name}.tsv"
    page.write_text(chosen.page(), "utf-8")
    terms.write_text(chosen.terms(), "utf-8")
    core = session.core
    document = session.result(lambda done: core.translations.read(page, done=done))
    imported = session.result(
        lambda done: core.glossaries.import_file(terms, done, source=chosen.source, target=chosen.target)
    )
    options = TranslateOptions(chosen.target, chosen.source, glossary=imported.id, context=False)
    # The plan loads the model, which is not counted.
    session.result(lambda done: core.translations.plan(document.digest, options, done, model=model))
    began = time.monotonic()
    job = core.translations.start(document.digest, options, model=model)
    told = 0

    def tell() -> None:
        nonlocal told
        now = core.translations.view(job)
        if now is not None and now.done // _TOLD > told // _TOLD:
            told = now.done
            say(f"{chosen.name}: {told} of {now.total} segments, {time.monotonic() - began:.0f} s")

    session.wait_for(lambda: job not in core.translations.running(), lambda: core.translations.stop(job), tell)
    if session.interrupted:
        raise KeyboardInterrupt
    view = core.translations.view(job)
    assert view is not None
    seconds = time.monotonic() - began
    return SetResult(chosen.name, score(chosen, view), seconds, view.error.kind.value if view.error else "")


def score(chosen: TranslationSet, view: TranslationView) -> tuple[Scored, ...]:
    """The items of a set with what became of them; a block of the page is an item."""
    blocks: dict[int, list[SegmentView]] = {}
    for segment in view.segments:
        blocks.setdefault(segment.block, []).append(segment)
    rows = [blocks[number] for number in sorted(blocks)]
    if len(rows) != len(chosen.items):
        raise ValueError(f"{len(rows)} blocks for {len(chosen.items)} items")
    return tuple(judge(item, segments) for item, segments in zip(chosen.items, rows, strict=True))


def judge(item: Item, segments: Sequence[SegmentView]) -> Scored:
    """What an item's segments are worth."""
    target = without_codes("".join(f"{one.before}{one.target}" for one in segments)).strip()
    normal = unicodedata.normalize("NFKC", target)
    left = [finding for one in segments for finding in one.findings if not finding.mended and not finding.minor]
    return Scored(
        item=item,
        target=target,
        right=all(one.search(normal) for one in item.must) and not any(one.search(normal) for one in item.never),
        marks=tuple(dict.fromkeys(finding.kind.value for finding in left)),
        redone=any(one.state in (SegmentState.REDONE, SegmentState.MARKED) for one in segments),
        confidence=min((one.confidence for one in segments), default=0.0),
    )


def rows(result: SetResult) -> list[tuple[str, ...]]:
    """A line for each kind of item, and their sum: for ``report.table`` under ``HEAD``."""
    lines = [_row(result.name, kind, result.of(kind)) for kind in KINDS if result.of(kind)]
    lines.append((*_row(result.name, "all", result.scored)[:-1], f"{result.seconds:.0f} s {result.error}".strip()))
    return lines


HEAD = ("set", "kind", "items", "chrF2", "rules", "marked", "redone", "")


def _row(name: str, kind: str, scored: Sequence[Scored]) -> tuple[str, ...]:
    ruled = [one for one in scored if one.item.must or one.item.never]
    return (
        name,
        kind,
        str(len(scored)),
        f"{chrf((one.target, one.item.reference) for one in scored):.1f}",
        f"{sum(one.right for one in ruled)}/{len(ruled)}" if ruled else "-",
        str(sum(bool(one.marks) for one in scored)),
        str(sum(one.redone for one in scored)),
        "",
    )


def shown(result: SetResult) -> str:
    """Every item with its translation and what was found in it."""
    lines = []
    for one in result.scored:
        flaws = [*(("WRONG",) if not one.right else ()), *one.marks]
        lines += ["", f"{one.item.kind} {one.chrf:.0f} {' '.join(flaws)}".rstrip(), one.item.plain, f"    {one.target}"]
    return "\n".join(lines)
