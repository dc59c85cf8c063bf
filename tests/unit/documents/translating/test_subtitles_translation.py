"""Subtitles for translation: times stay, lines have their length."""

from __future__ import annotations

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import reading
from assistant.documents.segments import is_code, without_codes
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.subtitles import longest_line

SRT = """1
00:00:01,000 --> 00:00:03,000
<i>Hello there.</i>
How are you?

2
00:00:04,000 --> 00:00:06,000
- Dialog one.
- Dialog two.

3
00:00:07,000 --> 00:00:08,000
{\\an8}12

"""
VTT = """WEBVTT - title

STYLE
::cue { color: red }

NOTE comment here

intro
00:01.000 --> 00:02.000 align:start
<v Roger>Hello &amp; welcome <c.yellow>friends</c>

00:03.000 --> 00:04.000
你好，<00:03.500>世界
"""


APART = """1
00:00:01,000 --> 00:00:03,000

Hello there.
 
How are you?

2
00:00:04,000 --> 00:00:06,000
42 lamps.

3
"""  # noqa: W293


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize(("text", "name"), [(SRT, "a.srt"), (VTT, "a.vtt"), (APART, "a.srt")])
def test_identity(text: str, name: str, line_end: str) -> None:
    data = text.replace("\n", line_end).encode()
    document = open_translatable(data, name)
    assert document.write([one.text for one in document.document.segments], language="de", source="en") == data


def test_an_empty_line_inside_a_cue_drops_nothing() -> None:
    document = open_translatable(APART.encode(), "a.srt")
    assert [one.text for one in document.document.segments] == ["Hello there. How are you?", "42 lamps."]
    written = document.write(["Hallo. Wie geht es?", "42 Lampen."], language="de", source="en")
    assert "Hello" not in written.decode()
    assert "How are" not in written.decode()
    assert written.decode().endswith("\n\n2\n00:00:04,000 --> 00:00:06,000\n42 Lampen.\n\n3\n")


def test_cues() -> None:
    segments = open_translatable(SRT.encode(), "a.srt").document.segments
    assert [without_codes(one.text) for one in segments] == [
        "Hello there. How are you?",
        "- Dialog one.\n- Dialog two.",
    ]
    assert {one.line for one in segments} == {13}
    segments = open_translatable(VTT.encode(), "a.vtt").document.segments
    assert [without_codes(one.text) for one in segments] == ["Hello & welcome friends", "你好，世界"]


def test_times_names_and_tags_stay() -> None:
    document = open_translatable(VTT.encode(), "x")  # its first line tells what it is
    texts = [one.text.upper() for one in document.document.segments]
    written = document.write(texts, language="de", source="en").decode()
    assert written == VTT.replace("Hello &amp; welcome", "HELLO &amp; WELCOME").replace("friends", "FRIENDS")


def test_lines_are_broken_evenly() -> None:
    document = open_translatable(SRT.encode(), "a.srt")
    words = "Das ist ein Satz, der länger ist als zweiundvierzig Zeichen."
    written = document.write([words, None], language="de", source="en").decode()
    lines = written.splitlines()[2:4]
    assert " ".join(lines).replace("<i>", "").replace("</i>", "") == words
    assert all(len(line) <= 42 for line in lines)
    assert document.long_lines == 0


def test_chinese_lines_have_sixteen_characters() -> None:
    document = open_translatable(SRT.encode(), "a.srt")
    written = document.write(
        [None, "- 这是一个很长很长的句子，需要分成两行才行。\n- 好。"], language="zh", source="en"
    ).decode()
    lines = written.splitlines()[7:10]
    assert "".join(lines) == "- 这是一个很长很长的句子，需要分成两行才行。- 好。"
    assert all(len(line) <= 18 for line in lines)
    assert lines[2] == "- 好。"


def test_a_line_that_cannot_be_broken_is_counted() -> None:
    document = open_translatable(SRT.encode(), "a.srt")
    document.write(["x" * 60, None], language="de", source="en")
    assert document.long_lines == 1


def test_nothing_in_a_cue_ends_it() -> None:
    document = open_translatable(SRT.encode(), "a.srt")
    written = document.write([None, "Eins\n\n\n00:00:01,000 --> 00:00:02,000"], language="de", source="en").decode()
    assert written.count("-->") == 3
    assert len(open_translatable(written.encode(), "a.srt").document.segments) == 2


def test_how_long_lines_are() -> None:
    assert longest_line(50, "en", "de") == 50
    assert longest_line(20, "en", "de") == 42
    assert longest_line(50, "en", "zh-Hans") == 16
    assert longest_line(20, "ja", "zh") == 20
    assert longest_line(12, "zh", "en") == 42


def test_tags_stay_around_their_words() -> None:
    document = open_translatable(SRT.encode(), "a.srt")
    first = document.document.segments[0].text
    codes = [one for one in first if is_code(one)]
    written = document.write([f"Wie geht es? {codes[0]}Hallo.{codes[1]}", None], language="de", source="en").decode()
    assert "\nWie geht es? <i>Hallo.</i>\n" in written


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_head_says_the_language(line_end: str) -> None:
    text = line_end.join(
        (
            "WEBVTT",
            "Kind: captions",
            "Language: en-GB ",
            "",
            "NOTE",
            "Language: en",
            "",
            "00:01.000 --> 00:02.000",
            "Hi.",
        )
    )
    document = open_translatable(text.encode(), "a.vtt")
    assert document.document.language == "en-GB"
    assert document.write(["你好。"], language="zh-Hans", source="en").decode() == text.replace(
        "en-GB", "zh-Hans"
    ).replace("Hi.", "你好。")


def test_what_has_no_times_is_refused() -> None:
    with pytest.raises(AssistantError) as caught:
        open_translatable(b"WEBVTT\n\nwords", "a.vtt")
    assert caught.value.kind is ErrorKind.DOCUMENT_DAMAGED


@pytest.mark.parametrize("name", ["a.vtt", "a.srt"])
def test_cues_without_words_are_empty_not_damaged(name: str) -> None:
    head = "WEBVTT\n\n" if name == "a.vtt" else ""
    with pytest.raises(AssistantError) as caught:
        open_translatable(f"{head}1\n00:00:01.000 --> 00:00:02.000\n\n".encode(), name)
    assert caught.value.kind is ErrorKind.DOCUMENT_EMPTY


def test_times_without_zeros_and_a_file_without_cues() -> None:
    text = "WEBVTT\n\n0:0:1.5 --> 0:0:3.540\nHello there.\n"
    assert [one.text for one in open_translatable(text.encode(), "a.vtt").document.segments] == ["Hello there."]
    assert reading.read(text.encode(), "a.vtt").text.endswith("Hello there.")
    for name, words, kind in (
        ("a.vtt", "WEBVTT\n\n", ErrorKind.DOCUMENT_EMPTY),
        ("a.vtt", "WEBVTT\n\n1:2 --> 3\nHello.\n", ErrorKind.DOCUMENT_DAMAGED),
    ):
        for read in (open_translatable, reading.read):
            with pytest.raises(AssistantError) as caught:
                read(words.encode(), name)
            assert caught.value.kind is kind
