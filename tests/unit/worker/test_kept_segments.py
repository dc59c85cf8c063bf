"""Documents that are cut for translation, and kept: by what their files are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.documents.segments import unpack_cut
from assistant.documents.translating import splicing
from assistant.worker.messages import ReadSegments, SegmentsRead
from assistant.worker.translating import read_segments

TEXTS = {"en": b"The lamp is lit. Somebody comes in.", "zh": "灯点亮了。有人走了进来。".encode()}


def read(folder: Path, data: bytes) -> SegmentsRead:
    return read_segments(ReadSegments(id="r", store=str(folder), data=data), data, "notes.txt")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_translation_keeps_the_segments_that_it_was_begun_with(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = read(tmp_path, TEXTS[language])
    assert (first.segments, read(tmp_path, TEXTS[language]).digest) == (2, first.digest)
    monkeypatch.setattr(splicing, "cut", lambda block, _language: [(0, len(block.text))])  # as another version may
    other = read(tmp_path, TEXTS[language])
    assert other.segments == 1
    assert other.digest != first.digest
    assert len(unpack_cut(Path(first.path).read_bytes()).segments) == 2
