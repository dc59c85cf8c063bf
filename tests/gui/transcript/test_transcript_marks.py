"""Marks in the transcript: where the model begins to read, code in what the user said, and what was looked for."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from assistant.gui.widgets.markdown.code_unit import CodeUnit
from assistant.gui.widgets.transcript.endings import cut_words
from assistant.gui.widgets.transcript.finding import show_found
from assistant.gui.widgets.transcript.message_view import Part
from tests.gui.transcript.talks import Talk, button, long_talk, settle, short_talk


def test_a_line_stands_where_the_model_begins_to_read(make: Any, qtbot: Any) -> None:
    talk = long_talk(8)
    transcript = make(talk)
    settle(transcript, qtbot)
    layout = transcript.layout_of_text
    before = layout.height
    assert not any("cut" in view.rows for view in layout.views)
    ids = [head.id for head in talk.heads()]
    talk.cut = ids[4]
    transcript.path_changed()
    settle(transcript, qtbot)
    assert [head for head in ids if "cut" in layout.views[layout.rows[head]].rows] == [ids[4]]
    assert before < layout.height < before + 100
    assert transcript.accessible_interface().child(4).words().startswith(cut_words())
    assert cut_words() not in transcript.plain_text(), "nobody said it"
    talk.cut = None
    transcript.path_changed()
    settle(transcript, qtbot)
    assert layout.height == before


def test_code_that_the_user_typed_looks_like_code(make: Any, qtbot: Any) -> None:
    typed = "Why does *this* fail?\n\n```python\nprint(1)\n\n# not a heading\n```\n\n# nor this"
    talk = Talk()
    talk.ask(typed)
    transcript = make(talk)
    settle(transcript, qtbot)
    view = transcript.layout_of_text.views[0]
    kinds = [type(unit).__name__ for unit in view.units(Part.TEXT)]
    assert kinds == ["Unit", "CodeUnit", "Unit"]
    assert isinstance(view.units(Part.TEXT)[1], CodeUnit)
    assert view.units(Part.TEXT)[1].block.language == "python"
    assert transcript.plain_text() == "Why does *this* fail?\n\nprint(1)\n\n# not a heading\n\n# nor this"
    assert view.bubble.right() <= view.width
    transcript.set_hovered(view.id)
    button(transcript, view.id, "copy").click()
    assert QApplication.clipboard().text() == typed, "as it was typed"
    button(transcript, view.id, "code-text-1").click()
    assert QApplication.clipboard().text().rstrip("\n") == "print(1)\n\n# not a heading"


@pytest.mark.parametrize("text", ["answer number 7.", "Answer NUMBER 7."])
def test_what_was_looked_for_is_selected_and_in_sight(text: str, make: Any, qtbot: Any) -> None:
    talk = Talk()
    for number in range(40):
        talk.ask(f"Question {number}")
        talk.answer(f"Some **words** first.\n\n- An answer number {number}.\n" + "And more of it. " * 30)
    transcript = make(talk)
    settle(transcript, qtbot)
    message = talk.heads()[15].id
    show_found(transcript, message, text)
    assert transcript.interaction.copying.selected_text() == "answer number 7."
    assert transcript.layout_of_text.rows[message] in transcript.rows_in_sight()
    assert transcript.current == message


def test_what_cannot_be_seen_leads_to_its_message(make: Any, qtbot: Any) -> None:
    talk = short_talk()
    hidden = talk.answer("A [link](https://example.com/hidden) here.")
    for _ in range(20):
        talk.ask("More")
    transcript = make(talk)
    settle(transcript, qtbot)
    show_found(transcript, hidden, "hidden")
    assert transcript.selection.empty
    assert transcript.layout_of_text.rows[hidden] in transcript.rows_in_sight()
    show_found(transcript, 12345, "nobody knows it")
    assert transcript.current == hidden
