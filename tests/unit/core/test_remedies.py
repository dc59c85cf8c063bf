"""A conversation that fills the context: what is offered, what is said where nothing can be, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import Notice, NoticeAction, NoticeLevel, NoticePosted
from assistant.core.notices import Notices
from assistant.core.remedies import ContextRemedies, _least
from assistant.core.usage import Usage
from assistant.engine.messages import Resize
from assistant.library import fit
from assistant.storage.rows import MessageState
from tests.fakes.conversation_desk import Desk, talk

ENLARGE, DROP, NEW = NoticeAction.ENLARGE_CONTEXT, NoticeAction.DROP_OLDEST, NoticeAction.NEW_CONVERSATION


class FullDesk(Desk):
    """Conversations with remedies. A character is a token, and a token takes a byte of memory."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.notices: list[Notice] = []
        super().__init__(folder, context=200, **options)
        self.remedies = ContextRemedies(
            lambda: self.talks, lambda: self.engines.get("m"), self.engines, notices=Notices(self._noticed)
        )

    def _noticed(self, event: Any) -> None:
        if isinstance(event, NoticePosted):
            self.notices.append(event.notice)

    def on_failed(self, conversation: int, error: AssistantError) -> None:
        super().on_failed(conversation, error)
        self.remedies.full(conversation, error)

    def on_filling(self, conversation: int, usage: Usage) -> None:
        super().on_filling(conversation, usage)
        self.remedies.filling(conversation, usage)

    @property
    def notice(self) -> Notice:
        return self.notices[-1]

    @property
    def resized(self) -> list[int]:
        return [request.context for client in self.fakes.clients for request in client.sent if _resizes(request)]

    def fill(self) -> int:
        """A conversation of two turns that nearly fills the context."""
        conversation = talk(self, "x" * 60, "y" * 40)
        return talk(self, "a" * 15, "b" * 5, conversation)

    def overfill(self) -> int:
        """One whose third question, which needs 241 tokens with the room for its answer, finds no room."""
        conversation = self.fill()
        self.talks.send(conversation, "z" * 20)
        self.pump()
        assert [error.values["needed"] for _, error in self.failures] == [241]
        return conversation

    def answered(self, conversation: int) -> str:
        """Have the engine answer; what it was asked."""
        self.say("ok")
        self.finish()
        assert self.texts(conversation)[-1] == "ok"
        assert self.talks.path(conversation)[-1].state is MessageState.COMPLETE
        return self.prompt()


def _resizes(request: object) -> bool:
    return isinstance(request, Resize)


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Any:
    """How much is free, which no test takes from the machine it runs on."""
    given = {"free": 10_000}
    monkeypatch.setattr(fit, "free_memory", lambda: given["free"])
    return given


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Any]:
    desks: list[FullDesk] = []

    def made(**options: Any) -> FullDesk:
        desks.append(FullDesk(tmp_path, **options))
        return desks[-1]

    yield made
    for desk in desks:
        desk.store.close()


# ---------------------------------------------------------------- a larger context


def test_a_larger_context_keeps_everything_and_the_question_is_answered(make: Any) -> None:
    desk = make()
    conversation = desk.overfill()
    assert (desk.notice.level, desk.notice.actions) == (NoticeLevel.ERROR, (ENLARGE, DROP))
    desk.remedies.enlarge(conversation, retry=True)
    desk.pump()
    assert desk.resized == [400]
    assert "x" * 60 in desk.answered(conversation)
    assert len(desk.fakes.clients) == 1  # the same engine, with what it had read


def test_it_is_offered_before_anything_has_to_be_left_out(make: Any) -> None:
    desk = make()
    conversation = desk.fill()
    assert (desk.notice.level, desk.notice.actions) == (NoticeLevel.WARNING, (ENLARGE, DROP))
    desk.remedies.enlarge(conversation, retry=False)
    desk.pump()
    assert desk.resized == [400]
    assert len(desk.engine.generates) == 2  # nobody asked anything
    desk.talks.send(conversation, "z" * 20)
    desk.pump()
    desk.answered(conversation)


def test_it_is_large_enough_for_what_did_not_fit(make: Any) -> None:
    desk = make()
    conversation = desk.talks.create()
    desk.talks.send(conversation, "p" * 400)
    desk.pump()
    assert desk.notice.actions == (ENLARGE, NEW)
    desk.remedies.enlarge(conversation, retry=True)
    desk.pump()
    assert "p" * 400 in desk.answered(conversation)


@pytest.mark.parametrize("now", [200, 1000, 2048, 8192])
def test_the_least_that_helps_has_room_for_the_answer(now: int) -> None:
    for prompt in range(now - min(512, now // 4) + 1, 4 * now, 37):
        needed = prompt + min(512, now // 4)
        size = _least(needed, now)
        assert size >= max(needed, prompt + min(512, size // 4))


def test_it_is_as_large_as_the_memory_for_models_allows(make: Any) -> None:
    desk = make(budget=160)  # of which the model has 100
    conversation = desk.overfill()
    desk.remedies.enlarge(conversation, retry=True)
    desk.pump()
    assert desk.resized == [256]
    desk.answered(conversation)


# ---------------------------------------------------------------- why not


def test_a_model_that_was_made_for_no_more_is_said_to_be(make: Any) -> None:
    desk = make(trained=200)
    desk.overfill()
    assert desk.notice.actions == (DROP, NEW)
    assert "cannot be enlarged: the model was made for 200 tokens at most." in desk.notice.sentence
    assert "241 tokens are needed" in desk.notice.sentence


def test_the_share_of_memory_for_models_is_honoured_and_shown_the_way_to(make: Any) -> None:
    desk = make(budget=130)
    conversation = desk.overfill()
    assert desk.notice.actions == (DROP, NoticeAction.OPEN_SETTINGS)
    assert desk.notice.setting == "memory_budget"
    assert "are left of what models may use" in desk.notice.sentence
    desk.remedies.enlarge(conversation, retry=True)  # another way to the same: it is said again, and not done
    assert desk.resized == []
    assert "cannot be enlarged" in desk.notice.sentence


def test_memory_that_is_short_is_said_to_be(make: Any, memory: Any) -> None:
    desk = make()
    memory["free"] = 100
    desk.overfill()
    assert desk.notice.actions == (DROP, NEW)
    assert "can be spared" in desk.notice.sentence


def test_memory_that_went_since_it_was_offered(make: Any, memory: Any) -> None:
    desk = make()
    conversation = desk.fill()
    assert ENLARGE in desk.notice.actions
    memory["free"] = 100
    desk.remedies.enlarge(conversation, retry=False)
    assert desk.resized == []
    assert (desk.notice.level, desk.notice.actions) == (NoticeLevel.WARNING, (DROP, NEW))
    assert "can be spared" in desk.notice.sentence


def test_a_model_that_was_unloaded_since_is_said_to_be(make: Any) -> None:
    desk = make()
    conversation = desk.fill()
    desk.engines.unload("m")
    desk.remedies.enlarge(conversation, retry=False)
    assert desk.resized == []
    assert "the model is not loaded" in desk.notice.sentence


@pytest.mark.parametrize("kind", [ErrorKind.MODEL_TOO_LARGE, ErrorKind.ENGINE_CRASHED])
def test_where_it_fails_the_conversation_goes_on_as_it_was(make: Any, kind: ErrorKind) -> None:
    desk = make()
    conversation = desk.overfill()
    before = desk.texts(conversation)
    desk.engine.refuses = AssistantError(kind, name="Model", needed=500, free=400)
    desk.remedies.enlarge(conversation, retry=True)
    desk.pump()
    assert "was not enlarged, and the conversation goes on as it was." in desk.notice.sentence
    assert (desk.notice.level, desk.notice.actions) == (NoticeLevel.ERROR, (DROP, NEW))
    assert desk.texts(conversation) == before
    assert desk.talks.usage(conversation).context == 200
    desk.remedies.drop_oldest(conversation, retry=True)
    desk.pump()
    assert "z" * 20 in desk.answered(conversation)


def test_one_that_the_user_gave_up_is_not_told(make: Any) -> None:
    desk = make()
    conversation = desk.overfill()
    told = len(desk.notices)
    desk.engine.refuses = AssistantError(ErrorKind.CANCELLED)
    desk.remedies.enlarge(conversation, retry=True)
    desk.pump()
    assert len(desk.notices) == told


# ---------------------------------------------------------------- fewer old messages


def test_the_oldest_turns_are_left_out_and_the_question_is_answered(make: Any) -> None:
    desk = make()
    conversation = desk.overfill()
    desk.remedies.drop_oldest(conversation, retry=True)
    desk.pump()
    prompt = desk.answered(conversation)
    assert "x" not in prompt
    assert "a" * 15 in prompt
    assert desk.texts(conversation)[0] == "x" * 60  # still there to read


def test_no_more_is_left_out_where_the_model_was_unloaded_meanwhile(make: Any) -> None:
    """Without a model nothing says how large its context is; the notice knew."""
    desk = make()
    conversation = desk.overfill()
    desk.engines.unload("m")
    desk.remedies.drop_oldest(conversation, retry=True)
    desk.pump()
    assert "a" * 15 in desk.answered(conversation)


@pytest.mark.parametrize("retry", [True, False])
def test_nothing_to_leave_out_is_said(make: Any, retry: bool) -> None:
    desk = make(trained=200)
    conversation = desk.talks.create()
    desk.talks.send(conversation, "p" * 400)
    desk.pump()
    assert desk.notice.actions == (NEW,)
    desk.remedies.drop_oldest(conversation, retry=retry)
    desk.pump()
    assert "nothing older to leave out" in desk.notice.sentence
    assert desk.notice.level is (NoticeLevel.ERROR if retry else NoticeLevel.WARNING)
    assert len(desk.failures) == 1  # asking again would end as before
