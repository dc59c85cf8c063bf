"""Documents for translation through a real worker child: cut, kept, and written in another language."""

from __future__ import annotations

import os
import queue
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import ErrorKind
from assistant.documents.segments import Pair, SegmentedDocument, unpack_segments
from assistant.worker.client import WorkerClient
from assistant.worker.messages import (
    Answer,
    CheckSegments,
    DetectLanguage,
    GlossaryRead,
    LanguageDetected,
    ReadGlossary,
    ReadSegments,
    Refused,
    Request,
    SegmentsChecked,
    SegmentsRead,
    TranslationWritten,
    WriteTranslation,
)

SOON = 40.0
STORY = "It rained. We stayed home.\r\n\r\n今天晴。我们出门。\r\n"


class Desk:
    """A worker with a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.client = WorkerClient(self.answers.put, log=folder / "worker.log")
        self._count = 0

    def ask(self, make: type[Request], **fields: Any) -> Answer:
        self._count += 1
        self.client.submit(make(id=f"t{self._count}", **fields))
        answer = self.answers.get(timeout=SOON)
        assert answer.id == f"t{self._count}"
        return answer

    def read(self, data: bytes, name: str = "story.txt") -> SegmentsRead:
        path = self.folder / name
        path.write_bytes(data)
        answer = self.ask(ReadSegments, path=str(path), store=str(self.store))
        assert isinstance(answer, SegmentsRead), answer
        return answer

    def write(self, read: SegmentsRead, texts: tuple[str | None, ...], target: Path, **fields: Any) -> Answer:
        return self.ask(
            WriteTranslation, path=read.path, target=str(target), texts=texts, **{"language": "fr", **fields}
        )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.client.close(SOON)
    assert desk.answers.empty()


def test_a_document_is_cut_and_kept(desk: Desk) -> None:
    read = desk.read(STORY.encode())
    assert (read.title, read.format, read.encoding) == ("story", "text", "utf-8")
    assert (read.segments, read.blocks, read.words) == (4, 2, 5 + 7)
    kept = unpack_segments(Path(read.path).read_bytes())
    assert [one.text for one in kept.document.segments] == [
        "It rained.", "We stayed home.", "今天晴。", "我们出门。",
    ]  # fmt: skip
    assert kept.data == STORY.encode()
    assert desk.read(STORY.encode(), "other.txt").digest == read.digest != desk.read(b"Other words.").digest


def test_a_text_that_is_typed_is_not_kept(desk: Desk) -> None:
    answer = desk.ask(ReadSegments, data=STORY.encode())
    assert isinstance(answer, SegmentsRead)
    assert answer.path == ""
    assert isinstance(answer.document, SegmentedDocument)
    assert len(answer.document.segments) == 4
    assert not desk.store.exists()


def test_a_translation_is_written(desk: Desk) -> None:
    read = desk.read(STORY.encode())
    target = desk.folder / "histoire.txt"
    answer = desk.write(read, ("Il a plu.", None, "Beau temps.", "On sort."), target)
    words = b"Il a plu. We stayed home.\r\n\r\nBeau temps. On sort.\r\n"
    assert answer == TranslationWritten(id=answer.id, size=len(words))
    assert target.read_bytes() == words


def test_writing_needs_nothing_but_what_was_kept(desk: Desk) -> None:
    read = desk.read(STORY.encode())
    (desk.folder / "story.txt").unlink()
    target = desk.folder / "same.txt"
    texts = tuple(one.text for one in unpack_segments(Path(read.path).read_bytes()).document.segments)
    assert isinstance(desk.write(read, texts, target), TranslationWritten)
    assert target.read_bytes() == STORY.encode()


def test_the_number_of_texts_must_be_right(desk: Desk) -> None:
    read = desk.read(STORY.encode())
    target = desk.folder / "none.txt"
    refused = desk.write(read, ("Il a plu.",), target)
    assert isinstance(refused, Refused)
    assert refused.kind is ErrorKind.INTERNAL
    assert not target.exists()


def test_a_folder_that_is_not_there_is_not_made(desk: Desk) -> None:
    read = desk.read(STORY.encode())
    refused = desk.write(read, (None,) * 4, desk.folder / "nowhere" / "x.txt")
    assert isinstance(refused, Refused)
    assert refused.kind is ErrorKind.FOLDER_MISSING


def test_what_was_kept_and_is_damaged_is_refused(desk: Desk) -> None:
    read = desk.read(STORY.encode())
    Path(read.path).write_bytes(b"\xc1nonsense")
    refused = desk.write(read, (None,) * 4, desk.folder / "x.txt")
    assert isinstance(refused, Refused)
    assert refused.kind is ErrorKind.DOCUMENT_UNREADABLE


def test_a_document_without_words_is_refused(desk: Desk) -> None:
    (desk.folder / "numbers.txt").write_bytes(b"1 2 3\n")
    refused = desk.ask(ReadSegments, path=str(desk.folder / "numbers.txt"), store=str(desk.store))
    assert isinstance(refused, Refused)
    assert refused.kind is ErrorKind.DOCUMENT_EMPTY


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_with_a_name_that_is_no_text_is_read(desk: Desk) -> None:
    path = os.fsdecode(os.fsencode(desk.folder) + b"/\xff.txt")
    Path(path).write_bytes(b"It rained.")
    answer = desk.ask(ReadSegments, path=path, store=str(desk.store))
    assert isinstance(answer, SegmentsRead)
    assert answer.segments == 1


def test_languages_checks_and_glossaries_are_served(desk: Desk) -> None:
    detected = desk.ask(DetectLanguage, texts=("It rained all day and we stayed at home.", "今天下雨，我们都在家。"))
    assert isinstance(detected, LanguageDetected)
    assert [one[0].language for one in detected.guesses] == ["en", "zh-Hans"]
    pair = Pair("It rained.", "Il a plu.")
    checked = desk.ask(CheckSegments, pairs=(pair,), source="en", target="fr")
    assert isinstance(checked, SegmentsChecked)
    assert [one.text for one in checked.checked] == ["Il a plu."]
    read = desk.ask(ReadGlossary, data=b"en,fr\nrain,pluie\n", name="terms.csv", source="en", target="fr")
    assert isinstance(read, GlossaryRead)
