"""Messages with forms for numbers and cases: their words are translated, and nothing that programs read is touched."""

from __future__ import annotations

import json

import pytest

from assistant.documents.segments import ALONE
from assistant.documents.translating.icu import message_in
from assistant.documents.translating.opening import open_translatable

FILES = "{count, plural, =0{No files} one{# file in {place}} other{# files}}"
NESTED = "You have {n, plural, one{one message from {who, select, male{him} other{them}}} other{# messages}}."


def texts(message: str) -> list[str]:
    data = json.dumps({"a": message}).encode()
    return [one.text.replace(chr(ALONE), "~") for one in open_translatable(data, "a.json").document.segments]


def written(message: str, *targets: str) -> str:
    data = json.dumps({"a": message}, ensure_ascii=False).encode()
    new = [one.replace("~", chr(ALONE)) for one in targets]
    found = json.loads(open_translatable(data, "a.json").write(new, language="fr", source="en"))
    return str(found["a"])


def test_each_form_is_a_segment() -> None:
    assert texts(FILES) == ["No files", "~ file in {place}", chr(ALONE + 1) + " files"]
    assert texts(NESTED) == ["You have", "one message from", "him", "them", "~ messages"]
    assert texts("{g, select, male {He came. He left.} other {}} now") == ["He came. He left.", "now"]


def test_what_programs_read_stays() -> None:
    new = written(FILES, "Aucun", "~ fichier dans {place}", chr(ALONE + 1) + " fichiers")
    assert new == "{count, plural, =0{Aucun} one{# fichier dans {place}} other{# fichiers}}"
    chinese = written("{n, plural, one{一个。} other{许多。}}好。", "One.", "Many.", "Good.")
    assert chinese == "{n, plural, one{One.} other{Many.}}Good."


def test_a_format_is_something_without_words() -> None:
    assert texts("Due {d, date, long} at {t, time, ::jmm}. Come.") == [f"Due ~ at {chr(ALONE + 1)}. Come."]
    assert written("Due {d, date, long}", "Pour le ~") == "Pour le {d, date, long}"


@pytest.mark.parametrize(
    ("new", "as_written"),
    [
        ("l'{place}", "l''{place}"), ("dans l'", "dans l''"), ("un } de trop", "un '}' de trop"),
        ("{place} et {", "{place} et '{'"), ("c'est ça", "c'est ça"),
    ],
)  # fmt: skip
def test_new_words_do_not_break_a_message(new: str, as_written: str) -> None:
    found = written("{n, plural, one{in {place}} other{x}}", new, "autre")
    assert found == f"{{n, plural, one{{{as_written}}} other{{autre}}}}"
    again = message_in(found)
    assert again is not None
    assert len(again.words) == 4


@pytest.mark.parametrize(
    "text",
    ["{n, plural, one{a}", "{n, plural, one a}", "{{n, plural, one{a}}}", "{" * 100 + "n, plural, one{a}", "a {b} c"],
)
def test_what_is_no_such_message_is_a_text(text: str) -> None:
    assert message_in(text) is None


def test_quotes_hold_brackets() -> None:
    found = message_in("It''s '{n, plural, one{a}}' {n, plural, other{b '}' c}}")
    assert found is not None
    assert [(start, end) for start, end in sorted(found.words) if end > start] == [(0, 28), (46, 53)]


def test_messages_of_xliff() -> None:
    unit = '<trans-unit id="1"><source>{N, plural, =1 {one apple} other {<x id="I"/> apples}}</source>%s</trans-unit>'
    head = '<xliff version="1.2"><file source-language="en" target-language="de" original="a"><body>'
    data = f"{head}{unit}</body></file></xliff>"
    opened = open_translatable((data % "").encode(), "a.xlf")
    assert [one.text for one in opened.document.segments] == ["one apple", f"{chr(ALONE)} apples"]
    new = opened.write(["ein Apfel", f"{chr(ALONE)} Äpfel"], language="de", source="en").decode()
    assert '{N, plural, =1 {ein Apfel} other {<x id="I"/> Äpfel}}</target>' in new
    known = open_translatable((data % "<target>{N, plural, other {x}}</target>").encode(), "a.xlf").document.segments
    assert [one.target for one in known] == ["{N, plural, other {x}}"]


def test_what_is_said_to_translators_of_an_extension_stays() -> None:
    messages = {
        "hello": {"message": "Hello $USER$.", "description": "A greeting", "placeholders": {"user": {"content": "$1"}}},
        "bye": {"message": "Good bye."},
    }
    document = open_translatable(json.dumps(messages).encode(), "messages.json").document
    assert [one.text for one in document.segments] == ["Hello $USER$.", "Good bye."]


def test_a_format_of_dates_is_no_text() -> None:
    document = open_translatable(b'en:\n  short: "%Y-%m-%d"\n  long: "%B %d, %Y %H:%M"\n  a: Words\n', "a.yml").document
    assert [one.text for one in document.segments] == ["Words"]
