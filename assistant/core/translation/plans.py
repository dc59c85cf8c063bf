"""How a document will be translated, found out before it is done: what is known already, what the rest costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.counting import Counting
from assistant.core.engines import Engine, Engines, measured_by
from assistant.core.estimates import Work, seconds
from assistant.core.load_plan import LoadPlan
from assistant.core.speeds import Pace
from assistant.core.stages import Stages
from assistant.core.threads import ThreadJob, Threads
from assistant.core.translation.memory import TranslationMemory
from assistant.core.translation.segment_work import Rules
from assistant.core.translation.segmented import Segmented
from assistant.core.translation.views import OpenTranslation
from assistant.documents.segments import Term, without_codes
from assistant.engine.messages import Facts
from assistant.library.models import InstalledModel
from assistant.tasks.glossing import Glossing
from assistant.tasks.translate import TranslateTask
from assistant.tasks.translation import PromptStyle, TranslateOptions, style_of
from assistant.worker.messages import DocumentRequest, FindTranslated, TranslatedFound

_HEAD = 120  # tokens that stand before each text, about, and are read once for all
_DEARER = 10  # times as long as reading a token takes writing one, about
_TERMS = 40  # of a glossary that one segment can need
_TOGETHER, _CHARACTERS = 200, 60_000  # segments in one request to the child, and what they may have


@dataclass(frozen=True)
class Equipped:
    """All that translating a document takes.

    :ivar options: with the language that it is translated from.
    :ivar task: knows the segments and what is finished; ``rules``: what is checked.
    :ivar memory: targets of segments that were translated by hand before; ``already``: segments that are in the
        language of the translation, and stay as they are.
    :ivar parallel: segments that are written side by side.
    :ivar revision: of the glossary, whose terms may have changed since; ``fits``: it is of these languages.
    :ivar read: and ``written``: tokens of each open segment, about; 0 for the others; ``costs``: what that comes to.
    """

    document: OpenTranslation
    model: InstalledModel
    options: TranslateOptions
    load: LoadPlan
    task: TranslateTask
    rules: Rules
    memory: Mapping[int, str]
    already: Sequence[int]
    parallel: int
    read: Sequence[int]
    written: Sequence[int]
    costs: Sequence[int]
    fingerprint: str
    revision: int = 0
    fits: bool = True

    @property
    def pair(self) -> tuple[str, str]:
        """From, to."""
        return self.options.source, self.options.target

    def seconds(self, pace: Pace) -> float:
        """How long what is open takes."""
        count = sum(1 for one in self.written if one)
        if not count:
            return 0.0
        written = pace.worded * sum(self.written) / count
        together = min(self.parallel, count)
        work = Work(count, together, sum(self.read) / count, written, _HEAD, pace.redone)
        return seconds(replace(pace, company=pace.beside), [work])


@dataclass(frozen=True)
class Wanted:
    """What is to be equipped.

    :ivar digest: of a stored document; else ``document`` is given.
    :ivar done: gives the targets of the segments that are finished; called on another thread.
    :ivar remembered: look into the translation memory for the others, and for what is in the language already.
    :ivar counted: have the model count their tokens; else they are estimated.
    """

    options: TranslateOptions
    model: InstalledModel
    digest: str = ""
    document: OpenTranslation | None = None
    done: Callable[[], Mapping[int, str]] = dict
    remembered: bool = True
    counted: bool = True


class Equipping:
    """Makes what translating a document takes, loading the model if need be. Every method runs on the pumping thread.

    :param load: how a model is loaded; raises AssistantError.
    :param style: what the catalogue says of the prompts that a model wants; empty: it is not in there.
    :param terms: those of a glossary for a pair of languages, None: it is of others; called on another thread; raises
        AssistantError.
    :param revision: a number that changes with them.
    :param ask: has the child do something that looks at segments (``WorkerChild.ask``).
    """

    def __init__(
        self,
        segmented: Segmented,
        engines: Engines,
        counting: Counting,
        threads: Threads,
        memory: TranslationMemory,
        *,
        load: Callable[[InstalledModel], LoadPlan],
        style: Callable[[InstalledModel], str],
        terms: Callable[[int, str, str], tuple[Term, ...] | None],
        revision: Callable[[int], int],
        ask: Callable[[Callable[[str], DocumentRequest], Callable[[Any], None]], Cancel],
    ) -> None:
        self.segmented = segmented
        self.engines = engines
        self.counting = counting
        self.threads = threads
        self.memory = memory
        self.load = load
        self.style = style
        self.terms = terms
        self.revision = revision
        self.ask = ask

    def still(self, equipped: Equipped, model: InstalledModel) -> bool:
        """Whether it is what would be made now, with this model and the terms as they are."""
        return equipped.model.key == model.key and equipped.revision == self.revision(equipped.options.glossary)

    def rules(
        self, equipped: Equipped | None, options: TranslateOptions, text: str, done: Callable[[Rules], None]
    ) -> None:
        """Call ``done`` once with what a translation of ``text`` is checked by now: the terms as they are.

        :param equipped: what may have them; ``options``: with the language that is translated from.
        """
        glossary = options.glossary
        if equipped is not None and equipped.revision == self.revision(glossary):
            done(equipped.rules)
            return
        bare = Rules(options.target, options.source)
        if not glossary:
            done(bare)
            return

        def look(_: ThreadJob) -> Rules:
            return replace(bare, terms=_used(self.terms(glossary, options.source, options.target) or (), [text]))

        # Without a glossary that was deleted, or cannot be read: who translates anew is told.
        self.threads.run("terms", look, lambda found: done(found if isinstance(found, Rules) else bare))

    def fresh(self, equipped: Equipped) -> Equipped:
        """The same with the model loaded as it would be now.

        :raises AssistantError: it cannot be.
        """
        return replace(equipped, load=self.load(equipped.model))

    def make(self, wanted: Wanted, done: Callable[[Equipped | AssistantError], None]) -> Cancel:
        """Call ``done`` once with all that it takes, or with what is missing.

        :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
        """
        making = _Making(self, wanted, done)
        making.start()
        return making.give_up


@dataclass(frozen=True)
class _Known:
    """What is known without a model. ``already``: of those that are open, what is in the target's language. ``fits``:
    the glossary is of these languages.
    """

    options: TranslateOptions
    memory: dict[int, str]
    terms: tuple[Term, ...]
    open: tuple[int, ...]
    already: tuple[int, ...] = ()
    fits: bool = True


class _Making(Stages):
    """The document, what is known of it, the engine, the counts, the task."""

    def __init__(self, equipping: Equipping, wanted: Wanted, done: Callable[[Equipped | AssistantError], None]) -> None:
        super().__init__(done)
        self._room = equipping
        self._wanted = wanted
        self._revision = equipping.revision(wanted.options.glossary)  # before the terms are read
        self._document: OpenTranslation | None = None
        self._known: _Known | None = None
        self._engine: Engine | None = None
        self._load: LoadPlan | None = None

    def start(self) -> None:
        step = self._step(self._has_document)
        if self._wanted.document is not None:
            step(self._wanted.document)
            return
        later = self._wait()
        later.act = self._room.segmented.stored(self._wanted.digest, done=step)

    def _has_document(self, document: OpenTranslation) -> None:
        wanted, room = self._wanted, self._room
        self._document = document = document.into(wanted.options.target)
        if not document.segments:
            raise AssistantError(ErrorKind.INPUT_EMPTY)
        options = replace(wanted.options, source=wanted.options.source or document.language)

        def look(_: ThreadJob) -> _Known:
            done = wanted.done()
            rest = [
                index for index, segment in enumerate(document.segments) if index not in done and not segment.target
            ]
            texts = {index: document.segments[index].text for index in rest}
            found = room.memory.exact(texts, options.source, options.target) if wanted.remembered else {}
            terms = room.terms(options.glossary, options.source, options.target) if options.glossary else ()
            used = _used(terms or (), (one.text for one in document.segments))
            needed = tuple(index for index in rest if index not in found)
            return _Known(options, found, used, needed, fits=terms is not None)

        self._cancel = lambda: None
        room.threads.run("known", look, self._step(self._is_known))

    def _is_known(self, known: _Known) -> None:
        self._known = known
        self._seek(0)

    def _seek(self, first: int) -> None:
        """Find among the open segments those that are in the language already, some at a time."""
        known, document = self._known, self._document
        assert known is not None
        assert document is not None
        batch: list[int] = []
        size = 0
        for index in known.open[first : first + _TOGETHER]:
            size += len(document.segments[index].text)
            if batch and size > _CHARACTERS:
                break
            batch.append(index)
        if not batch or not self._wanted.remembered:
            self._have_engine()
            return

        def found(places: tuple[int, ...]) -> None:
            more = tuple(batch[place] for place in places)
            self._known = replace(known, already=known.already + more)
            self._seek(first + len(batch))

        def answered(answer: TranslatedFound | AssistantError) -> None:
            if isinstance(answer, TranslatedFound):
                step(answer.places)
            else:  # what is not known to be in it is translated
                step(answer if answer.kind is ErrorKind.CANCELLED else ())

        texts = tuple(document.segments[index].text for index in batch)
        options, step, later = known.options, self._step(found), self._wait()
        later.act = self._room.ask(
            lambda number: FindTranslated(id=number, texts=texts, target=options.target, source=options.source),
            answered,
        )

    def _have_engine(self) -> None:
        known = self._known
        assert known is not None
        if known.already:
            there = set(known.already)
            self._known = replace(known, open=tuple(index for index in known.open if index not in there))
        self._load = self._room.load(self._wanted.model)
        self._room.engines.acquire(self._load, self._step(self._has_engine))

    def _has_engine(self, engine: Engine) -> None:
        self._engine = engine
        assert engine.facts is not None
        assert self._known is not None
        assert self._document is not None
        style = self._style(engine.facts)
        if style is PromptStyle.CHAT and not engine.facts.template:
            raise AssistantError(ErrorKind.NO_TEMPLATE, name=engine.plan.name)
        wanted, segments = self._known.open, self._document.segments
        if not self._wanted.counted:
            self._counted(())
            return
        later = self._wait()
        later.act = self._room.counting.pieces(
            len(wanted), lambda number: without_codes(segments[wanted[number]].text), engine, self._step(self._counted)
        )

    def _style(self, facts: Facts) -> PromptStyle:
        name = f"{facts.name} {self._wanted.model.path.name}"  # either may say what it is
        return style_of(facts.architecture, name, facts.template, self._room.style(self._wanted.model))

    def _counted(self, counts: tuple[int, ...]) -> None:
        document, known, engine = self._document, self._known, self._engine
        assert document is not None
        assert known is not None
        assert engine is not None
        assert engine.facts is not None
        assert self._load is not None
        facts, load, wanted = engine.facts, self._load, self._wanted
        style = self._style(facts)

        def build(_: ThreadJob) -> Equipped:
            costs = [0] * len(document.segments) if counts else []
            for index, count in zip(known.open, counts, strict=False):
                costs[index] = count
            same = {index: document.segments[index].text for index in known.already}
            with measured_by(facts):
                task = TranslateTask(
                    document.segments,
                    known.options,
                    terms=known.terms,
                    style=style,
                    architecture=facts.architecture,
                    context=facts.context,
                    costs=costs,
                    memory=known.memory | same,
                    done=wanted.done(),
                )
            expected = [task.expected(index) for index in range(task.total)]
            return Equipped(
                document=document,
                model=wanted.model,
                options=known.options,
                load=load,
                task=task,
                rules=Rules(known.options.target, known.options.source, known.terms),
                memory=known.memory,
                already=known.already,
                parallel=_parallel(facts, [one.prompt + one.answer for one in expected if one.answer]),
                read=[one.prompt for one in expected],
                written=[one.answer for one in expected],
                costs=[one.prompt + _DEARER * one.answer for one in expected],
                fingerprint=facts.fingerprint,
                revision=self._revision,
                fits=known.fits,
            )

        self._cancel = lambda: None
        self._room.threads.run("translation", build, self._step(self._end))


def _used(terms: tuple[Term, ...], texts: Iterable[str]) -> tuple[Term, ...]:
    """The terms that texts have: a glossary can be much longer than that."""
    if not terms:
        return ()
    glossing = Glossing(terms)
    found = {term for text in texts for term in glossing.in_text(text, _TERMS)}
    return tuple(term for term in terms if term in found)


def _parallel(facts: Facts, sizes: Sequence[int]) -> int:
    """As many segments side by side as the engine can write at once, and as the context has room for."""
    if not sizes:
        return 1
    usual = sorted(sizes)[len(sizes) * 9 // 10]
    return max(1, min(max(facts.sequences, facts.bulk), len(sizes), (facts.context - _HEAD) // max(1, 2 * usual)))
