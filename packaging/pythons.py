"""Finds a Python that can run Lamplight when this one cannot. Written so that an old Python understands it."""

import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
NEWEST = (3, 13)


def suits(version: tuple) -> bool:  # type: ignore[type-arg]  # an old Python reads this file
    """Whether a Python of this (major, minor) can run the program."""
    return OLDEST <= tuple(version[:2]) <= NEWEST


def another() -> "str | None":
    """The path of a suitable Python on this computer, or None."""
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    for name in [*names, "python3", "python"]:
        path = shutil.which(name)
        if path and _works([path]):
            return path
    if os.name == "nt" and shutil.which("py"):
        for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
            found = _works(["py", f"-3.{minor}"])
            if found:
                return found
    return None


def _works(command: list) -> "str | None":  # type: ignore[type-arg]
    code = f"import sys; print(sys.executable if {OLDEST} <= sys.version_info[:2] <= {NEWEST} else '')"
    try:
        told = subprocess.check_output([*command, "-c", code], stderr=subprocess.DEVNULL, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    return told.decode("utf-8", "replace").strip() or None


def require(script: str) -> None:
    """Return if this Python suits; else go on with one that does, or say what to install and leave."""
    if suits(sys.version_info):
        return
    found = another()
    if found:
        sys.exit(subprocess.call([found, script, *sys.argv[1:]]))
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    sys.stderr.write(f"Lamplight needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}; this is Python {here}. ")
    if sys.platform == "darwin":
        sys.stderr.write("Install one with: brew install python@3.12\n")
    elif os.name == "nt":
        sys.stderr.write("Install one with: winget install Python.Python.3.12\n")
    else:
        sys.stderr.write("Install one from your system, for example: apt-get install python3.11 python3.11-venv\n")
    sys.exit(1)
