"""The parts of the core that the Translate pane talks to, without children or a model: tests answer by hand."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import (
    GlossariesChanged,
    LiveChanged,
    MemoryChanged,
    TranslationChanged,
    TranslationGrew,
    TranslationsChanged,
)
from assistant.core.translation.glossaries import GlossaryRow, GlossaryTerm, Imported
from assistant.core.translation.memory_files import ImportedMemory
from assistant.core.translation.translations import LIVE
from assistant.core.translation.views import (
    Alternative,
    Exported,
    JobState,
    MemoryMatch,
    ModelHint,
    OpenTranslation,
    SegmentState,
    SegmentView,
    TranslationPlan,
    TranslationRow,
    TranslationView,
    Weighed,
    first_view,
)
from assistant.documents.segments import Guess, Segment, Term
from assistant.tasks.translation import TranslateOptions

PLAN = TranslationPlan(
    segments=412, from_memory=3, prompt_tokens=20_000, answer_tokens=9_000, seconds=361.0, measured=True, parallel=4
)
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?]+(?=\s|$)|[。！？]+|$)")


def language_of(text: str) -> str:
    """Chinese where there are Chinese characters, else English."""
    return "zh-Hans" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


def cut(text: str) -> tuple[Segment, ...]:
    """Sentences, a block for each line."""
    found = []
    for block, line in enumerate(line for line in text.split("\n") if line.strip()):
        at = 0
        for match in _SENTENCE.finditer(line):
            words = match.group().strip()
            if not any(character.isalpha() for character in words):
                continue
            start = line.index(words, at)
            found.append(Segment(block, words, before=line[at:start]))
            at = start + len(words)
    return tuple(found)


def document(text: str, **changes: Any) -> OpenTranslation:
    """A document as the core would cut ``text``."""
    values: dict[str, Any] = {
        "digest": f"{abs(hash(text)):032x}"[:32], "title": "", "name": "", "format": "text",
        "language": language_of(text), "target_language": "", "segments": cut(text), "characters": len(text),
        "words": len(text.split()),
    }  # fmt: skip
    return OpenTranslation(**{**values, **changes})


class FakeTranslations:
    """``core.translations``: a test moves a translation on with ``write`` and ``finish``."""

    def __init__(self, core: FakeTranslating) -> None:
        self._core = core
        self.views: dict[int, TranslationView] = {}
        self.gone: list[TranslationView] = []
        self.opened: list[dict[str, Any]] = []
        self.results: dict[str, Any] = {}  # what a file of this name gives
        self.originals: dict[int, str] = {}  # the texts that translations were made of
        self.waits = False
        self.pending: list[Callable[..., None]] = []
        self.documents: dict[str, OpenTranslation] = {}
        self.plan_result: Any = PLAN
        self.planned: list[TranslateOptions] = []
        self.hint_result = ModelHint()
        self.stopped: list[int] = []
        self.gone_on: list[int] = []
        self.live_texts: list[tuple[str, TranslateOptions]] = []
        self.live_stopped = 0
        self.exported: list[tuple[int, Path]] = []
        self.export_result: Exported | AssistantError = Exported()
        self.done_to: list[tuple[Any, ...]] = []  # what was done with single segments
        self.alternatives_result: Any = ()
        self.versions_result: Any = ()
        self.matches: tuple[MemoryMatch, ...] = ()
        self.requests: list[tuple[int, int]] = []  # on their way: a translation and a segment of it
        self.stopped_requests: list[tuple[int, int]] = []

    # -------------------------------------------------------------- as the core has it

    def read(self, path: Path | None = None, *, done: Callable[[Any], None], **what: Any) -> Callable[[], None]:
        self.opened.append({"path": path, **what})
        result = self.results.get(path.name if path is not None else "")
        if result is None:
            result = document(what.get("text") or (path.read_text("utf-8") if path and path.exists() else "A text."))
        if self.waits:
            self.pending.append(done)
        else:
            self.answer_read(done, result)
        return lambda: None

    def answer_read(self, done: Callable[[Any], None], result: Any) -> None:
        if isinstance(result, OpenTranslation):
            self.documents[result.digest] = result
        done(result)

    def plan(self, _digest: str, options: TranslateOptions, done: Callable[[Any], None]) -> Callable[[], None]:
        self.planned.append(options)
        done(self.plan_result)
        return lambda: None

    def rows(self) -> list[TranslationRow]:
        views = sorted((view for view in self.views.values() if view.id), key=lambda view: -view.id)
        return [TranslationRow(v.id, v.title, time.time(), v.state, v.options, v.model, v.format) for v in views]

    def search(self, words: str, done: Callable[[set[int]], None]) -> Callable[[], None]:
        found = {view.id for view in self.views.values() if words.casefold() in self.text(view.id).casefold()}
        if self.waits:
            self.pending.append(lambda: done(found))
        else:
            done(found)
        return lambda: None

    def view(self, job: int) -> TranslationView | None:
        return self.views.get(job)

    def original(self, job: int, done: Callable[[Any], None]) -> Callable[[], None]:
        if self.waits:
            self.pending.append(lambda: done(self.originals.get(job, NOTHING)))
        else:
            done(self.originals.get(job, NOTHING))
        return lambda: None

    def segment(self, job: int, index: int) -> SegmentView | None:
        view = self.views.get(job)
        return view.segments[index] if view is not None and index < len(view.segments) else None

    def text(self, job: int) -> str:
        return "\n".join(segment.target or segment.source for segment in self.views[job].segments)

    def start(self, digest: str, options: TranslateOptions) -> int:
        job = len(self.views) + len(self.gone) + 1
        opened = self.documents[digest]
        self._begin(job, opened, options)
        self._core.tell(TranslationsChanged())
        return job

    def _begin(self, job: int, opened: OpenTranslation, options: TranslateOptions) -> None:
        segments = tuple(replace(first_view(number, each), target="") for number, each in enumerate(opened.segments))
        self.views[job] = TranslationView(
            job, JobState.RUNNING, opened.digest, opened.title or opened.segments[0].text[:40], options, segments,
            format=opened.format, language=opened.language, total=len(segments), seconds_left=42.0,
        )  # fmt: skip

    def stop(self, job: int) -> None:
        self.stopped.append(job)
        self.change(job, state=JobState.STOPPED, finish="cancelled", seconds_left=None)

    def go_on(self, job: int) -> None:
        self.gone_on.append(job)
        self.change(job, state=JobState.RUNNING, finish="")

    def remove(self, job: int) -> None:
        self.gone.append(self.views.pop(job))
        self._core.tell(TranslationsChanged())

    def undo_remove(self) -> int | None:
        if not self.gone:
            return None
        view = self.gone.pop()
        self.views[view.id] = view
        self._core.tell(TranslationsChanged())
        return view.id

    def export(self, job: int, path: Path, done: Callable[[Any], None]) -> Callable[[], None]:
        self.exported.append((job, path))
        done(self.export_result)
        return lambda: None

    def hint(self, _pair: tuple[str, str]) -> ModelHint:
        return self.hint_result

    def live(self, text: str, options: TranslateOptions) -> None:
        self.live_texts.append((text, options))
        if text.strip():
            self._begin(LIVE, document(text), options)
        else:
            self.views.pop(LIVE, None)
        self._core.tell(LiveChanged())

    def stop_live(self) -> None:
        self.live_stopped += 1
        if LIVE in self.views:
            self.change(LIVE, state=JobState.STOPPED)

    def keep_live(self, done: Callable[[Any], None]) -> Callable[[], None]:
        job = len(self.views) + len(self.gone) + 1
        self.views[job] = replace(self.views[LIVE], id=job)
        self._core.tell(TranslationsChanged())
        done(job)
        return lambda: None

    def redo(self, job: int, index: int) -> None:
        self.done_to.append(("redo", job, index))

    def edit(self, job: int, index: int, text: str) -> None:
        self.done_to.append(("edit", job, index, text))
        self.put(job, index, text, state=SegmentState.EDITED)

    def use(self, job: int, index: int, text: str) -> None:
        self.done_to.append(("use", job, index, text))
        self.put(job, index, text)

    def versions(self, job: int, index: int, done: Callable[[Any], None]) -> Callable[[], None]:
        return self._answer(("versions", job, index), done, self.versions_result)

    def back(self, job: int, index: int, done: Callable[[Any], None]) -> Callable[[], None]:
        return self._answer(("back", job, index), done, "What it says.")

    def alternatives(self, job: int, index: int, at: int, done: Callable[[Any], None]) -> Callable[[], None]:
        return self._answer(("alternatives", job, index, at), done, Weighed(self.alternatives_result))

    def choose(self, job: int, index: int, at: int, text: str) -> None:
        self.done_to.append(("choose", job, index, at, text))

    def stop_request(self, job: int, index: int | None = None) -> bool:
        requests = [request for request in self.requests if request[0] == job and index in (None, request[1])]
        self.stopped_requests += requests
        self.requests = [request for request in self.requests if request not in requests]
        return bool(requests)

    def requested(self, job: int) -> list[int]:
        return sorted({index for number, index in self.requests if number == job})

    def near(self, job: int, index: int, done: Callable[[Any], None]) -> Callable[[], None]:
        del job, index
        done(self.matches)
        return lambda: None

    def _answer(self, what: tuple[Any, ...], done: Callable[[Any], None], result: Any) -> Callable[[], None]:
        self.done_to.append(what)
        if self.waits:
            self.pending.append(done)
        else:
            done(result)
        return lambda: self.done_to.append(("cancelled", *what))

    # -------------------------------------------------------------- what a test does

    def change(self, job: int, **changes: Any) -> None:
        self.views[job] = replace(self.views[job], **changes)
        self._core.tell(TranslationChanged(job))
        self._core.tell(TranslationsChanged())

    def write(self, job: int, index: int, text: str, **changes: Any) -> None:
        """A segment is being written, so far this."""
        self._put(job, index, text, **{"state": SegmentState.WRITING, **changes})
        self._core.tell(TranslationGrew(job, index))

    def put(self, job: int, index: int, text: str, **changes: Any) -> None:
        """A segment is this now."""
        self._put(job, index, text, **{"state": SegmentState.DONE, **changes})
        done = sum(each.state not in (SegmentState.WAITING, SegmentState.WRITING) for each in self.views[job].segments)
        self.change(job, done=done)

    def _put(self, job: int, index: int, text: str, **changes: Any) -> None:
        view = self.views[job]
        segments = list(view.segments)
        segments[index] = replace(segments[index], target=text, **changes)
        self.views[job] = replace(view, segments=tuple(segments))

    def finish(self, job: int, texts: Sequence[str] = ()) -> None:
        """All of it is done; what is not given is the source in capitals."""
        view = self.views[job]
        segments = tuple(
            replace(each, target=texts[at] if at < len(texts) else each.source.upper(), state=SegmentState.DONE)
            for at, each in enumerate(view.segments)
        )
        self.change(job, segments=segments, done=len(segments), state=JobState.DONE, finish="end", seconds_left=None)


class FakeLanguages:
    """``core.languages``. With ``waits`` a test answers."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.waits = False
        self.pending: list[Callable[[tuple[Guess, ...]], None]] = []

    def detect(self, text: str, done: Callable[[tuple[Guess, ...]], None]) -> Callable[[], None]:
        self.asked.append(text)
        if self.waits:
            self.pending.append(done)
        else:
            done((Guess(language_of(text), 0.99),))
        return lambda: None


class FakeGlossaries:
    """``core.glossaries``."""

    def __init__(self, core: FakeTranslating) -> None:
        self._core = core
        self.kept: dict[int, tuple[GlossaryRow, dict[int, Term]]] = {}
        self.gone: list[tuple[GlossaryRow, dict[int, Term]]] = []
        self.revised = 0
        self.imported: list[Path] = []
        self.import_what: dict[str, Any] = {}
        self.import_result: Any = None
        self.exported: list[tuple[int, Path]] = []
        self._next = 1

    def revision(self, glossary: int) -> int:
        return self.revised

    def rows(self) -> list[GlossaryRow]:
        return [replace(row, terms=len(terms)) for row, terms in self.kept.values()]

    def terms(self, glossary: int) -> list[GlossaryTerm]:
        return [GlossaryTerm(number, term) for number, term in self.kept[glossary][1].items()]

    def create(self, name: str, *, source: str = "", target: str = "") -> int:
        number = self._number()
        self.kept[number] = (GlossaryRow(number, name, source, target), {})
        self._core.tell(GlossariesChanged())
        return number

    def rename(self, glossary: int, name: str, *, source: str = "", target: str = "") -> None:
        self.kept[glossary] = (GlossaryRow(glossary, name, source, target), self.kept[glossary][1])
        self._core.tell(GlossariesChanged())

    def set_term(self, glossary: int, term: Term, *, number: int = 0) -> int:
        number = number or self._number()
        self.kept[glossary][1][number] = term
        self._core.tell(GlossariesChanged())
        return number

    def remove_term(self, glossary: int, number: int) -> None:
        del self.kept[glossary][1][number]
        self._core.tell(GlossariesChanged())

    def remove(self, glossary: int) -> None:
        self.gone.append(self.kept.pop(glossary))
        self._core.tell(GlossariesChanged())

    def undo_remove(self) -> int | None:
        if not self.gone:
            return None
        row, terms = self.gone.pop()
        self.kept[row.id] = (row, terms)
        self._core.tell(GlossariesChanged())
        return row.id

    def import_file(self, path: Path, done: Callable[[Any], None], **what: Any) -> Callable[[], None]:
        self.imported.append(path)
        self.import_what = what
        if self.import_result is not None:
            done(self.import_result)
            return lambda: None
        number = self.create(path.stem)
        self.set_term(number, Term("pier", "桥墩"))
        done(Imported(number, 1, 2))
        return lambda: None

    def export_file(self, glossary: int, path: Path, done: Callable[[Any], None]) -> Callable[[], None]:
        self.exported.append((glossary, path))
        done(None)
        return lambda: None

    def _number(self) -> int:
        self._next += 1
        return self._next - 1


class FakeMemory:
    """``core.memory``."""

    def __init__(self, core: FakeTranslating) -> None:
        self._core = core
        self.entries: list[MemoryMatch] = []
        self.gone: list[MemoryMatch] = []
        self.imported: list[Path] = []
        self.exported: list[Path] = []
        self.import_result: Any = ImportedMemory(1, 2)

    def count(self, source: str = "", target: str = "") -> int:
        del source, target
        return len(self.entries)

    def search(self, words: str, done: Callable[[Any], None], *, most: int = 200) -> Callable[[], None]:
        found = [each for each in self.entries if words.casefold() in f"{each.source}\n{each.target}".casefold()]
        done(tuple(found[:most]))
        return lambda: None

    def import_file(self, path: Path, done: Callable[[Any], None]) -> Callable[[], None]:
        self.imported.append(path)
        if not isinstance(self.import_result, AssistantError):
            self.entries.append(MemoryMatch(90, "The ferry.", "渡轮。", 1.0, 0.0))
            self._core.tell(MemoryChanged())
        done(self.import_result)
        return lambda: None

    def export_file(self, path: Path, done: Callable[[Any], None], **_pair: str) -> Callable[[], None]:
        self.exported.append(path)
        done(len(self.entries))
        return lambda: None

    def remove(self, entries: Sequence[int]) -> None:
        self.gone = [each for each in self.entries if each.id in entries]
        self.entries = [each for each in self.entries if each.id not in entries]
        self._core.tell(MemoryChanged())

    def undo_remove(self) -> int:
        count, self.entries = len(self.gone), self.entries + self.gone
        self.gone = []
        self._core.tell(MemoryChanged())
        return count


class FakeTranslating:
    """All of them, put into a real core in place of its own."""

    def __init__(self, core: Any) -> None:
        self.real = core
        self.translations, self.languages = FakeTranslations(self), FakeLanguages()
        self.glossaries, self.memory = FakeGlossaries(self), FakeMemory(self)
        parts = {
            "translations": self.translations, "languages": self.languages, "glossaries": self.glossaries,
            "memory": self.memory,
        }  # fmt: skip
        core.__class__ = type("CoreThatTranslates", (type(core),), parts)  # these are properties of a real one

    def tell(self, event: object) -> None:
        self.real._emit(event)


ALTERNATIVES = (
    Alternative("closed", 0.62, 15), Alternative("shut", 0.21, 15), Alternative("blocked", 0.08, 15),
    Alternative("locked", 0.004, 15, whole=False),
)  # fmt: skip
NOTHING = AssistantError(ErrorKind.INPUT_EMPTY)
