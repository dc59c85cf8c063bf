"""What commands about documents say of the checks, and what of them stands in their objects."""

from __future__ import annotations

import io

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import document_commands
from assistant.cli.terminal import Terminal
from assistant.core.documents import OpenDocument
from assistant.core.summary.views import Linked
from assistant.documents.model import LinkedSentence, Mark, MarkKind, MarkState


def test_what_could_not_be_checked_is_null_and_said() -> None:
    document = OpenDocument("d", "t", "text", "One. Two.", (), ())
    nothing = {"sources": [], "unsupported": None, "coverage": None}
    assert document_commands.links_as_json(document, "One.", None) == {**nothing, "unchecked": None}
    err = io.StringIO()
    document_commands.say_checks(Terminal(out=io.StringIO(), err=err), "One.", None)
    assert err.getvalue() == "The sentences could not be checked against the document.\n"


def test_why_it_could_not_be_checked_is_said() -> None:
    document = OpenDocument("d", "t", "text", "One. Two.", (), ())
    why = AssistantError(ErrorKind.WORKER_ENDED, "signal 9")
    told = "A helper process ended, and its work was lost."
    found = document_commands.links_as_json(document, "One.", None, why)
    assert found["unchecked"] == {"kind": "worker_ended", "message": told, "detail": "signal 9"}
    assert document_commands.links_as_json(document, "One.", Linked(id="", sentences=()))["unchecked"] is None
    err = io.StringIO()
    document_commands.say_checks(Terminal(out=io.StringIO(), err=err), "One.", None, why)
    assert err.getvalue() == f"The sentences could not be checked against the document. {told}\n"


def test_what_is_not_borne_out_is_named() -> None:
    text = "It took 9 days. Nobody knows why."
    wrong = Mark(8, 9, MarkKind.NUMBER, MarkState.MISSING)
    linked = Linked(
        id="",
        sentences=(
            LinkedSentence(0, 15, supported=True, sources=(), marks=(wrong,)),
            LinkedSentence(16, 33, supported=False, sources=(), marks=()),
        ),
    )
    err = io.StringIO()
    document_commands.say_checks(Terminal(out=io.StringIO(), err=err), text, linked)
    assert err.getvalue().splitlines() == [
        "1 sentence has no support in the document.",
        "  Nobody knows why.",
        "1 number, date or name is not supported by the document.",
        "  9",
    ]


def test_a_sentence_with_too_many_details_is_no_name() -> None:
    text = "It has 1, 2 and 3."
    mark = Mark(10, 18, MarkKind.REST, MarkState.UNCHECKED)
    linked = Linked(id="", sentences=(LinkedSentence(0, 18, supported=True, sources=(), marks=(mark,)),))
    err = io.StringIO()
    document_commands.say_checks(Terminal(out=io.StringIO(), err=err), text, linked)
    assert err.getvalue().splitlines() == ["1 sentence was checked only in part.", "  2 and 3."]


def test_a_name_that_could_not_be_looked_up_is_counted() -> None:
    text = "Li Na paid."
    mark = Mark(0, 5, MarkKind.NAME, MarkState.UNCHECKED)
    linked = Linked(id="", sentences=(LinkedSentence(0, 11, supported=True, sources=(), marks=(mark,)),))
    err = io.StringIO()
    document_commands.say_checks(Terminal(out=io.StringIO(), err=err), text, linked)
    assert err.getvalue().splitlines() == ["1 name was not checked.", "  Li Na"]
