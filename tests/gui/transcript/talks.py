"""A conversation for transcripts under test, and what is done with them again and again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from assistant.gui.widgets.transcript.message_view import Part
from assistant.gui.widgets.transcript.view import Transcript
from assistant.storage.rows import Message, MessageHead, MessageState, Role
from tests.gui.helpers import point_at

FIRST_ID = 2**40  # ids do not fit into 32 bits

ANSWER = """A **short** answer with [a link](https://example.org/page).

- first
- second
  1. nested

```python
def f(x):
    return x + 1
```

| a | b |
|---|--:|
| 1 | **2** |

> quoted

The end."""

SHOWN = """A short answer with a link.

• first
• second
  1. nested

def f(x):
    return x + 1

a\tb
1\t2

quoted

The end."""


class Talk:
    """A conversation in memory."""

    def __init__(self) -> None:
        self.all: dict[int, Message] = {}
        self.siblings: dict[int, tuple[int, int]] = {}  # how many, which
        self.cut: int | None = None  # the first message that the model still gets
        self.read: list[int] = []  # ids of the messages that were asked for

    def add(self, role: Role, text: str, state: MessageState = MessageState.COMPLETE, **values: Any) -> int:
        id_ = FIRST_ID + len(self.all)
        parent = id_ - 1 if self.all else None
        self.all[id_] = Message(id_, 1, parent, role, text, 0.0, state, **values)
        return id_

    def ask(self, text: str) -> int:
        return self.add(Role.USER, text)

    def answer(self, text: str, state: MessageState = MessageState.COMPLETE, **values: Any) -> int:
        return self.add(Role.ASSISTANT, text, state, **values)

    def change(self, id_: int, **values: Any) -> None:
        self.all[id_] = replace(self.all[id_], **values)

    # what a transcript asks

    def heads(self) -> Sequence[MessageHead]:
        out = []
        for message in self.all.values():
            siblings, position = self.siblings.get(message.id, (1, 0))
            out.append(
                MessageHead(
                    message.id, message.parent, message.role, message.state, len(message.text), siblings, position
                )
            )
        return out

    def read_from(self) -> int | None:
        return self.cut

    def message(self, message_id: int) -> Message:
        self.read.append(message_id)
        return self.all[message_id]

    def text_from(self, message_id: int, start: int) -> str:
        return self.all[message_id].text[start:]

    def reasoning_from(self, message_id: int, start: int) -> str:
        return self.all[message_id].reasoning[start:]


def settle(transcript: Transcript, qtbot: Any) -> None:
    """Wait until nothing more is laid out ahead, coloured or grown."""
    qtbot.waitUntil(lambda: transcript.motion.resting, timeout=20_000)


def short_talk() -> Talk:
    """A question and an answer with a bit of everything."""
    talk = Talk()
    talk.ask("A question\nof two lines")
    talk.answer(ANSWER)
    return talk


def long_talk(count: int) -> Talk:
    """``count`` messages of different lengths."""
    talk = Talk()
    for number in range(count):
        if number % 2 == 0:
            talk.ask(f"Question {number}. " + "Some more words about it. " * (number % 7))
        else:
            words = "A paragraph of an answer. " * (number % 40)
            talk.answer(f"Answer {number}.\n\n{words}\n\n- a\n- b\n\nDone.")
    return talk


def point_of(transcript: Transcript, row: int, offset: int = 0, *, unit: int = 0, part: Part = Part.TEXT) -> QPoint:
    """Where a character stands in the viewport, at half of its line's height."""
    view = transcript.layout_of_text.views[row]
    found = view.units(part)[unit]
    rect = found.rect_of(offset)
    origin = transcript.message_rect(row).topLeft()
    return QPoint(round(origin.x() + view.left_of(part) + rect.left()), round(origin.y() + found.y + rect.center().y()))


def drag(transcript: Transcript, start: QPoint, end: QPoint) -> None:
    """Select with the mouse."""
    port = transcript.viewport()
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for step in (0.3, 0.7, 1.0):
        point_at(port, start + (end - start) * step, Qt.MouseButton.LeftButton)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)


def button(transcript: Transcript, message: int, key: str) -> QToolButton:
    """A button of a message."""
    found = transcript.buttons.layer.find(message, key)
    assert isinstance(found, QToolButton), (key, [each.key for each in transcript.buttons.layer.of_message(message)])
    return found


def top_of(transcript: Transcript, row: int) -> int:
    """Where a message is in the viewport."""
    return transcript.message_rect(row).top()
