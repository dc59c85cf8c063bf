"""Downloads paused, resumed and cancelled, in every state."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.library.downloads import State
from assistant.net.messages import NetFailed, Progress
from tests.fakes.download_queue import (
    STATES,
    Bench,
    kept,
    make_checking,
    make_downloading,
    visible,
)


@pytest.mark.parametrize("state", STATES)
def test_pausing_takes_effect_at_once(state: State, bench: Bench) -> None:
    item_id = STATES[state](bench)
    assert bench.state(item_id) is state
    bench.queue.pause(item_id)
    assert bench.state(item_id) is State.PAUSED
    bench.answer_cancels()
    assert bench.state(item_id) is State.PAUSED
    assert not [keep for _, keep in bench.net.cancelled if not keep]
    before = len(bench.net.sent)
    bench.queue.resume(item_id)
    bench.pump()
    assert bench.state(item_id) in (State.QUEUED, State.CONNECTING)
    assert len(bench.net.sent) == before + (state is not State.QUEUED)


@pytest.mark.parametrize("answers", ["cancelled", "fetched", "failed"])
@pytest.mark.parametrize("state", STATES)
def test_cancelling_takes_effect_at_once_and_leaves_nothing(
    state: State, answers: str, bench: Bench, folder: Path
) -> None:
    item_id = STATES[state](bench)
    bench.queue.cancel(item_id)
    assert bench.state(item_id) is None
    assert item_id not in [row["id"] for row in kept(folder)]
    mine = [fetch for fetch in bench.net.open.values() if item_id in fetch.id]
    if mine and answers == "fetched":  # it had come to its end when the child was told
        bench.finish(fetch=mine[0])
    elif mine and answers == "failed":
        bench.fail(ErrorKind.NET_SERVER, fetch=mine[0])
    else:
        bench.answer_cancels()
    bench.pump()
    assert not (folder / ".downloads" / item_id).exists()
    assert visible(folder) == []
    assert bench.arrived == []
    bench.queue.resume(item_id)
    bench.queue.pause(item_id)
    bench.queue.first(item_id)
    bench.pump()
    assert bench.state(item_id) is None


def test_resuming_before_the_child_has_let_go_waits_for_it(bench: Bench) -> None:
    item_id = make_downloading(bench)
    bench.queue.pause(item_id)
    bench.queue.resume(item_id)
    bench.pump()
    assert (bench.state(item_id), len(bench.net.sent)) == (State.QUEUED, 1)
    bench.answer_cancels()
    assert (bench.state(item_id), len(bench.net.sent)) == (State.CONNECTING, 2)


def test_pausing_and_cancelling_while_the_folder_is_being_made(bench: Bench, folder: Path) -> None:
    bench.clerk.held = []
    paused, cancelled = bench.get("A"), ""
    bench.queue.pause(paused)
    cancelled = bench.get("B")
    bench.queue.cancel(cancelled)
    assert (bench.state(paused), bench.state(cancelled)) == (State.PAUSED, None)
    bench.clerk.go_on()
    bench.pump()
    assert bench.net.sent == []
    assert [path.name for path in (folder / ".downloads").iterdir()] == [paused]


def test_cancelling_in_the_last_moment_takes_the_file_away_again(bench: Bench, folder: Path) -> None:
    item_id = bench.get("A")
    bench.clerk.held = []
    bench.finish()
    assert bench.state(item_id) is State.CHECKING
    bench.queue.cancel(item_id)
    assert bench.state(item_id) is None
    bench.clerk.go_on()
    bench.pump()
    assert visible(folder) == []
    assert bench.arrived == []
    assert not (folder / ".downloads").exists()


def test_late_words_about_a_stopped_request_change_nothing(bench: Bench) -> None:
    item_id = make_downloading(bench)
    stopped = bench.net.last
    bench.queue.pause(item_id)
    bench.say(Progress(id=stopped.id, done=700, size=1000, phase="downloading"))
    assert (bench.state(item_id), bench.queue.items()[0].done) == (State.PAUSED, 400)
    bench.answer_cancels()
    bench.queue.resume(item_id)
    bench.pump()
    for event in (Progress(id=stopped.id, done=1), NetFailed(id=stopped.id, kind=ErrorKind.INTERNAL)):
        bench.say(event)
    assert (bench.state(item_id), bench.queue.items()[0].done) == (State.CONNECTING, 400)


def test_a_file_that_was_whole_when_it_was_paused_arrives_all_the_same(bench: Bench, folder: Path) -> None:
    item_id = make_checking(bench)
    bench.queue.pause(item_id)
    bench.finish()
    assert visible(folder) == ["Model.gguf"]
    assert bench.state(item_id) is State.DONE
