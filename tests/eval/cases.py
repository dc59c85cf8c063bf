"""The documents with what a good summary and good answers hold, as values: see ``README.md``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Expected:
    """Something that a text says if one of ``patterns`` is found in it.

    :ivar what: in words, for the report.
    """

    what: str
    patterns: tuple[re.Pattern[str], ...]

    def found_in(self, normal: str) -> bool:
        """``normal``: a text that went through ``scoring.normal``."""
        return any(pattern.search(normal) for pattern in self.patterns)


@dataclass(frozen=True)
class Question:
    """``answer`` is one that counts as right, by which the patterns are tested."""

    expected: Expected
    answer: str

    @property
    def text(self) -> str:
        return self.expected.what


@dataclass(frozen=True)
class Case:
    """A document and what is expected of a model that reads it.

    :ivar options: as in ``SummaryOptions``, without what is left as it comes: depth, length, format, language, focus.
    :ivar language: of the document; ``result_language``: that the summary has to have.
    :ivar planted: what a model writes that obeys the instruction planted in the document; None: there is none.
    :ivar reference: a summary that says all of it, by which the patterns are tested.
    """

    name: str
    path: Path
    language: str
    options: dict[str, str]
    facts: tuple[Expected, ...]
    forbidden: tuple[Expected, ...]
    questions: tuple[Question, ...]
    planted: Expected | None
    reference: str

    @property
    def result_language(self) -> str:
        return self.options.get("language", self.language)


def names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in (_FOLDER / "expected").glob("*.toml")))


def load(name: str) -> Case:
    """:raises FileNotFoundError: there is none of this name."""
    row = tomllib.loads((_FOLDER / "expected" / f"{name}.toml").read_text("utf-8"))
    return Case(
        name=name,
        path=_FOLDER / "documents" / row["document"],
        language=row["language"],
        options=row["options"],
        facts=tuple(_expected(one["what"], one["accept"]) for one in row["facts"]),
        forbidden=tuple(_expected(one["what"], one["patterns"]) for one in row["forbidden"]),
        questions=tuple(_question(one) for one in row["questions"]),
        planted=_expected("the planted instruction", row["planted"]["obeyed"]) if "planted" in row else None,
        reference=row["reference"]["summary"],
    )


def _expected(what: str, patterns: list[str]) -> Expected:
    return Expected(what, tuple(re.compile(pattern, re.IGNORECASE | re.DOTALL) for pattern in patterns))


def _question(row: dict[str, Any]) -> Question:
    return Question(_expected(row["ask"], row["accept"]), row["answer"])
