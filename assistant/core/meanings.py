"""The meaning of a document's passages: vectors of a model for embeddings, made where a question needs them and kept.

Words alone find no passage that says the same in others. Nothing here is needed for an answer: whatever goes wrong, the
words are still there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import write_atomic
from assistant.core.cancel import Cancel
from assistant.core.documents import Documents, OpenDocument
from assistant.core.engines import Engine, Engines, error_of
from assistant.core.kept_files import VECTORS, digest_of, remove, thin_out
from assistant.core.load_plan import LoadPlan
from assistant.core.stages import Stages
from assistant.core.threads import Threads
from assistant.documents.vectors import Vectors, pack_vectors, unpack_vectors
from assistant.engine.messages import Embed, Embedded
from assistant.worker.messages import ListPassages, PassagesListed

_TOGETHER = 4  # passages in one request: so many are still looked at after a stop
_LONGEST, _SHORTEST = 1200, 100  # characters of a text that are looked at
_PATIENCE = 20.0  # seconds that one question may take; the next one goes on from there
_MOST = 4096  # vectors that are kept of a document
_QUESTIONS = 2  # before this one that are looked at, too


@dataclass(frozen=True)
class Embedder:
    """A model for embeddings.

    :ivar fingerprint: other vectors come from a model with another one. It is part of a file's name.
    :ivar query: what it wants before a question; ``passage``: and before a passage.
    """

    plan: LoadPlan
    fingerprint: str
    query: str = ""
    passage: str = ""


@dataclass(frozen=True)
class Meaning:
    """What is known: the file with the passages' vectors, and the vectors of the questions, the newest first."""

    path: Path
    queries: bytes


@dataclass(frozen=True)
class Wanted:
    """What is asked, of which document, after what (questions and answers, the oldest first).

    :ivar beside: key of the model that answers, which stays loaded.
    """

    document: OpenDocument
    question: str
    history: Sequence[str]
    beside: str


Found = Callable[[Meaning | AssistantError | None], None]


class Meanings:
    """Every method runs on the pumping thread.

    :param embedder: the model for documents in a language (BCP 47), None: there is none; raises AssistantError.
    :param apart: where vectors lie of documents that are not kept themselves; None: they lie with their documents.
    """

    def __init__(
        self,
        documents: Documents,
        engines: Engines,
        threads: Threads,
        *,
        embedder: Callable[[str], Embedder | None],
        apart: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.documents = documents
        self.engines = engines
        self.threads = threads
        self.embedder = embedder
        self.apart = apart
        self.clock = clock

    def find(self, wanted: Wanted, done: Found, *, looked: Callable[[float], None]) -> Cancel:
        """Call ``done`` once with what there is to compare, None where no model is there for it, or what went wrong.

        :param looked: called with the share of the passages that was looked at, 0 to 1.
        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        try:
            embedder = self.embedder(wanted.document.language)
        except AssistantError as error:
            done(error)
            return lambda: None
        if embedder is None:
            done(None)
            return lambda: None
        looking = _Looking(self, embedder, wanted, done=done, looked=looked)
        looking.start()
        return looking.give_up

    def place(self, digest: str, embedder: Embedder) -> Path:
        """Where the vectors of a document lie."""
        ending = f".{embedder.fingerprint}{VECTORS}"
        return self.documents.place(digest, ending) if self.apart is None else self.apart / f"{digest}{ending}"


class _Looking(Stages):
    """The passages, the engine, what was kept, the question, the passages that are missing, the file."""

    def __init__(
        self, room: Meanings, embedder: Embedder, wanted: Wanted, *, done: Found, looked: Callable[[float], None]
    ) -> None:
        super().__init__(done)
        self._room = room
        self._embedder = embedder
        self._wanted = wanted
        self._looked = looked
        self._path = room.place(wanted.document.digest, embedder)
        self._engine: Engine | None = None
        self._spans: dict[int, tuple[int, int]] = {}
        self._division = 0
        self._vectors = Vectors()
        self._queries = b""
        self._missing: list[int] = []
        self._made = 0
        self._longest = _LONGEST
        self._began = 0.0

    def start(self) -> None:
        self._looked(0.0)
        wanted = self._wanted
        said = tuple(wanted.history)
        later = self._wait()
        later.act = self._room.documents.ask(
            wanted.document.digest,
            lambda number, path: ListPassages(id=number, path=path, question=wanted.question, history=said),
            self._step(self._were_listed),
        )

    def _were_listed(self, listed: PassagesListed) -> None:
        if not listed.passages:
            self._end(None)
            return
        self._spans = {place: (start, end) for place, start, end in listed.passages}
        self._division = listed.division
        plan, engines = self._embedder.plan, self._room.engines
        room = engines.room_beside(self._wanted.beside)
        if engines.get(plan.key) is None and plan.needed > room:
            raise AssistantError(ErrorKind.MODEL_TOO_LARGE, name=plan.name, needed=plan.needed, free=max(0, room))
        self._cancel = lambda: None
        engines.acquire(plan, self._step(self._has_engine))

    def _has_engine(self, engine: Engine) -> None:
        self._engine = engine
        self._cancel = self._room.threads.run("meaning", lambda _: _kept(self._path), self._step(self._has_kept))

    def _has_kept(self, vectors: Vectors) -> None:
        self._vectors = vectors
        self._began = self._room.clock()
        asked = [self._wanted.question, *list(self._wanted.history[::2])[: -_QUESTIONS - 1 : -1]]
        self._embed(self._embedder.query, asked, self._has_queries)

    def _has_queries(self, embedded: Embedded) -> None:
        self._queries = embedded.vectors
        if (self._vectors.dimensions, self._vectors.division) != (embedded.dimensions, self._division):
            self._vectors = Vectors(embedded.dimensions, division=self._division)
        self._missing = [place for place in self._spans if place not in self._vectors.rows]
        self._go_on()

    def _go_on(self) -> None:
        places = self._missing[self._made : self._made + _TOGETHER]
        if not places or self._room.clock() - self._began > _PATIENCE:
            self._write()
            return
        text = self._wanted.document.text
        passages = [text[start:end] for start, end in map(self._spans.__getitem__, places)]
        self._embed(self._embedder.passage, passages, self._has_passages)

    def _has_passages(self, embedded: Embedded) -> None:
        width = 4 * self._vectors.dimensions
        if embedded.dimensions != self._vectors.dimensions:
            raise AssistantError(ErrorKind.INTERNAL, "vectors of another size")
        for at in range(embedded.count):
            row = embedded.vectors[at * width : (at + 1) * width]
            self._vectors.rows[self._missing[self._made + at]] = row
        self._made += embedded.count
        self._looked(1 - (len(self._missing) - self._made) / len(self._spans))
        if not self._over:
            self._go_on()

    def _embed(self, prefix: str, texts: Sequence[str], take: Callable[[Embedded], None]) -> None:
        """Have vectors made of texts, each no longer than the model can read."""
        assert self._engine is not None
        engine, engines = self._engine, self._room.engines
        number = engines.new_id("embed")
        self._cancel = partial(engines.cancel, engine, number)
        wanted = tuple(prefix + text[: self._longest] for text in texts)

        def heard(event: Any) -> None:
            if not isinstance(event, Embedded):
                error = error_of(event)
                if error.kind is not ErrorKind.CONTEXT_FULL or self._longest // 2 < _SHORTEST:
                    raise error
                self._longest //= 2  # texts of rare signs have more tokens than others
                self._embed(prefix, texts, take)
            elif event.count != len(wanted) or len(event.vectors) != 4 * event.dimensions * event.count:
                raise AssistantError(ErrorKind.INTERNAL, "not a vector for each text")
            else:
                take(event)

        engine.send(Embed(id=number, texts=wanted), self._step(heard))

    def _write(self) -> None:
        found = Meaning(self._path, self._queries)
        if not self._made:
            self._end(found)
            return
        vectors, path, apart = self._vectors, self._path, self._room.apart
        self._cancel = self._room.threads.run(
            "meaning", lambda _: _keep(path, vectors, apart), self._step(lambda _: self._end(found))
        )


def _kept(path: Path) -> Vectors:
    """What was kept before; nothing where that is not to be trusted."""
    try:
        found = unpack_vectors(path.read_bytes())
        os.utime(path)  # the files that were not used for long are the first to go
    except (OSError, ValueError):
        return Vectors()
    return found


def _keep(path: Path, vectors: Vectors, apart: Path | None) -> None:
    """Write the file, which takes the place of those that other models have made for this document.

    :param apart: folder in which there may be many of documents that nobody keeps.
    :raises OSError: the disk would not take it.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomic(path, pack_vectors(vectors, _MOST), durable=False)
    if apart is not None:
        thin_out(apart)
    for other in path.parent.glob(f"{digest_of(path)}.*{VECTORS}"):
        if other != path:
            remove(other)
