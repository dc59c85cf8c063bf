"""One question on its way: the room, the passages, the answer, the links."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answers import Answer, Answers, Stage
from assistant.core.counting import Counting
from assistant.core.document_answers import DocumentAnswer, Exchange
from assistant.core.documents import Documents, OpenDocument
from assistant.core.engines import Engine, measured_by
from assistant.core.load_plan import LoadPlan
from assistant.core.meanings import Meaning, Meanings, Wanted
from assistant.core.questions import Kept, Place, QuestionHistory
from assistant.core.stages import Stages
from assistant.engine.messages import FinishReason
from assistant.tasks.ask import AskRoom, Passage, ask_answer, ask_measured, ask_options, ask_room, ask_turns
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.worker.messages import Link, Linked, Retrieve, Retrieved

Tell = Callable[[DocumentAnswer], None]

_NEARLY = 0.9  # of the room for passages is filled: tokens are estimated from characters
_KEEP_EVERY = 1.0  # seconds; how much of an answer a crash can take


class Desk(Protocol):
    """What a question is worked on with."""

    documents: Documents
    answers: Answers
    counting: Counting
    meanings: Meanings

    @property
    def kept(self) -> QuestionHistory: ...

    def acquire(self, plan: LoadPlan, done: Callable[[Any], None]) -> None: ...


class QuestionRun(Stages):
    """Goes from one thing to the next. Every method runs on the pumping thread.

    :param begun: the answer as it is before there is anything of it; ``grew``: called when there is more of it.
    :param done: called once.
    """

    def __init__(
        self,
        asking: Desk,
        begun: DocumentAnswer,
        document: OpenDocument,
        *,
        plan: LoadPlan,
        history: Sequence[Exchange],
        grew: Tell,
        done: Tell,
    ) -> None:
        super().__init__(done)
        self.answer: Answer | None = None
        self.place: Place | None = None
        self._asking = asking
        self._kept_at = 0.0
        self._so_far = begun
        self._document = document
        self._plan = plan
        self._history = [(one.question, one.answer) for one in history]
        self._grew = grew
        self._began = time.monotonic()
        self._engine: Engine | None = None
        self._room: AskRoom | None = None
        self._costs: tuple[int, ...] = ()
        self._prompt: tuple[tuple[ChatTurn, ...], str] = ((), "")
        self._roomy = False

    def stop(self) -> None:
        """What was written stays."""
        if self._over:
            return
        if self.answer is not None and not self.answer.ended:
            self._asking.answers.stop(self.answer)
        elif self.answer is not None:
            self._cancel()  # the links are not waited for
        else:
            cancel, self._cancel = self._cancel, lambda: None
            self._fail(AssistantError(ErrorKind.CANCELLED))
            cancel()

    def abandon(self) -> None:
        """The program ends: what was written is kept, and that it was interrupted."""
        self._over = True
        if self.answer is not None and self.answer.ended:  # only the links are missing
            self._keep(self._so_far, ended=True)
        elif self.answer is not None:
            self._keep(replace(self._picture(), finish=""), ended=False)
        self._cancel()

    # ------------------------------------------------------------ one thing after the other

    def question_kept(self) -> None:
        if not self._over:
            self._asking.acquire(self._plan, self._step(self._has_engine))

    def _has_engine(self, engine: Engine) -> None:
        assert engine.facts is not None
        if not engine.facts.template:
            raise AssistantError(ErrorKind.NO_TEMPLATE, name=engine.plan.name)
        self._engine = engine
        if time.monotonic() - self._began > 0.01:
            self._so_far = replace(self._so_far, load_seconds=engine.facts.load_seconds)
        self._began = time.monotonic()
        later = self._wait()
        later.act = self._asking.counting.costs(self._document, engine, self._step(self._has_costs))

    def _has_costs(self, costs: tuple[int, ...]) -> None:
        assert self._engine is not None
        self._costs = costs
        prompts = ask_measured(self._document.language)
        later = self._wait()
        later.act = self._asking.counting.longest(prompts, self._engine, self._step(self._has_head))

    def _has_head(self, head: int) -> None:
        assert self._engine is not None
        assert self._engine.facts is not None
        document = self._document
        with measured_by(self._engine.facts):
            self._room = ask_room(self._engine.facts.context, head=head)
        tokens = sum(self._costs)
        if tokens <= self._room.whole:
            self._so_far = replace(self._so_far, whole=True)
            self._ask([Passage(document.text)])
            return
        limit = int(self._room.passages * len(document.text) / max(1, tokens) * _NEARLY)
        said = tuple(part for exchange in self._history for part in exchange)

        def found(meaning: Meaning | AssistantError | None) -> None:
            if not self._over:
                if isinstance(meaning, AssistantError):  # words are enough for an answer
                    self._so_far = replace(self._so_far, no_meaning=meaning)
                self._retrieve(limit, said, meaning if isinstance(meaning, Meaning) else None)

        wanted = Wanted(document, self._so_far.question, said, self._plan.key)
        later = self._wait()
        later.act = self._asking.meanings.find(wanted, found, looked=self._was_looked_at)

    def _was_looked_at(self, share: float) -> None:
        if not self._over:
            self._grew(replace(self._so_far, search=share))

    def _retrieve(self, limit: int, said: tuple[str, ...], meaning: Meaning | None) -> None:
        question = self._so_far.question
        vectors, queries = (str(meaning.path), meaning.queries) if meaning is not None else ("", b"")
        later = self._wait()
        later.act = self._asking.documents.ask(
            self._document.digest,
            lambda number, path: Retrieve(
                id=number,
                path=path,
                question=question,
                limit=limit,
                history=said,
                vectors=vectors,
                queries=queries,
            ),
            self._step(self._was_retrieved),
        )

    def _was_retrieved(self, found: Retrieved) -> None:
        text = self._document.text
        self._so_far = replace(self._so_far, passages=found.passages, meaning=found.meaning)
        self._grew(self._so_far)  # the search is over
        self._ask([Passage(text[one.start : one.end], one.page, one.path) for one in found.passages])

    def _ask(self, passages: list[Passage]) -> None:
        assert self._room is not None
        whole = self._so_far.whole
        turns = ask_turns(
            self._so_far.question,
            passages,
            self._history,
            language=self._document.language,
            whole=whole,
            room=self._room,
        )
        # All questions about a document that is given whole share what was read of it.
        key = f"document-{self._document.digest}" if whole else ""
        self._prompt = turns, key
        self._start(ask_options(self._room))

    def _start(self, options: AnswerOptions) -> None:
        turns, key = self._prompt
        self._cancel = lambda: None
        self.answer = self._asking.answers.start(self._plan, turns, options, key=key, prose=True)
        if self.answer.ended:
            self.answer_changed()

    def tell(self) -> None:
        """There is more of the answer."""
        picture = self._picture()
        if picture.text and time.monotonic() - self._kept_at > _KEEP_EVERY:
            self._keep(replace(picture, finish=""), ended=False)
        self._grew(picture)

    def answer_changed(self) -> None:
        """Another stage; at its end the sentences are linked."""
        answer = self.answer
        assert answer is not None
        if self._over:
            return
        if answer.stage is not Stage.ENDED:
            self.tell()
            return
        if answer.finish is FinishReason.LIMIT and not answer.text and not self._roomy:
            self._think_on()
            return
        self._so_far = self._picture()
        if answer.error is not None or not self._so_far.text:
            self._end(replace(self._so_far, error=answer.error))
            return
        text = self._so_far.text
        later = self._wait()
        later.act = self._asking.documents.ask(
            self._document.digest, lambda number, path: Link(id=number, path=path, text=text), self._was_linked
        )

    def _think_on(self) -> None:
        """Nothing but reasoning came before the limit: the answer gets all the room that there is."""
        assert self._room is not None
        assert self._engine is not None
        assert self._engine.facts is not None
        self._roomy = True
        self._start(replace(ask_options(self._room), max_tokens=self._engine.facts.context))

    def _was_linked(self, linked: Linked | AssistantError) -> None:
        if self._over:
            return
        if not isinstance(linked, AssistantError):
            self._end(replace(self._so_far, linked=linked))
        else:
            self._end(replace(self._so_far, unlinked=None if linked.kind is ErrorKind.CANCELLED else linked))

    def _picture(self) -> DocumentAnswer:
        answer = self.answer
        assert answer is not None
        finish = answer.finish.value if answer.finish is not None else ""
        return replace(
            self._so_far,
            text=ask_answer(answer.text, answer.finish),
            read=answer.read,
            finish={"loop": "limit"}.get(finish, finish),
            tokens=answer.tokens,
            seconds=time.monotonic() - self._began,
            first_token=answer.first_token - self._began if answer.first_token else 0.0,
        )

    def _fail(self, error: AssistantError) -> None:
        cancelled = error.kind is ErrorKind.CANCELLED
        self._end(replace(self._so_far, finish="cancelled" if cancelled else "", error=None if cancelled else error))

    def _end(self, answer: DocumentAnswer) -> None:
        self._over = True
        self._keep(answer, ended=True)
        super()._end(answer)

    def _keep(self, answer: DocumentAnswer, *, ended: bool) -> None:
        assert self.place is not None
        self._kept_at = time.monotonic()
        kept = Kept(
            answer.question,
            answer.text,
            finish=answer.finish,
            error=answer.error,
            model=answer.model,
            whole=answer.whole,
            passages=answer.passages,
            meaning=answer.meaning,
            no_meaning=answer.no_meaning,
            linked=answer.linked,
            unlinked=answer.unlinked,
            tokens=answer.tokens,
            seconds=answer.seconds,
        )
        self._asking.kept.keep(self.place, kept, ended=ended)
