"""Where things lie on this computer. ``LAMPLIGHT_HOME`` puts everything under one folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

_APP = "lamplight"


@dataclass(frozen=True)
class Paths:
    """The folders of one home. They are made when first needed, not here."""

    config: Path  # settings.json, window state
    data: Path  # conversations.sqlite3 and its backups
    models: Path  # GGUF files and the index of adopted ones
    cache: Path  # may be deleted at any time without a loss
    logs: Path  # rotated logs and crash reports: no content

    @property
    def database(self) -> Path:
        return self.data / "lamplight.sqlite3"

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    @property
    def reports(self) -> Path:
        return self.logs / "reports"


def default_paths(environ: dict[str, str] | None = None) -> Paths:
    """The folders named by ``LAMPLIGHT_HOME``, else those of the platform."""
    env = os.environ if environ is None else environ
    home = env.get("LAMPLIGHT_HOME", "").strip()
    if home:
        root = Path(home).expanduser().absolute()
        return Paths(root / "config", root / "data", root / "models", root / "cache", root / "logs")
    data = Path(platformdirs.user_data_dir(_APP, appauthor=False))
    return Paths(
        config=Path(platformdirs.user_config_dir(_APP, appauthor=False)),
        data=data,
        models=data / "models",
        cache=Path(platformdirs.user_cache_dir(_APP, appauthor=False)),
        logs=Path(platformdirs.user_log_dir(_APP, appauthor=False)),
    )
