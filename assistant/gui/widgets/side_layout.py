"""How the list at the side of a pane is laid out: a search and a button above it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from assistant.gui.theme import SPACE


def lay_out_side(side: QWidget, search: QWidget, new: QWidget, nothing: QWidget, rows: QWidget) -> None:
    """Put ``search`` and ``new`` above ``rows``; ``nothing`` stands between where there are none."""
    top = QHBoxLayout()
    top.setSpacing(SPACE // 2)
    top.addWidget(search, 1)
    top.addWidget(new)
    layout = QVBoxLayout(side)
    layout.setContentsMargins(SPACE, SPACE, SPACE // 2, SPACE)
    layout.setSpacing(SPACE)
    layout.addLayout(top)
    layout.addWidget(nothing)
    layout.addWidget(rows, 1)
