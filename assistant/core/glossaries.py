"""Glossaries: what words must become, kept by the store and read from files in the worker child."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.core.jobs import Cancel
from assistant.documents.segments import Term


@dataclass(frozen=True)
class GlossaryRow:
    """One glossary of the list.

    :ivar source: and ``target``: its languages, BCP 47; empty: any.
    :ivar terms: how many it has.
    """

    id: int
    name: str
    source: str = ""
    target: str = ""
    terms: int = 0


@dataclass(frozen=True)
class GlossaryTerm:
    """A line of a glossary, with the number by which it is changed."""

    id: int
    term: Term


@dataclass(frozen=True)
class Imported:
    """What a file brought: the new glossary, its terms, and lines that are no terms."""

    id: int
    terms: int
    skipped: int = 0


class Glossaries:
    """Every method runs on the pumping thread. What changes is told by ``GlossariesChanged``."""

    def rows(self) -> list[GlossaryRow]:
        """All glossaries, by name."""
        raise NotImplementedError

    def terms(self, glossary: int) -> list[GlossaryTerm]:
        """The terms of one, in its order; none: there is no such glossary.

        :raises AssistantError: they cannot be read.
        """
        raise NotImplementedError

    def create(self, name: str, *, source: str = "", target: str = "") -> int:
        """A new, empty one; its number."""
        raise NotImplementedError

    def rename(self, glossary: int, name: str, *, source: str = "", target: str = "") -> None:
        """Give one another name and other languages."""
        raise NotImplementedError

    def set_term(self, glossary: int, term: Term, *, number: int = 0) -> int:
        """Add a term, or put it in the place of the one with this number; its number."""
        raise NotImplementedError

    def remove_term(self, glossary: int, number: int) -> None:
        raise NotImplementedError

    def remove(self, glossary: int) -> None:
        """Into the trash, from which ``undo_remove`` brings it back until the program ends."""
        raise NotImplementedError

    def undo_remove(self) -> int | None:
        """Bring back what was removed last; its number, or None when nothing was."""
        raise NotImplementedError

    def import_file(
        self,
        path: Path,
        done: Callable[[Imported | AssistantError], None],
        *,
        name: str = "",
        source: str = "",
        target: str = "",
    ) -> Cancel:
        """Make a glossary of a file (CSV, TSV, TBX), and call ``done`` once.

        :param name: of the glossary, else that of the file.
        :param source: and ``target``: the languages wanted of a file that has several; empty: its first two.
        """
        raise NotImplementedError

    def export_file(self, glossary: int, path: Path, done: Callable[[AssistantError | None], None]) -> Cancel:
        """Write one as CSV, or as TSV where the name of the file ends so, and call ``done`` with None or the error."""
        raise NotImplementedError
