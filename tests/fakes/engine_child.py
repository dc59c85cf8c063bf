"""A fake engine child: the real ``assistant.engine.main`` over ``engine_backend.FakeBackend``.

Run as ``[sys.executable, "tests/fakes/engine_child.py"]`` in place of the engine's command line. What it does is said
in the model's file name (which need not exist), see ``engine_backend``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "fakes")]

COMMAND = [sys.executable, str(Path(__file__).resolve())]
"""The command line for ``EngineClient(command=...)``."""


def main() -> None:
    from engine_backend import FakeBackend, open_fake

    from assistant.engine.backend import Progress
    from assistant.engine.main import serve
    from assistant.engine.messages import Load, Request
    from assistant.process import take_pipe

    pipe = take_pipe(Request)

    def babble() -> None:
        os.write(pipe._sink, b"\x07\x00\x00\x00nothing")

    def opener(load: Load, progress: Progress) -> FakeBackend:
        return open_fake(load, progress, babble)

    serve(pipe, opener)
    os._exit(0)


if __name__ == "__main__":
    main()
