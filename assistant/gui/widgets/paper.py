"""How the half of a page with the source is laid out: a line above a sheet of paper."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, set_role


def lay_out_paper(
    half: QWidget, head: QHBoxLayout, notes: Label, pages: QStackedWidget, *, above: int = SPACE // 2
) -> None:
    """Put ``head`` above the paper, and on that ``notes`` above ``pages``.

    :param above: between the paper's edge and what stands on it, in px.
    """
    head.setContentsMargins(SPACE, 0, 0, 0)
    head.setSpacing(SPACE // 2)
    notes.setContentsMargins(SPACE + 2, SPACE // 2, SPACE, SPACE // 2)
    paper = QFrame()
    set_role(paper, "paper")
    inner = QVBoxLayout(paper)
    inner.setContentsMargins(SPACE // 2, above, 2, SPACE // 2)
    inner.setSpacing(0)
    inner.addWidget(notes)
    inner.addWidget(pages, 1)
    layout = QVBoxLayout(half)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE // 2)
    layout.addLayout(head)
    layout.addWidget(paper, 1)
