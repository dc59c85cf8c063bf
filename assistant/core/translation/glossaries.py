"""Glossaries: what words must become, kept by the store and read from files in the worker child."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import check_folder, write_for_user
from assistant.base.languages import normalize, same
from assistant.core.cancel import Cancel
from assistant.core.events import GlossariesChanged
from assistant.core.threads import ThreadJob
from assistant.core.translation.word_services import WordServices
from assistant.core.worker_child import Question
from assistant.documents.segments import Term
from assistant.storage.rows import Glossary
from assistant.storage.rows import GlossaryTerm as KeptTerm
from assistant.worker.messages import GlossaryRead, ReadGlossary

_YES = {True: "yes", False: ""}


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
    """Every method runs on the pumping thread, but for ``all_terms`` and ``terms_for``. What changes is told by
    ``GlossariesChanged``.
    """

    def __init__(self, services: WordServices) -> None:
        self._services = services
        self._words, self._writes, self._emit = services.words, services.writes, services.emit
        self._rows: dict[int, Glossary] = {}
        self._terms: dict[int, dict[int, Term]] = {}  # what is not yet all on disk
        self._trash: OrderedDict[int, Glossary] = OrderedDict()
        self._revisions: Counter[int] = Counter()
        with contextlib.suppress(AssistantError):  # a damaged file: the rest of the program works
            self._rows = {row.id: row for row in self._words.glossaries()}

    def rows(self) -> list[GlossaryRow]:
        """All glossaries, by name."""
        rows = sorted(self._rows.values(), key=lambda row: (row.name.casefold(), row.id))
        return [GlossaryRow(row.id, row.name, row.source, row.target, row.terms) for row in rows]

    def terms(self, glossary: int) -> list[GlossaryTerm]:
        """The terms of one, in its order; none: there is no such glossary.

        :raises AssistantError: they cannot be read.
        """
        return [GlossaryTerm(number, term) for number, term in self._known(glossary).items()]

    def all_terms(self, glossary: int) -> tuple[Term, ...]:
        """The terms of one. From any thread.

        :raises AssistantError: GLOSSARY_MISSING; or they cannot be read.
        """
        if glossary not in self._rows:
            raise AssistantError(ErrorKind.GLOSSARY_MISSING)
        known = self._terms.get(glossary)
        if known is not None:
            return tuple(known.values())
        return tuple(_term(row) for row in self._words.terms(glossary))

    def terms_for(self, glossary: int, source: str, target: str) -> tuple[Term, ...] | None:
        """The terms of one for a translation from ``source`` (empty: nobody knows) into ``target``. From any thread.

        A translation that goes the other way than the glossary has them the other way round.

        :returns: None: it is of other languages.
        :raises AssistantError: as ``all_terms``.
        """
        terms, row = self.all_terms(glossary), self._rows.get(glossary)
        if row is None or (_fits(row.source, source) and _fits(row.target, target)):
            return terms
        if _fits(row.source, target) and _fits(row.target, source):
            return tuple(_turned(term) for term in terms if not term.forbidden)
        return None

    def revision(self, glossary: int) -> int:
        """A number that is another one after each change of its terms or languages while the program runs."""
        return self._revisions[glossary]

    def create(self, name: str, *, source: str = "", target: str = "") -> int:
        """A new, empty one; its number."""
        row = Glossary(self._words.new_id(), name.strip(), source, target, time.time())
        self._terms[row.id] = {}
        self._put(row)
        return row.id

    def rename(self, glossary: int, name: str, *, source: str = "", target: str = "") -> None:
        """Give one another name and other languages."""
        row = self._rows.get(glossary)
        if row is not None:
            self._revisions[glossary] += (source, target) != (row.source, row.target)
            self._put(replace(row, name=name.strip(), source=source, target=target))

    def set_term(self, glossary: int, term: Term, *, number: int = 0) -> int:
        """Add a term, or put it in the place of the one with this number; its number.

        :raises AssistantError: INTERNAL: there is no such glossary; or its terms cannot be read.
        """
        number = number or self._words.new_id()
        self._add(glossary, {number: term})
        return number

    def remove_term(self, glossary: int, number: int) -> None:
        """Delete a term.

        :raises AssistantError: the terms cannot be read.
        """
        if glossary in self._rows and self._known(glossary).pop(number, None) is not None:
            self._writes.write(partial(self._words.remove_term, number))
            self._counted(glossary)

    def remove(self, glossary: int) -> None:
        """Into the trash, from which ``undo_remove`` brings it back until the program ends."""
        row = self._rows.pop(glossary, None)
        if row is not None:
            self._trash[glossary] = row
            self._revisions[glossary] += 1
            self._writes.write(partial(self._words.trash_glossary, glossary))
            self._emit(GlossariesChanged())

    def undo_remove(self) -> int | None:
        """Bring back what was removed last; its number, or None when nothing was."""
        if not self._trash:
            return None
        number, row = self._trash.popitem()
        self._rows[number] = row
        self._revisions[number] += 1
        self._writes.write(partial(self._words.restore_glossary, number))
        self._emit(GlossariesChanged())
        return number

    def import_file(
        self,
        path: Path,
        done: Callable[[Imported | AssistantError], None],
        *,
        name: str = "",
        source: str = "",
        target: str = "",
        others: bool = False,
    ) -> Cancel:
        """Make a glossary of a file (CSV, TSV, TBX), and call ``done`` once.

        :param name: of the glossary, else that of the file.
        :param source: and ``target``: the languages wanted of a file that has several; empty: its first two.
        :param others: where the file does not have them, those that it has will do.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        question = Question(done)

        def read(answer: GlossaryRead | AssistantError) -> None:
            if question.over or isinstance(answer, AssistantError):
                question.answer(answer)
                return
            pair = [normalize(tag) or tag for tag in (answer.source, answer.target)]
            number = self.create(name or path.stem, source=pair[0], target=pair[1])
            self._add(number, {self._words.new_id(): term for term in answer.terms})
            question.answer(Imported(number, len(answer.terms), answer.skipped))

        def found() -> None:
            question.cancel = self._services.request(
                lambda number: ReadGlossary(
                    id=number, path=str(path.absolute()), name=path.name, source=source, target=target, others=others
                ),
                read,
            )

        self._services.look_at(path, question, found)
        return question.give_up

    def export_file(self, glossary: int, path: Path, done: Callable[[AssistantError | None], None]) -> Cancel:
        """Write one as CSV, or as TSV where the name of the file ends so, and call ``done`` with None or the error."""

        def write(_: ThreadJob) -> None:
            text = _written(self.all_terms(glossary), "\t" if path.suffix.lower() in (".tsv", ".tab") else ",")
            check_folder(path.absolute().parent)
            write_for_user(path, text.encode("utf-8"))

        return self._services.threads.run("glossary", write, done)

    # ------------------------------------------------------------ inside

    def _known(self, glossary: int) -> dict[int, Term]:
        known = self._terms.get(glossary)
        if known is None:
            known = {row.id: _term(row) for row in self._words.terms(glossary)}
            self._terms[glossary] = known
        return known

    def _put(self, row: Glossary) -> None:
        self._rows[row.id] = row
        self._writes.write(partial(self._words.put_glossary, row))
        self._emit(GlossariesChanged())

    def _add(self, glossary: int, terms: dict[int, Term]) -> None:
        if glossary not in self._rows:
            raise AssistantError(ErrorKind.INTERNAL, "no such glossary")
        self._known(glossary).update(terms)
        rows = [
            KeptTerm(number, glossary, term.source, term.target, term.exact, term.forbidden, term.note)
            for number, term in terms.items()
        ]
        self._writes.write(partial(self._words.put_terms, rows))
        self._counted(glossary)

    def _counted(self, glossary: int) -> None:
        self._revisions[glossary] += 1
        self._rows[glossary] = replace(self._rows[glossary], terms=len(self._terms[glossary]))
        self._emit(GlossariesChanged())


def _fits(own: str, wanted: str) -> bool:
    """Is a language of a glossary that of a text? An empty one is any."""
    return not own or not wanted or same(own, wanted)


def _turned(term: Term) -> Term:
    """A term for the way back; one without a translation stays as it is there, too."""
    return Term(term.target, term.source, term.exact, note=term.note) if term.target else term


def _term(row: KeptTerm) -> Term:
    return Term(row.source, row.target, row.exact, row.forbidden, row.note)


def _written(terms: Sequence[Term], separator: str) -> str:
    """A table that ``ReadGlossary`` reads as it was."""
    out = io.StringIO(newline="")
    table = csv.writer(out, delimiter=separator, lineterminator="\n")
    table.writerow(("source", "target", "exact", "forbidden", "note"))
    for term in terms:
        table.writerow((term.source, term.target, _YES[term.exact], _YES[term.forbidden], term.note))
    return out.getvalue()
