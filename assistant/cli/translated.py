"""What comes of a translation on the command line: as text while it grows, as a file, as JSON, as a report."""

from __future__ import annotations

import codecs
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.base.languages import between_sentences, language_name
from assistant.cli import objects
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.core.translation.views import (
    ENDED,
    JobState,
    OpenTranslation,
    SegmentState,
    SegmentView,
    TranslationPlan,
    TranslationView,
)
from assistant.documents.segments import Finding, without_codes
from assistant.library.models import InstalledModel
from assistant.tasks.translation import TranslateOptions
from assistant.texts import documents as document_texts
from assistant.texts import languages as language_texts
from assistant.texts import lists, tr, translations

_ZIPPED = frozenset(("docx", "pptx", "epub"))  # no text that standard output could take
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_QUOTED = 60  # characters of a segment in the report


@dataclass(frozen=True)
class Ended:
    """A translation that has ended.

    :ivar target: the file to write, None: it goes to standard output.
    """

    document: OpenTranslation
    model: InstalledModel
    plan: TranslationPlan
    job: int
    view: TranslationView
    target: Path | None = None


class Stream:
    """Writes a plain text as it is translated, sentence after sentence, in the document's order.

    What stands between the sentences is taken from the document itself. Where a sentence is not found in it as it is
    (lines that were joined), or its translation has other lines, the rest waits for the end.

    :param source: the document's text; empty: everything waits for the end.
    """

    def __init__(
        self, terminal: Terminal, session: Session, document: OpenTranslation, options: TranslateOptions, source: str
    ) -> None:
        self._terminal = terminal
        self._core = session.core.translations
        self._segments = document.segments if document.format == "text" and source else ()
        self._languages = options.source or document.language, options.target
        self._source = source
        self._at = self._next = 0
        self._is_new = False  # is the sentence that was written last another one than in the document?
        self.job = 0
        self.written = ""

    def go_on(self) -> None:
        """Write what is finished by now.

        :raises ReaderGoneError: nobody reads it.
        """
        while self._next < len(self._segments):
            view = self._core.segment(self.job, self._next)
            if view is None or view.state not in ENDED:
                return
            place = self._source.find(view.source, self._at)
            if place < 0:
                self._segments = ()
                return
            words = view.target or view.source
            if words.count("\n") != view.source.count("\n"):  # a document keeps its own lines
                self._segments = ()
                return
            was_new, self._is_new = self._is_new, words != view.source
            between = self._source[self._at : place]
            self._write((self._between(between) if was_new or self._is_new else between) + words)
            self._at = place + len(view.source)
            self._next += 1

    def finish(self, whole: str) -> None:
        """Write what is missing of the translation."""
        pairs = enumerate(zip(self.written, whole, strict=False))
        same = next((at for at, (one, other) in pairs if one != other), min(len(self.written), len(whole)))
        self._write(("" if same == len(self.written) else "\n") + whole[same:])
        self._terminal.end_line()

    def _between(self, shown: str) -> str:
        """What stands between two sentences of which one is new, or before the first one."""
        if self._next and self._segments[self._next].block == self._segments[self._next - 1].block:
            source, target = self._languages
            return between_sentences(shown, self._source[self._at - 1], source=source, target=target)
        return shown

    def _write(self, text: str) -> None:
        self.written += text
        self._terminal.write(text)


def decoded(data: bytes, encoding: str) -> str:
    """The text of a file that was written in ``encoding``, or in UTF-8 where that could not hold it."""
    mark = next((name for start, name in _MARKS if data.startswith(start)), "")
    try:
        text = data.decode(mark or "utf-8")
    except UnicodeDecodeError:
        text = data.decode(encoding or "utf-8", "replace")
    return text.replace("\r\n", "\n")


# ---------------------------------------------------------------- handing it over


def text_of(session: Session, ended: Ended) -> str:
    """The translated document as text; what has no translation stands as it was."""
    core = session.core.translations
    if ended.document.format in _ZIPPED:
        return core.text(ended.job)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "translated"
        if _written(session, ended, path) is not None:
            return core.text(ended.job)
        return decoded(path.read_bytes(), ended.document.encoding)


def write(session: Session, ended: Ended) -> AssistantError | None:
    """Write the file that was asked for; what went wrong is returned, because the text is there all the same."""
    if ended.target is None or ended.view.state is not JobState.DONE:
        return None
    return _written(session, ended, ended.target)


def _written(session: Session, ended: Ended, path: Path) -> AssistantError | None:
    export = session.core.translations.export
    try:
        session.result(lambda done: export(ended.job, path, done))
    except AssistantError as error:
        return error
    return None


def load_seconds(session: Session, ended: Ended) -> float:
    """Seconds of loading the model, which was done to make the plan."""
    engine = session.core.engines.get(ended.model.key)
    return engine.facts.load_seconds if engine is not None and engine.facts is not None else ended.view.load_seconds


# ---------------------------------------------------------------- the object of the contract


def as_object(
    document: OpenTranslation, view: TranslationView, plan: TranslationPlan, *, text: str, load: float = 0.0
) -> dict[str, Any]:
    """The contract's JSON object of a translation. Times are seconds, offsets characters of a segment's own text.

    :param load: seconds of loading the model, where that was done to make the plan.
    """
    load = load or view.load_seconds
    seconds = objects.seconds_of(load=load, first_token=view.first_token, total=view.seconds)
    seconds |= objects.promised(plan.seconds)
    into = document.column_into(view.options.target)
    return {
        **objects.written(text, model=view.model, finish=view.finish, tokens=view.tokens, seconds=seconds),
        "missing": view.total - view.done,
        "format": document.format,
        "language": {"from": view.options.source or view.language or document.language, "to": view.options.target},
        "columns": {
            "translated": [*document.chosen],
            "into": into,
            "left": [name for name in document.left_columns if name != into],
        },
        "segments": [_segment_as_json(one) for one in view.segments],
        "notes": [
            {"kind": note.kind.value, "sentence": document_texts.note(note.kind.value, note.values)}
            for note in document.notes
        ],
    }


def _segment_as_json(one: SegmentView) -> dict[str, Any]:
    return {
        "source": without_codes(one.source, one.things),
        "target": without_codes(one.target, one.things),
        "state": one.state.value,
        "checks": [_check_as_json(one, finding) for finding in one.findings],
        "confidence": round(one.confidence, 3) if one.confidence else None,
    }


def _check_as_json(one: SegmentView, finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind.value,
        "text": without_codes(finding.text, one.things),
        "place": _place(one, one.target, finding.start, finding.end),
        "source_place": _place(one, one.source, finding.source_start, finding.source_end),
        "mended": finding.mended,
        "minor": finding.minor,
        "doubtful": finding.doubtful,
        "sentence": said(finding),
    }


def _place(one: SegmentView, text: str, start: int, end: int) -> list[int] | None:
    """Start and end in what is shown of ``text``; None: nowhere."""
    if start < 0:
        return None
    return [len(without_codes(text[:at], one.things)) for at in (start, end)]


# ---------------------------------------------------------------- the report


def report_as_json(view: TranslationView) -> dict[str, list[int]]:
    """Which segments were redone and which are still marked, by their place in ``segments``."""
    return {
        "redone": [one.index for one in view.segments if one.state is SegmentState.REDONE],
        "marked": [one.index for one in view.segments if one.doubtful],
    }


def reported(one: SegmentView) -> str:
    """A segment by its beginning, and what was found in it."""
    words = " ".join(without_codes(one.source, one.things).split())
    quoted = words if len(words) <= _QUOTED else f"{words[: _QUOTED - 1].rstrip()}…"
    begins = tr("{n} “{words}”", n=one.index + 1, words=quoted)
    found = list(dict.fromkeys(said(finding) for finding in one.findings if not finding.mended))
    return f"  {begins} {lists.sentences(*found)}".rstrip()


def said(finding: Finding) -> str:
    """What was found, in a sentence."""
    values = dict(finding.values)
    found = str(values.pop("found", ""))
    if language_name(found):
        values["found"] = language_texts.name(found)
    source, target = finding.source_start >= 0, finding.start >= 0
    return translations.finding(finding.kind.value, finding.text, source=source, target=target, values=values)
