"""What can be done in the chat pane now, and where its keys lead."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.gui.actions import Actions
    from assistant.gui.panes.chat import ChatPane


class ChatVerbs:
    """Leads the window's actions to the pane, and shows which of them can be used."""

    def __init__(self, pane: ChatPane, actions: Actions) -> None:
        self._pane = pane
        self._actions = actions

    def connect_all(self) -> None:
        """The pane has its parts."""
        pane = self._pane
        here: dict[str, Callable[[], object]] = {  # which mean something else in another pane
            "next": lambda: pane.list.step(1),
            "previous": lambda: pane.list.step(-1),
            "rename": pane.rename,
            "instruct": pane.instruct,
            "delete": pane.delete,
            "regenerate": pane.regenerate,
            "copy_answer": pane.copy_answer,
            "edit_last": pane.edit_last,
            "older_version": lambda: pane.step_version(-1),
            "newer_version": lambda: pane.step_version(1),
        }
        self._actions.lead(here, when=lambda: pane.current)

    def show_state(self) -> None:
        """What can be done now."""
        pane = self._pane
        if not pane.current:
            return
        self.show_send()
        busy, said = pane.busy(), bool(pane.heads())
        for verb in ("regenerate", "edit_last"):
            self._actions[verb].setEnabled(said and not busy)
        self._actions["copy_answer"].setEnabled(said)

    def show_send(self) -> None:
        """Whether there is something to send; asked at every key."""
        pane = self._pane
        if pane.current:
            self._actions["send"].setEnabled(not pane.busy() and not pane.composer.is_empty())
