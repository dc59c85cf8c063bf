"""The window's state: small, and never a trouble."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.storage.state import StateFile


def test_what_was_flushed_is_there_again(tmp_path: Path) -> None:
    path = tmp_path / "config" / "state.json"
    state = StateFile(path)
    state.set("geometry", [10, 20, 800, 600])
    state.set("last", 7)
    assert not path.exists()
    state.flush()
    again = StateFile(path)
    assert again.get("geometry") == [10, 20, 800, 600]
    assert again.get("last", 0) == 7
    assert again.get("other", "none") == "none"


def test_a_value_of_another_type_is_not_given(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state.json")
    state.set("width", "wide")
    assert state.get("width", 300) == 300
    assert state.get("width") == "wide"


def test_what_json_cannot_hold_is_left_out(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state.json")
    state.set("bad", {1, 2})
    state.set("worse", float("nan"))
    state.set("good", "好")
    state.flush()
    assert StateFile(tmp_path / "state.json").get("good") == "好"
    assert state.get("bad") is None
    assert state.get("worse") is None


@pytest.mark.parametrize("damage", [b"", b"\0\0\0", b"[1]", b"{", b"\xff"])
def test_damage_means_empty(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(damage)
    state = StateFile(path)
    assert state.get("last") is None
    state.set("last", 1)
    state.flush()
    assert StateFile(path).get("last") == 1


def test_a_folder_that_cannot_be_made_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "config").write_bytes(b"a file")
    state = StateFile(tmp_path / "config" / "state.json")
    state.set("last", 1)
    state.flush()
    assert state.get("last") == 1
    (tmp_path / "config").unlink()
    state.flush()  # tried again, and it works now
    assert StateFile(tmp_path / "config" / "state.json").get("last") == 1


def test_an_unchanged_state_is_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    state = StateFile(path)
    state.set("last", 1)
    state.flush()
    path.unlink()
    state.set("last", 1)
    state.flush()
    assert not path.exists()
