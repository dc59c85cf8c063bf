"""Catalogues of gettext for translation."""

from __future__ import annotations

import gettext
import io

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import OFFERED
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.plurals import plural_forms

PO = """# Comment
msgid ""
msgstr ""
"Project-Id-Version: x\\n"
"Language: de\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#. Button
#: a.c:1
#, c-format
msgid "Save %s"
msgstr ""

#, fuzzy, c-format
#| msgid "Old"
msgid "New %d"
msgstr "Alt %d"

#, fuzzy
msgid "Another one"
msgstr "Noch"

msgctxt "menu"
msgid "Open"
msgstr "Öffnen"

msgid "%d file"
msgid_plural "%d files"
msgstr[0] ""
msgstr[1] ""

msgid ""
"Line one\\n"
"Line \\"two\\"\\n"
msgstr ""

#~ msgid "obsolete"
#~ msgstr "alt"
"""
GERMAN = ["%s speichern", "Neu %d", "Noch eins", None, "%d Datei", "%d Dateien", 'Zeile eins\nZeile "zwei"']


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_identity(line_end: str) -> None:
    data = PO.replace("\n", line_end).encode()
    document = open_translatable(data, "a.po")
    assert document.write([one.text for one in document.document.segments], language="fr", source="en") == data
    assert document.write([None] * 7, language="fr", source="en") == data


def test_messages() -> None:
    document = open_translatable(PO.encode(), "a.po").document
    assert [(one.text, one.target, one.note) for one in document.segments] == [
        ("Save %s", "", "Button"),
        ("New %d", "", ""),
        ("Another one", "", ""),
        ("Open", "Öffnen", "menu"),
        ("%d file", "", ""),
        ("%d files", "", ""),
        ('Line one\nLine "two"', "", ""),
    ]
    assert (document.format, document.language, document.target_language) == ("po", "en", "de")


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_written_it_says_what_it_should(line_end: str) -> None:
    document = open_translatable(PO.replace("\n", line_end).encode(), "a.po")
    written = document.write(GERMAN, language="de", source="en").decode()
    expected = PO.replace('"Save %s"\nmsgstr ""', '"Save %s"\nmsgstr "%s speichern"')
    expected = expected.replace('#, fuzzy, c-format\n#| msgid "Old"\n', "#, c-format\n").replace("Alt %d", "Neu %d")
    expected = expected.replace(
        '#, fuzzy\nmsgid "Another one"\nmsgstr "Noch"', 'msgid "Another one"\nmsgstr "Noch eins"'
    )
    expected = expected.replace('[0] ""\nmsgstr[1] ""', '[0] "%d Datei"\nmsgstr[1] "%d Dateien"')
    expected = expected.replace(
        'two\\"\\n"\nmsgstr ""', 'two\\"\\n"\nmsgstr ""\n"Zeile eins\\n"\n"Zeile \\"zwei\\"\\n"'
    )
    assert written == expected.replace("\n", line_end)


def test_other_tools_read_what_was_written() -> None:
    written = open_translatable(PO.encode(), "a.po").write(GERMAN, language="de", source="en")
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(written)))
    compiled.seek(0)
    catalogue = gettext.GNUTranslations(compiled)
    assert catalogue.gettext('Line one\nLine "two"\n') == 'Zeile eins\nZeile "zwei"\n'
    assert catalogue.ngettext("%d file", "%d files", 1) == "%d Datei"
    assert catalogue.pgettext("menu", "Open") == "Öffnen"
    assert catalogue.gettext("New %d") == "Neu %d"


@pytest.mark.parametrize(("language", "forms"), [("zh-Hans", 1), ("ru", 3), ("fr", 2), ("tlh", 2)])
def test_a_language_has_its_plural_forms(language: str, forms: int) -> None:
    document = open_translatable(PO.encode(), "a.po")
    written = document.write([None] * 4 + ["one", "many", None], language=language, source="en")
    assert written.count(b"msgstr[") == forms
    values = [line.split(b'"')[1].decode() for line in written.splitlines() if line.startswith(b"msgstr[")]
    assert values == ["many"] if forms == 1 else ["one"] + ["many"] * (forms - 1)
    catalogue = read_po(io.BytesIO(written))
    assert f"Language: {'zh_CN' if language == 'zh-Hans' else language}\\n".encode() in written
    assert catalogue.num_plurals == (plural_forms(language)[0] or 2)


@pytest.mark.parametrize(("language", "fuzzy"), [("ru", True), ("ar", True), ("de", False), ("zh-Hans", False)])
def test_forms_that_the_source_does_not_have_are_to_be_looked_at(language: str, fuzzy: bool) -> None:
    document = open_translatable(PO.encode(), "a.po")
    written = document.write([None] * 4 + ["%d one", "%d many", None], language=language, source="en")
    message = read_po(io.BytesIO(written)).get("%d file")
    assert message is not None
    assert message.fuzzy is fuzzy
    half = PO.replace('[0] ""\nmsgstr[1] ""', '[0] "%d a"\nmsgstr[1] "%d b"\nmsgstr[2] "%d c"').encode()
    written = open_translatable(half, "a.po").write([None] * 4 + ["%d one", None, None], language="ru", source="en")
    assert b'fuzzy\nmsgid "%d file' not in written, "only the first form is new, the others are what they were"
    assert b'msgstr[0] "%d one"\nmsgstr[1] "%d b"\nmsgstr[2] "%d c"\n' in written


def test_an_indented_comment_is_one() -> None:
    data = b'  # Button\n\t#, fuzzy\n  msgid "Two words"\n  msgstr "Alt"\n  #~ msgid "gone"\n'
    opened = open_translatable(data, "a.po")
    assert [(one.note, one.target) for one in opened.document.segments] == [("Button", "")]
    written = opened.write(["Zwei"], language="de", source="en")
    assert written == b'  # Button\n  msgid "Two words"\n  msgstr "Zwei"\n  #~ msgid "gone"\n'


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"caf\303\251 two", "café two"),
        (r"caf\xc3\xa9 two", "café two"),
        (r"caf\351 two", "café two"),
        (r"a\1012 b", "aA2 b"),
    ],
)
def test_bytes_in_numbers_are_characters(written: str, meant: str) -> None:
    opened = open_translatable(f'msgid "{written}"\nmsgstr ""\n'.encode(), "a.po")
    assert [one.text for one in opened.document.segments] == [meant]


def test_half_of_a_plural_keeps_the_other() -> None:
    data = PO.replace('[0] ""\nmsgstr[1] ""', '[0] "%d Datei"\nmsgstr[1] "%d Dateien"').encode()
    document = open_translatable(data, "a.po")
    assert [one.target for one in document.document.segments][4:6] == ["%d Datei", "%d Dateien"]
    written = document.write([None] * 5 + ["%d Akten", None], language="de", source="en").decode()
    assert 'msgstr[0] "%d Datei"\nmsgstr[1] "%d Akten"\n' in written


def test_a_word_that_is_the_same_in_both_languages_is_written() -> None:
    data = b'msgid "OK"\nmsgstr ""\n\nmsgid "Two words"\nmsgstr ""\n'
    written = open_translatable(data, "a.po").write(["OK", "Zwei"], language="de", source="en")
    assert written == b'msgid "OK"\nmsgstr "OK"\n\nmsgid "Two words"\nmsgstr "Zwei"\n'


def test_a_charset_that_cannot_hold_it_becomes_utf_8() -> None:
    data = PO.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    document = open_translatable(data, "a.po")
    assert document.document.segments[3].target == "Öffnen"
    assert "Öffnen".encode("latin-1") in document.write(GERMAN, language="de", source="en")
    written = document.write(["保存 %s", *([None] * 6)], language="zh", source="en")
    assert b"charset=UTF-8" in written
    assert "Öffnen" in written.decode()


@pytest.mark.parametrize("charset", ["CHARSET", "ASCII", "ISO-8859-1"])
def test_a_template_of_plain_letters_says_what_it_is_in_then(charset: str) -> None:
    header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset={charset}\\n"\n\n'
    data = f'{header}msgid "Two words"\nmsgstr ""\n'.encode()
    written = open_translatable(data, "a.pot").write(["二词"], language="zh", source="en")
    assert b"charset=UTF-8" in written
    assert read_po(io.BytesIO(written)).get("Two words").string == "二词"


def test_long_lines_are_wrapped_where_the_file_does_it() -> None:
    data = b'msgid ""\n"some long words "\n"and more of them"\nmsgstr ""\n'
    written = open_translatable(data, "a.po").write(["wort " * 30 + "x"], language="de", source="en").decode()
    assert max(map(len, written.splitlines())) <= 80
    assert read_po(io.BytesIO(written.encode())).get("some long words and more of them").string == "wort " * 30 + "x"


@pytest.mark.parametrize(
    "damage", ['msgid "never ends\nmsgstr ""\n', '"no keyword"\n', 'msgid "a b"\nmsgstr ""\nnonsense\n']
)
def test_damaged_catalogues_are_refused(damage: str) -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(damage.encode(), "a.po") if damage.startswith("msgid") else open_translatable(
            b'msgid "x y"\nmsgstr ""\n\n' + damage.encode(), "a.po"
        )
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_is_doubtful_is_fuzzy(line_end: str) -> None:
    document = open_translatable(PO.replace("\n", line_end).encode(), "a.po")
    doubtful = [True, True, False, False, False, True, True]
    written = document.write(GERMAN, language="de", source="en", doubtful=doubtful)
    catalogue = read_po(io.BytesIO(written))
    fuzzy = {one.id if isinstance(one.id, str) else one.id[0] for one in catalogue if one.id and one.fuzzy}
    assert fuzzy == {"Save %s", "New %d", "%d file", 'Line one\nLine "two"\n'}
    assert catalogue.get("Save %s").flags >= {"c-format", "fuzzy"}
    assert catalogue.get("New %d").string == "Neu %d"
    assert b"#|" not in written
    text = written.decode().replace(line_end, "\n")
    assert '#: a.c:1\n#, fuzzy, c-format\nmsgid "Save %s"' in text
    assert '\n\n#, fuzzy\nmsgid "%d file"\n' in text
    assert written.count(line_end.encode()) == written.count(b"\n")


@pytest.mark.parametrize(
    ("said", "language", "written"),
    [
        ("zh", "zh-Hans", "zh"), ("zh_CN", "zh-Hans", "zh_CN"), ("zh_TW", "zh-Hant", "zh_TW"),
        ("zh", "zh-Hant", "zh_TW"), ("zh_TW", "zh-Hans", "zh_CN"), ("de", "zh-Hans", "zh_CN"),
        ("de_AT", "de", "de_AT"), ("", "pt-BR", "pt_BR"), ("sr", "sr-Latn", "sr@latin"), ("de", "zh-Hant-HK", "zh_HK"),
        ("pt_PT", "pt-BR", "pt_BR"),
    ],
)  # fmt: skip
def test_the_language_is_named_as_gettext_does(said: str, language: str, written: str) -> None:
    document = open_translatable(PO.replace("Language: de", f"Language: {said}").encode(), "a.po")
    assert f'"Language: {written}\\n"'.encode() in document.write(["x", *[None] * 6], language=language, source="en")


def test_forms_that_the_header_does_not_tell_are_told() -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    plain = head + 'msgid "A file"\nmsgstr ""\n'
    plural = head + 'msgid "%d file"\nmsgid_plural "%d files"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    new = [
        (opened := open_translatable(text.encode(), "a.po")).write(
            ["fichier"] * len(opened.document.segments), language="fr", source="en"
        )
        for text in (plain, plural)
    ]
    assert b"Plural-Forms" not in new[0]
    assert b'"Plural-Forms: nplurals=2; plural=(n > 1);\\n"' in new[1]


def test_the_forms_of_every_language_that_is_offered_are_known() -> None:
    unknown = [tag for tag in OFFERED if not plural_forms(tag)[0]]
    assert unknown == []
