"""Who gets how many tokens, on a machine that is only arithmetic."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from assistant.engine.scheduler import SHARE, STEP, Credit, Scheduler, StreamScheduler


@dataclass(eq=False)
class Job:
    interactive: bool = True
    pending: int = 1
    wrote_at: float = 0.0
    arrived: float = 0.0
    written: int = 0
    place: int = 0

    @property
    def writing(self) -> bool:
        return self.wrote_at > 0 and self.pending == 1


def writer(*, interactive: bool = True, since: float = 1.0) -> Job:
    return Job(interactive, 1, since, since - 0.5)


def reader(count: int, *, interactive: bool = True, arrived: float = 2.0) -> Job:
    return Job(interactive, count, 0.0, arrived)


class Machine:
    """Takes 6 ms for the weights, 1.5 ms for each written token and 3 ms for each read one."""

    def __init__(self, row: float = 0.0015) -> None:
        self.scheduler: Scheduler[Job] = Scheduler(512)
        self.row = row
        self.now = 10.0
        self.longest = 0.0

    def step(self, jobs: list[Job]) -> float:
        plan = self.scheduler.plan(jobs)
        assert plan
        assert len({id(job) for job, _ in plan}) == len(plan)
        assert sum(count for _, count in plan) <= 512
        rows = sum(1 for job, _ in plan if job.writing)
        read = sum(count for job, count in plan if not job.writing)
        seconds = 0.006 + self.row * rows + 0.003 * read
        self.now += seconds
        for job, count in plan:
            if job.writing:
                job.written += 1
                continue
            assert 1 <= count <= job.pending
            job.pending -= count
            if not job.pending:
                job.pending, job.wrote_at = 1, self.now
        self.scheduler.learn(seconds)
        self.longest = max(self.longest, seconds)
        return seconds

    def run(self, jobs: list[Job], seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            self.step(jobs)


def test_a_lone_prompt_is_read_in_whole_batches() -> None:
    scheduler: Scheduler[Job] = Scheduler(512)
    job = reader(2000)
    assert scheduler.plan([job]) == [(job, 512)]


def test_a_running_answer_is_not_held_up_by_a_long_prompt() -> None:
    machine, answer, prompt = Machine(), writer(), reader(4000, arrived=5.0)
    machine.run([answer], 0.5)
    machine.longest = 0.0
    while prompt.pending > 1:
        machine.step([answer, prompt])
    assert machine.longest < 0.150
    machine.longest = 0.0
    prompt.pending, prompt.wrote_at, prompt.arrived = 4000, 0.0, 20.0
    while prompt.pending > 1:
        machine.step([answer, prompt])
    assert machine.longest < STEP * 1.2


def test_requests_that_come_together_are_read_together() -> None:
    machine = Machine()
    jobs = [reader(100, arrived=machine.now + n / 1000) for n in range(8)]
    machine.step(jobs)
    assert sum(job.writing for job in jobs) == 5
    machine.step(jobs)
    assert all(job.writing for job in jobs)


@pytest.mark.parametrize("parts", [1, 4, 8])
def test_a_chat_beside_a_bulk_job_keeps_its_share(parts: int) -> None:
    alone = Machine()
    answer = writer()
    alone.run([answer], 5.0)
    speed = answer.written / 5.0
    machine, chat = Machine(), writer()
    bulk = [writer(interactive=False) for _ in range(parts)]
    machine.run([chat, *bulk], 2.0)
    before = chat.written
    machine.run([chat, *bulk], 5.0)
    share = (chat.written - before) / 5.0 / speed
    assert share > SHARE - 0.05
    assert bulk[0].written > 20  # bulk goes on as well
    assert machine.longest < 0.05


def test_bulk_goes_on_beside_a_chat_also_where_its_steps_are_long() -> None:
    machine, chat = Machine(row=0.2), writer()
    bulk = [writer(interactive=False) for _ in range(4)]
    machine.run([chat], 1.0)
    machine.run([chat, *bulk], 60.0)
    assert bulk[0].written > 5


def test_a_chat_beside_bulk_prompts_keeps_its_share() -> None:
    alone = Machine()
    answer = writer()
    alone.run([answer], 5.0)
    machine, chat = Machine(), writer()
    bulk = [reader(100_000, interactive=False, arrived=0.1) for _ in range(3)]
    machine.run([chat, *bulk], 2.0)
    before, machine.longest = chat.written, 0.0
    machine.run([chat, *bulk], 5.0)
    assert (chat.written - before) / answer.written > SHARE - 0.05
    assert machine.longest < 0.150
    assert bulk[0].pending < 100_000


def test_an_interactive_prompt_goes_before_bulk_prompts() -> None:
    machine = Machine()
    bulk = [reader(2000, interactive=False) for _ in range(3)]
    machine.run(bulk, 0.5)
    chat = reader(900, arrived=3.0)
    began, steps = machine.now, 0
    while not chat.writing:
        machine.step([*bulk, chat])
        steps += 1
    assert steps <= 3
    assert machine.now - began < 3.5


def test_an_interactive_prompt_beside_bulk_answers_is_read_at_once() -> None:
    machine = Machine()
    bulk = [writer(interactive=False) for _ in range(8)]
    machine.run(bulk, 0.5)
    chat = reader(300, arrived=3.0)
    machine.step([*bulk, chat])
    assert chat.writing


def test_bulk_alone_gets_everything() -> None:
    machine = Machine()
    bulk = [writer(interactive=False) for _ in range(8)]
    machine.run(bulk, 1.0)
    assert all(job.written > 50 for job in bulk)
    late = reader(400, interactive=False, arrived=99.0)
    machine.step([*bulk, late])
    assert late.writing


# ---------------------------------------------------------------- streams


def streams(*, hurry: bool = False) -> StreamScheduler[Job]:
    scheduler: StreamScheduler[Job] = StreamScheduler(512, 8)
    scheduler.hurry = hurry
    scheduler.costs.learn(0, 100, 0.2)  # 2 ms for each token read
    return scheduler


def bulk_reader(count: int) -> Job:
    return reader(count, interactive=False)


def counts(plan: list[tuple[Job, int]]) -> list[int]:
    return [count for _, count in plan]


def test_streams_read_before_they_write() -> None:
    answers, prompt = [writer(interactive=False) for _ in range(7)], bulk_reader(300)
    assert streams().plan([*answers, prompt]) == [(prompt, 300)]
    assert streams().plan(answers) == [(answer, 1) for answer in answers]


@pytest.mark.parametrize(
    ("pending", "taken"),
    [([64] * 8, [64] * 8), ([900] * 8, [64] * 8), ([2] * 3, [2] * 3), ([300, 40, 7], [300]), ([300, 280], [256, 256]),
     ([256] * 7, [64] * 7), ([70] * 7, [70] * 7), ([90, 100, 110], [90, 90, 90]),
     ([6, 8, 7, 7], [6] * 4), ([1, 3, 2], [1] * 3), ([9, 1, 1], [9])],
)  # fmt: skip
def test_prompts_of_streams_are_read_side_by_side_where_that_is_more_of_them(
    pending: list[int], taken: list[int]
) -> None:
    assert counts(streams().plan([bulk_reader(count) for count in pending])) == taken


def test_slices_of_streams_are_short_while_somebody_waits_elsewhere() -> None:
    scheduler = streams(hurry=True)
    for prompts in ([bulk_reader(900)], [bulk_reader(900) for _ in range(8)]):
        assert 4 <= sum(counts(scheduler.plan(prompts))) <= STEP / 0.002


def test_many_answers_are_written_a_few_at_a_time_in_turn_while_somebody_waits_elsewhere() -> None:
    scheduler = streams(hurry=True)
    answers = [writer(interactive=False) for _ in range(20)]
    for place, answer in enumerate(answers):
        answer.place = 19 - place
    seen = []
    for _ in range(4):
        scheduler.plan(answers)  # what the step would take is asked before
        seen.append([answer.place for answer, _ in scheduler.plan(answers)])
        scheduler.learn(0.02)
    assert seen == [[*range(8)], [*range(8, 16)], [*range(16, 20)], [*range(8)]]
    scheduler.hurry = False
    assert len(scheduler.plan(answers)) == 20


def test_more_answers_at_once_only_where_each_token_is_cheaper_for_it() -> None:
    costs = streams().costs
    assert costs.width(8, 24) == 24  # nothing is known
    costs.learn(8, 0, 0.040)
    assert costs.width(8, 24) == 24  # and of more nothing
    costs.learn(24, 0, 0.120)
    assert costs.width(8, 24) == 8
    costs.learn(16, 0, 0.060)
    assert costs.width(8, 24) == 16
    assert costs.width(8, 12) == 12
    assert costs.width(16, 24) == 16


def test_steps_of_an_answer_earn_time_for_bulk_elsewhere() -> None:
    credit = Credit()
    scheduler: Scheduler[Job] = Scheduler(512, credit)
    answer = writer()
    for _ in range(100):
        scheduler.plan([answer], elsewhere=0.05)
        scheduler.learn(0.01)
    assert credit.seconds == pytest.approx(0.2)  # no more is saved
    credit.spend(0.2)
    for _ in range(10):
        scheduler.plan([answer], elsewhere=0.05)
        scheduler.learn(0.01)
    assert credit.seconds == pytest.approx(0.1 * (1 / SHARE - 1), rel=0.01)
    scheduler.plan([answer])
    scheduler.learn(0.01)
    assert credit.seconds == pytest.approx(0.1 * (1 / SHARE - 1), rel=0.01)  # nobody needs it


# ---------------------------------------------------------------- how long a slice is


class Prompt:
    """A long prompt beside an answer: a step takes ``base`` seconds and ``each`` for a token of the slice."""

    def __init__(self, base: float, each: float) -> None:
        self.scheduler: Scheduler[Job] = Scheduler(512)
        self.answer, self.prompt = writer(since=1.0), reader(1_000_000)
        self.base, self.each = base, each
        self.scheduler.costs.learn(0, 100, 100 * each)
        self.scheduler.costs.learn(1, 0, base)

    def steps(self, number: int) -> list[float]:
        taken = []
        for _ in range(number):
            plan = self.scheduler.plan([self.answer, self.prompt])
            taken.append(self.base + self.each * self.scheduler.read)
            assert (self.answer, 1) in plan
            self.scheduler.learn(taken[-1])
        return taken


def test_a_slice_fills_the_time_that_it_may_take_on_slow_and_fast_machines() -> None:
    for each in (0.0002, 0.001, 0.005):
        taken = Prompt(0.01, each).steps(40)
        assert max(taken[10:]) < STEP * 1.3
        assert sum(taken[10:]) / 30 > STEP * 0.7


def test_slices_become_short_at_once_when_a_program_begins_to_compute_and_long_again_afterwards() -> None:
    machine = Prompt(0.005, 0.0005)
    machine.steps(40)
    quiet = machine.scheduler.read
    machine.base, machine.each = machine.base * 4, machine.each * 4
    taken = machine.steps(30)
    assert max(taken[2:]) < STEP * 1.3
    machine.base, machine.each = machine.base / 4, machine.each / 4
    machine.steps(30)
    assert machine.scheduler.read == pytest.approx(quiet, abs=8)


def test_one_slow_step_does_not_keep_slices_short() -> None:
    machine = Prompt(0.01, 0.001)
    machine.steps(30)
    usual = machine.scheduler.read
    machine.scheduler.plan([machine.answer, machine.prompt])
    machine.scheduler.learn(1.9)
    assert machine.steps(1)[0] < STEP
    machine.steps(12)
    assert machine.scheduler.read == pytest.approx(usual, abs=8)


def test_the_short_rest_of_a_prompt_says_nothing_about_slices() -> None:
    machine = Prompt(0.01, 0.001)
    machine.steps(30)
    usual = machine.scheduler.read
    machine.prompt.pending = 2
    machine.steps(5)
    machine.prompt.pending = 1_000_000
    machine.steps(1)
    assert machine.scheduler.read == pytest.approx(usual, abs=4)
