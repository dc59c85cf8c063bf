"""The command line over the fake engine: ``python tests/fakes/cli_with_fake_engine.py chat ...``."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main() -> int:
    from assistant.cli import main as cli
    from assistant.core.core import Core
    from assistant.engine.client import EngineClient
    from tests.fakes.engine_child import COMMAND

    def connect(deliver: Callable[[Any], None], log: Path | None) -> EngineClient:
        return EngineClient(deliver, log=log, command=COMMAND)

    return cli.main(sys.argv[1:], make=functools.partial(Core, connect=connect))


if __name__ == "__main__":
    sys.exit(main())
