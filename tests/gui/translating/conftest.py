"""The desk of the tests of the Translate pane."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gui.fakes.translate_desk import Desk


@pytest.fixture
def desk(window: Any, qtbot: Any) -> Desk:
    window.activateWindow()
    return Desk(window, qtbot)
