"""Every step of saving fails once, and then for ever: the file is the old one or the new one, nothing between."""

from __future__ import annotations

import errno
import io
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import ErrorKind
from assistant.storage.settings import Settings
from assistant.storage.state import StateFile

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES)


class System:
    """The system calls of a save; the ``at``-th fails with ``code``, once or from then on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, at: int, code: int, *, for_ever: bool) -> None:
        self.calls = 0
        self.failed = 0
        self._at = at
        self._code = code
        self._for_ever = for_ever
        for module, name in ((tempfile, "mkstemp"), (os, "fsync"), (os, "replace"), (os, "unlink"), (os, "mkdir")):
            monkeypatch.setattr(module, name, self._failing(getattr(module, name)))
        real = os.fdopen
        monkeypatch.setattr(os, "fdopen", lambda *args, **kwargs: _File(real(*args, **kwargs), self.step))

    def step(self) -> None:
        self.calls += 1
        if self.calls == self._at or (self._for_ever and self.calls > self._at):
            self.failed += 1
            raise OSError(self._code, "told to fail")

    def _failing(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.step()
            return real(*args, **kwargs)

        return call


class _File(io.BufferedIOBase):
    """A file whose writes and flushes are steps, too; half of a failing write reaches the disk."""

    def __init__(self, file: Any, step: Callable[[], None]) -> None:
        self._file = file
        self._step = step

    def write(self, data: Any) -> int:
        try:
            self._step()
        except OSError:
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            raise
        return int(self._file.write(data))

    def flush(self) -> None:
        if not self._file.closed:
            self._step()
            self._file.flush()

    def fileno(self) -> int:
        return int(self._file.fileno())

    def close(self) -> None:
        self._file.close()


@pytest.mark.parametrize("for_ever", [False, True])
@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("old", [{}, {"theme": "dark", "later": [1, 2]}])
def test_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: dict[str, object], code: int, for_ever: bool
) -> None:
    for at in range(1, 100):
        path = tmp_path / str(at) / "config" / "settings.json"
        if old:
            path.parent.mkdir(parents=True)
            path.write_text(json.dumps(old), encoding="utf-8")
        settings = Settings(path)
        with monkeypatch.context() as patch:
            system = System(patch, at, code, for_ever=for_ever)
            settings.set("threads", 5)
        assert settings["threads"] == 5
        after = json.loads(path.read_bytes()) if path.exists() else {}
        assert after in (old, {**old, "threads": 5})
        assert (settings.problem is None) == (after != old)
        if settings.problem is not None:
            assert settings.problem.kind in (ErrorKind.DISK_FULL, ErrorKind.READ_ONLY, ErrorKind.FILE_UNREADABLE)
        settings.set("threads", 6)  # the disk is well again
        assert settings.problem is None
        assert json.loads(path.read_bytes()) == {**old, "threads": 6}
        if not system.failed:
            assert at > 5  # it passed untouched: every step has failed once
            return
    pytest.fail("the save never passes")


@pytest.mark.parametrize("for_ever", [False, True])
@pytest.mark.parametrize("code", ERRORS)
def test_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, for_ever: bool) -> None:
    for at in range(1, 12):
        path = tmp_path / str(at) / "state.json"
        state = StateFile(path)
        state.set("last", 1)
        state.flush()
        state.set("last", 2)
        with monkeypatch.context() as patch:
            System(patch, at, code, for_ever=for_ever)
            state.flush()
        assert StateFile(path).get("last") in (1, 2)
        state.flush()
        assert StateFile(path).get("last") == 2
