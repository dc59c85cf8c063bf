"""JSON, YAML and CSV for translation: values and cells, quoted as they need to be."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

import pytest
import yaml

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import primary
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.splicing import Translatable

JSON = """{
  // comment
  "@@locale": "en",
  "hello": "Hello {name}, \\"quoted\\" caf\\u00e9",
  "@hello": {"description": "not this"},
  "nested": {"list": ["One thing", "images/a.png", 3, true, null, "btn_ok"], "url": "http://x.y"},
  "emoji": "Go \\ud83d\\ude00",
}
"""
YAML = """# top
en:
  hello: Hello world   # comment
  quoted: "Say \\"hi\\" now"
  single: 'It''s fine'
  yes_no: yes
  number: 12
  block: |
    Line one
    Line two
  folded: >-
    Folded text that
    goes on
  list:
    - First item
    - {flow: Some flow text, b: 2}
  anchor: &a Anchored text
  alias: *a
"""
NASTY = [
    "yes",
    "a: b",
    "# x",
    "- y",
    "it's",
    'say "x"',
    "x, y] }",
    "a\\b",
    "null",
    "12",
    " ".join("x" * 90),
    "：你好",
    "@a",
    "a #b",
    "x:",
    "?",
    "%a",
]
CSV = 'id,name,text,url\r\n1,btn_ok,"Hello, ""world"" again",http://a.b\r\n2,btn_no,Plain words here,http://a.c\r\n'


def shown(document: Translatable) -> list[str]:
    return [one.text for one in document.document.segments]


def write(document: Translatable, texts: Sequence[str | None], language: str = "de") -> str:
    return document.write(texts, language=language, source="en").decode()


# ---------------------------------------------------------------- JSON


def test_values_of_json() -> None:
    document = open_translatable(JSON.encode(), "app_en.arb")
    assert shown(document) == ['Hello {name}, "quoted" café', "One thing", "Go 😀"]
    assert [one.note for one in document.document.segments] == ["hello", "nested.list.0", "emoji"]
    assert (document.document.format, document.document.language) == ("json", "en")
    written = write(document, ['Grüß {name}\t"x"', "Ein/Ding", None])
    assert '"hello": "Gr\\u00fc\\u00df {name}\\t\\"x\\""' in written
    assert '"@@locale": "de"' in written
    assert '["Ein/Ding", "images/a.png", 3, true, null, "btn_ok"]' in written
    assert '"emoji": "Go \\ud83d\\ude00",' in written


def test_json_with_characters_as_they_are_keeps_them() -> None:
    document = open_translatable('{"a": "你好，世界", "b": "x\\/y words"}'.encode(), "zh.json")
    assert write(document, ["Grüße", None]) == '{"a": "Grüße", "b": "x\\/y words"}'


def test_several_values_and_plain_ones() -> None:
    document = open_translatable(b'{"a": "One word"}\n{"a": "Two words"}\n', "x.jsonl")
    assert write(document, ["Eins", "Zwei"]) == '{"a": "Eins"}\n{"a": "Zwei"}\n'


@pytest.mark.parametrize(
    "data", ['{"a": "words', '{"a" "words"}', "{]", '["a words"', '{"a": "x\\q words"}', "[" * 300]
)
def test_damaged_json_is_refused(data: str) -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(data.encode(), "x.json")
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED


# ---------------------------------------------------------------- YAML


def test_values_of_yaml() -> None:
    document = open_translatable(YAML.encode(), "en.yml")
    assert shown(document) == [
        "Hello world", 'Say "hi" now', "It's fine", "Line one\nLine two", "Folded text that goes on", "First item",
        "Some flow text", "Anchored text",
    ]  # fmt: skip
    assert document.document.segments[0].note == "en.hello"
    written = write(document, [one.upper() for one in shown(document)])
    assert written.startswith("# top\nde:\n  hello: HELLO WORLD   # comment\n")
    assert "  block: |\n    LINE ONE\n    LINE TWO\n  folded: |-\n    FOLDED TEXT THAT GOES ON\n" in written
    assert "anchor: &a ANCHORED TEXT\n" in written
    loaded, before = yaml.safe_load(written)["de"], yaml.safe_load(YAML)["en"]
    assert loaded["alias"] == "ANCHORED TEXT"
    assert {key: value.upper() if isinstance(value, str) else value for key, value in before.items()} == {
        **loaded, "list": before["list"],
    }  # fmt: skip


@pytest.mark.parametrize("value", NASTY)
@pytest.mark.parametrize("style", ["{}", '"{}"', "'{}'", "[{}, 2]", "|\n    {}\n", ">-\n    {}\n"])
def test_new_values_of_yaml_mean_what_they_say(style: str, value: str) -> None:
    data = f"a:\n  b: {style.format('Some words')}\n  c: last one\n"
    document = open_translatable(data.encode(), "x.yaml")
    found = yaml.safe_load(write(document, [value, None]))["a"]
    got = found["b"][0] if isinstance(found["b"], list) else found["b"]
    assert got.rstrip("\n") == value
    assert found["c"] == "last one"


def test_a_new_line_break_is_escaped_in_a_plain_value() -> None:
    document = open_translatable(b'a: "One\\ntwo words"\n', "x.yaml")
    assert shown(document) == ["One\ntwo words"]
    assert write(document, ["Eins\nzwei"]) == 'a: "Eins\\nzwei"\n'


@pytest.mark.parametrize(
    "data", ["a: [words", "a: 'words", "a: *nowhere\n- x", "\ta: x", "- [" * 1, "[" * 300 + "x words"]
)
def test_damaged_yaml_is_refused(data: str) -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(data.encode(), "x.yaml")
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED


ENGLISH = "\n  a: Welcome back to the house\n  b: Your settings have been saved\n"


@pytest.mark.parametrize(
    ("key", "values", "name"),
    [
        *((key, ENGLISH, "a.yml") for key in ("app", "ui", "faq", "cli", "api", "is", "ga", "my", "ml", "de")),
        *(("my", "\n  a: Settings\n", "a.yml"), ("app", "\n  a: Settings\n", "app.yml")),
    ],
)
def test_a_root_that_is_a_word_stays(key: str, values: str, name: str) -> None:
    document = open_translatable(f"{key}:{values}".encode(), name)
    assert document.document.language in ("en", "")
    texts = ["词"] * len(document.document.segments)
    written = document.write(texts, language="zh-Hans", source="en").decode()
    assert written.startswith(f"{key}:\n")


@pytest.mark.parametrize(
    ("key", "name", "language", "written"),
    [
        ("en", "a.yml", "zh-Hans", "zh-CN"), ("en-GB", "a.yml", "pt-BR", "pt-BR"), ("en", "a.yml", "de", "de"),
        ("en-Latn", "a.yml", "zh-Hans", "zh-Hans"), ('"en"', "a.yml", "zh-Hans", '"zh-CN"'),
        ("en_US", "a.yml", "zh-Hant", "zh_TW"),
        ("is", "devise.is.yml", "de", "de"), ("en_US", "a.yml", "sr-Latn", "sr"), ("en", "a.yml", "sr-Latn", "sr-Latn"),
    ],
)  # fmt: skip
def test_a_root_that_names_the_language_names_the_new_one(key: str, name: str, language: str, written: str) -> None:
    document = open_translatable(f"{key}:{ENGLISH}".encode(), name)
    assert primary(document.document.language) == primary(key.strip('"'))
    new = document.write(["x y", "z"], language=language, source=document.document.language).decode()
    assert new.startswith(f"{written}:\n")


def test_a_root_of_the_language_that_somebody_says_it_is_in_is_renamed() -> None:
    document = open_translatable(b"is:\n  a: Settings\n", "a.yml")
    assert document.write(["Einstellungen"], language="de", source="is") == b"de:\n  a: Einstellungen\n"
    assert document.write(["Einstellungen"], language="de", source="en") == b"is:\n  a: Einstellungen\n"


# ---------------------------------------------------------------- CSV


def test_columns_that_hold_sentences() -> None:
    document = open_translatable(CSV.encode(), "x.csv")
    assert document.document.columns == ("id", "name", "text", "url")
    assert document.document.chosen == ("text",)
    assert shown(document) == ['Hello, "world" again', "Plain words here"]
    assert write(document, ['Hallo "Welt"', "Worte, hier"]) == (
        'id,name,text,url\r\n1,btn_ok,"Hallo ""Welt""",http://a.b\r\n2,btn_no,"Worte, hier",http://a.c\r\n'
    )


def test_columns_can_be_chosen() -> None:
    data = b"en,de\nYes,\nOpen it now,\n"
    assert shown(open_translatable(data, "x.csv", columns=["en"])) == ["Yes", "Open it now"]
    assert shown(open_translatable(CSV.encode(), "x.csv", columns=["3"])) == [
        'Hello, "world" again',
        "Plain words here",
    ]
    assert open_translatable(CSV.encode(), "x.csv", columns=["3", "name"]).document.chosen == ("name", "text")
    with pytest.raises(AssistantError) as caught:
        open_translatable(data, "x.csv", columns=["de"])
    assert caught.value.values["what"] == "columns"


@pytest.mark.parametrize(
    ("head", "chosen"),
    [
        *(("key,en,de", ("en",)), ("key,English,Deutsch", ("English",)), ("key,en_US,zh-CN", ("en_US",))),
        *(("key,text,de", ("text",)), ("key,text,en", ("text", "en")), ("key,name,text", ("name", "text"))),
    ],
)
def test_columns_of_other_languages_are_left_out(head: str, chosen: tuple[str, ...]) -> None:
    rows = "a,Open the window,Das Fenster öffnen\nb,Your changes are saved,Ihre Änderungen sind gespeichert\nc,To it,\n"
    document = open_translatable(f"{head}\n{rows}".encode(), "x.csv").document
    assert document.chosen == chosen
    assert document.columns == tuple(head.split(","))


def test_the_source_of_a_table_of_languages_is_the_fullest_column() -> None:
    rows = "a,,Open the window,\nb,Die Tür öffnen,Open the door,Ouvrir la porte\n"
    document = open_translatable(f"key,de,en,fr\n{rows}".encode(), "x.csv")
    assert document.document.chosen == ("en",)
    assert open_translatable(f"key,de,en,fr\n{rows}".encode(), "x.csv", columns=["fr"]).document.chosen == ("fr",)


def test_a_table_of_languages_gets_what_is_new_in_the_column_of_its_language() -> None:
    data = 'key,en,de,note\nk1,Open the window,,x\nk2,"Yes, of course",Ja,y\nk3,Lamplight\nk4,The end,"",\n'
    document = open_translatable(data.encode(), "x.csv")
    assert (document.document.chosen, document.document.target_language) == (("en",), "de")
    assert [one.target for one in document.document.segments] == ["", "Ja", "", ""]
    new = ["Fenster öffnen", "Ja", "Lamplight", 'Das "Ende"']
    assert write(document, new, language="de") == (
        'key,en,de,note\nk1,Open the window,Fenster öffnen,x\nk2,"Yes, of course",Ja,y\nk3,Lamplight,Lamplight\n'
        'k4,The end,"Das ""Ende""",\n'
    )
    edited = write(document, ["a, b", "Aber ja", None, None], language="de")
    assert edited.splitlines()[1:3] == ['k1,Open the window,"a, b",x', 'k2,"Yes, of course","Aber ja",y']
    assert write(document, shown(document), language="de") == data
    # In another language, for which there is no column, the words take the place of the source.
    assert write(document, ["Ouvrir", "Oui", None, None], language="fr").splitlines()[1] == "k1,Ouvrir,,x"


def test_other_columns_of_a_table_of_languages_are_translated_in_their_place() -> None:
    data = "key,English,German,note\nk1,Open the window,,Shown at the start\nk2,Close it now\n"
    document = open_translatable(data.encode(), "x.csv")
    assert document.document.chosen == ("English", "note")
    assert write(document, ["Öffnen", "Am Anfang", "Schließen"]) == (
        "key,English,German,note\nk1,Open the window,Öffnen,Am Anfang\nk2,Close it now,Schließen\n"
    )


def test_a_table_of_many_languages_keeps_what_people_wrote() -> None:
    head = "id;en;zh-CN;fr\n"
    data = f"{head}a;Open it;;Ouvrir\nb;Close it;关闭;\n"
    document = open_translatable(data.encode(), "x.csv")
    assert (document.document.chosen, document.document.target_language) == (("en",), "")
    assert write(document, ["打开", "关上"], language="zh-Hans") == f"{head}a;Open it;打开;Ouvrir\nb;Close it;关闭;\n"
    assert write(document, ["x", "Fermer"], language="fr") == f"{head}a;Open it;;Ouvrir\nb;Close it;关闭;Fermer\n"


def test_a_column_of_numbers_is_in_no_language() -> None:
    document = open_translatable(b"id,no,text\nk1,1,Open the window\nk2,2,Close the window\n", "x.csv")
    assert document.document.target_language == ""
    assert write(document, ["a b", None], language="id") == "id,no,text\nk1,1,a b\nk2,2,Close the window\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_tables_written_by_others(delimiter: str, line_end: str) -> None:
    rows = [
        ["nr", "words"],
        ["1", "One line\nand another"],
        ["2", f'With {delimiter} and "quotes"'],
        ["3", "你好，世界"],
        ["4", ""],
    ]
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=line_end).writerows(rows)
    document = open_translatable(out.getvalue().encode(), "x.csv")
    assert shown(document) == [rows[1][1], rows[2][1], rows[3][1]]
    assert write(document, shown(document)) == out.getvalue()
    new = [f'a{delimiter} "b"', "c\nd", "plain"]
    written = write(document, [new[0], rows[1][1], new[2]])
    read = list(csv.reader(io.StringIO(written, newline=""), delimiter=delimiter))
    assert read == [rows[0], ["1", f'a{delimiter} "b"'], ["2", "One line and another"], ["3", "plain"], ["4", ""]]


@pytest.mark.parametrize(
    "data", ['a,b\n1,"never closed words\n2,more words\n', 'a,b\n"x"y words,2\n', "a b\rc d,,,\r,,\r", 'a b,"c d"']
)
def test_odd_tables_stay_as_they_are(data: str) -> None:
    document = open_translatable(data.encode(), "x.csv")
    assert write(document, shown(document)) == data
    written = write(document, [one.upper() for one in shown(document)])
    assert shown(open_translatable(written.encode(), "x.csv")) == [one.upper() for one in shown(document)]


def test_a_big_number_stays_whole() -> None:
    assert (
        json.loads(write(open_translatable(b'{"a": 12345678901234567890, "b": "Two words"}', "x.json"), ["Zwei"]))["a"]
        == 12345678901234567890
    )


@pytest.mark.parametrize(
    "value", ["btn_primary", "np.float32", "qdbuserror.h", "com.example.App", "0xbd0C0000", "#ffaa00", "a/b.png"]
)
def test_names_for_programs_are_no_words(value: str) -> None:
    data = f'{{"a": "{value}", "b": "A word."}}'.encode()
    assert [one.text for one in open_translatable(data, "a.json").document.segments] == ["A word."]
