"""Everything that a key can do in the window, declared once: name, key, where it counts.

The words are functions, so that the language can change while the window is open. Tooltips name the key; the list of
keys (F1) and the test that each key is used once read the same table.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from assistant.texts import tr


@dataclass(frozen=True)
class Verb:
    """One thing to do.

    :ivar keys: portable key names; the first is shown.
    :ivar group: conversation, message, summary, translation, view or program: the heading in the list of keys.
    """

    id: str
    words: Callable[[], str]
    keys: tuple[str, ...]
    group: str = "program"


@dataclass(frozen=True)
class Namesake:
    """What the key of another verb does in one pane.

    :ivar verb: whose key it is. ``pane``: where the key means this.
    """

    id: str
    words: Callable[[], str]
    verb: str
    pane: str
    group: str


VERBS: tuple[Verb, ...] = (
    Verb("new", lambda: tr("New conversation"), ("Ctrl+N",), "conversation"),
    Verb("search", lambda: tr("Search"), ("Ctrl+F", "Ctrl+K"), "conversation"),
    Verb("next", lambda: tr("Next conversation"), ("Ctrl+PgDown",), "conversation"),
    Verb("previous", lambda: tr("Previous conversation"), ("Ctrl+PgUp",), "conversation"),
    Verb("rename", lambda: tr("Rename the conversation"), ("F2",), "conversation"),
    Verb("instruct", lambda: tr("Instructions for this conversation…"), ("Ctrl+I",), "conversation"),
    Verb("delete", lambda: tr("Delete the conversation"), ("Ctrl+Shift+Backspace",), "conversation"),
    Verb("undo_delete", lambda: tr("Bring back the deleted conversation"), ("Ctrl+Shift+Z",), "conversation"),
    Verb("send", lambda: tr("Send"), ("Ctrl+Return", "Ctrl+Enter"), "message"),
    Verb("stop", lambda: tr("Stop"), ("Esc",), "message"),
    Verb("regenerate", lambda: tr("Answer again"), ("Ctrl+R",), "message"),
    Verb("copy_answer", lambda: tr("Copy the last answer"), ("Ctrl+Shift+C",), "message"),
    Verb("edit_last", lambda: tr("Edit the last message"), ("Ctrl+Up",), "message"),
    Verb("older_version", lambda: tr("Previous version of a message"), ("Alt+PgUp",), "message"),
    Verb("newer_version", lambda: tr("Next version of a message"), ("Alt+PgDown",), "message"),
    Verb("input", lambda: tr("Go to the input"), ("Ctrl+L",), "message"),
    Verb("summary_open", lambda: tr("Open a document…"), ("Ctrl+O",), "summary"),
    Verb("summary_paste", lambda: tr("Summarize the clipboard"), ("Ctrl+Shift+V",), "summary"),
    Verb("summary_new", lambda: tr("New summary"), ("Ctrl+Shift+N",), "summary"),
    Verb("summary_edit", lambda: tr("Edit the text"), ("Ctrl+E",), "summary"),
    Verb("summary_go_on", lambda: tr("Resume the summary"), ("Ctrl+Shift+G",), "summary"),
    Verb("summary_export", lambda: tr("Export the summary…"), ("Ctrl+Shift+E",), "summary"),
    Verb("summary_source", lambda: tr("Source"), ("Alt+1",), "summary"),
    Verb("summary_result", lambda: tr("Summary"), ("Alt+2",), "summary"),
    Verb("summary_ask", lambda: tr("Ask"), ("Alt+3",), "summary"),
    Verb("translate_from", lambda: tr("Language of the text"), ("Alt+F",), "translation"),
    Verb("translate_to", lambda: tr("Translate into"), ("Alt+T",), "translation"),
    Verb("translate_swap", lambda: tr("Swap the languages"), ("Ctrl+Shift+S",), "translation"),
    Verb("translate_live", lambda: tr("Translate while you type"), ("Ctrl+Shift+T",), "translation"),
    Verb("translate_keep", lambda: tr("Keep in the history"), ("Ctrl+S",), "translation"),
    Verb("translate_edit", lambda: tr("Edit this sentence"), ("F4",), "translation"),
    Verb("translate_redo", lambda: tr("Translate this sentence again"), ("F5",), "translation"),
    Verb("translate_versions", lambda: tr("Two more versions of this sentence"), ("F7",), "translation"),
    Verb("translate_back", lambda: tr("Translate this sentence back"), ("Shift+F7",), "translation"),
    Verb("translate_next", lambda: tr("Next sentence to check"), ("F8",), "translation"),
    Verb("translate_previous", lambda: tr("Previous sentence to check"), ("Shift+F8",), "translation"),
    Verb("translate_shade", lambda: tr("Shade the words it was unsure of"), ("Ctrl+Shift+H",), "translation"),
    Verb("translate_glossaries", lambda: tr("Glossaries…"), ("Ctrl+Shift+D",), "translation"),
    Verb("translate_memory", lambda: tr("Translation memory…"), ("Ctrl+Shift+M",), "translation"),
    Verb("chat", lambda: tr("Chat"), ("Ctrl+1",), "view"),
    Verb("summarize", lambda: tr("Summarize"), ("Ctrl+2",), "view"),
    Verb("translate", lambda: tr("Translate"), ("Ctrl+3",), "view"),
    Verb("models", lambda: tr("Models"), ("Ctrl+4",), "view"),
    Verb("list", lambda: tr("Show or hide the list"), ("F9", "Ctrl+B"), "view"),
    Verb("area", lambda: tr("Next area of the window"), ("F6",), "view"),
    Verb("larger", lambda: tr("Larger text"), ("Ctrl++", "Ctrl+="), "view"),
    Verb("smaller", lambda: tr("Smaller text"), ("Ctrl+-",), "view"),
    Verb("normal", lambda: tr("Normal text size"), ("Ctrl+0",), "view"),
    Verb("model", lambda: tr("Choose the model"), ("Ctrl+M",), "program"),
    Verb("import", lambda: tr("Import a model file…"), ("Ctrl+Shift+I",), "program"),
    Verb("downloads", lambda: tr("Pause or resume the downloads"), ("Ctrl+Shift+P",), "program"),
    Verb("connections", lambda: tr("Connections"), ("Ctrl+Shift+O",), "program"),
    Verb("load", lambda: tr("Load the model or free its memory"), ("Ctrl+Shift+L",), "program"),
    Verb("settings", lambda: tr("Settings"), ("Ctrl+,", "Ctrl+5"), "program"),
    Verb("keys", lambda: tr("Keyboard shortcuts"), ("F1",), "program"),
    Verb("guide", lambda: tr("Guide for the first start"), ("Ctrl+F1",), "program"),
    Verb("about", lambda: tr("About Lamplight"), ("Shift+F1",), "program"),
    Verb("quit", lambda: tr("Quit"), ("Ctrl+Q",), "program"),
)

_SUMMARY = {"text": "summary_edit"}
NAMESAKES: tuple[Namesake, ...] = tuple(
    Namesake(f"translate_{name}", words, _SUMMARY.get(name, f"summary_{name}"), "translate", "translation")
    for name, words in (
        ("open", lambda: tr("Open a document to translate…")),
        ("paste", lambda: tr("Translate the clipboard")),
        ("new", lambda: tr("New translation")),
        ("text", lambda: tr("Edit the text")),
        ("go_on", lambda: tr("Resume the translation")),
        ("export", lambda: tr("Export the translation…")),
        ("source", lambda: tr("Source")),
        ("result", lambda: tr("Translation")),
    )
)

GROUPS: dict[str, Callable[[], str]] = {
    "conversation": lambda: tr("Conversations"),
    "message": lambda: tr("Messages"),
    "summary": lambda: tr("Documents and summaries"),
    "translation": lambda: tr("Translations"),
    "view": lambda: tr("View"),
    "program": lambda: tr("Program"),
}


class Actions(QObject):
    """The actions of one window. ``actions["send"]`` is a QAction; connect to its ``triggered``."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._all: dict[str, QAction] = {}
        for verb in VERBS:
            action = QAction(window)
            action.setObjectName(f"action-{verb.id}")
            action.setShortcuts([QKeySequence(key) for key in verb.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            self._all[verb.id] = action
            window.addAction(action)
        for namesake in NAMESAKES:  # without a key of their own: ``share`` leads the other's here
            self._all[namesake.id] = QAction(window)
        self.retranslate()

    def share(self, pane: Callable[[], str]) -> None:
        """Let keys mean what they mean in the pane that is shown.

        :param pane: which one it is.
        """
        for namesake in NAMESAKES:
            mine = self._all[namesake.id]

            def act(_: bool = False, namesake: Namesake = namesake, mine: QAction = mine) -> None:
                if pane() == namesake.pane:
                    mine.trigger()

            self._all[namesake.verb].triggered.connect(act)

    def lead(self, slots: Mapping[str, Callable[[], object]], *, when: Callable[[], object] = lambda: True) -> None:
        """Have each verb call its slot.

        :param when: only then: elsewhere the same key means something else, or nothing.
        """
        for verb, slot in slots.items():
            self._all[verb].triggered.connect(lambda _=False, slot=slot: slot() if when() else None)

    def __getitem__(self, verb: str) -> QAction:
        return self._all[verb]

    def retranslate(self) -> None:
        """Take the words of the current language."""
        for verb in VERBS:
            action = self._all[verb.id]
            action.setText(verb.words())
            action.setToolTip(tip(verb.words(), action))
        for namesake in NAMESAKES:
            self._all[namesake.id].setText(namesake.words())
            self._all[namesake.id].setToolTip(tip(namesake.words(), self._all[namesake.verb]))


def tip(words: str, action: QAction) -> str:
    """``words`` and the action's key, as a tooltip (which Qt would read as markup)."""
    return plain(tr("{words} ({key})", words=words, key=key_name(action)))


def plain(words: str) -> str:
    """``words`` for a place where Qt reads markup."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def key_name(action: QAction) -> str:
    """The key as this platform writes it."""
    return spelled(action.shortcut())


def spelled(keys: QKeySequence) -> str:
    """``keys`` as the keyboards of this platform have them printed, in Chinese too.

    There are two keys for one thing, and "Enter" is what we call both.
    """
    if sys.platform == "darwin":
        return keys.toString(QKeySequence.SequenceFormat.NativeText)
    return keys.toString().replace("Return", "Enter")
