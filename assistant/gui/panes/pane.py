"""What the frame needs to know about a pane."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

NOT_TAKEN = "paste"  # the key of the notice of what the pane's field has not taken


class Pane(QObject):
    """One entry of the rail.

    Signals: ``title_changed()`` when ``title()`` has news; ``list_wanted()`` when something in the list is to be seen,
    ``list_done()`` when it may fold away again in a narrow window.

    :ivar page: the page.
    :ivar side: the list at its side.
    :ivar with_model: whether the model picker belongs to it.
    :ivar with_context: whether the context meter is about what is shown here.
    :ivar keeps_list: the list stays also in a narrow window, since the page is nothing without it.
    :ivar new_verb: what begins something new here.
    :ivar current: it is the one that is shown; only then the keys of the window mean something in it.
    """

    title_changed = Signal()
    list_wanted = Signal()
    list_done = Signal()

    page: QWidget
    side: QWidget
    with_model: bool = True
    with_context: bool = False
    keeps_list: bool = False
    new_verb: str = "new"
    current: bool = False

    def title(self) -> str:
        """What stands at the top of the page."""
        raise NotImplementedError

    def shown(self) -> None:
        """It is about to be seen."""

    def run(self) -> None:
        """Do what the pane is for: the key that sends and runs was pressed."""

    def stop(self) -> bool:
        """Stop what can be stopped, the nearest first; False when there was nothing."""
        return False

    def focus(self) -> None:
        """Put the focus where work begins."""
        raise NotImplementedError

    def search(self) -> None:
        """Put the focus into the pane's search."""
        raise NotImplementedError

    def retranslate(self) -> None:
        """Take the words of the current language."""
        raise NotImplementedError
