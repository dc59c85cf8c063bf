"""The worker's client with real children: hostile templates, deaths, time-outs; each id gets exactly one answer."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from assistant.base.errors import ErrorKind
from assistant.process import MAX_FRAME
from assistant.worker.client import WorkerClient
from assistant.worker.limits import ADDRESS_SPACE
from assistant.worker.messages import Answer, Part, Refused, Render, Rendered, Turn
from tests.fakes.fake_worker import COMMAND

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
SOON = 20.0


class Line:
    """A client with its answers in a queue."""

    def __init__(self, **options: Any) -> None:
        self.answers: queue.Queue[Answer] = queue.Queue()
        self.client = WorkerClient(self.answers.put, **options)
        self._count = 0

    def ask(self, template: str = CHATML, text: str = "Hello", **options: Any) -> str:
        self._count += 1
        request_id = f"r{self._count}"
        self.client.submit(Render(id=request_id, template=template, turns=(Turn(role="user", text=text),), **options))
        return request_id

    def hear(self) -> Answer:
        return self.answers.get(timeout=SOON)

    def kind(self, template: str, **options: Any) -> ErrorKind | None:
        """Ask for this template; the kind of its refusal, None if it was rendered."""
        request_id = self.ask(template, **options)
        answer = self.hear()
        assert answer.id == request_id
        return answer.kind if isinstance(answer, Refused) else None

    def close(self) -> None:
        self.client.close(SOON)
        assert self.answers.empty()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """The real worker."""
    line = Line(log=tmp_path / "worker.log")
    yield line
    line.close()


@pytest.fixture
def fake() -> Iterator[Line]:
    """The worker that misbehaves."""
    line = Line(command=COMMAND, limit_seconds=2.0)
    yield line
    line.close()


# ---------------------------------------------------------------- the real worker


def test_a_conversation_is_rendered(line: Line) -> None:
    assert line.client.pid is None
    line.ask(text="你好 </s> <|im_end|>")
    answer = line.hear()
    assert isinstance(answer, Rendered)
    assert answer.parts == (
        Part(text="<|im_start|>user\n"),
        Part(text="你好 </s> <|im_end|>", turn=0, whole=True, checkpoint=True),
        Part(text="<|im_end|>\n<|im_start|>assistant\n", checkpoint=True),
    )


def test_submitting_does_not_hold_up_its_caller(line: Line) -> None:
    start = time.perf_counter()
    line.ask()
    assert time.perf_counter() - start < 0.1  # starting the child takes longer, elsewhere
    assert isinstance(line.hear(), Rendered)


def test_answers_come_in_the_order_of_the_requests(line: Line) -> None:
    ids = [line.ask(text=f"{number}") for number in range(50)]
    assert [line.hear().id for _ in ids] == ids


HOSTILE = {
    "syntax error": ("{% if %}", ErrorKind.TEMPLATE_BROKEN),
    "its own refusal": ("{{ raise_exception('no') }}", ErrorKind.TEMPLATE_REFUSED),
    "cycler": ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", ErrorKind.TEMPLATE_BROKEN),
    "lipsum": ("{{ lipsum.__globals__['os'].popen('id').read() }}", ErrorKind.TEMPLATE_BROKEN),
    "format": ("{{ '{0.__class__.__mro__}'.format(1).x.y }}", ErrorKind.TEMPLATE_BROKEN),
    "recursion": ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ErrorKind.TEMPLATE_BROKEN),
    "four gigabytes": ("{{ 'a' * 4000000000 }}", ErrorKind.TEMPLATE_SLOW),
    "a number without end": ("{{ 9 ** (9 ** 9) }}", ErrorKind.TEMPLATE_SLOW),
    "a long range": ("{{ range(10 ** 9)|list }}", ErrorKind.TEMPLATE_SLOW),
    "wide format": ("{{ '%2000000000d'|format(1) ~ '%2000000000d'|format(1) }}", ErrorKind.TEMPLATE_SLOW),
    "doubling": (
        "{% set ns = namespace(x='abcdefgh') %}{% for i in range(60) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        ErrorKind.TEMPLATE_SLOW,
    ),
    "endless output": (
        "{% for i in range(99999) %}{% for j in range(99999) %}{{ 'aaaaaaaaaaaaaaaa' }}{% endfor %}{% endfor %}",
        ErrorKind.TEMPLATE_SLOW,
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_templates_are_refused_and_the_next_one_works(name: str, line: Line) -> None:
    template, kind = HOSTILE[name]
    assert line.kind(template) is kind
    assert line.kind(CHATML) is None


def test_an_endless_loop_is_ended(tmp_path: Path) -> None:
    line = Line(log=tmp_path / "worker.log", limit_seconds=0.7)
    assert line.kind(CHATML) is None
    first = line.client.pid
    endless = "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
    start = time.monotonic()
    line.ask(endless)
    waiting = line.ask()
    refused = line.hear()
    assert isinstance(refused, Refused)
    assert (refused.kind, refused.detail) == (ErrorKind.TEMPLATE_SLOW, "no answer within 0.7 seconds")
    assert time.monotonic() - start < 3
    answer = line.hear()  # the innocent one behind it
    assert isinstance(answer, Rendered)
    assert answer.id == waiting
    assert line.client.pid != first
    line.close()


def test_the_worker_has_no_more_memory_than_it_needs(line: Line) -> None:
    assert line.kind(CHATML) is None
    process = psutil.Process(line.client.pid)
    if hasattr(process, "rlimit"):  # Linux
        assert process.rlimit(psutil.RLIMIT_AS)[0] == ADDRESS_SPACE
        assert process.rlimit(psutil.RLIMIT_CORE)[0] == 0
    assert process.memory_info().rss < 100 * 1024 * 1024


def test_a_book_is_rendered_in_time(line: Line) -> None:
    line.ask(text="灯下 lamplight\n" * 300_000)
    answer = line.hear()
    assert isinstance(answer, Rendered)
    assert answer.parts[1].whole


def test_a_text_that_fits_no_frame_is_refused(line: Line) -> None:
    line.ask(text="x" * MAX_FRAME)
    waiting = line.ask()
    answer = line.hear()
    assert isinstance(answer, Refused)
    assert answer.kind is ErrorKind.INPUT_TOO_LONG
    assert line.hear().id == waiting


def test_half_of_a_surrogate_pair_becomes_a_question_mark(line: Line) -> None:
    line.ask(text="lost \ud83d half")
    answer = line.hear()
    assert isinstance(answer, Rendered)
    assert answer.parts[1].text == "lost ? half"


# ---------------------------------------------------------------- the worker that misbehaves


def test_a_child_killed_while_it_waits_is_replaced(fake: Line) -> None:
    assert fake.kind("good") is None
    process = psutil.Process(fake.client.pid)
    process.kill()
    assert fake.kind("good") is None
    assert fake.client.pid != process.pid


def test_a_request_survives_one_death(fake: Line, tmp_path: Path) -> None:
    assert fake.kind("die once", extra={"marker": str(tmp_path / "marker")}) is None


def test_a_request_that_kills_every_child_is_refused(fake: Line) -> None:
    fake.ask("die")
    waiting = [fake.ask("good") for _ in range(3)]
    answer = fake.hear()
    assert isinstance(answer, Refused)
    assert answer.kind is ErrorKind.WORKER_ENDED
    assert [fake.hear().id for _ in waiting] == waiting


def test_words_of_a_dying_child_are_the_detail(tmp_path: Path) -> None:
    line = Line(command=COMMAND, log=tmp_path / "worker.log")
    line.ask("die")
    answer = line.hear()
    assert isinstance(answer, Refused)
    assert "about to die" in answer.detail
    line.close()


@pytest.mark.parametrize("template", ["hang", "mute"])
def test_silence_is_ended(template: str, fake: Line) -> None:
    assert fake.kind(template) is ErrorKind.TEMPLATE_SLOW
    assert fake.kind("good") is None


def test_babble_is_ended(fake: Line) -> None:
    assert fake.kind("babble") is ErrorKind.WORKER_ENDED
    assert fake.kind("good") is None


def test_answers_that_nobody_asked_for_are_dropped(fake: Line) -> None:
    assert fake.kind("strangers") is None
    assert fake.kind("good") is None


def test_a_child_that_cannot_start_refuses_each_request_once(tmp_path: Path) -> None:
    line = Line(command=[*COMMAND, "unborn"], log=tmp_path / "worker.log")
    ids = [line.ask("good") for _ in range(3)]
    answers = [line.hear() for _ in ids]
    assert [answer.id for answer in answers] == ids
    for answer in answers:
        assert isinstance(answer, Refused)
        assert answer.kind is ErrorKind.WORKER_ENDED
        assert "a library is missing" in answer.detail
    line.close()


def test_a_program_that_does_not_exist() -> None:
    line = Line(command=["/no/such/worker"])
    assert line.kind("good") is ErrorKind.WORKER_ENDED
    line.close()


def test_cancelled_requests_are_not_answered(fake: Line) -> None:
    assert fake.kind("good") is None
    running = fake.ask("late", extra={"seconds": 0.3})
    waiting = fake.ask("good")
    last = fake.ask("good")
    fake.client.cancel(running)
    fake.client.cancel(waiting)
    fake.client.cancel("unknown")
    assert fake.hear().id == last


def test_a_cancelled_request_that_hangs_is_ended_in_silence(fake: Line) -> None:
    running = fake.ask("hang")
    last = fake.ask("good")
    fake.client.cancel(running)
    assert fake.hear().id == last


def test_an_answer_that_comes_too_late_harms_nobody() -> None:
    """The child answers at about the moment when its time is up, again and again."""
    line = Line(command=COMMAND, limit_seconds=0.6)
    assert line.kind("good") is None
    ids = []
    for delay in (0.58, 0.59, 0.6, 0.61):
        ids += [line.ask("late", extra={"seconds": delay}), line.ask("good")]
    answers = [line.hear() for _ in ids]
    assert [answer.id for answer in answers] == ids
    assert all(isinstance(answer, Rendered) for answer in answers[1::2])
    line.close()


def test_closing_refuses_what_is_left() -> None:
    line = Line(command=COMMAND)
    ids = [line.ask("hang"), line.ask("good")]
    line.client.close(SOON)
    for request_id in ids:
        answer = line.hear()
        assert isinstance(answer, Refused)
        assert (answer.id, answer.kind) == (request_id, ErrorKind.WORKER_ENDED)
    line.ask("good")
    assert isinstance(line.hear(), Refused)
    line.close()


def test_closing_leaves_no_threads() -> None:
    before = set(threading.enumerate())
    for _ in range(5):
        line = Line(command=COMMAND)
        assert line.kind("good") is None
        line.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(SOON)
        assert not thread.is_alive(), thread


def test_an_id_in_use_is_a_defect(fake: Line) -> None:
    fake.client.submit(Render(id="same", template="good", turns=()))
    with pytest.raises(ValueError, match="same"):
        fake.client.submit(Render(id="same", template="good", turns=()))
    assert fake.hear().id == "same"
