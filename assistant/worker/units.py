"""What numbers count: units and currencies under one name each, and words that multiply."""

from __future__ import annotations

import re

_UNITS = {
    "%": "% percentage\u00a0points percentage\u00a0point 个百分点 百分点 prozentpunkte prozentpunkt percent per cent pct prozent por\u00a0ciento pour\u00a0cent per\u00a0cento procent パーセント 퍼센트",
    "‰": "‰",
    "USD": "dollars dollar usd us\u00a0dollars us\u00a0dollar u.s.\u00a0dollars 美元 美金 dólares ドル 달러",
    "EUR": "euros euro eur € 欧元 ユーロ 유로",
    "GBP": "pounds\u00a0sterling sterling gbp £ 英镑",
    "CNY": "yuan renminbi rmb cny 元 元人民币 人民币 块钱",
    "JPY": "yen jpy 日元 円",
    "KRW": "won krw 韩元 원",
    "HKD": "hkd hong\u00a0kong\u00a0dollars 港元 港币",
    "INR": "rupees rupee inr 卢比",
    "RUB": "roubles rubles rub 卢布",
    "CHF": "francs swiss\u00a0francs chf 瑞士法郎 法郎 franken",
    "pence": "pence cents cent 美分 便士",
    "km": "km kilometers kilometer kilometres kilometre 公里 千米 kilómetros kilomètres chilometri",
    "m": "m meters meter metres metre 米 公尺 metros mètres metri",
    "cm": "cm centimeters centimetres centimeter centimetre 厘米",
    "mm": "mm millimeters millimetres millimeter millimetre 毫米",
    "mile": "miles mile mi 英里",
    "ft": "feet foot ft 英尺",
    "inch": "inches inch 英寸",
    "kg": "kg kilograms kilogram kilos kilo 公斤 千克 kilogramm",
    "g": "g grams gram grammes 克",
    "mg": "mg milligrams milligram 毫克",
    "t": "t tonnes tonne tons ton 吨 tonnen toneladas",
    "lb": "lb lbs pounds pound 磅",
    "l": "l litres litre liters liter 升",
    "ml": "ml millilitres milliliters 毫升",
    "ha": "ha hectares hectare 公顷 hektar",
    "mu": "亩",
    "km2": "km² km2 square\u00a0kilometers square\u00a0kilometres sq\u00a0km 平方公里 平方千米",
    "m2": "m² m2 square\u00a0meters square\u00a0metres sq\u00a0m 平方米 quadratmeter",
    "m3": "m³ m3 cubic\u00a0meters cubic\u00a0metres 立方米",
    "°": "°c °f degrees\u00a0celsius degrees degree 摄氏度 度 grad",
    "W": "w watts watt 瓦",
    "kW": "kw kilowatts kilowatt 千瓦",
    "MW": "mw megawatts megawatt 兆瓦",
    "GW": "gw gigawatts gigawatt 吉瓦",
    "kWh": "kwh kilowatt-hours kilowatt\u00a0hours 千瓦时 度电",
    "MWh": "mwh megawatt-hours 兆瓦时",
    "Hz": "hz hertz 赫兹",
    "GB": "gb gigabytes 千兆字节",
    "MB": "mb megabytes 兆字节",
    "s": "seconds second secs sec 秒 秒钟 sekunden secondes segundos",
    "min": "minutes minute mins 分钟 minuten minutos minuti",
    "h": "hours hour hrs 小时 钟头 个小时 stunden heures horas ore stunde heure hora uren 時間 시간",
    "d": "days day 天 tage tagen jours días giorni dias dagen 日間",
    "week": "weeks week 周 星期 个星期 wochen semaines semanas settimane weken",
    "month": "months month 个月 个多月 monate monaten mois meses mesi maanden か月 개월",
    "y": "years year year-old years\u00a0old yrs 年 岁 周岁 周年 jahre jahren ans années años anni anos jaar 歳 살",
    "decade": "decades decade",
    "times": "times fold 倍 mal fois veces volte keer 番",
}
_NAMES = {
    name.replace("\u00a0", " "): unit for unit, names in _UNITS.items() for name in names.replace("\u00a0", "_").split()
}
_NAMES = {name.replace("_", " "): unit for name, unit in _NAMES.items()}
_AFTER_WORDS = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True) if name[0].isascii() and name[0].isalpha())
_AFTER_SIGNS = "|".join(re.escape(name) for name in sorted(_NAMES, key=len, reverse=True) if not (name[0].isascii() and name[0].isalpha()))
AFTER = re.compile(rf"[ -]?(?:(?:{_AFTER_WORDS})(?![\w²³])|(?:{_AFTER_SIGNS}))", re.IGNORECASE)
"""A unit behind a number."""

_CURRENCIES = {"us$": "USD", "usd": "USD", "$": "$", "hk$": "HKD", "a$": "AUD", "c$": "CAD", "s$": "SGD", "nt$": "TWD",
               "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "¥", "￥": "¥", "rmb": "CNY", "cny": "CNY",
               "jpy": "JPY", "₹": "INR", "rs": "INR", "₩": "KRW", "chf": "CHF", "人民币": "CNY"}  # fmt: skip
BEFORE = (
    "(?:" + "|".join(re.escape(name) for name in sorted(_CURRENCIES, key=len, reverse=True) if not name.isalpha())
    + "|" + "|".join(rf"\b{name}" for name in _CURRENCIES if name.isalpha() and name.isascii()) + "|人民币) ?"
)  # fmt: skip
"""A currency before a number."""

SCALE_WORDS = {
    "hundred": 1e2, "thousand": 1e3, "million": 1e6, "millions": 1e6, "billion": 1e9, "trillion": 1e12, "k": 1e3,
    "m": 1e6, "mn": 1e6, "mln": 1e6, "mio": 1e6, "mio.": 1e6, "bn": 1e9, "b": 1e9, "tn": 1e12, "t": 1e12,
    "lakh": 1e5, "crore": 1e7, "dozen": 12.0,
    "tausend": 1e3, "millionen": 1e6, "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9, "mrd.": 1e9, "billionen": 1e12,
    "mille": 1e3, "milliers": 1e3, "milliard": 1e9, "milliards": 1e9, "mil": 1e3, "millón": 1e6, "millones": 1e6,
    "milione": 1e6, "milioni": 1e6, "miliardo": 1e9, "miliardi": 1e9, "milhão": 1e6, "milhões": 1e6, "bilhões": 1e9,
    "miljoen": 1e6, "miljard": 1e9, "duizend": 1e3,
    "十": 1e1, "百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8, "百万": 1e6, "千万": 1e7, "十亿": 1e9, "百亿": 1e10,
    "千亿": 1e11, "万亿": 1e12, "兆": 1e12, "만": 1e4, "억": 1e8, "조": 1e12,
}  # fmt: skip
SCALES = "|".join(
    re.escape(name) + (r"(?!\w)" if name[0].isascii() or name[0] in "éó" else "")
    for name in sorted(SCALE_WORDS, key=len, reverse=True)
)
"""Words behind digits that multiply them."""

BASE = {
    "%": ("%", 0.01), "‰": ("%", 0.001), "km": ("m", 1000.0), "cm": ("m", 0.01), "mm": ("m", 0.001),
    "g": ("kg", 0.001), "mg": ("kg", 1e-6), "t": ("kg", 1000.0), "ml": ("l", 0.001),
    "km2": ("m2", 1e6), "ha": ("m2", 1e4), "kW": ("W", 1e3), "MW": ("W", 1e6), "GW": ("W", 1e9), "MWh": ("kWh", 1e3),
    "min": ("s", 60.0), "h": ("s", 3600.0), "d": ("s", 86400.0), "week": ("s", 604800.0),
    "y": ("month", 12.0), "decade": ("month", 120.0), "pence": ("pence", 0.01), "GB": ("MB", 1000.0),
}  # fmt: skip
"""Units that are so many of another: three years are 36 months."""

_LOOSE = {"pence": {"USD", "EUR", "GBP", "$", "AUD", "CAD"},"$": {"USD", "HKD", "AUD", "CAD", "SGD", "TWD"}, "¥": {"CNY", "JPY"}}


def unit_after(text: str, place: int) -> tuple[str, int]:
    """The unit at ``place``, empty for none, and where it ends."""
    match = AFTER.match(text, place)
    if not match:
        return "", place
    return _NAMES[match[0].strip(" -").lower()], match.end()


def unit_before(text: str) -> str:
    """The currency that stands before a number."""
    return _CURRENCIES.get(text.strip().lower(), "")


def same_unit(claim: str, known: str) -> bool:
    """Whether a number of the unit ``known`` can bear out one of the unit ``claim``."""
    if claim == known or known in _LOOSE.get(claim, ()) or claim in _LOOSE.get(known, ()):
        return True
    if not claim:
        return known != "%"
    return not known and claim == "times"
