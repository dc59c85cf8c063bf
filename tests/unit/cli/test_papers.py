"""What commands about documents say of the checks, and what of them stands in their objects."""

from __future__ import annotations

import io

from assistant.cli import papers
from assistant.cli.terminal import Terminal
from assistant.core.documents import OpenDocument


def test_what_could_not_be_checked_is_null_and_said() -> None:
    document = OpenDocument("d", "t", "text", "One. Two.", (), ())
    assert papers.links_as_json(document, "One.", None) == {"sources": [], "unsupported": None, "coverage": None}
    err = io.StringIO()
    papers.say_checks(Terminal(out=io.StringIO(), err=err), None)
    assert err.getvalue() == "The sentences could not be checked against the document.\n"
