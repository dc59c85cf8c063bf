"""Jobs on documents: written step by step, read again, thrown away with an undo, and really gone after that."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.storage.database import connect
from assistant.storage.jobs import JobStore, MemoryJobs
from assistant.storage.migrations import MIGRATIONS, migrate
from assistant.storage.rows import Job, JobState, JobStep, StepState
from assistant.storage.store import Store, Stored, StoreFailed
from tests.fakes.stores import Answers, conversation, files_with, job, message, opened, step

PAGE = 4096
CANARY = "kanarienvogel-灯下-7391"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "lamplight.sqlite3"


def whole_job(number: int) -> Job:
    """A job with something in every field."""
    return Job(
        id=number,
        kind="summary",
        title="灯下 title",
        document="a" * 32,
        options='{"depth": "quick"}',
        created=1_700_000_000.5,
        state=JobState.FAILED,
        model="A model",
        model_key="key",
        fingerprint="f",
        finish="limit",
        error=ErrorKind.ENGINE_CRASHED.value,
        error_detail="detail",
        problems="[]",
        seconds=12.5,
        plan='{"parts": []}',
        result="The result.",
        linked=b"\x00\x01",
    )


@pytest.mark.parametrize("kept", [True, False], ids=["stored", "in_memory"])
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("lighthouse", {1, 2}),
        ("LIGHTHOUSE was", {2}),
        ("größe", {1}),
        ("灯塔", {3}),
        ("100%", {2}),
        ("1_0", set()),
        ("kept", set()),
    ],
)
def test_results_are_searched(path: Path, words: str, found: set[int], *, kept: bool) -> None:
    rows = [
        replace(whole_job(1), title="Lighthouse", result="Die GRÖSSE war 12 m."),
        replace(whole_job(2), title="x", result="The Lighthouse\nwas 100% new."),
        replace(whole_job(3), title="y", result="灯塔建于一八二三年。"),
        replace(whole_job(4), title="z", result="A lighthouse that was not kept."),
    ]
    if not kept:
        assert found == searched(MemoryJobs(lambda _: None), rows, words)
        return
    with opened(path) as (store, answers, _):
        searched(store.jobs, rows, words)
        answers.to(store.jobs.restore(4))
        answers.to(store.jobs.trash(4))
        assert store.jobs.search(words) == found


@pytest.mark.parametrize("kept", [True, False], ids=["stored", "in_memory"])
def test_what_is_told_in_steps_is_searched_where_that_is_wanted(path: Path, *, kept: bool) -> None:
    def check(jobs: JobStore, done: Callable[[int], object]) -> None:
        for number, kind in ((1, "summary"), (2, "questions"), (3, "questions")):
            jobs.create(replace(whole_job(number), kind=kind, title="x", result=""))
            jobs.add_step(JobStep(number, 0, 0, StepState.DONE, "Wer hütet die Lampe?"))
        ticket = jobs.trash(3)
        done(ticket)
        assert jobs.search("HÜTET", "questions") == {2}
        assert jobs.search("HÜTET") == set()
        assert jobs.search("nobody", "questions") == set()

    if not kept:
        check(MemoryJobs(lambda _: None), lambda _: None)
        return
    with opened(path) as (store, answers, _):
        check(store.jobs, answers.to)


def searched(jobs: JobStore, rows: list[Job], words: str) -> set[int]:
    """Keeps ``rows``, throws the last one away, and searches."""
    for row in rows:
        jobs.create(row)
    jobs.trash(rows[-1].id)
    return jobs.search(words)


def whole_step(number: int) -> object:
    return step(
        number,
        3,
        "text 灯下",
        level=1,
        state=StepState.FLAWED,
        problems="[1]",
        prompt_tokens=10,
        cached_tokens=5,
        generated_tokens=7,
        seconds=1.5,
    )


# ---------------------------------------------------------------- writing and reading


def test_every_field_comes_back(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row = whole_job(store.jobs.new_id())
        store.jobs.create(row)
        last = store.jobs.add_step(whole_step(row.id))  # type: ignore[arg-type]
        answers.to(last)
        found = store.jobs.get(row.id)
        assert found == replace(row, changed=1)
        assert store.jobs.steps(row.id) == [whole_step(row.id)]
    with opened(path) as (store, _, report):
        assert report.error is None
        assert store.jobs.get(row.id) == replace(row, changed=1)
        assert store.jobs.all() == [replace(row, changed=1, plan="", result="", linked=b"")]
        assert store.jobs.documents() == {"a" * 32}
        assert store.counts()["jobs"] == 1


def test_work_moves_a_job_to_the_top_and_changes_everything_but_what_it_is(path: Path) -> None:
    with opened(path) as (store, answers, _):
        first, second = job(store, "first"), job(store, "second")
        later = replace(
            first, state=JobState.DONE, result="result", linked=b"links", finish="end", seconds=3.0, plan="plan"
        )
        answers.to(store.jobs.update(replace(later, title="another", document="e" * 32, kind="other")))
        assert [row.title for row in store.jobs.all()] == ["first", "second"]
        assert store.jobs.get(first.id) == replace(later, changed=3)
        assert store.jobs.get(second.id) == replace(second, changed=2)


def test_a_step_takes_the_place_of_an_earlier_one(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row = job(store)
        for index, text in ((1, "b"), (0, "a"), (1, "c")):
            last = store.jobs.add_step(step(row.id, index, text))
        answers.to(last)
        assert [(one.index, one.text) for one in store.jobs.steps(row.id)] == [(0, "a"), (1, "c")]


def test_a_step_of_no_job_and_a_job_that_is_not_there_are_refused_alone(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row = job(store)
        for ticket in (store.jobs.add_step(step(999, 0, "x")), store.jobs.update(replace(row, id=998))):
            assert isinstance(answers.to(ticket), StoreFailed)
        for ticket in (store.jobs.trash(998), store.jobs.restore(998)):
            assert isinstance(answers.to(ticket), StoreFailed)
        ticket = store.jobs.add_step(step(row.id, 0, "x"))
        assert answers.to(ticket) == Stored(ticket)


def test_half_characters_do_not_lose_a_step(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row = job(store, "half \ud83d")
        answers.to(store.jobs.add_step(step(row.id, 0, "half \ude00 of one")))
        assert store.jobs.steps(row.id)[0].text == "half \ufffd of one"
        assert store.jobs.all()[0].title == "half \ufffd"


def test_numbers_are_those_of_conversations_and_messages(path: Path) -> None:
    """A number says what was purged, whatever it was."""
    with opened(path) as (store, _, _):
        place = conversation(store)
        row = message(store, place, "text")
        made = job(store)
        assert len({place, row.id, made.id}) == 3
    with opened(path) as (store, _, _):
        assert store.new_id() > made.id


def test_a_job_that_ran_waits_after_the_program_ended_in_its_middle(path: Path) -> None:
    with opened(path) as (store, _, _):
        running = job(store, "running")
        stopped = job(store, "stopped", state=JobState.STOPPED)
        done = job(store, "done", state=JobState.DONE)
    with opened(path) as (store, _, _):
        states = {row.id: row.state for row in store.jobs.all()}
        assert states == {running.id: JobState.WAITING, stopped.id: JobState.STOPPED, done.id: JobState.DONE}


# ---------------------------------------------------------------- older files


def older(path: Path, titles: tuple[str, ...] = ("old",)) -> None:
    """A database of the program before it knew jobs, with one backup."""
    with opened(path, steps=MIGRATIONS[:1]) as (store, answers, report):
        # What opening asks of a file is asked of one that is not of the newest version, too.
        assert report.error is None
        for title in titles:
            message(store, conversation(store, title), f"text of {title}")
        answers.to(store.backup())


def test_an_older_file_is_brought_up_and_keeps_its_conversations(path: Path) -> None:
    older(path)
    with opened(path) as (store, answers, report):
        assert report.migrated == ("jobs_on_documents", "glossaries_and_memory")
        assert report.error is None
        assert [row.title for row in store.conversations()] == ["old"]
        row = job(store)
        answers.to(store.jobs.add_step(step(row.id, 0, "x")))
        assert [one.id for one in store.jobs.all()] == [row.id]


def test_a_copy_of_an_older_file_is_scrubbed_and_not_thrown_away(path: Path) -> None:
    older(path, ("kept", CANARY))
    with opened(path) as (store, answers, _):
        (thrown,) = [row.id for row in store.conversations() if row.title == CANARY]
        answers.to(store.trash_conversation(thrown))
        ticket = store.purge_trash()
        assert answers.to(ticket) == Stored(ticket)
        assert len(store.backups.all()) == 1  # made again with the newer program only when something changes
        assert files_with(path.parent, CANARY) == []
        with closing(sqlite3.connect(store.backups.all()[0].path)) as db:
            assert db.execute("SELECT title FROM conversations").fetchall() == [("kept",)]


def test_an_older_file_that_can_only_be_read_has_no_jobs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    older(path)

    def refuse(*_: object) -> None:
        raise sqlite3.OperationalError("no")

    monkeypatch.setattr("assistant.storage.opening.migrate", refuse)
    with opened(path) as (store, _, report):
        assert report.read_only
        assert store.jobs.all() == []
        assert store.jobs.get(1) is None
        assert store.jobs.steps(1) == []
        assert store.jobs.documents() == set()
        assert store.counts()["jobs"] == 0
        assert [row.title for row in store.conversations()] == ["old"]


# ---------------------------------------------------------------- thrown away


def test_trash_and_undo(path: Path) -> None:
    with opened(path) as (store, answers, _):
        kept, thrown = job(store, "kept"), job(store, "thrown", document="e" * 32)
        store.jobs.add_step(step(thrown.id, 0, "text"))
        answers.to(store.jobs.trash(thrown.id))
        assert [row.title for row in store.jobs.all()] == ["kept"]
        assert store.jobs.get(thrown.id) is not None
        assert store.jobs.documents() == {kept.document, thrown.document}  # for the undo
        # Work that ends after that does not bring it back.
        answers.to(store.jobs.update(replace(thrown, state=JobState.STOPPED)))
        assert [row.title for row in store.jobs.all()] == ["kept"]
        answers.to(store.jobs.restore(thrown.id))
        assert [row.title for row in store.jobs.all()] == ["thrown", "kept"]
        assert [one.text for one in store.jobs.steps(thrown.id)] == ["text"]


def secret_job(store: Store) -> Job:
    """A job whose every text holds the canary, many times."""
    row = job(
        store,
        CANARY,
        options=f'{{"focus": "{CANARY}"}}',
        plan=CANARY * 300,
        result=CANARY * 500,
        linked=(CANARY * 200).encode(),
        error_detail=CANARY,
        problems=CANARY,
    )
    for index in range(30):
        store.jobs.add_step(step(row.id, index, f"{CANARY} " * (1 + index * 7 % 60), problems=CANARY))
    return row


def test_nothing_is_left_in_any_file(path: Path) -> None:
    with opened(path) as (store, answers, _):
        kept = job(store, "kept")
        store.jobs.add_step(step(kept.id, 0, "kept text"))
        thrown = secret_job(store)
        answers.to(store.backup())
        job(store, "later")
        answers.to(store.backup())
        assert store.counts()["backups"] == 2
        assert len(files_with(path.parent, CANARY)) >= 3  # else this test would prove nothing
        answers.to(store.jobs.trash(thrown.id))
        ticket = store.purge_trash()
        assert answers.to(ticket) == Stored(ticket)
        assert files_with(path.parent, CANARY) == []
        assert store.jobs.get(thrown.id) is None
        assert store.jobs.steps(thrown.id) == []
        assert [one.text for one in store.jobs.steps(kept.id)] == ["kept text"]
    assert files_with(path.parent, CANARY) == []
    for copy in (path.parent / "backups").iterdir():
        with closing(sqlite3.connect(copy)) as db:
            assert db.execute("SELECT text FROM job_steps").fetchall() == [("kept text",)]


def test_a_step_more_makes_another_copy(path: Path) -> None:
    with opened(path) as (store, answers, _):
        row = job(store)
        answers.to(store.backup())
        answers.to(store.backup())
        assert store.counts()["backups"] == 1
        store.jobs.add_step(step(row.id, 0, "x"))
        answers.to(store.backup())
        assert store.counts()["backups"] == 2


# ---------------------------------------------------------------- damage


def fill(path: Path, steps: int = 60) -> Job:
    with opened(path) as (store, _, _):
        message(store, conversation(store, "talk"), "a message")
        row = job(store, "a job", plan="plan " * 2000, result="result " * 3000, linked=b"links" * 900)
        for index in range(steps):
            store.jobs.add_step(step(row.id, index, f"part {index} 灯下 " * 20))
    return row


def pages_of_step(path: Path) -> list[int]:
    """The pages that the text of step 30 is in."""
    found = []
    whole = path.read_bytes()
    marker = "part 30 灯下".encode()
    for page in range(1, len(whole) // PAGE):
        if marker in whole[page * PAGE : (page + 1) * PAGE]:
            found.append(page)
    return found


def hurt(path: Path, pages: list[int]) -> None:
    data = bytearray(path.read_bytes())
    for page in pages:
        data[page * PAGE : (page + 1) * PAGE] = b"\xa5" * PAGE
    path.write_bytes(data)
    path.with_name(f"{path.name}.lock").write_text("damaged", encoding="ascii")  # so that the next start looks


def test_a_lost_page_of_steps_costs_only_its_steps(path: Path) -> None:
    row = fill(path)
    hurt(path, pages_of_step(path))
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        left = [one.index for one in store.jobs.steps(row.id)]
        assert 30 not in left
        assert 40 < len(left) < 60
        found = store.jobs.get(row.id)
        assert found is not None
        assert (found.plan, found.result, found.linked) == (row.plan, row.result, row.linked)
        assert [one.title for one in store.conversations()] == ["talk"]


def test_what_the_backup_does_not_have_is_added(path: Path) -> None:
    row = fill(path, steps=5)
    with opened(path) as (store, answers, _):
        answers.to(store.backup())
        later = job(store, "later")
        for index in range(5, 40):
            store.jobs.add_step(step(row.id, index, f"part {index}"))
        answers.to(store.jobs.update(replace(row, state=JobState.DONE, result="the end")))
    data = bytearray(path.read_bytes())
    data[:100] = b"\x00" * 100
    path.write_bytes(data)
    with opened(path) as (store, _, report):
        assert report.restored is not None
        assert {one.id for one in store.jobs.all()} == {row.id, later.id}
        assert [one.index for one in store.jobs.steps(row.id)] == list(range(40))
        found = store.jobs.get(row.id)
        assert found is not None
        assert (found.state, found.result) == (JobState.DONE, "the end")


def test_a_deletion_is_not_undone_by_a_rescue(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(path) as (store, answers, _):
        thrown = secret_job(store)
        answers.to(store.backup())
        answers.to(store.jobs.trash(thrown.id))
        with monkeypatch.context() as patch:
            patch.setattr("assistant.storage.backups.Backups.scrub", _refuse)
            assert isinstance(answers.to(store.purge_trash()), StoreFailed)
            store.close()  # before the disk is well again
    data = bytearray(path.read_bytes())
    data[:100] = b"\x00" * 100
    path.write_bytes(data)
    with opened(path) as (store, _, report):
        assert report.set_aside is not None
        assert store.jobs.all() == []
        assert store.drain(30)
        report.set_aside.unlink()  # kept for the user, who decides
        assert files_with(path.parent, CANARY) == []


def _refuse(*_: object) -> None:
    raise sqlite3.OperationalError("disk")


def test_odd_values_become_harmless_ones(path: Path) -> None:
    """A row that SQLite gives, though nobody wrote it so."""
    row = fill(path, steps=2)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE jobs SET state = 'nonsense', seconds = 3")
        db.execute("UPDATE job_steps SET state = 'nonsense' WHERE place = 1")
        db.commit()
    with opened(path) as (store, _, report):
        assert report.error is None
        found = store.jobs.get(row.id)
        assert found is not None
        assert (found.state, found.seconds) == (JobState.WAITING, 3.0)
        assert [one.state for one in store.jobs.steps(row.id)] == [StepState.DONE, StepState.FLAWED]


def test_numbers_that_cannot_be_ours_are_damage(path: Path) -> None:
    fill(path, steps=2)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE jobs SET changed = ?", (2**63 - 1,))
        db.commit()
    with opened(path) as (store, answers, report):
        assert report.set_aside is not None
        row = job(store, "new")
        ticket = store.jobs.add_step(step(row.id, 0, "x"))
        assert answers.to(ticket) == Stored(ticket)


# ---------------------------------------------------------------- in memory


def test_both_keepers_answer_alike(path: Path) -> None:
    def use(jobs: JobStore, wait: object) -> list[object]:
        first = replace(whole_job(jobs.new_id()), state=JobState.RUNNING)
        second = replace(first, id=jobs.new_id(), title="second", document="e" * 32)
        for row in (first, second):
            jobs.create(row)
        jobs.add_step(step(first.id, 1, "b"))
        jobs.add_step(step(first.id, 0, "a"))
        jobs.trash(second.id)
        jobs.update(replace(second, state=JobState.STOPPED))
        last = jobs.update(replace(first, state=JobState.DONE))
        wait(last)  # type: ignore[operator]
        seen: list[object] = [[row.title for row in jobs.all()], jobs.documents(), jobs.steps(first.id)]
        wait(jobs.restore(second.id))  # type: ignore[operator]
        found = jobs.get(second.id)
        assert found is not None
        seen += [found.state, sorted(row.title for row in jobs.all()), jobs.get(99), jobs.steps(99)]
        return [row if not isinstance(row, list) else [getattr(one, "text", one) for one in row] for row in seen]

    answers = Answers()
    in_memory = use(MemoryJobs(answers), answers.to)
    with opened(path) as (store, kept, _):
        assert use(store.jobs, kept.to) == in_memory


def test_a_text_that_waits_to_become_a_job_is_kept_until_it_is_removed(path: Path) -> None:
    text = "Typed and not summarized. 灯下 " * 100_000

    def use(jobs: JobStore, wait: object) -> list[str]:
        seen = [jobs.draft()]
        for draft in ("first", text, ""):
            wait(jobs.set_draft(draft))  # type: ignore[operator]
            seen.append(jobs.draft())
        return seen

    answers = Answers()
    assert use(MemoryJobs(answers), answers.to) == ["", "first", text, ""]
    with opened(path) as (store, kept, _):
        assert use(store.jobs, kept.to) == ["", "first", text, ""]
        kept.to(store.jobs.set_draft(text))
        assert conversation(store, "talk") > 0
    with opened(path) as (store, kept, _):
        assert store.jobs.draft() == text


def test_a_file_of_both_versions_is_what_a_new_one_is(tmp_path: Path) -> None:
    with closing(connect(tmp_path / "a.sqlite3")) as one, closing(connect(tmp_path / "b.sqlite3")) as other:
        migrate(one, MIGRATIONS[:1])
        migrate(one)
        migrate(other)
        schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"
        assert one.execute(schema).fetchall() == other.execute(schema).fetchall()
