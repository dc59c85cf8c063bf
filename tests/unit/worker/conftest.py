"""The chat templates are fetched before the first test runs, so that no test's time is spent on the network."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.fakes.sdist import llama_templates

_HERE = Path(__file__).parent


def pytest_collection_finish(session: pytest.Session) -> None:
    if session.config.option.collectonly or not any(item.path.is_relative_to(_HERE) for item in session.items):
        return
    try:
        llama_templates()
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise pytest.UsageError(f"pip cannot fetch the source distribution of llama-cpp-python: {error}") from error
