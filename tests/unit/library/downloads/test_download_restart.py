"""What of the queue of downloads survives a restart, a crash and damage."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import ErrorKind
from assistant.library import staging
from assistant.library.downloads import State
from tests.fakes.download_queue import (
    SHA,
    Bench,
    part,
    visible,
)


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
