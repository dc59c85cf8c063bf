"""XLIFF for translation, 1.2 and 2.x."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.segments import is_code, without_codes
from assistant.documents.translating.opening import open_translatable

OLD = """<?xml version="1.0" encoding="UTF-8"?>
<!-- made by hand -->
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2">
 <file source-language="en" datatype="plaintext" original="x">
  <body>
   <trans-unit id="1" resname="greeting">
    <source>Hello <g id="1">world</g> &amp; <x id="2"/>all</source>
    <note>A note</note>
    <alt-trans><source>Hi</source><target>Salut</target></alt-trans>
   </trans-unit>
   <trans-unit id="2"><source>Two</source><target state="new">Two</target></trans-unit>
   <trans-unit id="3"><source>Three <ph id="1">%s</ph> <bpt id="4">&lt;b></bpt>bold<ept id="4">&lt;/b></ept></source>\
<target state="final">Drei <ph id="1">%s</ph> \
<bpt id="4">&lt;b></bpt>fett<ept id="4">&lt;/b></ept></target></trans-unit>
   <trans-unit id="4" translate="no"><source>No way</source></trans-unit>
   <trans-unit id="5"><source>One. Two.</source><seg-source><mrk mtype="seg" mid="1">One.</mrk> \
<mrk mtype="seg" mid="2">Two.</mrk></seg-source></trans-unit>
   <group translate="no"><trans-unit id="6"><source>Nor this</source></trans-unit></group>
  </body>
 </file>
</xliff>
"""
NEW = """<xliff version="2.0" srcLang="en" trgLang="fr" xmlns="urn:oasis:names:tc:xliff:document:2.0">
 <file id="f1"><unit id="u1"><notes><note>N</note></notes>\
<segment state="initial"><source>Hi <pc id="1">there</pc> <ph id="2"/>.</source></segment>
 <segment id="s2"><source>Bye now</source><target/></segment><ignorable><source> </source></ignorable></unit>
 <unit id="u2" translate="no"><segment><source>Not this</source></segment></unit></file></xliff>
"""


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


@pytest.mark.parametrize("text", [OLD, NEW])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_identity(text: str, line_end: str) -> None:
    data = text.replace("\n", line_end).encode()
    document = open_translatable(data, "a.xlf")
    assert document.write([one.text for one in document.document.segments], language="de", source="en") == data


def test_units() -> None:
    document = open_translatable(OLD.encode(), "strange.txt").document
    assert [without_codes(one.text) for one in document.segments] == [
        "Hello world & all",
        "Two",
        "Three  bold",
        "One. Two.",
    ]
    assert (document.format, document.language, document.target_language) == ("xliff", "en", "")
    first, second, third, _ = document.segments
    assert first.note == "greeting\nA note"
    assert (first.target, second.target) == ("", "")
    assert without_codes(third.target) == "Drei  fett"
    assert sorted(filter(is_code, third.target)) == sorted(filter(is_code, third.text))


def test_targets_are_made_and_changed() -> None:
    document = open_translatable(OLD.encode(), "a.xlf")
    texts = [one.text.replace("o", "0") for one in document.document.segments]
    written = document.write([texts[0], texts[1], None, texts[3]], language="de", source="en").decode()
    assert 'original="x" target-language="de">' in written
    made = '<target state="translated">Hell0 <g id="1">w0rld</g> &amp; <x id="2"/>all</target>'
    assert f"all</source>\n    {made}\n" in written
    assert '<target state="translated">Tw0</target>' in written
    assert '<target state="final">Drei' in written
    assert written.count("<target") == 5
    again = open_translatable(written.encode(), "a.xlf").document
    assert [one.target for one in again.segments][:2] == texts[:2]
    assert again.target_language == "de"
    units = [one for one in ElementTree.fromstring(written).iter() if local(one) == "trans-unit"]
    assert [[local(child) for child in unit] for unit in units] == [
        ["source", "target", "note", "alt-trans"], ["source", "target"], ["source", "target"], ["source"],
        ["source", "seg-source", "target"], ["source"],
    ]  # fmt: skip
    divided = next(one for one in units[4] if local(one) == "target")
    assert [(local(one), one.get("mid"), one.text) for one in divided] == [("mrk", "1", "One."), ("mrk", "2", "Tw0.")]


def test_version_2() -> None:
    document = open_translatable(NEW.encode(), "a.xlf")
    assert (document.document.language, document.document.target_language) == ("en", "fr")
    first, second = document.document.segments
    written = document.write([first.text.upper(), "<Tschüss> & weg"], language="de-AT", source="en").decode()
    assert 'trgLang="de-AT"' in written
    assert '<segment state="translated"><source>Hi <pc id="1">there</pc> <ph id="2"/>.</source>' in written
    assert '<target>HI <pc id="1">THERE</pc> <ph id="2"/>.</target></segment>' in written
    assert "<target>&lt;Tschüss&gt; &amp; weg</target>" in written
    assert [one.target for one in open_translatable(written.encode(), "a.xlf").document.segments] == [
        first.text.upper(),
        "<Tschüss> & weg",
    ]
    assert second.note == "N" or second.note == "s2\nN"


@pytest.mark.parametrize(
    ("said", "language", "written"),
    [
        *(("zh-TW", "zh-Hans", "zh-CN"), ("zh-Hant", "zh-Hans", "zh-Hans"), ("zh-Hant-TW", "zh-Hans", "zh-Hans")),
        *(("zh-CN", "zh-Hant", "zh-TW"), ("zh_TW", "zh-Hans", "zh_CN"), ("en-US", "zh-Hans", "zh-CN")),
        *(("fr", "zh-Hans", "zh-Hans"), ("fr-FR", "sr-Latn", "sr-Latn")),
        *(("zh-TW", "zh-Hant", "zh-TW"), ("zh-CN", "zh-Hans", "zh-CN")),
        *(("pt-PT", "pt-BR", "pt-BR"), ("pt-BR", "pt", "pt-BR"), ("de-AT", "de", "de-AT"), ("fr", "de", "de")),
        *(("zh_TW", "zh-Hant-HK", "zh_HK"), ("pt-br", "pt-BR", "pt-br"), ("sr-Cyrl", "sr-Latn", "sr-Latn")),
    ],
)
def test_the_target_language_is_the_one_that_is_written(said: str, language: str, written: str) -> None:
    opened = open_translatable(NEW.replace('trgLang="fr"', f'trgLang="{said}"').encode(), "a.xlf")
    new = opened.write(["x", None], language=language, source="en")
    assert f'trgLang="{written}"'.encode() in new


@pytest.mark.parametrize(("source", "written"), [("en", "zh-Hans"), ("en-US", "zh-CN"), ("en_GB", "zh_CN")])
def test_a_target_language_that_is_not_told_is_spelled_as_that_of_the_source(source: str, written: str) -> None:
    opened = open_translatable(OLD.replace('"en"', f'"{source}"').encode(), "a.xlf")
    new = opened.write(["x", None, None, None], language="zh-Hans", source="en")
    assert f'source-language="{source}" datatype="plaintext" original="x" target-language="{written}"'.encode() in new


def test_an_encoding_that_cannot_hold_it_has_references() -> None:
    data = OLD.replace("UTF-8", "ISO-8859-1").encode("latin-1")
    written = open_translatable(data, "a.xlf").write([None, "二é", None, None], language="zh", source="en")
    assert "&#20108;é".encode("latin-1") in written
    assert ElementTree.fromstring(written) is not None


@pytest.mark.parametrize(
    "damage",
    [
        "<xliff><file><body>",
        "<xliff><file></xliff>",
        '<?xml version="1.0"?><!DOCTYPE xliff [<!ENTITY a "b">]><xliff>&a;</xliff>',
        "<xliff>" + "<group>" * 300 + "</group>" * 300 + "</xliff>",
    ],
)
def test_damaged_and_hostile_files_are_refused(damage: str) -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(damage.encode(), "a.xlf")
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED


def test_what_is_doubtful_is_to_be_reviewed() -> None:
    document = open_translatable(OLD.encode(), "a.xlf")
    texts = [one.text.replace("o", "0") for one in document.document.segments]
    written = document.write(texts, language="de", source="en", doubtful=[True, True, True, False]).decode()
    assert written.count('<target state="needs-review-translation">') == 3
    assert written.count('<target state="translated">') == 1
    new = open_translatable(NEW.encode(), "a.xlf")
    texts = [one.text.upper() for one in new.document.segments]
    assert b'<segment state="initial">' in new.write(texts, language="fr", source="en", doubtful=[True, False])
    assert b'<segment state="translated">' in new.write(texts, language="fr", source="en", doubtful=[False, True])


def test_a_long_row_of_blanks_holds_nothing_up() -> None:
    blanks = " " * 100_000
    data = (
        '<xliff version="1.2"><file source-language="en" target-language="de" original="a"><body>'
        f'<trans-unit id="1"><source>One{blanks}word</source></trans-unit></body></file></xliff>'
    )
    (one,) = open_translatable(data.encode(), "a.xlf").document.segments
    assert one.text == f"One{blanks}word"


@pytest.mark.parametrize("place", ["xliff", "trans-unit", "source"])
def test_white_space_that_is_to_be_preserved_is(place: str) -> None:
    tags = {one: f'{one} xml:space="preserve"' if one == place else one for one in ("xliff", "trans-unit", "source")}
    text = (
        f'<{tags["xliff"]} version="1.2"><file source-language="en"><body><{tags["trans-unit"]} id="1">'
        f"<{tags['source']}>One.\n   * Two.</source></trans-unit></body></file></xliff>"
    )
    opened = open_translatable(text.encode(), "a.xlf")
    assert [one.text for one in opened.document.segments] == ["One.\n   * Two."]
    assert (
        '<target state="translated">Eins.\n   * Zwei.</target>'
        in opened.write(["Eins.\n   * Zwei."], language="de", source="en").decode()
    )
    plain = open_translatable(text.replace("preserve", "default").encode(), "a.xlf").document
    assert [one.text for one in plain.segments] == ["One. * Two."]


def test_a_section_without_entities_is_translated_as_one() -> None:
    unit = "<trans-unit id='1'><source> <![CDATA[Raw <b>words</b> &amp; more]]> </source></trans-unit>"
    head, tail = (
        '<xliff version="1.2"><file source-language="en"><header><note>Of all.</note></header><body>',
        "</body></file></xliff>",
    )
    opened = open_translatable(f"{head}{unit}{tail}".encode(), "a.xlf")
    (segment,) = opened.document.segments
    assert (segment.text, segment.note) == ("Raw <b>words</b> &amp; more", "1")
    new = opened.write(["Rohe <b>Worte</b> & ]]> mehr"], language="de", source="en")
    assert b'<target state="translated"><![CDATA[Rohe <b>Worte</b> & ]]]]><![CDATA[> mehr]]></target>' in new
    target = ElementTree.fromstring(new).find(".//target")
    assert target is not None
    assert target.text == "Rohe <b>Worte</b> & ]]> mehr"
    known = unit.replace("</trans", "<target><![CDATA[<i>Worte</i>]]></target></trans")
    assert open_translatable(f"{head}{known}{tail}".encode(), "a.xlf").document.segments[0].target == "<i>Worte</i>"


FLOWS = """<xliff version="1.2"><file source-language="en" target-language="de"><body>
<trans-unit id="1"><source>See <ph id="1">&lt;img a="<sub>My <x id="9"/>picture</sub>"/></ph> now.</source></trans-unit>
<trans-unit id="2"><source><it id="2" pos="open">[<sub>Nothing but this</sub>]</it> 12 </source></trans-unit>
<trans-unit id="3"><source>Kept <mrk mtype="protected"><ph id="3"><sub>Never</sub></ph></mrk>.</source></trans-unit>
</body></file></xliff>
"""


def test_texts_inside_of_codes() -> None:
    document = open_translatable(FLOWS.encode(), "a.xlf")
    assert [without_codes(one.text) for one in document.document.segments] == [
        "See  now.", "My picture", "Nothing but this", "Kept .",
    ]  # fmt: skip
    texts = [one.text.upper() for one in document.document.segments]
    written = document.write(texts, language="de", source="en").decode()
    for line in (
        '<target state="translated">SEE <ph id="1">&lt;img a="<sub>MY <x id="9"/>PICTURE</sub>"/></ph> NOW.</target>',
        '<target state="translated"><it id="2" pos="open">[<sub>NOTHING BUT THIS</sub>]</it> 12</target>',
        '<target state="translated">KEPT <mrk mtype="protected"><ph id="3"><sub>Never</sub></ph></mrk>.</target>',
    ):
        assert line in written
    again = open_translatable(written.encode(), "a.xlf")
    assert [one.target for one in again.document.segments] == texts
    changed = again.write([*texts[:1], texts[1].replace("PICTURE", "画"), *texts[2:]], language="de", source="en")
    assert changed == written.replace("PICTURE", "画").encode(), "the rest of the unit stays as it is translated"
    one = document.write([None, texts[1], None, None], language="de", source="en").decode()
    assert 'See <ph id="1">&lt;img a="<sub>MY <x id="9"/>PICTURE</sub>"/></ph> now.</target>' in one
    assert one.count("<target") == 1
