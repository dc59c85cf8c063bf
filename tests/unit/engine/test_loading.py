"""Signs of life of a load: they come while something moves, and tell how much of the file has come."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.engine import loading
from assistant.engine.loading import LoadingTeller
from assistant.engine.messages import Load, Loading

MB = 1 << 20


class Machine:
    """What a process took of processor and memory, as the test says."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
        self.worked, self.rss = 1.0, 50 * MB
        self.sent: list[float] = []
        monkeypatch.setattr(loading.time, "process_time", lambda: self.worked)
        monkeypatch.setattr(loading, "_rss", lambda: self.rss)
        path.write_bytes(bytes(100 * 1000))
        self.teller = LoadingTeller(self, Load(id="l", path=str(path)))

    def send(self, *messages: object) -> None:
        for message in messages:
            assert isinstance(message, Loading)
            assert message.id == "l"
            self.sent.append(message.progress)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    monkeypatch.setattr(loading, "_size", lambda _: 100 * MB)
    return Machine(monkeypatch, tmp_path / "model.gguf")


def test_nothing_is_said_while_nothing_moves(machine: Machine) -> None:
    machine.teller.beat()
    machine.rss += 4096  # of the sign itself
    machine.worked += 0.001
    machine.teller.beat()
    assert machine.sent == []


def test_what_comes_into_memory_is_progress(machine: Machine) -> None:
    for share in (0.2, 0.6, 1.5):
        machine.rss = 50 * MB + int(share * 100 * MB)
        machine.teller.beat()
    machine.worked += 0.5
    machine.teller.beat()
    assert machine.sent == pytest.approx([0.1, 0.3, 0.5, 0.5])


def test_progress_never_goes_back(machine: Machine) -> None:
    machine.rss += 60 * MB
    machine.teller.beat()
    machine.teller.tell(0.1)
    machine.teller.tell(0.31)
    machine.rss -= 30 * MB  # memory is short
    machine.teller.beat()
    machine.teller.tell(1.0)
    assert machine.sent == pytest.approx([0.3, 0.31, 0.31, 1.0])


def test_a_file_that_is_not_there_is_for_others_to_tell(tmp_path: Path) -> None:
    assert loading._size(Load(id="l", path=str(tmp_path / "none.gguf"))) == 1
    assert loading._size(Load(id="l", path="\0")) == 1
