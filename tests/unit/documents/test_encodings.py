"""Texts of many languages in the encodings that they are found in, from short ones up; and bytes that are no text."""

from __future__ import annotations

import codecs
import marshal
import random
import struct
import sys
import zlib
from math import sin
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import encodings
from assistant.documents.encodings import decode, known

PROSE = {
    "zh-Hans": (
        "今年春天雨水很多，河边的柳树比往年早绿了十天。村里的人都说，这是个好兆头。"
        "小学校的孩子们每天放学以后都要到河边去看船。"
    ),
    "zh-Hant": (
        "今年春天雨水很多，河邊的柳樹比往年早綠了十天。村裡的人都說，這是個好兆頭。"
        "小學校的孩子們每天放學以後都要到河邊去看船。"
    ),
    "ja": "今年の春は雨が多く、川のほとりの柳はいつもより十日早く緑になった。村の人たちは良いしるしだと言っている。",
    "ko": (
        "올해 봄에는 비가 많이 와서 강가의 버드나무가 예년보다 열흘 일찍 푸르러졌다. 마을 사람들은 모두 "
        "좋은 징조라고 말한다."
    ),
    "de": (
        "Die Straße führt über die Brücke und dann weiter durch die Wälder bis zur Küste. Im Frühling "
        "blühen dort die Bäume."
    ),
    "fr": (
        "L'été dernier, nous avons traversé la forêt à pied. Le chemin était très étroit et les arbres "
        "cachaient le soleil."
    ),
    "es": (
        "El año pasado llovió mucho y el río creció hasta las casas. Los niños no podían ir a la escuela. ¿Y mañana?"
    ),
    "pt": (
        "A estação começou com muita chuva e as crianças não podiam ir à escola. A água do rio chegou até às casas."
    ),
    "pl": "W zeszłym roku było dużo deszczu i rzeka podniosła się aż do domów. Dzieci nie mogły chodzić do szkoły.",
    "cs": (
        "Loni hodně pršelo a řeka vystoupila až k domům. Děti nemohly chodit do školy, a tak je učila paní Nováková."
    ),
    "ru": "Прошлой весной было много дождей, и река поднялась до самых домов. Дети не могли ходить в школу.",
    "uk": "Минулої весни було багато дощів, і річка піднялася до самих будинків. Діти не могли ходити до школи.",
    "el": "Την περασμένη άνοιξη έβρεξε πολύ και το ποτάμι ανέβηκε μέχρι τα σπίτια. Τα παιδιά δεν πήγαιναν σχολείο.",
    "tr": "Geçen ilkbaharda çok yağmur yağdı ve nehir evlere kadar yükseldi. Çocuklar okula gidemedi.",
    "he": "באביב שעבר ירד הרבה גשם והנהר עלה עד הבתים. הילדים לא יכלו ללכת לבית הספר.",
    "ar": "في الربيع الماضي هطلت أمطار كثيرة وارتفع النهر حتى وصل إلى البيوت.",
    "vi": "Mùa xuân năm ngoái trời mưa nhiều và nước sông dâng lên đến tận nhà. Trẻ em không thể đến trường.",
    "th": "ฤดูใบไม้ผลิปีที่แล้วฝนตกหนักมาก แม่น้ำเอ่อล้นขึ้นมาถึงบ้านเรือน เด็กๆ ไปโรงเรียนไม่ได้",
}
FOUND_IN = {
    "zh-Hans": ["gb18030", "gbk", "gb2312", "utf-16-le", "utf-16-be"],
    "zh-Hant": ["big5", "gb18030", "utf-16-le"],
    "ja": ["cp932", "euc_jp", "iso2022_jp", "utf-16-le", "utf-16-be"],
    "ko": ["cp949", "euc_kr", "utf-16-le"],
    "de": ["cp1252", "utf-16-le", "utf-32-le", "utf-32-be"],
    "fr": ["cp1252", "iso8859-1"],
    "es": ["cp1252"],
    "pt": ["cp1252"],
    "pl": ["cp1250", "iso8859-2"],
    "cs": ["cp1250", "iso8859-2"],
    "ru": ["cp1251", "koi8-r", "utf-16-le"],
    "uk": ["cp1251"],
    "el": ["cp1253"],
    "tr": ["cp1254"],
    "he": ["cp1255"],
    "ar": ["cp1256"],
}
CASES = [(language, encoding) for language, found in FOUND_IN.items() for encoding in found]


def cut(text: str, encoding: str, size: int) -> str:
    """The beginning of ``text`` that has ``size`` bytes at most."""
    while len(text.encode(encoding)) > size:
        text = text[:-1]
    return text


@pytest.mark.parametrize(("language", "encoding"), CASES)
@pytest.mark.parametrize("size", [100, 200, 2000])
def test_the_encoding_is_recognized(language: str, encoding: str, size: int) -> None:
    text = cut(PROSE[language] * (size // 100), encoding, size)
    decoded = decode(text.encode(encoding))
    assert decoded.text == text
    assert decoded.lost == 0
    wide = encoding.startswith(("utf", "iso2022"))
    assert decoded.guessed is not wide


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
@pytest.mark.parametrize(
    "text",
    [
        "Do piątego maja trzeba oddać książkę.",
        "Dziewięć osób przyjechało do piątego domu.",
        "Jeszcze tego piątego dnia mgła była gęsta i nikt nie chciał wychodzić na drogę do wsi.",
    ],
)
def test_polish_without_its_rarer_letters(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["cp1250", "iso8859-2"])
@pytest.mark.parametrize(
    "text",
    [
        "Lani je veliko deževalo in reka je narasla vse do hiš. Otroci niso mogli hoditi v šolo, zato so ostali doma.",
        "Prošle godine je padalo mnogo kiše i rijeka je došla do kuća. Djeca nisu mogla ići u školu.",
        "Minulý rok veľa pršalo a rieka vystúpila až k domom. Deti nemohli chodiť do školy, učila ich pani Nováková.",
    ],
    ids=["sl", "hr", "sk"],
)
def test_neighbours_of_polish_stay_what_they_are(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("text", ["ﾃﾞｰﾀﾊﾟｽﾜｰﾄﾞｶｸﾆﾝ\n" * 5, "ｺﾝﾆﾁﾊ ｾｶｲ\nﾃﾞｰﾀ 12\n"])
def test_half_width_katakana_alone(text: str) -> None:
    assert decode(text.encode("cp932")).text == text


@pytest.mark.parametrize("language", PROSE)
def test_unicode_is_never_a_guess(language: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        decoded = decode(PROSE[language].encode(encoding))
        assert decoded.text == PROSE[language]
        assert not decoded.guessed
    assert decode(codecs.BOM_UTF16_BE + PROSE[language].encode("utf-16-be")).text == PROSE[language]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("language", PROSE)
@pytest.mark.parametrize("size", [120, 2000])
def test_utf16_without_a_mark(language: str, encoding: str, size: int) -> None:
    text = cut(PROSE[language] * 40, encoding, size)
    decoded = decode(text.encode(encoding))
    assert (decoded.text, decoded.encoding, decoded.guessed) == (text, encoding, False)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", ["𠮷野家在街角，\n" * 30, "一共12€，还有3€。\n" * 30, "It costs 5 €. 😀\n" * 30])
def test_utf16_without_a_mark_and_with_seldom_characters(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@given(st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufeff\ufffd"), max_size=200))
def test_whatever_is_utf8_is_read_as_that(text: str) -> None:
    if not any(ord(one) > 0x7F for one in text):
        text += "ä"
    decoded = decode(text.encode())
    assert (decoded.text, decoded.encoding) == (text, "utf-8")


def test_a_declaration_counts_unless_the_bytes_contradict_it() -> None:
    short = "Žluťoučký"
    assert decode(short.encode("cp1250"), "windows-1250").text == short
    assert not decode(short.encode("cp1250"), "windows-1250").guessed
    assert decode("中文".encode("gb18030"), "gb2312").text == "中文"
    assert decode("中文".encode(), "gb2312").text == "中文"  # a page that was saved again
    assert decode(PROSE["ru"].encode("cp1251"), "utf-8").text == PROSE["ru"]
    assert decode(PROSE["fr"].encode("cp1252"), "no-such-thing").text == PROSE["fr"]


def test_names_of_encodings() -> None:
    assert known("GB2312") == known("gbk") == "gb18030"
    assert known("ISO-8859-1") == "cp1252"
    assert known("Shift_JIS") == "cp932"
    for odd in ("", "none", "base64", "rot13", "utf-7", "punycode", "x" * 90, "utf-8\x00", "ü"):
        assert known(odd) == ""


def test_a_few_damaged_characters_are_counted_and_do_not_change_the_rest() -> None:
    data = bytearray(PROSE["zh-Hans"].encode() * 3)
    data[31] = 0xFF
    decoded = decode(bytes(data))
    assert decoded.encoding == "utf-8"
    assert 0 < decoded.lost <= 3
    assert decoded.text.endswith("看船。")


def test_a_text_that_is_cut_inside_a_character() -> None:
    decoded = decode(PROSE["ja"].encode()[:-1])
    assert decoded.encoding == "utf-8"
    assert decoded.text.startswith(PROSE["ja"][:-1])


@pytest.mark.parametrize("size", [40, 300, 5000, 300_000])
def test_noise_is_no_text(size: int) -> None:
    noise = random.Random(size).randbytes(size)
    with pytest.raises(AssistantError) as caught:
        decode(noise, name="noise.txt")
    assert caught.value.kind is ErrorKind.DOCUMENT_UNKNOWN
    assert caught.value.values == {"name": "noise.txt"}


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    "numbers",
    [
        range(32, 1400),
        [600 + number * 7 % 563 for number in range(3000)],
        [int(700 + 600 * sin(n / 20)) for n in range(999)],
    ],
    ids=["counted", "scattered", "waves"],
)
def test_numbers_of_two_bytes_are_no_text(numbers: list[int], order: str) -> None:
    with pytest.raises(AssistantError) as caught:
        decode(struct.pack(f"{order}{len(numbers)}H", *numbers))
    assert caught.value.kind is ErrorKind.DOCUMENT_UNKNOWN


def test_a_program_is_no_text() -> None:
    program = Path(sys.executable).read_bytes()[: 1 << 20]
    compiled = marshal.dumps(compile(Path(__file__).read_bytes(), "x", "exec"))
    for data in (program, program[0x2000:], compiled, zlib.compress(program)):
        with pytest.raises(AssistantError) as caught:
            decode(data)
        assert caught.value.kind is ErrorKind.DOCUMENT_UNKNOWN


def test_what_is_far_in_is_seen() -> None:
    data = b"plain words " * 30_000 + "Größe und Länge, schöne Wörter".encode("cp1252")
    decoded = decode(data)
    assert decoded.text.endswith("Größe und Länge, schöne Wörter")
    assert len(encodings._telling(data)) < 140_000
