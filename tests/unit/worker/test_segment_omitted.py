"""What a translation may leave out, and what not; the ways to drop clauses are in the tests of all checks."""

import pytest

from assistant.worker.segment_omitted import omission_findings
from assistant.worker.segment_view import View


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("In the end, however, nothing came of it.", "但最后不了了之。"),
        ("Please note that, for security reasons, passwords expire every 90 days.", "出于安全考虑，密码每90天失效。"),
        ("Sure, no problem, I'll take care of it right away.", "没问题，我马上处理。"),
        (
            "Generally speaking, the weather here is mild, with warm summers and cool winters.",
            "这里气候温和，夏暖冬凉。",
        ),
    ],
)
def test_phrases_and_idioms_are_said_in_other_words(source: str, target: str) -> None:
    assert not list(omission_findings(View(source, "en"), View(target, "zh-Hans")))


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("总的来说，这是一次成功的尝试。", "Overall it was a success."),
        ("只要你努力，就一定会成功。", "You will succeed if you work hard."),
        ("如果有什么问题，请随时与我们联系。", "Contact us anytime with questions."),
        ("不管怎么说，你都应该道歉。", "You should apologize anyway."),
        ("这家公司成立于1998年，总部位于深圳。", "Founded in 1998 and based in Shenzhen."),
    ],
)
def test_phrases_and_idioms_of_chinese_too(source: str, target: str) -> None:
    assert not list(omission_findings(View(source, "zh-Hans"), View(target, "en")))


def test_a_clause_with_several_words_that_nothing_stands_for_is_left_out() -> None:
    source = "He sat down, took off his hat, and began to cry loudly."
    found = list(omission_findings(View(source, "en"), View("他坐下来，摘下帽子。", "zh-Hans")))
    assert [source[one.source_start : one.source_end] for one in found] == ["and began to cry loudly."]


@pytest.mark.parametrize(
    ("source", "target", "missing"),
    [
        ("这家公司成立于1998年，总部位于深圳。", "The company was founded in 1998.", "总部位于深圳"),
        ("会议将于明天开始，地点在上海。", "The meeting will begin tomorrow.", "地点在上海"),
        ("这家公司成立于1998年，总部位于深圳。", "Founded in 1998 and Based in Shenzhen", ""),  # a heading
        ("他昨天走了，去了北京。", "He left for Beijing yesterday.", ""),
    ],
)
def test_a_clause_with_a_name_is_left_out_where_there_is_none(source: str, target: str, missing: str) -> None:
    found = list(omission_findings(View(source, "zh-Hans"), View(target, "en")))
    assert "".join(source[one.source_start : one.source_end].rstrip("。") for one in found) == missing


@pytest.mark.parametrize(
    ("source", "target", "languages", "missing"),
    [
        ("Good morning, Tom.", "Tom,", ("en", "fr"), "Good morning"),
        ("Guten Morgen, Tom.", "Tom.", ("de", "en"), "Guten Morgen"),
        ("早上好，Tom。", "Tom.", ("zh-Hans", "en"), "早上好"),
        ("Call me at 5 tomorrow.", "5.", ("en", "de"), "Call me at 5 tomorrow"),
    ],
)
def test_what_is_said_beside_a_name_is_missing_in_any_language(
    source: str, target: str, languages: tuple[str, str], missing: str
) -> None:
    (found,) = omission_findings(View(source, languages[0]), View(target, languages[1]))
    assert source[found.source_start : found.source_end] == missing


@pytest.mark.parametrize(
    ("source", "target"),
    [
        *[
            ("New York City.", "New York."),
            ("Mr. Tom Brown.", "Tom Brown."),
            ("It's Tom.", "Tom."),
            ("USB port", "USB"),
        ],
        ("Hello there, my friend.", "Hello, my friend."),  # it was in that language already
    ],
)
def test_a_name_may_be_shorter(source: str, target: str) -> None:
    assert not list(omission_findings(View(source, "en"), View(target, "fr")))
