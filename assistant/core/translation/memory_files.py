"""The translation memory out of TMX files and into them: TMX 1.4, as other programs read and write it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import check_folder, write_for_user
from assistant.core.threads import ThreadJob
from assistant.core.translation.word_services import WordServices
from assistant.core.worker_child import Question
from assistant.documents.segments import ALONE, CLOSE, CODES, OPEN, is_code
from assistant.storage.rows import MemoryEntry
from assistant.storage.words import StoredWords
from assistant.worker.messages import MemoryRead, MemoryUnit, ReadMemory

_PAGE = 500  # entries that are read at once
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<tmx version="1.4">
<header creationtool="Lamplight" creationtoolversion="1" segtype="sentence" o-tmf="Lamplight" adminlang="en"
 srclang="*all*" datatype="plaintext"/>
<body>
"""
_TAIL = "</body>\n</tmx>\n"
_UNWRITABLE = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))  # no XML has these


@dataclass(frozen=True)
class ImportedMemory:
    """What a file brought: its translations, entries of it that are none, and ``kept``: translations of the memory that
    are later than those of the file."""

    entries: int
    skipped: int = 0
    kept: int = 0


class MemoryImport:
    """Takes in a file, a piece after the other; the next one once the one before is on disk.

    :param question: is answered at the end.
    :param changed: called at the end, when there are more entries.
    """

    def __init__(self, services: WordServices, question: Question, path: Path, *, changed: Callable[[], None]) -> None:
        self._services = services
        self._words = services.words
        self._question = question
        self._path = path
        self._changed = changed
        self._now = time.time()
        self._taken = 0
        self._kept: dict[int, int] = {}  # of each piece: a write may be made twice

    def go_on(self) -> None:
        """Ask for the next piece."""
        path, first = self._path, self._taken
        self._question.cancel = self._services.request(
            lambda number: ReadMemory(id=number, path=str(path.absolute()), name=path.name, first=first), self._came
        )

    def _came(self, answer: MemoryRead | AssistantError) -> None:
        if self._question.over or isinstance(answer, AssistantError):
            if self._taken:
                self._changed()
            self._question.answer(answer)
            return
        self._question.cancel = lambda: None
        first = self._taken
        self._taken += len(answer.units)
        rows = [self._row(unit) for unit in answer.units]

        def kept() -> None:
            if self._question.over or self._taken >= answer.total or not answer.units:
                self._changed()
                stayed = sum(self._kept.values())
                self._question.answer(ImportedMemory(self._taken - stayed, answer.skipped, stayed))
            else:
                self.go_on()

        self._services.writes.write(
            partial(self._words.import_entries, rows, partial(self._kept.__setitem__, first)), kept
        )

    def _row(self, unit: MemoryUnit) -> MemoryEntry:
        return MemoryEntry(
            self._words.new_id(),
            unit.source_language,
            unit.target_language,
            unit.source,
            unit.target,
            min(unit.edited, self._now),
            unit.origin,
        )


def write_memory(job: ThreadJob, words: StoredWords, path: Path, pair: tuple[str, str]) -> int:
    """Write the entries of a pair of languages (empty: any) into a file; how many. On a thread of its own.

    :raises AssistantError: FOLDER_MISSING, READ_ONLY; CANCELLED; what the disk says.
    """
    check_folder(path.absolute().parent)
    pieces = [_HEAD]
    count = last = 0
    while page := words.entries_after(last, _PAGE, source=pair[0], target=pair[1]):
        if job.cancelled():
            raise AssistantError(ErrorKind.CANCELLED)
        pieces.append("".join(map(_unit, page)))
        count += len(page)
        last = page[-1].id
    pieces.append(_TAIL)
    write_for_user(path, "".join(pieces).encode("utf-8", "replace"))
    return count


def _unit(entry: MemoryEntry) -> str:
    languages = (entry.source_language, entry.source), (entry.target_language, entry.target)
    variants = "".join(
        f"<tuv xml:lang={quoteattr(tag)}><seg>{''.join(_segment(text))}</seg></tuv>" for tag, text in languages
    )
    when = f' changedate="{datetime.fromtimestamp(entry.edited, UTC):%Y%m%dT%H%M%SZ}"' if entry.edited > 0 else ""
    origin = f'<prop type="x-origin">{_text(entry.origin)}</prop>' if entry.origin else ""
    return f"<tu srclang={quoteattr(entry.source_language)}{when}>{origin}{variants}</tu>\n"


def _segment(text: str) -> Iterator[str]:
    """A text with its codes as the elements that TMX has for them."""
    plain = 0
    for at, character in enumerate(text):
        if not is_code(character):
            continue
        yield _text(text[plain:at])
        plain = at + 1
        number = (ord(character) - OPEN) % CODES + 1
        if ord(character) >= ALONE:
            yield f'<ph x="{number}"/>'
        elif ord(character) >= CLOSE:
            yield f'<ept i="{number}"/>'
        else:
            yield f'<bpt i="{number}" x="{number}"/>'
    yield _text(text[plain:])


def _text(text: str) -> str:
    return escape(text.translate(_UNWRITABLE))
