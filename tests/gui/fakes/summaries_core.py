"""The parts of the core that the Summarize pane talks to, without children or a model: tests answer by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.asking import DocumentAnswer
from assistant.core.documents import OpenDocument
from assistant.core.events import SummariesChanged, SummaryChanged, SummaryGrew
from assistant.core.summary.views import JobState, PlanView, StepState, StepView, SummaryRow, SummaryView
from assistant.documents.model import Kind, LinkedSentence, Mark, MarkKind, MarkState, Note, Paragraph, Source
from assistant.tasks.summary import SummaryOptions
from assistant.worker.messages import Linked

PLAN = PlanView(
    parts=14, levels=2, steps=17, prompt_tokens=40_000, answer_tokens=4_000, seconds=185.0, measured=True, parallel=4
)
SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？]*")

TEXT = "\n\n".join(
    (
        "# The bridge at Aldgrove",
        "The old bridge was closed on 3 May 2021 because two piers had sunk by 14 centimetres. "
        "Repairs were estimated at 2.4 million euros.",
        "## Costs",
        "The council voted for a new bridge by nine votes to four. It will cost 6.1 million euros, of which the county "
        "pays half. 狐𠀀 crossed it. 😀",
        "## Traffic",
        "Until then a ferry runs every 20 minutes from six in the morning. Cyclists ride free of charge.",
    )
)


def document(text: str = TEXT, *, pages: int = 0, notes: tuple[Note, ...] = (), **changes: Any) -> OpenDocument:
    """A document as the core would show ``text``: paragraphs at empty lines, headings after ``#``."""
    paragraphs, sentences, kept, path = [], [], [], ()
    at = 0
    blocks = [block.strip("\n") for block in text.split("\n\n") if block.strip()]
    for number, block in enumerate(blocks):
        level = len(block) - len(block.lstrip("#"))
        words = block.lstrip("#").strip() if level else block
        kind = Kind.HEADING if level else Kind.TEXT
        page = 1 + number * pages // len(blocks) if pages else 0
        paragraphs.append(Paragraph(at, at + len(words), kind, level, page, path))
        path = (words,) if level else path
        for found in SENTENCE.finditer(words):
            lead = len(found.group()) - len(found.group().lstrip())
            sentences.append((at + found.start() + lead, at + found.end()))
        kept.append(words)
        at += len(words) + 2
    whole = "\n\n".join(kept)
    values: dict[str, Any] = {
        "digest": f"{abs(hash(whole)):032x}"[:32], "title": kept[0][:40] if kept else "", "format": "text",
        "text": whole,
        "paragraphs": tuple(paragraphs), "sentences": tuple(sentences), "language": "en", "characters": len(whole),
        "words": len(whole.split()), "pages": pages, "notes": notes,
    }  # fmt: skip
    return OpenDocument(**{**values, **changes})


class FakeDocuments:
    """``core.documents``. With ``waits`` a test answers with ``answer``; else a text is there at once."""

    def __init__(self) -> None:
        self.opened: list[dict[str, Any]] = []
        self.known: dict[str, OpenDocument] = {}
        self.waits = False
        self.pending: list[Callable[[Any], None]] = []
        self.cancelled = 0
        self.results: dict[str, Any] = {}  # what a file of this name gives

    def open(self, path: Path | None = None, *, done: Callable[[Any], None], **what: Any) -> Callable[[], None]:
        self.opened.append({"path": path, **what})
        name = path.name if path is not None else ""
        result = self.results.get(name) or document(what.get("text") or TEXT)
        if callable(result):
            result = result(what)
        if self.waits:
            self.pending.append(done)
        else:
            self._give(done, result)
        return self._cancel

    def stored(self, digest: str, *, done: Callable[[Any], None]) -> Callable[[], None]:
        found = self.known.get(digest)
        done(found if found is not None else AssistantError(ErrorKind.DOCUMENT_UNREADABLE, name="gone"))
        return self._cancel

    def answer(self, result: Any) -> None:
        """Answer what was asked first."""
        self._give(self.pending.pop(0), result)

    def _give(self, done: Callable[[Any], None], result: Any) -> None:
        if isinstance(result, OpenDocument):
            self.known[result.digest] = result
        done(result)

    def _cancel(self) -> None:
        self.cancelled += 1


class FakeSummaries:
    """``core.summaries``: a test moves a summary on with ``grow`` and ``finish``."""

    def __init__(self, core: FakePapers) -> None:
        self._core = core
        self.views: dict[int, SummaryView] = {}
        self.gone: list[SummaryView] = []
        self.planned: list[SummaryOptions] = []
        self.plan_result: Any = PLAN
        self.plan_waits = False
        self.pending: list[Callable[[Any], None]] = []
        self.stopped: list[int] = []
        self.gone_on: list[int] = []
        self.exported: list[tuple[int, Path, str]] = []
        self.export_result: AssistantError | None = None

    def rows(self) -> list[SummaryRow]:
        views = sorted(self.views.values(), key=lambda view: -view.id)
        return [SummaryRow(v.id, v.title, time.time(), v.state, v.options, v.model, v.questions) for v in views]

    def search(self, words: str, done: Callable[[set[int]], None]) -> Callable[[], None]:
        done({view.id for view in self.views.values() if words.casefold() in f"{view.title}\n{view.text}".casefold()})
        return lambda: None

    def view(self, job: int) -> SummaryView | None:
        return self.views.get(job)

    def plan(self, _digest: str, options: SummaryOptions, done: Callable[[Any], None]) -> Callable[[], None]:
        self.planned.append(options)
        if self.plan_waits:
            self.pending.append(done)
        else:
            done(self.plan_result)
        return lambda: None

    def start(self, digest: str, options: SummaryOptions) -> int:
        job = len(self.views) + len(self.gone) + 1
        steps = tuple(StepView(0, at, StepState.READING if at < 2 else StepState.WAITING) for at in range(4))
        self.views[job] = SummaryView(
            job, JobState.RUNNING, digest, self._core.documents.known[digest].title, options,
            steps=(*steps, StepView(1, 0, StepState.WAITING)), total=5, seconds_left=42.0, model="fake",
        )  # fmt: skip
        self._core.tell(SummariesChanged())
        return job

    def stop(self, job: int) -> None:
        self.stopped.append(job)
        self.change(job, state=JobState.STOPPED, finish="cancelled", seconds_left=None)

    def go_on(self, job: int) -> None:
        self.gone_on.append(job)
        self.change(job, state=JobState.RUNNING, finish="", error=None)

    def remove(self, job: int) -> None:
        self.gone.append(self.views.pop(job))
        self._core.tell(SummariesChanged())

    def undo_remove(self) -> int | None:
        if not self.gone:
            return None
        view = self.gone.pop()
        self.views[view.id] = view
        self._core.tell(SummariesChanged())
        return view.id

    def export(self, job: int, path: Path, form: str, done: Callable[[Any], None]) -> Callable[[], None]:
        self.exported.append((job, path, form))
        done(self.export_result)
        return lambda: None

    # -------------------------------------------------------------- what a test does

    def grow(self, job: int, text: str, *, done: int = 1) -> None:
        """The partial result is this text now."""
        self.views[job] = replace(self.views[job], text=text, done=done)
        self._core.tell(SummaryGrew(job))

    def change(self, job: int, **changes: Any) -> None:
        self.views[job] = replace(self.views[job], **changes)
        self._core.tell(SummaryChanged(job))
        self._core.tell(SummariesChanged())

    def finish(self, job: int, text: str, linked: Linked | None = None, **changes: Any) -> None:
        """The summary is done."""
        changes = {"finish": "end", "done": 5, "seconds_left": None, **changes}
        self.change(job, state=JobState.DONE, text=text, linked=linked, **changes)


class FakeAsking:
    """``core.asking``."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Sequence[Any]]] = []
        self.stopped = 0
        self.grew: Callable[[DocumentAnswer], None] = lambda _: None
        self.done: Callable[[DocumentAnswer], None] = lambda _: None
        self.now: DocumentAnswer | None = None
        self.fails: AssistantError | None = None
        self.kept: dict[str, list[DocumentAnswer]] = {}
        self.again: list[bool] = []
        self.exported: list[tuple[str, Path, str, str]] = []

    def export(
        self, digest: str, path: Path, form: str, done: Callable[[Any], None], *, title: str
    ) -> Callable[[], None]:
        self.exported.append((digest, path, form, title))
        done(None)
        return lambda: None

    def history(self, digest: str) -> list[DocumentAnswer]:
        return self.kept.get(digest, [])

    def ask(
        self,
        digest: str,
        question: str,
        *,
        done: Any,
        grew: Any = lambda _: None,
        history: Sequence[Any] = (),
        again: bool = False,
    ) -> Callable[[], None]:
        if self.fails is not None:
            raise self.fails
        self.asked.append((digest, question, history))
        self.again.append(again)
        self.grew, self.done = grew, done
        self.now = DocumentAnswer(len(self.asked), digest, question)
        return self._stop

    def grow(self, text: str, **changes: Any) -> None:
        assert self.now is not None
        self.now = replace(self.now, **{"text": text, "search": 1.0, **changes})
        self.grew(self.now)

    def finish(self, **changes: Any) -> None:
        assert self.now is not None
        self.now = replace(self.now, **{"finish": "end", **changes})
        self.done(self.now)

    def _stop(self) -> None:
        self.stopped += 1
        self.finish(finish="cancelled")


class FakePapers:
    """All of them, put into a real core in place of its own."""

    def __init__(self, core: Any) -> None:
        self.real = core
        self.documents, self.summaries, self.asking = FakeDocuments(), FakeSummaries(self), FakeAsking()
        parts = {"documents": self.documents, "summaries": self.summaries, "asking": self.asking}
        core.__class__ = type("CoreWithPapers", (type(core),), parts)  # these are properties of a real one

    def tell(self, event: object) -> None:
        self.real._emit(event)


SUMMARY = (
    "The bridge was closed on **3 May 2021**. A new one costs 6.8 million euros.\n\n"
    "- 狐𠀀 crossed it. 😀\n- Pedestrians pay two euros.\n- 卢卡斯 opened the ferry."
)


def linked(text: str = SUMMARY, about: OpenDocument | None = None) -> Linked:
    """Links of ``SUMMARY`` about ``TEXT``: one wrong amount, one sentence without support, one name not checked."""
    about = about or document()

    def span(words: str, inside: str) -> tuple[int, int]:
        start = inside.index(words)
        return start, start + len(words)

    def source(words: str) -> Source:
        start, end = span(words, about.text)
        paragraph = next(each for each in about.paragraphs if each.start <= start < each.end)
        return Source(start, end, 0.9, paragraph.page, paragraph.path)

    closed = source("The old bridge was closed on 3 May 2021 because two piers had sunk by 14 centimetres.")
    costs = source("It will cost 6.1 million euros, of which the county pays half.")
    rows = (
        (
            "The bridge was closed on **3 May 2021**.",
            (closed, source("Repairs were estimated at 2.4 million euros.")),
            (),
        ),
        ("A new one costs 6.8 million euros.", (costs,), (("6.8 million euros", MarkKind.AMOUNT, MarkState.MISSING),)),
        ("狐𠀀 crossed it.", (source("狐𠀀 crossed it."),), ()),
        ("Pedestrians pay two euros.", (), ()),
        ("卢卡斯 opened the ferry.", (costs,), (("卢卡斯", MarkKind.NAME, MarkState.UNCHECKED),)),
    )
    sentences = tuple(
        LinkedSentence(
            *span(words, text), sources=sources, supported=bool(sources),
            marks=tuple(Mark(*span(marked, text), kind, state) for marked, kind, state in marks),
        )
        for words, sources, marks in rows
    )  # fmt: skip
    coverage = tuple(
        0.0 if each.kind is Kind.HEADING else (0.9 if at < 4 else 0.1) for at, each in enumerate(about.paragraphs)
    )
    return Linked(id="", sentences=sentences, coverage=coverage)
