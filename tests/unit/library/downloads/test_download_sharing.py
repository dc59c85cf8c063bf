"""One folder of models: several programs share its queue, parts are left in it, and it moves."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from assistant.library import handover, staging
from assistant.library.downloads import State
from assistant.net.messages import Place
from tests.fakes.download_queue import (
    Bench,
    error_from,
    kept,
    make_downloading,
    part,
    requests,
    states,
)

# ---------------------------------------------------------------- two programs


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
    assert requests(folder) == []
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


def test_a_request_goes_through_whichever_program_ends_first(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    window.get("A")
    line.queue.restore(start=False)
    line.get("B")
    line.end()  # whoever asked for it
    window.end()  # and the one that should have heeded it
    later = Bench(folder)
    later.queue.restore()
    later.pump()
    assert states(later) == [("A", State.CONNECTING), ("B", State.QUEUED)]
    assert requests(folder) == []
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
    handover.leave(folder, handover.Request(handover.Verb.GET, "0123456789", window.queue.items()[-1]))  # which is C
    window.queue.look()
    window.pump()
    assert [item.name for item in window.queue.items()] == ["A", "C", "B"]
    for one in (window, line, other):
        one.end()


def test_what_a_program_of_an_earlier_build_has_left_is_heeded(folder: Path) -> None:
    window, line = Bench(folder), Bench(folder)
    item_id = window.get("A")
    line.queue.restore()
    line.queue.pause(item_id)
    (folder / ".downloads.requests").rename(folder / ".downloads.wishes")
    window.queue.look()
    window.pump()
    assert states(window) == [("A", State.PAUSED)]
    assert not (folder / ".downloads.wishes").exists()
    for one in (window, line):
        one.end()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"[" * 100_000, b'{"verb": "eat", "id": "0123456789"}', b'{"verb": "get", "id": "0123456789"}',
     b'{"verb": "move", "id": "0123456789", "position": "1"}', b'{"verb": "cancel", "id": ["0123456789"]}',
     b'{"verb": "get", "id": "../../x", "item": {"id": "../../x", "name": "x", "state": "", "parts": []}}'],
)  # fmt: skip
def test_a_request_that_makes_no_sense_is_thrown_away(content: bytes, folder: Path) -> None:
    bench = Bench(folder)
    item_id = bench.get("A")
    (folder / ".downloads.requests").mkdir()
    (folder / ".downloads.requests" / "1.json").write_bytes(content)
    bench.queue.look()
    bench.pump()
    assert [item.id for item in bench.queue.items()] == [item_id]
    assert requests(folder) == []
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
    item_id = make_downloading(bench)
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
    item_id = make_downloading(bench)
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
    item_id = make_downloading(bench)
    bench.queue.suspend()
    bench.answer_cancels()
    bench.queue.restore()
    bench.pump()
    assert bench.state(item_id) is State.CONNECTING
