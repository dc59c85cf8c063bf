"""A conversation and a template become a prompt in parts: whose each character is, and how the model will reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from assistant.base.errors import ErrorKind
from assistant.worker.marking import Atom, Draft, Stretch, Texts, stretches
from assistant.worker.messages import Part, Refused, Render, Rendered
from assistant.worker.reasoning import OFF_WORD, Habits, habits_of, needs_word, switches
from assistant.worker.templates import Message, Template, TemplateError, compiled

_BLANK_LINE = Atom("\n\n")

# Every control token of every known vocabulary has one of these in its spelling.
_SPELLING = re.compile(r"(?<=[<>|\[\]{}｜])|(?=[<>|\[\]{}｜])")
_BREAK = "\u200b"


def render(request: Render, now: datetime) -> Rendered | Refused:
    """Render ``request``; ``now`` is what a template learns about date and time.

    Where the template has no place for a system text, that text goes ahead of the next text of the user. Where it
    refuses several turns of a role in a row, they become one, and turns without any text are left out.
    """
    try:
        template = compiled(request.template)
        habits = _habits(request.template)
        return _Job(request, template, habits, now).run()
    except TemplateError as error:
        return Refused.by(request.id, error)


@lru_cache(maxsize=8)
def _habits(source: str) -> Habits:
    return habits_of(compiled(source))


@dataclass(frozen=True)
class _Result:
    """What one way of rendering has given; ``parts`` None: whose characters these are cannot be told."""

    text: str
    parts: list[Stretch] | None

    def shows(self, turn: int) -> bool:
        """The text of ``turn`` has found a place (or nobody can say)."""
        return self.parts is None or any(stretch.turn == turn for stretch in self.parts)


class _Job:
    """One request on its way."""

    def __init__(self, request: Render, template: Template, habits: Habits, now: datetime) -> None:
        self._request = request
        self._template = template
        self._habits = habits
        self._now = now
        self._extra: dict[str, Any] = {**switches(template, request.thinking), **request.extra}
        self._system_merged = False
        self._typed = False

    def run(self) -> Rendered:
        """Content is given as text, and as a list of one text to templates that want it so.

        :raises TemplateError: no way of putting the conversation suits the template.
        """
        try:
            return self._heard(self._run())
        except TemplateError as error:
            if error.kind not in (ErrorKind.TEMPLATE_BROKEN, ErrorKind.TEMPLATE_REFUSED):
                raise
            self._typed = True
            try:
                return self._heard(self._run())
            except TemplateError:
                raise error from None

    def _heard(self, rendered: Rendered) -> Rendered:
        """:raises TemplateError: of all that the user says nothing found a place."""
        turns = enumerate(self._request.turns)
        said = {number for number, turn in turns if turn.role == "user" and self._says_something(number)}
        if said and said.isdisjoint(part.turn for part in rendered.parts) and not rendered.broken:
            raise TemplateError(ErrorKind.TEMPLATE_BROKEN, "it leaves out what is said")
        return rendered

    def _run(self) -> Rendered:
        drafts = _drafts(self._request)
        if self._request.thinking is False and needs_word(self._template):
            drafts = _with_word(drafts)
        try:
            drafts, result = self._accepted(drafts)
        except TemplateError as error:
            if error.kind is not ErrorKind.TEMPLATE_REFUSED or not any(
                self._holds_literal(atom.text) for draft in drafts for atom in (*draft.content, *draft.reasoning)
            ):
                raise
            return self._run_broken(drafts, error)  # it may refuse its own marks inside a text
        if result.parts is not None:
            return self._answer(drafts, result.parts, broken=False)
        return self._run_broken(drafts, None)

    def _run_broken(self, drafts: Sequence[Draft], refusal: TemplateError | None) -> Rendered:
        """Break control spellings: first in texts that hold the template's own strings, so that the marks may work
        after all, and if they do not, in every text, where no marks are needed any more."""
        for everything in (False, True):
            try:
                broken, result = self._accepted([self._broken(draft, everything) for draft in drafts])
            except TemplateError as error:
                raise refusal or error from error
            if result.parts is not None:
                return self._answer(broken, result.parts, broken=True)
        return self._answer(broken, [Stretch(result.text)], broken=True)

    def _broken(self, draft: Draft, everything: bool) -> Draft:
        def atoms(found: tuple[Atom, ...]) -> tuple[Atom, ...]:
            return tuple(
                replace(atom, text=break_spellings(atom.text))
                if atom.turn >= 0 and (everything or self._holds_literal(atom.text))
                else atom
                for atom in found
            )

        return replace(draft, content=atoms(draft.content), reasoning=atoms(draft.reasoning))

    def _holds_literal(self, text: str) -> bool:
        return any(literal.lower() in text.lower() for literal in self._template.literals)

    def _accepted(self, drafts: list[Draft]) -> tuple[list[Draft], _Result]:
        """The first way of putting the conversation that the template accepts."""
        refusal: TemplateError | None = None
        for ours, merged in _ways(drafts):
            try:
                result = self._try(ours)
            except TemplateError as error:
                if error.kind is not ErrorKind.TEMPLATE_REFUSED:
                    raise
                refusal = error
                continue
            systems = [atom.turn for draft in ours if draft.role == "system" for atom in draft.content]
            if not merged and not all(result.shows(turn) for turn in systems if self._says_something(turn)):
                continue  # it passes over the system text in silence
            self._system_merged = merged
            return ours, result
        raise refusal or TemplateError(ErrorKind.TEMPLATE_REFUSED, "")

    def _says_something(self, turn: int) -> bool:
        """The text of ``turn`` is more than a switch for the template, which may take that out."""
        text = self._request.turns[turn].text if turn >= 0 else ""
        for literal in self._template.literals:
            text = text.replace(literal, "")
        return bool(text.strip())

    def _try(self, drafts: Sequence[Draft]) -> _Result:
        def rendered(texts: Texts) -> str:
            messages: list[Message] = []
            for draft, (content, reasoning) in zip(drafts, texts, strict=True):
                message: Message = {"role": draft.role, "content": content}
                if self._typed:
                    message["content"] = [{"type": "text", "text": content}]
                if reasoning:
                    message[self._habits.field] = reasoning
                messages.append(message)
            return self._template.render(
                messages,
                answer=self._request.answer,
                now=self._now,
                bos=self._request.bos,
                eos=self._request.eos,
                extra=self._extra,
            )

        return _Result(*stretches(drafts, rendered, self._template.literals))

    def _answer(self, drafts: Sequence[Draft], found: Sequence[Stretch], *, broken: bool) -> Rendered:
        tail = found[-1].text if found and found[-1].turn < 0 and self._request.answer else ""
        return Rendered(
            id=self._request.id,
            parts=tuple(self._parts(drafts, found)),
            marks=(self._habits.at(tail),),
            can_think=self._habits.reasons,
            broken=broken,
            system_merged=self._system_merged,
        )

    def _parts(self, drafts: Sequence[Draft], found: Sequence[Stretch]) -> Iterator[Part]:
        """Checkpoints are where a user's message begins, and where the prompt for an answer begins."""
        begins = {
            next((atom.turn for atom in draft.content if atom.turn >= 0 and atom.text), -1)
            for draft in drafts
            if draft.role == "user"
        }
        seen = {-1}
        for number, stretch in enumerate(found):
            first = stretch.turn in begins and stretch.turn not in seen
            seen.add(stretch.turn)
            last = self._request.answer and number == len(found) - 1 and number > 0 and stretch.turn < 0
            yield Part(
                text=stretch.text,
                turn=stretch.turn,
                whole=stretch.turn >= 0 and stretch.text == self._request.turns[stretch.turn].text,
                checkpoint=first or last,
            )


# ---------------------------------------------------------------- ways of putting a conversation


def _drafts(request: Render) -> list[Draft]:
    return [
        Draft(turn.role, (Atom(turn.text, number),), (Atom(turn.reasoning, number),) if turn.reasoning else ())
        for number, turn in enumerate(request.turns)
    ]


def _with_word(drafts: list[Draft]) -> list[Draft]:
    """Say in the system's text that the model shall not reason; the template takes the word out again."""
    if drafts and drafts[0].role == "system":
        texts = tuple(replace(atom, text=atom.text.strip()) for atom in drafts[0].content)
        return [replace(drafts[0], content=(Atom(OFF_WORD + " "), *texts)), *drafts[1:]]
    return [Draft("system", (Atom(OFF_WORD),)), *drafts]


def _ways(drafts: list[Draft]) -> Iterator[tuple[list[Draft], bool]]:
    """The conversation as it is, and then ways of putting it that a stricter template may accept.

    The second value tells whether system texts went into texts of the user.
    """
    simple = _simplified(drafts)
    has_system = any(draft.role == "system" for draft in drafts)
    yield drafts, False
    if has_system:
        yield _without_system(drafts), True
    if simple != drafts:
        yield simple, False
        if has_system:
            yield _simplified(_without_system(simple)), True


def _without_system(drafts: Sequence[Draft]) -> list[Draft]:
    """System texts go ahead of the next text of the user; the last ones become one if none follows."""
    result: list[Draft] = []
    waiting: tuple[Atom, ...] = ()
    for draft in drafts:
        if draft.role == "system":
            waiting = _together(waiting, draft.content)
        elif draft.role == "user" and waiting:
            result.append(replace(draft, content=_together(waiting, draft.content)))
            waiting = ()
        else:
            result.append(draft)
    return [*result, Draft("user", waiting)] if waiting else result


def _simplified(drafts: Sequence[Draft]) -> list[Draft]:
    """Without turns that say nothing, and neighbours of the same role as one."""
    result: list[Draft] = []
    for draft in drafts:
        if not draft.text.strip():
            continue
        if result and result[-1].role == draft.role:
            reasoning = _together(result[-1].reasoning, draft.reasoning)
            result[-1] = Draft(draft.role, _together(result[-1].content, draft.content), reasoning)
        else:
            result.append(draft)
    return result


def _together(one: tuple[Atom, ...], other: tuple[Atom, ...]) -> tuple[Atom, ...]:
    if not any(atom.text for atom in one):
        return other
    return (*one, _BLANK_LINE, *other) if any(atom.text for atom in other) else one


# ---------------------------------------------------------------- the last resort


def break_spellings(text: str) -> str:
    """``text`` in which no control token can be read, whatever stands before and after it."""
    if not text:
        return text
    return _BREAK + _SPELLING.sub(_BREAK, text).strip(_BREAK) + _BREAK
