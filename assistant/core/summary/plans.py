"""How a document will be summarized, found out before it is done: its sentences counted, its text cut to size."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.counting import Counting
from assistant.core.documents import Documents, OpenDocument
from assistant.core.engines import Engine, Engines, measured_by
from assistant.core.load_plan import LoadPlan
from assistant.core.stages import Stages
from assistant.documents.model import Part
from assistant.library.models import InstalledModel
from assistant.storage.rows import Job
from assistant.tasks.summary import Budget, Depth, SummaryOptions, SummaryPlan
from assistant.tasks.summary_plan import budget, fitted, levels, part_limit, plan
from assistant.tasks.summary_prompts import measured
from assistant.worker.messages import CutDocument, DocumentCut, Ranked, RankSentences

_KEPT = 6

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Cut:
    """How a document was cut for one job, which keeps it for its whole life.

    :ivar parts: for each part the stretches of the document's text that it is made of (start and end, characters).
    :ivar titles: the headings above each part; ``tokens``: what each costs.
    :ivar language: of the document.
    :ivar share: of the document that is read, 0 to 1.
    """

    parts: tuple[Spans, ...]
    titles: tuple[str, ...]
    tokens: tuple[int, ...]
    room: Budget
    language: str = ""
    share: float = 1.0

    def texts(self, document: OpenDocument) -> list[str]:
        """The texts of the parts."""
        return ["\n".join(document.text[start:end] for start, end in spans) for spans in self.parts]

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> Cut:
        """:raises ValueError: it is not what ``to_json`` wrote."""
        try:
            values: dict[str, Any] = json.loads(text)
            return Cut(
                parts=tuple(tuple((int(start), int(end)) for start, end in spans) for spans in values["parts"]),
                titles=tuple(map(str, values["titles"])),
                tokens=tuple(map(int, values["tokens"])),
                room=Budget(**{name: int(value) for name, value in values["room"].items()}),
                language=str(values["language"]),
                share=float(values["share"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(str(error)) from error


@dataclass(frozen=True)
class Planned:
    """A plan, and what it was made of."""

    document: OpenDocument
    model: InstalledModel
    options: SummaryOptions
    cut: Cut
    plan: SummaryPlan
    fingerprint: str


class Planner:
    """Makes plans, loading the model if need be. Every method runs on the pumping thread.

    :param load: how a model is loaded; raises AssistantError.
    """

    def __init__(
        self,
        documents: Documents,
        engines: Engines,
        counting: Counting,
        *,
        load: Callable[[InstalledModel], LoadPlan],
    ) -> None:
        self._documents = documents
        self._engines = engines
        self._counting = counting
        self._load = load
        self._made: OrderedDict[tuple[str, str, SummaryOptions, int], Cut] = OrderedDict()  # without the texts

    def make(
        self,
        digest: str,
        options: SummaryOptions,
        model: InstalledModel,
        done: Callable[[Planned | AssistantError], None],
    ) -> Cancel:
        """Call ``done`` once with the plan, or with why there is none.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        making = _Making(self, digest, options, model=model, done=done)
        making.start()
        return making.give_up

    def take_up(
        self,
        row: Job,
        kept: int,
        model: InstalledModel,
        done: Callable[[tuple[OpenDocument, Cut] | AssistantError | None], None],
    ) -> Cancel:
        """Call ``done`` once with the document of a job and how it was cut, as that fits now; with None if the job is
        better planned anew; or with why it cannot go on.

        :param kept: how many of its steps are finished.
        :returns: as ``make``.
        """
        taking = _TakingUp(self, row, kept, model=model, done=done)
        taking.start()
        return taking.give_up

    # ------------------------------------------------------------ what one making asks for

    def document(self, digest: str, done: Callable[[OpenDocument | AssistantError], None]) -> Cancel:
        return self._documents.stored(digest, done=done)

    def engine(self, model: InstalledModel, done: Callable[[Engine | AssistantError], None]) -> None:
        """Call ``done`` with the model's engine, loading it if needed, or with why there is none."""
        try:
            wanted = self._load(model)
        except AssistantError as error:
            done(error)
            return
        self._engines.acquire(wanted, done)

    def costs(self, document: OpenDocument, engine: Engine, done: Callable[[Any], None]) -> Cancel:
        return self._counting.costs(document, engine, done)

    def head(self, options: SummaryOptions, language: str, engine: Engine, done: Callable[[Any], None]) -> Cancel:
        return self._counting.longest(measured(options, language), engine, done)

    def cut(self, digest: str, costs: tuple[int, ...], limit: int, done: Callable[[Any], None]) -> Cancel:
        return self._documents.ask(
            digest, lambda number, path: CutDocument(id=number, path=path, costs=costs, budget=limit), done
        )

    def rank(self, digest: str, costs: tuple[int, ...], limit: int, focus: str, done: Callable[[Any], None]) -> Cancel:
        return self._documents.ask(
            digest,
            lambda number, path: RankSentences(id=number, path=path, costs=costs, budget=limit, focus=focus),
            done,
        )

    def known(self, digest: str, options: SummaryOptions, engine: Engine) -> Cut | None:
        """How the document was cut lately for the same options and the same engine."""
        return self._made.get(_name(digest, options, engine))

    def remember(self, planned: Planned, engine: Engine) -> None:
        self._made[_name(planned.document.digest, planned.options, engine)] = planned.cut
        while len(self._made) > _KEPT:
            self._made.popitem(last=False)


def _name(digest: str, options: SummaryOptions, engine: Engine) -> tuple[str, str, SummaryOptions, int]:
    assert engine.facts is not None
    return digest, engine.plan.key, options, engine.facts.context


class _Making(Stages):
    """One plan on its way: the document, the engine, the counts, the budget, the parts."""

    def __init__(
        self,
        planner: Planner,
        digest: str,
        options: SummaryOptions,
        *,
        model: InstalledModel,
        done: Callable[[Planned | AssistantError], None],
    ) -> None:
        super().__init__(done)
        self._planner = planner
        self._digest = digest
        self._options = options
        self._model = model
        self._document: OpenDocument | None = None
        self._engine: Engine | None = None
        self._costs: tuple[int, ...] = ()
        self._room: Budget | None = None

    def start(self) -> None:
        later = self._wait()
        later.act = self._planner.document(self._digest, self._step(self._has_document))

    def _has_document(self, document: OpenDocument) -> None:
        self._document = document
        if not document.sentences:
            raise AssistantError(ErrorKind.INPUT_EMPTY)
        self._cancel = lambda: None
        self._planner.engine(self._model, self._step(self._has_engine))

    def _has_engine(self, engine: Engine) -> None:
        self._engine = engine
        assert engine.facts is not None
        if not engine.facts.template:
            raise AssistantError(ErrorKind.NO_TEMPLATE, name=engine.plan.name)
        known = self._planner.known(self._digest, self._options, engine)
        if known is not None:
            self._end(self._result(known))
            return
        assert self._document is not None
        later = self._wait()
        later.act = self._planner.costs(self._document, engine, self._step(self._has_costs))

    def _has_costs(self, costs: tuple[int, ...]) -> None:
        self._costs = costs
        assert self._document is not None
        assert self._engine is not None
        language = self._options.language or self._document.language
        step = self._step(self._has_head)
        later = self._wait()
        later.act = self._planner.head(self._options, language, self._engine, step)

    def _has_head(self, head: int) -> None:
        assert self._engine is not None
        assert self._engine.facts is not None
        facts = self._engine.facts
        with measured_by(facts):
            self._room = budget(facts.context, facts.sequences, self._options, head=head)
        total = sum(self._costs)
        if self._options.depth is Depth.QUICK and total > self._room.quick:
            focus = self._options.focus
            step = self._step(self._was_ranked)
            later = self._wait()
            later.act = self._planner.rank(self._digest, self._costs, self._room.quick, focus, step)
            return
        limit = part_limit(total, self._room, self._options)
        later = self._wait()
        later.act = self._planner.cut(self._digest, self._costs, limit, self._step(self._was_cut))

    def _was_ranked(self, ranked: Ranked) -> None:
        assert self._document is not None
        spans = _stretches(self._document, ranked.chosen)
        if not spans:
            raise AssistantError(ErrorKind.INPUT_EMPTY)
        tokens = sum(self._costs[index] for index in ranked.chosen if 0 <= index < len(self._costs))
        self._planned((spans,), ("",), (tokens,), share=ranked.share)

    def _was_cut(self, cut: DocumentCut) -> None:
        parts: tuple[Part, ...] = cut.parts
        self._planned(
            tuple(((part.start, part.end),) for part in parts),
            tuple(" › ".join(part.path) for part in parts),
            tuple(part.tokens for part in parts),
        )

    def _planned(
        self, parts: tuple[Spans, ...], titles: tuple[str, ...], tokens: tuple[int, ...], *, share: float = 1.0
    ) -> None:
        assert self._document is not None
        assert self._engine is not None
        assert self._room is not None
        planned = self._result(Cut(parts, titles, tokens, self._room, self._document.language, share))
        self._planner.remember(planned, self._engine)
        self._end(planned)

    def _result(self, cut: Cut) -> Planned:
        assert self._document is not None
        assert self._engine is not None
        assert self._engine.facts is not None
        steps = plan(cut.tokens, cut.room)
        return Planned(self._document, self._model, self._options, cut, steps, self._engine.facts.fingerprint)


class _TakingUp(Stages):
    """The plan of a job that was begun: the model may have another context now than when the document was cut."""

    def __init__(
        self, planner: Planner, row: Job, kept: int, *, model: InstalledModel, done: Callable[[Any], None]
    ) -> None:
        super().__init__(done)
        self._planner = planner
        self._row = row
        self._kept = kept
        self._model = model

    def start(self) -> None:
        later = self._wait()
        later.act = self._planner.document(self._row.document, self._step(self._has_document))

    def _has_document(self, document: OpenDocument) -> None:
        try:
            cut = Cut.from_json(self._row.plan)
        except ValueError as error:
            raise AssistantError(ErrorKind.DATABASE_DAMAGED, "plan") from error
        if self._kept == sum(levels(len(cut.parts), cut.room)):  # nothing but the links is left
            self._end((document, cut))
            return
        self._cancel = lambda: None
        self._planner.engine(self._model, self._step(lambda engine: self._has_engine(document, cut, engine)))

    def _has_engine(self, document: OpenDocument, cut: Cut, engine: Engine) -> None:
        facts = engine.facts
        assert facts is not None
        room = fitted(cut.tokens, cut.room, context=facts.context, sequences=facts.sequences)
        if not self._kept and (room is None or facts.fingerprint != self._row.fingerprint):
            self._end(None)
        elif room is None:
            raise AssistantError(ErrorKind.CONTEXT_SMALLER, available=facts.context)
        else:
            self._end((document, replace(cut, room=room)))


def _stretches(document: OpenDocument, chosen: Sequence[int]) -> Spans:
    """The chosen sentences, those that follow one another in a paragraph as one stretch."""
    spans: list[tuple[int, int]] = []
    before = -2
    for index in chosen:
        if not 0 <= index < len(document.sentences):
            continue
        start, end = document.sentences[index]
        if index == before + 1 and "\n" not in document.text[spans[-1][1] : start]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
        before = index
    return tuple(spans)
