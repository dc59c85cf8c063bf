"""The translation memory: what was translated by hand, found again where the same or nearly the same is asked."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.base.languages import primary
from assistant.core.cancel import Cancel
from assistant.core.events import MemoryChanged
from assistant.core.translation.memory_files import ImportedMemory, MemoryImport, write_memory
from assistant.core.translation.views import MemoryMatch
from assistant.core.translation.word_services import WordServices
from assistant.core.worker_child import Question
from assistant.documents.segments import renumbered, with_codes, without_codes
from assistant.storage.grams import folded
from assistant.storage.rows import MemoryEntry

NEAR = 0.7
"""How alike two texts must be for the translation of one to be offered for the other, 0 to 1."""
_MOST = 5


@dataclass(frozen=True)
class _Cleared:
    """All of the memory in the trash: since when, and how many entries that were."""

    when: float
    count: int


class TranslationMemory:
    """Every method runs on the pumping thread, but for ``exact``; what looks through many entries answers later.

    What changes is told by ``MemoryChanged``.
    """

    def __init__(self, services: WordServices) -> None:
        self._services = services
        self._words, self._writes, self._emit = services.words, services.writes, services.emit
        self._counts: Counter[tuple[str, str]] = Counter()
        self._trash: list[tuple[int, ...] | _Cleared] = []
        self._count()

    def count(self, source: str = "", target: str = "") -> int:
        """How many entries there are for a pair of languages (BCP 47); empty: any. As last counted."""
        source = primary(source)
        return sum(count for pair, count in self._counts.items() if source in ("", pair[0]) and target in ("", pair[1]))

    def search(
        self, words: str, done: Callable[[tuple[MemoryMatch, ...] | AssistantError], None], *, most: int = 200
    ) -> Cancel:
        """Call ``done`` once with the entries that hold ``words`` in source or target, the last edited first."""
        return self._services.threads.run(
            "memory", lambda _: tuple(_match(row, 1.0) for row in self._words.entries_with(words, most)), done
        )

    def exact(self, texts: Mapping[int, str], source: str, target: str) -> dict[int, str]:
        """The translations of those of ``texts`` that were made by hand, by their numbers. From any thread.

        :raises AssistantError: they cannot be read.
        """
        bare = {number: renumbered(text) for number, text in texts.items()}
        found = self._words.exact_entries([text for text, _ in bare.values()], primary(source), target)
        return {
            number: with_codes(found[text].target, codes) for number, (text, codes) in bare.items() if text in found
        }

    def near(self, text: str, source: str, target: str, done: Callable[[tuple[MemoryMatch, ...]], None]) -> Cancel:
        """Call ``done`` once with what was translated by hand and is like ``text``, the most alike first.

        Codes of ``text`` stand in the matches where the entry has as many.
        """
        bare, codes = renumbered(text)

        def look(_: object) -> tuple[MemoryMatch, ...]:
            rows = self._words.likely_entries(bare, primary(source), target, least=NEAR)
            plain = folded(without_codes(bare))
            matches = [_match(row, alike(plain, folded(without_codes(row.source))), codes) for row in rows]
            best = sorted((one for one in matches if one.share >= NEAR), key=lambda one: (-one.share, -one.edited))
            return tuple(best[:_MOST])

        return self._services.threads.run("memory", look, lambda found: done(found if isinstance(found, tuple) else ()))

    def remember(self, text: str, translation: str, source: str, target: str, *, origin: str = "") -> None:
        """A translation by hand, in the place of an earlier one of the same text."""
        bare, codes = renumbered(text)
        fresh = {old: new for new, old in codes.items()}
        row = MemoryEntry(
            self._words.new_id(), primary(source), target, bare, with_codes(translation, fresh), time.time(), origin
        )
        self._writes.write(partial(self._words.remember, row), self._count)

    def import_file(self, path: Path, done: Callable[[ImportedMemory | AssistantError], None]) -> Cancel:
        """Take in a TMX file of another program, or of this one, and call ``done`` once.

        What was edited later here stays; what the file has no date of is older than anything.

        :returns: gives up; ``done`` gets CANCELLED then, and what has come in already stays.
        """
        question = Question(done)

        taking = MemoryImport(self._services, question, path, changed=self._count)
        self._services.look_at(path, question, taking.go_on)
        return question.give_up

    def export_file(
        self,
        path: Path,
        done: Callable[[int | AssistantError], None],
        *,
        source: str = "",
        target: str = "",
    ) -> Cancel:
        """Write a TMX file, which other programs read, and call ``done`` with how many entries it has.

        :param source: and ``target``: only entries of these languages (BCP 47); empty: all.
        :returns: gives up; ``done`` gets CANCELLED then.
        """
        pair = primary(source), target
        return self._services.threads.run("memory", lambda job: write_memory(job, self._words, path, pair), done)

    def remove(self, entries: Sequence[int]) -> None:
        """Into the trash, from which ``undo_remove`` brings them back until the program ends."""
        if entries:
            self._trash.append(tuple(entries))
            self._writes.write(partial(self._words.trash_entries, tuple(entries)), self._count)

    def clear(self) -> None:
        """All of it into the trash."""
        cleared = _Cleared(time.time(), self.count())
        self._trash.append(cleared)
        self._writes.write(partial(self._words.trash_all_entries, cleared.when), self._count)

    def undo_remove(self) -> int:
        """Bring back what was removed last; how many entries."""
        if not self._trash:
            return 0
        entries = self._trash.pop()
        if isinstance(entries, _Cleared):
            self._writes.write(partial(self._words.restore_all_entries, entries.when), self._count)
            return entries.count
        self._writes.write(partial(self._words.restore_entries, entries), self._count)
        return len(entries)

    def _count(self) -> None:
        """Count anew, and tell."""
        self._services.threads.run("memory", lambda _: self._words.count_entries(), self._counted)

    def _counted(self, counts: dict[tuple[str, str], int] | AssistantError) -> None:
        if isinstance(counts, dict):
            self._counts = Counter(counts)
            self._emit(MemoryChanged())


def alike(one: str, other: str) -> float:
    """How alike two texts are, 0 to 1: the share of the longer one that need not be changed to make it the other."""
    longer = max(len(one), len(other))
    return 1.0 - _distance(one, other) / longer if longer else 1.0


def _distance(one: str, other: str) -> int:
    """The fewest characters that must be put in, taken out or changed (Myers' bit vectors, in Hyyrö's form)."""
    if not one or not other:
        return max(len(one), len(other))
    places: dict[str, int] = {}
    for at, character in enumerate(one):
        places[character] = places.get(character, 0) | 1 << at
    mask, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    more, less, distance = mask, 0, len(one)
    for character in other:
        same = places.get(character, 0)
        kept = same | less
        across = ((same & more) + more ^ more) | same
        up, down = less | ~(across | more) & mask, more & across
        distance += bool(up & last) - bool(down & last)
        up = up << 1 | 1
        more, less = (down << 1 | ~(kept | up)) & mask, up & kept & mask
    return distance


def _match(row: MemoryEntry, share: float, codes: Mapping[str, str] | None = None) -> MemoryMatch:
    target = with_codes(row.target, dict(codes or {}))
    return MemoryMatch(row.id, row.source, target, round(share, 3), row.edited, row.origin)
