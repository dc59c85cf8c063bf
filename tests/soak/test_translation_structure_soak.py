"""The full dose of documents that are translated by scripts: 500 of all formats, and what people wrote (minutes).

The logs say how many documents and segments of each format there were.
"""

from __future__ import annotations

import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.translating.opening import open_translatable
from tests.conftest import ROOT
from tests.fakes.same_structure import check, check_real
from tests.fakes.scripted_translations import TRANSLATORS
from tests.fakes.soak_log import SoakLog
from tests.fakes.translatable_documents import MAKERS, made

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3600)]

EACH = 40
"""Generated documents of each format: 520 of all 13."""
_ENDINGS = frozenset(
    (
        *(".md", ".txt", ".json", ".yaml", ".yml", ".po", ".csv", ".html", ".srt", ".vtt", ".xlf"),
        *(".docx", ".pptx", ".epub"),  # those that other programs made are in ``tests/elsewhere``
    )
)
_LARGEST = 60_000  # bytes of a document of the world; more of the same says no more
_NONE = (ErrorKind.DOCUMENT_EMPTY, ErrorKind.DOCUMENT_UNKNOWN)  # without words: numbers, keys


@pytest.mark.parametrize("format", MAKERS)
def test_generated_documents(format: str, soak_log: SoakLog) -> None:
    segments = 0
    for seed in range(EACH):
        data, name = made(format, seed)
        segments += len(open_translatable(data, name).document.segments)
        for translator in TRANSLATORS:
            check(format, data, name, translator)
    soak_log(format=format, documents=EACH, segments=segments, translators=len(TRANSLATORS))


def _real() -> Iterator[Path]:
    """Documents of this repository and of the libraries that are installed."""
    for folder in (ROOT, Path(sysconfig.get_paths()["purelib"])):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            hidden = any(part.startswith(".") or part in ("build", "locale", "hyphen") for part in inside)
            if path.suffix in _ENDINGS and not hidden and path.is_file() and path.stat().st_size <= _LARGEST:
                yield path


def _format(data: bytes, name: str) -> str:
    """Empty: there is nothing to translate."""
    try:
        return open_translatable(data, name).document.format
    except AssistantError as error:
        if error.kind not in _NONE:
            raise
        return ""


@pytest.mark.parametrize("translator", TRANSLATORS)
def test_documents_of_the_world(translator: str, soak_log: SoakLog) -> None:
    counts: Counter[str] = Counter()
    segments = 0
    wrong = []
    for path in _real():
        data = path.read_bytes()
        format = _format(data, path.name)
        if not format:
            continue
        counts[format] += 1
        try:
            segments += check_real(data, path.name, translator)
        except (AssertionError, ValueError):
            wrong.append(str(path))
    soak_log(translator=translator, documents=counts, segments=segments, wrong=wrong)
    assert not wrong
