"""Each sentence of a summary leads to the passage it rests on, and what is wrong in it is marked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.documents.model import Document, MarkKind, MarkState
from assistant.documents.reading import read
from assistant.worker.linking import Links, link, statements
from assistant.worker.retrieval import Index
from tests.unit.worker.linked import chinese, english


@pytest.fixture(scope="module")
def sources() -> dict[str, tuple[Document, Index]]:
    documents = {"en": english(), "zh": chinese()}
    return {name: (one, Index(one)) for name, one in documents.items()}


Sources = dict[str, tuple[Document, Index]]


def linked(sources: Sources, name: str, text: str) -> Links:
    document, index = sources[name]
    return link(document, text, index)


def best(sources: Sources, name: str, text: str) -> str:
    (sentence,) = linked(sources, name, text).sentences
    source = sentence.sources[0]
    return sources[name][0].text[source.start : source.end]


def marked(sources: Sources, name: str, text: str) -> list[tuple[str, MarkKind, MarkState]]:
    found = linked(sources, name, text)
    return [
        (text[mark.start : mark.end], mark.kind, mark.state) for sentence in found.sentences for mark in sentence.marks
    ]


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("In June 2022 the councillors voted 23 to 9 for the harbour scheme.", "The council of Marlow Bay"),
        ("Work starts in spring 2023 and should take two and a half years.", "Construction will begin"),
        ("Two fifths of the €184.5 million bill is paid by the state.", "The total cost"),
        ("Critics around Tom Aldous worry about increasing rents.", "Opponents, led by"),
        ("Buildings are limited to six floors.", "No building"),
        ("In the daytime there is a tram every 8 minutes.", "Trams will run"),
        ("Lead and mercury pollute the ground beneath the old shipyard.", "Soil samples"),
    ],
)
def test_english(sources: Sources, text: str, source: str) -> None:
    assert best(sources, "en", text).startswith(source)
    (sentence,) = linked(sources, "en", text).sentences
    assert sentence.supported
    assert sentence.marks == ()


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("等车时间平均将从14分钟降到6分钟。", "市交通局局长"),
        ("1350辆柴油车将在2025年年底之前换成电动车。", "方案要求"),
        ("将建设48个充电站，约67%在主城区。", "全市将新建"),
        ("林晓峰借款五十万元办起首家民宿。", "2019年"),
        ("夜间噪音令老人不满。", "老人们抱怨"),
        ("2023年5月，市政府批准了投資26.8億元的公交方案。", "2023年5月18日"),  # traditional characters as well
    ],
)
def test_chinese(sources: Sources, text: str, source: str) -> None:
    assert best(sources, "zh", text).startswith(source)
    assert marked(sources, "zh", text) == []


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("工程将于2023年春季动工，预计持续三十个月。", "Construction will begin"),
        ("以 Tom Aldous 为首的反对者担心房租会大幅上涨。", "Opponents, led by"),
        ("新建1240套公寓，三分之一留给低收入家庭。", "The plan foresees"),
        ("白天每八分钟一班车，夜间每二十分钟一班。", "Trams will run"),
        ("雨水将被收集到水池中，用于浇灌公园。", "Rainwater"),
        ("土壤样本显示旧造船厂地下铅和汞含量很高。", "Soil samples"),
    ],
)
def test_chinese_about_english(sources: Sources, text: str, source: str) -> None:
    assert best(sources, "en", text).startswith(source)
    (sentence,) = linked(sources, "en", text).sentences
    assert sentence.supported
    assert [mark for mark in sentence.marks if mark.state is MarkState.MISSING] == []


def test_english_about_chinese(sources: Sources) -> None:
    assert best(sources, "zh", "Elderly people complain about the noise at night.").startswith("老人们抱怨")
    assert best(sources, "zh", "48 charging stations are to be built, two thirds in the city.").startswith("全市将新建")


def test_a_sentence_may_rest_on_several_passages(sources: Sources) -> None:
    text = "The harbour costs 184.5 million euros and is opposed by Tom Aldous."
    (sentence,) = linked(sources, "en", text).sentences
    document = sources["en"][0]
    found = {document.text[one.start : one.end][:9] for one in sentence.sources}
    assert {"The total", "Opponents"} <= found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("en", "The orchestra gave its first concert and the critics loved it."),
        ("en", "Wheat prices rose after a drought in the south of the country."),
        ("zh", "交响乐团的首场演出座无虚席，评论界一致好评。"),
        ("en", "软件更新修复了一个会删除用户照片的错误。"),
    ],
)
def test_what_rests_on_nothing(sources: Sources, name: str, text: str) -> None:
    (sentence,) = linked(sources, name, text).sentences
    assert not sentence.supported


@pytest.mark.parametrize(
    "text",
    ["Heavy pollution with lead was measured in 2019.", "Judges dismissed the complaint over a missed deadline."],
)
def test_words_of_its_own_take_no_support_from_a_sentence_about_a_short_text(sources: Sources, text: str) -> None:
    (sentence,) = linked(sources, "en", text).sentences
    assert sentence.supported


def test_coverage_is_of_the_paragraphs_that_were_used(sources: Sources) -> None:
    found = linked(sources, "en", "Trams will run every eight minutes during the day.")
    document = sources["en"][0]
    assert len(found.coverage) == len(document.paragraphs)
    place = next(n for n, one in enumerate(document.paragraphs) if "Trams" in document.text[one.start : one.end])
    assert 0 < found.coverage[place] < 1
    assert found.coverage[-1] == 0


def test_headings_rules_and_labels_state_nothing() -> None:
    text = "# Summary\n\n**Key points:**\n\n- The bridge opens.\n1. It is long. It is wide.\n---\n| a | b |\n"
    assert [text[start:end] for start, end in statements(text)] == [
        "The bridge opens.", "It is long.", "It is wide.", "a | b |",
    ]  # fmt: skip


def test_the_names_of_columns_state_nothing() -> None:
    text = "| Work | Cost |\n| :--- | ---: |\n| The bridge | 4 million |\n"
    assert [text[start:end] for start, end in statements(text)] == ["The bridge | 4 million |"]
    text = "| The bridge | opened in 1934 |\n|---|---|\n"
    assert [text[start:end] for start, end in statements(text)] == ["The bridge | opened in 1934 |"]


# ---------------------------------------------------------------- marks


@pytest.mark.parametrize(
    ("name", "text", "wrong", "kind"),
    [
        ("en", "The plan foresees 1,420 new flats.", "1,420", MarkKind.NUMBER),
        ("en", "The harbour will cost 148.5 million euros.", "148.5 million euros", MarkKind.AMOUNT),
        ("en", "A survey of 812 residents found that 75 % were in favour.", "75 %", MarkKind.AMOUNT),
        ("en", "The council approved the plan on 14 July 2022.", "14 July 2022", MarkKind.DATE),
        ("en", "Opponents led by councillor Verdant fear that rents will rise.", "Verdant", MarkKind.NAME),
        ("en", "Opponents led by Tom Brandt fear that rents will rise.", "Tom Brandt", MarkKind.NAME),
        ("en", "Mayor Alina Castell said the town would get its waterfront back.", "Alina Castell", MarkKind.NAME),
        ("zh", "首批230辆电动公交车由华锐客车公司提供。", "230", MarkKind.NUMBER),
        ("zh", "2018年，林晓峰开办了第一家民宿。", "2018年", MarkKind.DATE),
        ("zh", "周玉梅教授建议发展茶园体验。", "周玉梅", MarkKind.NAME),
        ("zh", "研究成果发表在《农业经济》上。", "农业经济", MarkKind.NAME),
        ("en", "总造价为1.485亿欧元。", "1.485亿欧元", MarkKind.AMOUNT),
        ("en", "承包商 Nordlicht 必须在2023年12月前清除6.5万吨土壤。", "Nordlicht", MarkKind.NAME),
    ],
)
def test_what_is_wrong_is_marked(sources: Sources, name: str, text: str, wrong: str, kind: MarkKind) -> None:
    found = marked(sources, name, text)
    assert any(wrong in piece or piece in wrong for piece, _, _ in found), found
    assert {one for _, one, _ in found} == {kind}
    assert {state for _, _, state in found} == {MarkState.MISSING}


def test_names_across_languages_are_not_guessed(sources: Sources) -> None:
    assert marked(sources, "en", "奥尔特加市长说该项目将归还滨水区。") == [
        ("奥尔特加", MarkKind.NAME, MarkState.UNCHECKED)
    ]
    states = [state for _, _, state in marked(sources, "zh", "Professor Zhou Yulan proposes to develop tea gardens.")]
    assert states == [MarkState.UNCHECKED]


def test_a_quotation_must_stand_there(sources: Sources) -> None:
    assert marked(sources, "zh", "他开办了民宿“云上人家”。") == []
    assert marked(sources, "zh", "他开办了民宿“山下人家”。") == [("山下人家", MarkKind.QUOTE, MarkState.MISSING)]


def test_an_empty_document_supports_nothing() -> None:
    found = link(Document("", ()), "A sentence about nothing.")
    assert [(one.sources, one.supported) for one in found.sentences] == [((), False)]
    assert found.coverage == ()


# ---------------------------------------------------------------- whatever stands in a document

PIECES = st.lists(
    st.sampled_from(
        [
            *("V", "IX", "XLII", "Ⅳ", "ⅸ", "chapter", "VIRGL_ROUTE_VENUS_TO_APIR", "variable", "St.", "O'Neil", "von"),
            *("1", "0", "٣", "²", "½", "①", ".", ",", ":", "/", "-", "–", "'", "%", "‰", "$", "€", "¥", "°", "_", "e9"),
            *(
                "0x1F",
                "th",
                "º",
                "half",
                "dozen",
                "twenty",
                "hundred",
                "one point five",
                "million",
                "and",
                "a",
                "minus",
            ),
            *(
                "Jan",
                "May",
                "Monday",
                "noon",
                "a.m.",
                "零",
                "两",
                "百",
                "三百五",
                "点",
                "亿",
                "半",
                "第",
                "年",
                "5月",
                "星期",
            ),
            *(
                "上午",
                "条",
                "倍",
                "元",
                "：",
                "（",
                "）",
                "“",
                "”",
                "「",
                "」",
                "王伟",
                "卢卡斯",
                "Müller",
                "\n",
                "\n\n",
            ),
            *(" ", "  ", "\t", "😀", "\u0301"),
        ]
    ),
    max_size=60,
)
SPACES = st.sampled_from(("", " "))


@settings(max_examples=150)
@given(PIECES, PIECES, SPACES)
def test_no_document_and_no_text_stops_the_links(one: list[str], other: list[str], space: str) -> None:
    document = read(f"The lamp was lit. {space.join(one)}".encode(), "x.txt", "")
    text = space.join(other)
    found = link(document, text)
    assert len(found.coverage) == len(document.paragraphs)
    places = [place for each in found.sentences for place in (each.start, each.end)]
    assert places == sorted(places)
    assert all(0 <= place <= len(text) for place in places)
    assert all(each.start <= mark.start < mark.end <= each.end for each in found.sentences for mark in each.marks)


def test_a_row_of_letters_behind_a_word_for_a_place_is_no_number() -> None:
    document = read(b"The environment variable VIRGL_ROUTE_VENUS_TO_APIR=1 allows using it.", "x.txt", "")
    assert link(document, "The variable allows using it.").sentences[0].supported
