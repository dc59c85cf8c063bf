"""How the values of ``views`` are made: from what is kept of a translation, and from its sheet."""

from __future__ import annotations

from assistant.base.languages import between_sentences, unspaced
from assistant.core.speeds import Pace
from assistant.core.translation.plans import Equipped
from assistant.core.translation.records import options_from_json, plain
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.views import ENDED, SegmentView, TranslationPlan, TranslationRow, TranslationView
from assistant.documents.segments import without_codes
from assistant.engine.messages import Counts
from assistant.library.translators import TranslatorHint
from assistant.storage.rows import Job

_SEARCHED = 100_000  # characters of a translation that a search looks through


def list_row(row: Job) -> TranslationRow:
    """A translation as a line of the history."""
    options, form, _ = options_from_json(row.options)
    return TranslationRow(row.id, row.title, row.created, row.state, options, row.model, form)


def snapshot(row: Job, sheet: Sheet | None) -> TranslationView:
    """A translation as it is kept, with its segments if ``sheet`` has been read."""
    options, form, language = options_from_json(row.options)
    return TranslationView(
        id=row.id,
        state=row.state,
        document=row.document,
        title=row.title,
        options=options,
        segments=sheet.views() if sheet is not None else (),
        format=form,
        language=language,
        done=sheet.done if sheet is not None else 0,
        total=sheet.total if sheet is not None else 0,
        model=row.model,
        tokens=sheet.tokens if sheet is not None else Counts(),
        seconds=row.seconds,
    )


def plan_of(equipped: Equipped, pace: Pace | None, hint: TranslatorHint, *, made: int = 0) -> TranslationPlan:
    """What a translation will take.

    :param pace: how fast this machine is with the model, None: nobody knows.
    :param hint: what speaks against translating with the model; ``made``: segments that are finished.
    """
    return TranslationPlan(
        segments=equipped.task.total,
        made=made,
        from_memory=len(equipped.memory),
        in_file=sum(1 for segment in equipped.document.segments if segment.target) + len(equipped.already),
        prompt_tokens=sum(equipped.read),
        answer_tokens=sum(equipped.written),
        seconds=equipped.seconds(pace) if pace is not None else None,
        measured=pace is not None and pace.measured,
        parallel=equipped.parallel,
        language=equipped.options.source,
        glossary_fits=equipped.fits,
        hint=hint.better.name if hint.better is not None else "",
        hint_kind=hint.weakness.value,
        hint_languages=hint.languages,
    )


def searchable(sheet: Sheet) -> str:
    """What a search in the history looks through."""
    texts: list[str] = []
    size = 0
    for view in sheet.kept_views():
        if view.state in ENDED:
            texts.append(view.target)
            size += len(view.target)
        if size > _SEARCHED:
            break
    return plain(texts)


def flowing(sheet: Sheet) -> str:
    """A translation as plain text: the blocks in lines of their own, with what stands between them untranslated."""
    lines: list[str] = []
    last: SegmentView | None = None
    for view in sheet.views():
        words = without_codes(view.target or view.source, view.things)
        if last is not None and last.block == view.block:
            lines[-1] += _gap(last, view, sheet) + words
        else:
            lines.append(view.lead + words)
        lines[-1] += without_codes(view.after).rstrip()
        if view.trail:
            lines.append(view.trail)
        last = view
    return plain(lines)


def _gap(last: SegmentView, view: SegmentView, sheet: Sheet) -> str:
    """What is seen between two segments of one block."""
    gap, target = without_codes(view.before), sheet.options.target
    if last.target or view.target:
        gap = between_sentences(gap, without_codes(last.source)[-1:], source=sheet.language, target=target)
    # Markup alone may well be the end of a line.
    return gap or ("" if not view.before or unspaced(target) else " ")
