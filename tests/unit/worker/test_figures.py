"""Numbers, amounts, dates and times are read by what they are worth, however they are written."""

from __future__ import annotations

import pytest

from assistant.worker.characters import even
from assistant.worker.dates import dates, within
from assistant.worker.deriving import follows, with_units
from assistant.worker.evidence import Evidence
from assistant.worker.quantities import Figure, Hedge
from assistant.worker.terms import read


def numbers(text: str, language: str = "") -> list[Figure]:
    return read(even(text), language).numbers


def bears(claim: str, source: str) -> bool:
    """Whether every number of ``claim`` is borne out by ``source``."""
    claimed = numbers(claim)
    assert claimed, claim
    evidence = Evidence(numbers(source))
    return all(any(True for _ in evidence.bearing(one, tables=False)) for one in claimed)


@pytest.mark.parametrize(
    "same",
    [
        ("1,200,000 people", "1.2 million people", "120万人", "一百二十万人", "1 200 000 people"),
        ("61,000 copies", "6.1万册", "6万1千册", "6万1000册", "六万一千册", "６１０００册", "61 000 copies"),
        ("120 million yuan", "1亿2千万元", "1.2亿元", "一亿两千万元"),
        ("2,300 people", "2千3百人", "两千三百人"),
        ("35 million people", "3千5百万人", "3500万人"),
        ("40 %", "forty percent", "百分之四十", "四成", "40 per cent", "４０％"),
        ("4.2 million euros", "€4.2m", "420万欧元", "EUR 4.2 million"),
        ("half of the budget", "50 %", "一半", "百分之五十"),
        ("a fifth of them", "one in five", "五分之一", "20%"),
        ("three years", "36 months", "三年", "3年"),
        ("two and a half years", "30 months", "两年半"),
        ("half an hour", "30 minutes", "半小时", "三十分钟"),
        ("3.5 tonnes", "3,500 kg", "3.5吨"),
        ("2.4 MW", "2400千瓦", "2.4兆瓦"),
        ("0.5 percentage points", "0.5个百分点"),
        ("42-year-old", "aged 42", "42岁"),
        ("3000 yuan", "3000元", "¥3,000", "RMB 3,000", "人民币三千元"),
        ("$1.1 million", "110万美元", "1.1 million dollars"),
        ("15th place", "fifteenth place", "第十五名", "第15名"),
        ("$0.65", "65 cents", "65美分"),
        ("£250,000", "250,000 pounds", "25万英镑"),
        ("80 minutes", "one hour and twenty minutes", "一小时二十分钟", "1小时20分钟"),
        ("38 months", "three years and two months", "3年2个月"),
        ("1.2元", "一元二角", "一块二"),
        ("1.2米", "一米二"),
        ("30 days", "三十日内", "30天"),
        ("two and a half years", "ten quarters"),
        ("half a year", "26 weeks"),
        ("a month", "30 days"),
        ("nine months", "前三季度", "the first three quarters"),
        ("two crowns", "2克朗"),
        ("seven pence", "sevenpence", "七便士"),
        ("a ninth of the salt", "every ninth barrel", "九分之一"),
        ("50 %", "减半"),
        ("40 miles", "40英里"),
        ("half a litre", "500 ml", "半升", "500毫升"),
        ("1.2 kg", "两斤四两", "2.4斤"),
        ("32 km", "64里"),
        ("75 minutes", "an hour and a quarter", "一小时一刻钟"),
        ("a dozen", "12只", "一打鸡蛋"),
        ("70 %", "七折"),
        ("two working weeks", "ten working days", "十个工作日"),
        ("one bicycle in three", "one in three", "三分之一"),
        ("第100万个", "第一百万个"),
        ("2:1", "二比一", "2比1"),
        ("Christian IV", "克里斯蒂安四世"),
    ],
)
def test_one_number_in_many_spellings(same: tuple[str, ...]) -> None:
    for claim in same:
        for source in same:
            assert bears(claim, source), (claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("12 km", "12 kg"),
        ("$12 million", "€12 million"),
        ("17 %", "17 pupils"),
        ("1.3 million", "1,198,400"),
        ("1,200,000", "1,198,400"),
        ("三成", "四成"),
        ("第三名", "第四名"),
        ("about 1.2 million", "1,450,000"),
        ("over 40", "38"),
        ("at most 140 nights", "no more than 120 nights"),
        ("more than 80,000 homes", "64,000 homes"),
        ("八万多户", "停电超过一天"),  # a day has 86,400 seconds
        ("2,400", "40 minutes"),
        ("about 3,100", "3,215"),
        ("about nine in ten", "71 per cent"),
        ("2 weeks", "16 days"),
    ],
)
def test_another_number_is_another(claim: str, source: str) -> None:
    assert not bears(claim, source)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("1.2 million", "1,198,400"),  # the digits given agree
        ("120万", "1,198,400"),
        ("about 1,200,000", "1,198,400"),
        ("约120万", "119.8万"),
        ("12 %", "11.6 %"),
        ("over 1,000", "1,046"),
        ("超过100家", "112家"),
        ("nearly half of them", "48 %"),
        ("two thirds of them", "66.7 %"),
        ("nearly two thousand", "1,800"),
        ("close to a third of them", "31.5 %"),
        ("近三亿", "2.8亿"),
        ("nearly three months", "12 weeks"),
        ("40 miles", "64 km"),
        ("11 cm", "112 mm"),
        ("接近每秒47米", "46.5米"),
        ("close to a billion dollars", "$918.6 million"),
        ("almost three months", "eleven weeks"),
        ("两周多", "十六天"),
        ("近三个半小时", "3小时28分钟"),
        ("90秒", "一分半钟"),
        ("最多六斤", "3公斤"),
        ("约五成为女性", "50 %"),
        ("just under an hour", "50 minutes"),
    ],
)
def test_rounding_is_allowed_where_it_is_said(claim: str, source: str) -> None:
    assert bears(claim, source)


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("three quarters of the 412 flights", "Of the 412 flights 305 were cancelled.", True),
        ("half of the 412 flights", "Of the 412 flights 305 were cancelled.", False),
        ("profit rose by 8.4 million euros", "Profit was 20.1 million euros after 11.7 million euros.", True),
        ("a profit of 8.4 million euros", "Profit was 20.1 million euros after 11.7 million euros.", False),
        ("total costs of 31.8 million", "20.1 million for wages and 11.7 million for rent", True),
        ("收入增长约两成", "收入由100万元增至121万元", True),
        ("收入增长约三成", "收入由100万元增至121万元", False),
        ("合计投入4.4亿元", "分别投入1.3亿元和3.1亿元", True),
        ("3402人", "期末员工3,215人，比上年末少187人", True),
        ("3028人", "期末员工3,215人，比上年末少187人", False),
        ("56 points", "Rovers have 52 points, 4 points behind the leaders", True),
        ("$291m", "Stocks were cut by $88 million to $203 million", True),
        ("some $85 million", "cleaned up for $212 million, of which the state paid 40 per cent", True),
        ("some $95 million", "cleaned up for $212 million, of which the state paid 40 per cent", False),
        ("£5.90", "A ticket is £11.80; children pay half.", True),
        ("£5.90", "A ticket is £11.80; children pay the same.", False),
        ("2.2 points", "The margin narrowed from 38.1 to 35.9 per cent.", True),
        ("one night costs €120", "The cabin is 240 euros for both nights.", True),
        ("每股派现0.048元", "每10股派发现金0.48元", True),
        ("they save 24 minutes", "They take 51 minutes instead of 75.", True),
        ("about seven times faster", "It takes 0.4 seconds instead of 2.9.", True),
        ("在2022年约为54%", "投票率63.9%，比2022年高十个百分点", True),
        ("a turnout of about 54%", "Turnout was 63.9 per cent, ten points higher than in 2022.", True),
        ("警戒水位约4.5米", "洪峰水位5.82米，超警戒水位1.3米", True),
        ("sixteen remain open", "Of 137 reported errors 121 were fixed.", True),
        ("flats 17 and 19 fall vacant", "Two flats, numbers 7 and 19, will be vacant; 11 households wait.", False),
        (
            "fell by almost fifteen points",
            "The score had dropped by 9.8 points, and by 6.1 points (2.4 to 5.0).",
            False,
        ),
        ("净利润下滑近四成", "净利润4,120万元，上年净利润为6,680万元", True),
        ("净利润下滑近六成", "净利润4,120万元，上年净利润为6,680万元", False),
        ("nine are blue", "Of 52 boats 31 are yellow, twelve red and the rest blue.", True),
        ("eight are blue", "Of 52 boats 31 are yellow, twelve red and the rest blue.", False),
        (
            "rents bring 21% of it",
            "It lives on tickets for 48 per cent, on gifts for 31 and on rents for the rest.",
            True,
        ),
        ("县里出85万元", "修路花了230万元，其中省里出145万元，其余由县里承担。", True),
        ("shortened to 15 minutes", "It was shortened from 46 to 31 minutes.", False),
        ("shortened by 15 minutes", "It was shortened from 46 to 31 minutes.", True),
        ("38% less energy", "It used 0.8 kilowatt-hours a load; the other machine needed 1.3.", True),
        (
            "nearly half of turnover",
            "Turnover was £64.2 million (£58.9 million), £29.5 million of it from bicycles.",
            True,
        ),
        ("about two thirds of turnover", "Turnover was £64.2 million, £29.5 million of it from bicycles.", False),
        ("62% less energy", "It used 0.8 kilowatt-hours a load; the other machine needed 1.3.", False),
        ("5.1 kg in May", "The dog has lost 700 grams since May; it weighs 4.4 kilos now.", True),
        ("fewer than one thousand votes", "By 51.3 to 48.7 per cent they rejected it, by 1,846 votes.", False),
    ],
)
def test_a_number_may_follow_from_others(claim: str, source: str, expected: bool) -> None:
    assert follows(numbers(claim)[0], claim, [(numbers(source), source)]) is expected


def test_a_part_of_a_sum_is_counted_as_the_sum_is() -> None:
    source = "It costs 14 million francs, of which the town pays six."
    assert [one.value for one in with_units(numbers(source), source)] == [14e6, 6e6]
    assert [one.unit for one in with_units(numbers(source), source)] == ["CHF", "CHF"]


def test_one_of_so_many_is_a_share() -> None:
    assert [(one.value, one.unit) for one in numbers("rare, in up to one of 1,000")] == [(0.001, "%")]
    assert [one.value for one in numbers("in three of ten tests")] == [3, 10]


@pytest.mark.parametrize(
    ("text", "values"),
    [("约在公元前700年", [700]), ("公元前390年至210年", [390, 210]), ("第42至54分钟", [42, 54]), ("五年级", [5])],
)
def test_what_is_no_span_of_time(text: str, values: list[int]) -> None:
    found = numbers(text)
    assert [one.value for one in found] == values
    assert not any(one.unit for one in found)


def test_twice_is_no_angle() -> None:
    assert not any(one.unit == "°" for one in numbers("海州两度输给临江"))
    assert numbers("气温降了两度，到零下五度")[-1].unit == "°"


def test_a_range_shares_scale_and_unit() -> None:
    low, high = numbers("sales of $215–225 million")
    assert (low.value, low.unit, high.value, high.unit) == (215e6, "$", 225e6, "$")
    low, high = numbers("3–5 million euros")
    assert (low.value, low.unit, high.value, high.unit) == (3e6, "EUR", 5e6, "EUR")
    assert [(one.value, one.unit) for one in numbers("10-15%")] == [(0.1, "%"), (0.15, "%")]


def test_languages_write_points_and_commas_their_way() -> None:
    (amount,) = numbers("Der Umsatz stieg auf 1.234,5 Mio. Euro", "de")
    assert (amount.value, amount.unit) == (1_234_500_000.0, "EUR")
    (share,) = numbers("environ 12,5 pour cent", "fr")
    assert (share.value, share.unit, share.hedge) == (0.125, "%", Hedge.ABOUT)


@pytest.mark.parametrize(
    "text",
    ["一起去四川", "三明治和五一劳动节", "几十万人", "one of the best", "COVID-19", "F-35", "version 3.11.2",
     "several thousand", "几块牌子"],
)  # fmt: skip
def test_what_counts_nothing(text: str) -> None:
    assert numbers(text) == []


# ---------------------------------------------------------------- dates


def said(text: str) -> list[dict[str, int]]:
    return [moment.says() for moment in dates(even(text))]


@pytest.mark.parametrize(
    "text",
    ["3 March 2021", "March 3, 2021", "the 3rd of March 2021", "2021-03-03", "03/03/2021", "3.3.2021", "2021年3月3日",
     "二〇二一年三月三日", "3. März 2021", "le 3 mars 2021", "3 de marzo de 2021", "2021년 3월 3일", "21年3月3日"],
)  # fmt: skip
def test_one_day_in_many_spellings(text: str) -> None:
    assert said(text) == [{"year": 2021, "month": 3, "day": 3}]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in the third quarter of 2020", {"year": 2020, "quarter": 3}),
        ("Q3 2020", {"year": 2020, "quarter": 3}),
        ("2020年第三季度", {"year": 2020, "quarter": 3}),
        ("2021年上半年", {"year": 2021, "half": 1}),
        ("the 1990s", {"decade": 1990}),
        ("20世纪90年代", {"decade": 1990}),
        ("the nineteenth century", {"century": 19}),
        ("19世纪", {"century": 19}),
        ("on Tuesday", {"weekday": 2}),
        ("星期二", {"weekday": 2}),
        ("2:30 p.m.", {"minute": 870}),
        ("下午2点30分", {"minute": 870}),
        ("14:30", {"minute": 870}),
        ("since May", {"month": 5}),
        ("by mid-2025", {"year": 2025}),
        ("FY21", {"year": 2021}),
        ("on the first of August", {"month": 8, "day": 1}),
        ("in the spring of 1645", {"year": 1645, "season": 1}),
        ("2022年秋天", {"year": 2022, "season": 3}),
        ("顺治二年（1645年）春", {"year": 1645, "season": 1}),
    ],
)
def test_parts_of_dates(text: str, expected: dict[str, int]) -> None:
    assert said(text) == [expected]


@pytest.mark.parametrize(
    "text",
    ["8 to 10 August", "August 8–10", "from August 8 to 10", "Friday 8 to Sunday 10 August", "8月8日至10日",
     "8月8日周五到10日"],
)  # fmt: skip
def test_two_days_of_one_month(text: str) -> None:
    assert [one for one in said(text) if "day" in one] == [{"month": 8, "day": 8}, {"month": 8, "day": 10}]


def test_words_that_are_no_months() -> None:
    assert said("They may march on, and you may go.") == []


@pytest.mark.parametrize(
    ("claim", "source", "expected"),
    [
        ("March 2021", "3 March 2021", True),
        ("3 March 2021", "March 2021", False),
        ("the 1990s", "1994", True),
        ("Q1 2021", "in February 2021", True),
        ("2:30", "14:30", True),
        ("2:30 a.m.", "14:30", False),
        ("4 March 2021", "03/04/2021", True),  # either order
        ("2022", "2021", False),
        ("autumn 2022", "14 October 2022", True),
        ("2022年春天", "2022年10月14日", False),
        ("the 1800s", "in the nineteenth century", True),
        ("the 1800s", "1868", True),
        ("the 1860s", "1878", False),
    ],
)
def test_a_date_within_another(claim: str, source: str, expected: bool) -> None:
    (one,), (other,) = dates(even(claim)), dates(even(source))
    assert within(one, other, frozenset()) is expected


def test_a_year_may_stand_elsewhere() -> None:
    (claim,), (known,) = dates("3 March 2021"), dates("on 3 March")
    assert within(claim, known, frozenset((2021,)))
    assert not within(claim, known, frozenset((2020,)))


def test_a_row_of_letters_is_no_roman_number() -> None:
    assert not numbers("a file XXXX of Chapter VVVV")
    assert [one.value for one in numbers("Louis XIV and Chapter IX")] == [14, 9]


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("It stopped at ten minutes to four.", 230),
        ("at quarter to five", 285),
        ("twenty past six", 380),
        ("差十分四点", 230),
        ("下午三点三刻", 945),
        ("before noon", 720),
        ("12 noon", 720),
        ("午夜前", 0),
        ("open from 18:00", 1080),
        ("限18点以后", 1080),
    ],
)
def test_times_in_words(text: str, minute: int) -> None:
    (moment,) = dates(even(text))
    assert moment.minute == minute


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("18点至次日8点", [1080, 480]),
        ("12点到四点", [720, 240]),
        ("9月26日10时至10月9日10时", [600, 600]),
        ("from noon to four, on Sundays", [720, 240]),
    ],
)
def test_from_one_time_to_another(text: str, minutes: list[int]) -> None:
    assert [one.minute for one in dates(even(text)) if one.minute is not None] == minutes


def test_so_many_runs_a_week_are_no_day() -> None:
    assert dates("由每周一班改为每周三班") == []
    assert [one.weekday for one in dates("周三班车停运")] == [3]


@pytest.mark.parametrize(
    "text",
    [
        "five to ten minutes",
        "5 minutes to 10 km",
        "每周检查10%，十周一轮",
        "每周一次",
        "显示E13时不排水",
        "提出3点建议",
    ],
)
def test_what_looks_like_a_time_or_a_day(text: str) -> None:
    assert dates(even(text)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a quarter of a million pounds", "250,000 pounds"),
        ("on every third anniversary", "every three years"),
        ("every other week", "every two weeks"),
        ("九个多小时", "more than nine hours"),
        ("双方各半", "50%"),
        ("1 in 100 patients", "1% of patients"),
        ("每八只中就有一只", "12.5%"),
        ("200兆内存", "200 MB"),
        ("1,500 litres", "1.5 cubic metres"),
        ("二十载", "20 years"),
        ("2小时30分", "两个半小时"),
        ("24 kN", "24千牛"),
        ("2 bar", "200 kPa"),
    ],
)
def test_other_ways_to_say_a_number(one: str, other: str) -> None:
    assert bears(one, other)
    assert bears(other, one)


def test_what_counts_one_thing_bears_out_no_number_of_another() -> None:
    source = "The plot has 19 trees and was let for four years."
    evidence = Evidence(numbers(source), even(source))
    assert not any(evidence.bearing(numbers("19 hours")[0]))
    assert not any(evidence.bearing(numbers("four fires")[0], counts=True))
    assert any(evidence.bearing(numbers("19 trees")[0], counts=True))


def test_a_table_may_count_in_thousands() -> None:
    source = "Revenue\t4,183\nBicycles sold\t4,183 bicycles"
    (known,) = set(Evidence(numbers(source), even(source)).bearing(numbers("£4.183 million")[0]))
    assert known.start == source.index("4,183")
    assert not any(Evidence(numbers("4,183 bicycles"), "4,183 bicycles").bearing(numbers("£4.183 million")[0]))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("12\t345\n7\t800\t900", [12, 345, 7, 800, 900]),  # cells of a table
        ("第一年\t61000\n第二年\t72 000", [1, 61000, 2, 72000]),
        ("3万至5万人", [30000, 50000]),
        ("2千米", [2000]),
        ("5百万元", [5_000_000]),
        ("1万2千米", [10000, 2000]),  # as it was: 千米 is a unit
    ],
)
def test_numbers_beside_each_other_are_not_one(text: str, values: list[float]) -> None:
    assert [one.value for one in numbers(text, "zh")] == values
