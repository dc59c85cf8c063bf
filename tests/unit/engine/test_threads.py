"""How many threads: all of them on a quiet machine, fewer as soon as that is faster."""

from __future__ import annotations

from collections.abc import Callable

from assistant.engine.threads import BESIDE, READING, Threads


class Machine:
    """A clock, and how long a step takes and how much of it our threads run, by the number of threads.

    What of ``most`` cores our threads and ``others`` leave is idle.
    """

    def __init__(
        self, most: int, seconds: Callable[[int], float], *, share: Callable[[int], float] = lambda _: 1.0
    ) -> None:
        self.now = 100.0
        self.ran = self.rested = 0.0
        self.most, self.others = most, 0.0
        self.seconds, self.share = seconds, share
        self.used: list[int] = []
        self.threads = self.watch()

    def watch(self, *, quiet: bool = True) -> Threads:
        return Threads(
            self.most,
            self.used.append,
            quiet=quiet,
            clock=lambda: self.now,
            processor=lambda: self.ran,
            idle=lambda: self.rested,
        )

    def run(self, steps: int, kind: object = 1, units: int = 1) -> float:
        """So many steps; how long they took."""
        began = self.now
        for _ in range(steps):
            number = self.threads.now
            seconds = self.seconds(number) * units
            self.now += seconds
            self.ran += seconds * number * self.share(number)
            self.rested += seconds * max(0.0, self.most - self.others - number * self.share(number))
            self.threads.took(kind, seconds, units)  # type: ignore[arg-type]
        return self.now - began


def quiet(number: int) -> float:
    return 0.016 / number


def busy(number: int) -> float:
    """Another program has one of two cores."""
    return 0.016 if number == 1 else 0.060


def test_nothing_changes_on_a_quiet_machine() -> None:
    machine = Machine(4, quiet)
    machine.run(2000)
    assert machine.used == []
    assert machine.threads.now == 4


def test_fewer_threads_when_others_take_a_core() -> None:
    machine = Machine(2, quiet)
    machine.run(200)
    machine.seconds, machine.share = busy, lambda number: 0.9 if number == 2 else 1.0
    machine.run(30)
    assert machine.threads.now == 1
    taken = machine.run(1000)
    assert taken < 1000 * 0.016 * 1.2  # looking again costs little


def test_fewer_threads_when_the_machine_was_never_quiet() -> None:
    machine = Machine(2, busy, share=lambda number: 0.6 if number == 2 else 1.0)
    machine.run(30)
    assert machine.threads.now == 1


def test_more_threads_again_when_the_others_are_done() -> None:
    machine = Machine(2, busy, share=lambda number: 0.6 if number == 2 else 1.0)
    machine.run(100)
    machine.seconds, machine.share = quiet, lambda _: 1.0
    machine.run(600)
    assert machine.threads.now == 2


def test_no_more_threads_are_tried_while_others_have_all_other_cores() -> None:
    machine = Machine(2, busy, share=lambda number: 0.6 if number == 2 else 1.0)
    machine.others = 1.0
    machine.run(2000)
    assert machine.used == [1]
    machine.others = 0.0
    machine.seconds, machine.share = quiet, lambda _: 1.0
    machine.run(600)
    assert machine.threads.now == 2


def test_slices_beside_an_answer_show_that_others_take_a_core() -> None:
    machine = Machine(2, quiet)
    machine.run(50, BESIDE, 8)
    machine.others, machine.seconds, machine.share = 1.0, busy, lambda number: 0.6 if number == 2 else 1.0
    machine.run(12, BESIDE, 8)
    assert machine.threads.now == 1
    assert machine.used == [1]


def test_a_step_that_is_slow_by_itself_is_not_blamed_on_others() -> None:
    machine = Machine(4, quiet)
    machine.run(200)
    machine.seconds = lambda number: 0.1 / number  # a much longer text
    machine.run(1000)
    assert machine.used == []


def test_a_little_noise_does_not_make_a_long_text_look_disturbed_for_ever() -> None:
    machine = Machine(4, quiet)
    machine.run(200)
    machine.seconds, machine.share = lambda number: 0.1 / number, lambda _: 0.9
    machine.run(1000)
    assert machine.threads.now == 4
    assert len(machine.used) <= 20


def test_several_steps_down() -> None:
    machine = Machine(
        8, lambda number: 0.016 / min(number, 5) * (1 if number <= 5 else 4), share=lambda n: min(1.0, 5 / n)
    )
    machine.run(400)
    assert machine.threads.now in (4, 5)


def test_long_slices_of_prompts_count_by_the_token() -> None:
    machine = Machine(2, busy, share=lambda number: 0.6 if number == 2 else 1.0)
    machine.run(3, READING, 64)
    assert machine.threads.now == 1


def test_one_thread_is_left_alone() -> None:
    machine = Machine(1, busy, share=lambda _: 0.2)
    machine.run(100)
    assert machine.used == []


def test_a_machine_that_is_known_to_be_busy() -> None:
    used: list[int] = []
    threads = Threads(2, used.append, quiet=False)
    assert (threads.now, used) == (1, [1])


def test_pauses_between_requests_are_not_steps() -> None:
    machine = Machine(2, quiet)
    for _ in range(200):
        machine.run(3)
        machine.now += 5.0  # nothing to do, nothing runs
    assert machine.used == []


def test_a_long_prompt_is_not_slow_because_of_others() -> None:
    machine = Machine(2, quiet)
    for number in range(12):
        machine.seconds = lambda threads, number=number: 0.002 * (1 + number) / threads  # type: ignore[misc]
        machine.run(1, READING, 512)
    assert machine.used == []


def test_a_trial_that_is_interrupted_leaves_the_number_as_it_was() -> None:
    machine = Machine(2, busy, share=lambda number: 0.6 if number == 2 else 1.0)
    machine.run(2, READING, 512)
    assert machine.used == [1]  # on trial
    machine.seconds, machine.share = quiet, lambda _: 1.0
    machine.run(1)
    assert machine.threads.now == 2


def test_several_tokens_at_a_time() -> None:
    machine = Machine(2, quiet)
    machine.threads = machine.watch(quiet=False)
    machine.run(20, 1, 8)
    assert machine.threads.now == 2
