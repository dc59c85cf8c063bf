"""Pages of a model's file are given back only when a copy was made of them, and nothing is lost with them."""

from __future__ import annotations

import mmap
import sys
from pathlib import Path

from assistant.engine import pages


def test_a_copied_file_is_released_and_can_still_be_read(tmp_path: Path) -> None:
    path = tmp_path / "模型 é.gguf"
    content = bytes(range(256)) * 4096
    path.write_bytes(content)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert mapped[:] == content
        assert not pages.release_copied(path, len(content) // 100)
        assert pages.release_copied(path, len(content) // 2) is sys.platform.startswith("linux")
        assert mapped[:] == content


def test_what_is_not_mapped_or_not_there_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(b"x" * 100)
    assert not pages.release_copied(path, 100)
    assert not pages.release_copied(tmp_path / "gone.gguf", 100)


def test_this_process_has_memory_of_its_own() -> None:
    assert (pages.private_bytes() > 1 << 20) is sys.platform.startswith("linux")
