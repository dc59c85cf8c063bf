"""How a child is started: its command line and its environment."""

from __future__ import annotations

import os
import re
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
_SECRET = re.compile("TOKEN|SECRET|PASSW|CREDENTIAL|API_?KEY", re.IGNORECASE)


def child_command(room: str) -> list[str]:
    """The command line that runs ``assistant.<room>.main``. Plain ASCII: paths travel in messages."""
    if getattr(sys, "frozen", False):
        return [sys.executable, "--child", room]
    # -P: a json.py in the folder where the user happens to be must not be imported.
    return [sys.executable, "-P", "-m", f"assistant.{room}.main"]


def child_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a child: ours without secrets, and with what keeps native libraries quiet.

    :param extra: added at the end, so a child that does need a secret gets it by name.
    """
    environ = {key: value for key, value in os.environ.items() if not _SECRET.search(key)}
    environ.pop("PYTHONPATH", None)
    if path := _module_path(os.environ.get("PYTHONPATH", "")):
        environ["PYTHONPATH"] = path
    environ["PYTHONUTF8"] = "1"
    environ["GGML_NO_BACKTRACE"] = "1"  # otherwise an abort starts a debugger on the user's machine
    environ["HF_HUB_OFFLINE"] = "1"
    environ.update(extra or {})
    return environ


def _module_path(inherited: str) -> str:
    """PYTHONPATH of a child: where this package lies, unless it is installed, and what the user has set.

    Empty and relative entries are left out: they mean the current folder, whose files must not be imported.
    """
    installed = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    own = [] if _PACKAGE_PARENT in installed else [str(_PACKAGE_PARENT)]
    return os.pathsep.join([*own, *(entry for entry in inherited.split(os.pathsep) if Path(entry).is_absolute())])
