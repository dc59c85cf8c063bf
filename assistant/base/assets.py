"""Files that ship with the program (``resources/``), from a checkout, an installed wheel or a frozen build."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


@cache
def resources() -> Path:
    """The folder that holds ``icons/``, ``theme/``, ``i18n/`` and ``prompts/``."""
    package = Path(__file__).resolve().parent.parent
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [package / "resources", package.parent / "resources"]
    if frozen:
        candidates.insert(0, Path(frozen) / "resources")
    for folder in candidates:
        if (folder / "theme").is_dir():
            return folder
    raise FileNotFoundError(f"resources not found beside {package}")
