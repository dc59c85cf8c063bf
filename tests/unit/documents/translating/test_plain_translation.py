"""Plain text for translation: lines, wrapped paragraphs, spaces between sentences, encodings."""

from __future__ import annotations

import codecs
from html import unescape

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.model import NoteKind
from assistant.documents.segments import is_code
from assistant.documents.translating import splicing
from assistant.documents.translating.opening import open_translatable

WRAPPED = (
    "This is a long paragraph that was broken to fit in some width of the\n"
    "page, and it goes on here and on and on until it ends somewhere. Next\n"
    "sentence is also here and it is as long as anything in the world of\n"
    "texts that end.\n"
)


def texts(data: bytes, name: str = "") -> list[str]:
    return [one.text for one in open_translatable(data, name).document.segments]


def test_each_line_is_a_block_and_its_mark_is_none_of_its_words() -> None:
    document = open_translatable(
        "Hello world. How are you?\r\n\r\n  - one item\n12345\n你好。世界".encode(), ""
    ).document
    assert [(one.block, one.text, one.before) for one in document.segments] == [
        (0, "Hello world.", ""),
        (0, "How are you?", " "),
        (1, "one item", ""),
        (2, "你好。", ""),
        (2, "世界", ""),
    ]
    assert document.format == "text"


def test_what_is_not_translated_stays_and_line_ends_too() -> None:
    opened = open_translatable(b"Hello world. How are you?\r\n\r\n  - one item\n12345\n", "")
    written = opened.write(["Bonjour.", None, "un"], language="fr", source="en")
    assert written == b"Bonjour. How are you?\r\n\r\n  - un\n12345\n"


def test_only_one_of_two_languages_has_spaces_between_sentences() -> None:
    chinese = open_translatable("你好。再见。".encode(), "")
    assert chinese.write(["Hello.", "Bye."], language="en", source="zh") == b"Hello. Bye."
    english = open_translatable(b"Hello. Bye.", "")
    assert english.write(["你好。", "再见。"], language="zh-Hans", source="en").decode() == "你好。再见。"
    assert english.write(["Salut.", "Ciao."], language="fr", source="en") == b"Salut. Ciao."


def test_a_paragraph_in_chinese_gets_spaces_also_in_an_english_document() -> None:
    opened = open_translatable("It rained all day and we stayed at home.\n今天晴。我们出门。\n".encode(), "")
    assert opened.write([None, "Sun.", "We go."], language="fr", source="en").endswith(b"\nSun. We go.\n")


def test_a_wrapped_paragraph_is_one_and_is_wrapped_again() -> None:
    assert len(texts(WRAPPED.encode())) == 2
    opened = open_translatable(WRAPPED.encode(), "")
    written = opened.write(["wort " * 30, "Ende."], language="de", source="en").decode()
    assert max(map(len, written.splitlines())) <= 69
    assert written.split() == ["wort"] * 30 + ["Ende."]
    chinese = opened.write(["这是一个很长的段落，" * 12, "完。"], language="zh", source="en").decode()
    assert max(map(len, chinese.splitlines())) <= 35
    assert chinese.replace("\n", "") == "这是一个很长的段落，" * 12 + "完。"


def test_wrapped_chinese_lines_are_joined_without_a_space() -> None:
    text = ("今天我们在家里看书写字喝茶听雨，" * 2 + "\n") * 3
    assert all(" " not in one for one in texts(text.encode()))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "gb18030", "cp1252"])
def test_the_encoding_stays(encoding: str) -> None:
    words = (
        "你好，世界。今天天气很好，我们出去走走。"
        if encoding != "cp1252"
        else "Le garçon naïf est déjà là, près de la fenêtre où l’été finit. Très bien."
    )
    mark = codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b""
    data = mark + (words + "\r\n").encode(encoding)
    opened = open_translatable(data, "")
    segments = opened.document.segments
    assert opened.write([one.text for one in segments], language="fr", source="") == data
    written = opened.write(["L'été.", *([None] * (len(segments) - 1))], language="fr", source="")
    assert written.startswith(mark + "L'été.".encode(encoding))


def test_what_an_encoding_does_not_have_makes_it_utf_8() -> None:
    opened = open_translatable("Le garçon naïf est déjà là, près de la fenêtre.".encode("cp1252"), "")
    assert opened.write(["你好。"], language="zh", source="fr") == "你好。".encode()


def test_what_only_the_larger_chinese_encoding_has_makes_it_utf_8() -> None:
    chinese = "你好，世界。今天天气很好，我们出去走走。"
    opened = open_translatable(chinese.encode("gb18030"), "")
    number = len(opened.document.segments)
    assert (
        opened.write(["صباح الخير."] * number, language="ar", source="zh") == ("صباح الخير. " * number).strip().encode()
    )
    opened = open_translatable((chinese + "مرحبا").encode("gb18030"), "")
    texts = [f"{chinese}مرحبا."] * len(opened.document.segments)
    assert "مرحبا." in opened.write(texts, language="ar", source="zh").decode("gb18030")


def test_words_that_would_be_taken_for_another_encoding_make_it_utf_8() -> None:
    korean = "아름다운 우리 강산에서 자라난 사람들은 모두 서로를 아끼고 돕는다."
    opened = open_translatable(korean.encode("cp949"), "")
    chinese = "第三段文字，世界一流大學生活。"  # all of it could be written in Korea's encoding
    assert opened.write([chinese], language="zh-Hant", source="ko") == chinese.encode()
    page = f"<html><body><p>{korean}</p></body></html>"
    opened = open_translatable(page.encode("cp949"), "a.html")
    assert chinese in opened.write([chinese], language="zh-Hant", source="ko").decode()
    told = page.replace("<body>", "<head><meta charset=euc-kr></head><body>")
    opened = open_translatable(told.encode("cp949"), "a.html")
    assert chinese in opened.write([chinese], language="zh-Hant", source="ko").decode("cp949")


def test_no_letter_is_lost_where_a_text_is_written_in_two_ways() -> None:
    japanese = "これは日本語の文章です。とても長い文章です。".encode("cp932") + b"\xed\x40\xfa\x5c\n"  # one sign, twice
    chinese = "这是简体中文"
    plain = open_translatable(japanese, "a.txt")
    count = len(plain.document.segments)
    written = plain.write([chinese] * count, language="zh-Hans", source="ja")
    assert written.decode() == chinese * count + "\n"
    assert plain.write(["日本"] * count, language="ja", source="ja").decode("cp932") == "日本" * count + "\n"
    head = b"<html><head><meta charset=shift_jis></head><body><p>"
    html = open_translatable(head + japanese + b"</p></body></html>", "a.html")
    count = len(html.document.segments)
    written = html.write([chinese] * count, language="zh-Hans", source="ja")
    assert unescape(written.decode("cp932")).count(chinese) == count


def test_damaged_bytes_stay_where_they_are() -> None:
    data = "Grüße an alle, die da sind. ".encode() * 80 + b"W\xff\xfert. Ende."
    opened = open_translatable(data, "")
    assert any(one.kind is NoteKind.CHARACTERS_LOST for one in opened.document.notes)
    assert all(ord(c) < 0xD800 or ord(c) > 0xDFFF for one in opened.document.segments for c in one.text)
    texts = ["Neu.", *([None] * (len(opened.document.segments) - 1))]
    written = opened.write(texts, language="de", source="de")
    assert b"W\xff\xfert. Ende." in written


def test_characters_that_look_like_codes_are_codes_and_stay() -> None:
    data = "A \ue000strange\ue200 thing.\n".encode()
    opened = open_translatable(data, "")
    (segment,) = opened.document.segments
    assert sum(map(is_code, segment.text)) == 2
    assert opened.write([segment.text], language="de", source="en") == data
    assert opened.write(["Ein Ding."], language="de", source="en").decode().count("\ue000") == 1


def test_a_character_that_is_not_shown_stays_where_nothing_changes() -> None:
    opened = open_translatable("\xad12: auto\xadmatic words. More words.".encode(), "")
    assert [one.text for one in opened.document.segments] == ["12: automatic words.", "More words."]
    assert opened.write([None, "Mehr."], language="de", source="en").decode() == "\xad12: auto\xadmatic words. Mehr."


def test_formulas_are_not_translated() -> None:
    opened = open_translatable(rb"We know that \(a < b\) holds for $$x^2$$ here.", "")
    (segment,) = opened.document.segments
    assert "a < b" not in segment.text
    codes = [one for one in segment.text if is_code(one)]
    written = opened.write([f"Es gilt {codes[0]} und {codes[1]} hier."], language="de", source="en")
    assert written == rb"Es gilt \(a < b\) und $$x^2$$ hier."


def test_a_line_break_that_a_model_made_does_not_make_a_line() -> None:
    opened = open_translatable(b"One line.\nTwo lines.\n", "")
    assert opened.write(["Eine\n Zeile.", None], language="de", source="en") == b"Eine Zeile.\nTwo lines.\n"


@pytest.mark.parametrize("data", [b"\n\n", b"1 2 3\n", b"https://example.org/a\n", b"%s {name}\n"])
def test_a_text_without_words_is_empty(data: bytes) -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(data, "")
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY


@pytest.mark.parametrize(
    "line",
    [
        *("请写信给info@example.org", "打开文件config.json", "见https://example.org/a了解更多"),
        *("图片logo.png在这里", "到www.example.org看看"),
    ],
)
def test_chinese_words_beside_an_address_are_words(line: str) -> None:
    assert texts(line.encode()) == [line]


@pytest.mark.parametrize(
    "line", ["info@example.org", "./a/config.json", "https://example.org/a?b=c", "{name} %(count)s %5.2f"]
)
def test_what_is_no_word_is_not_translated(line: str) -> None:
    assert texts(f"{line}\n\nWords.".encode()) == ["Words."]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(bytes(range(32)) * 40, "x.txt")
    assert caught.value.kind is ErrorKind.DOCUMENT_UNKNOWN


def test_what_can_only_be_read_says_so() -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(b"%PDF-1.7 and so on", "x.pdf")
    assert caught.value.kind is ErrorKind.DOCUMENT_NOT_WRITTEN
    assert caught.value.values["format"] == "pdf"


def test_the_number_of_texts_has_to_fit() -> None:
    with pytest.raises(ValueError, match="1 texts for 2"):
        open_translatable(b"One. Two.", "").write(["Eins."], language="de", source="en")


def test_more_than_anybody_translates_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splicing, "MAX_CHARACTERS", 40)
    assert texts(b"Thirty characters, not more.\n") == ["Thirty characters, not more."]
    with pytest.raises(AssistantError) as caught:
        open_translatable(b"Thirty characters, not more.\n" * 2, "")
    assert caught.value.kind is ErrorKind.DOCUMENT_TOO_LARGE
    assert caught.value.values == {"size": 56, "limit": 40}
    with pytest.raises(AssistantError) as caught:
        open_translatable(b"12 34\n" * 20, "")
    assert caught.value.kind is ErrorKind.DOCUMENT_TOO_LARGE, "seen before it is looked at line by line"


@pytest.mark.parametrize(("line", "name"), [("A word.\n", ""), ("00:01.000 --> 00:02.000\n一句。\n\n", "a.srt")])
def test_more_pieces_than_a_program_can_hold_are_refused(line: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splicing, "MAX_BLOCKS", 3)
    assert len(open_translatable((line * 3).encode(), name).document.segments) == 3
    with pytest.raises(AssistantError) as caught:
        open_translatable((line * 4).encode(), name)
    assert caught.value.kind is ErrorKind.DOCUMENT_TOO_LARGE
