"""The log of one test of the soak, ``build/soak/NAME.log``: what it did, line by line, and how it ended.

``LAMPLIGHT_TEST_SOAK_LOGS`` names another folder, for runs that shall not write the same file. Each line is an object
of JSON and on the disk before the test goes on: a soak that is killed after hours leaves what it has done. A test that
runs again writes its log anew.
"""

from __future__ import annotations

import json
import os
import platform
import re
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("LAMPLIGHT_TEST_SOAK_LOGS") or Path(__file__).resolve().parents[2] / "build" / "soak")


class SoakLog:
    """Call it with what there is to say: ``log(seed=3, kills=50)``. The line is printed, too.

    :param test: the test's node id, from which the file's name is made.
    """

    def __init__(self, test: str, folder: Path = FOLDER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{_name(test)}.log"
        self.path.unlink(missing_ok=True)
        self._began = time.monotonic()
        began = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self(test=test, began=began, python=platform.python_version(), system=platform.platform())

    def __call__(self, **said: Any) -> None:
        print(self._write(said), flush=True)

    def end(self, outcome: str, why: str = "") -> None:
        """The last line, which is for the file alone: pytest tells it, too.

        :param why: what a test that failed has to say.
        """
        self._write({"ended": outcome, "why": why} if why else {"ended": outcome})

    def _write(self, said: dict[str, Any]) -> str:
        line = json.dumps({"at": round(time.monotonic() - self._began, 3), **said}, ensure_ascii=False, default=str)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        return line


def _name(test: str) -> str:
    """``tests/soak/test_a_soak.py::test_b[3]`` is called ``a_soak.b-3``."""
    path, _, rest = test.partition("::")
    words = f"{Path(path).stem.removeprefix('test_')}.{rest.replace('::', '.').removeprefix('test_')}"
    return re.sub(r"[^\w.=,+-]+", "-", words).strip("-")
