"""What numbers count: units and currencies under one name each, and words that multiply."""

from __future__ import annotations

import re

import msgspec

from assistant.base.assets import resources


class _Spellings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``figures.json`` says; an underscore is a space within a name."""

    comment: str
    units: dict[str, str]
    about: str
    over: str
    under: str
    measures: str


_DATA = msgspec.json.decode((resources() / "lexicon" / "figures.json").read_bytes(), type=_Spellings)
MEASURES = frozenset(_DATA.measures)
"""Chinese measure words of one character: what stands before one counts."""


def _spelled(names: str) -> list[str]:
    return sorted((name.replace("_", " ") for name in names.split()), key=len, reverse=True)


def _any(names: list[str]) -> str:
    """A pattern for any of ``names``, whole words where they are of letters."""
    words = "|".join(re.escape(name) for name in names if _is_word(name))
    signs = "|".join(re.escape(name).replace("个", "个多?") for name in names if not _is_word(name))
    return rf"(?:(?:{words})(?![A-Za-zÀ-ӿ\d_²³])|(?:{signs}))"


def _is_word(name: str) -> bool:
    return name[0].isalpha() and name[0] < "ᄀ"


_NAMES = {name: unit for unit, names in _DATA.units.items() for name in _spelled(names)}
_BETWEEN = "(?:(?:(?:working|business)(?! weeks?\\b)|calendar|consecutive|full|whole|further|additional|more|metric) )?"
AFTER = re.compile(rf"[ -]?{_BETWEEN}(?P<name>{_any(sorted(_NAMES, key=len, reverse=True))})", re.IGNORECASE)
"""A unit behind a number."""


def hedge(names: str) -> re.Pattern[str]:
    """A pattern for one of ``names`` at the end of what stands before a number."""
    return re.compile(rf"(?<![^\W\d_ᄀ-\uffff]){_any(_spelled(names))} ?(?:an? |the )?$", re.IGNORECASE)


ABOUT, OVER, UNDER = map(hedge, (_DATA.about, _DATA.over, _DATA.under))

_CURRENCIES = {"us$": "USD", "usd": "USD", "$": "$", "hk$": "HKD", "a$": "AUD", "c$": "CAD", "s$": "SGD", "nt$": "TWD",
               "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "¥", "￥": "¥", "rmb": "CNY", "cny": "CNY",
               "jpy": "JPY", "₹": "INR", "rs": "INR", "₩": "KRW", "chf": "CHF", "人民币": "CNY",
               "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "aud": "AUD", "cad": "CAD", "sgd": "SGD",
               "hkd": "HKD", "brl": "BRL", "zar": "ZAR"}  # fmt: skip
_SIGNS = sorted(_CURRENCIES, key=len, reverse=True)
BEFORE = "(?:" + "|".join((r"\b" if _is_word(name) else "") + re.escape(name) for name in _SIGNS) + ") ?"
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
_NO_UNIT = {"千": "(?![瓦克米卡焦赫伏帕牛])", "兆": "(?![瓦赫帕位字比内流带宽硬空])"}  # 千克 is a unit of its own
SCALES = "|".join(
    re.escape(name) + (r"(?!\w)" if _is_word(name) else _NO_UNIT.get(name, ""))
    for name in sorted(SCALE_WORDS, key=len, reverse=True)
)
"""Words behind digits that multiply them."""

BASE = {
    "%": ("%", 0.01), "‰": ("%", 0.001), "km": ("m", 1000.0), "cm": ("m", 0.01), "mm": ("m", 0.001),
    "g": ("kg", 0.001), "mg": ("kg", 1e-6), "t": ("kg", 1000.0), "ml": ("l", 0.001),
    "cl": ("l", 0.01), "dl": ("l", 0.1), "hl": ("l", 100.0), "m3": ("l", 1000.0), "cm3": ("l", 0.001),
    "cm2": ("m2", 1e-4), "mm2": ("m2", 1e-6), "yd": ("m", 0.9144),
    "km2": ("m2", 1e6), "ha": ("m2", 1e4), "kW": ("W", 1e3), "MW": ("W", 1e6), "GW": ("W", 1e9), "MWh": ("kWh", 1e3),
    "min": ("s", 60.0), "h": ("s", 3600.0), "d": ("s", 86400.0), "week": ("s", 604800.0),
    "y": ("month", 12.0), "decade": ("month", 120.0), "quarter_year": ("month", 3.0),
    "pence": ("pence", 0.01), "GB": ("MB", 1000.0),
    "fortnight": ("s", 1209600.0), "quarter_hour": ("s", 900.0),
    "mile": ("m", 1609.344), "ft": ("m", 0.3048), "inch": ("m", 0.0254),
    "acre": ("m2", 4046.9), "mu": ("m2", 666.67), "ft2": ("m2", 0.0929), "li": ("m", 500.0), "jin": ("kg", 0.5),
    "working_week": ("s", 432000.0),
    "kmh": ("m", 1000.0), "nm": ("m", 1e-9), "µm": ("m", 1e-6),
    "bar": ("kPa", 100.0), "MPa": ("kPa", 1000.0), "kN": ("N", 1000.0),
    "KB": ("MB", 0.001), "TB": ("MB", 1e6), "GWh": ("kWh", 1e6), "TWh": ("kWh", 1e9),
}  # fmt: skip
"""Units that are so many of another: three years are 36 months."""

_LOOSE = {
    "pound": {"GBP", "lb"},
    "°": {"kWh"},  # 度 is said of both
    "crown": {"SEK", "NOK", "DKK"},
    "pence": {"USD", "EUR", "GBP", "$", "AUD", "CAD"},
    "$": {"USD", "HKD", "AUD", "CAD", "SGD", "TWD"},
    "¥": {"CNY", "JPY"},
}


def unit_after(text: str, place: int) -> tuple[str, int]:
    """The unit at ``place``, empty for none, and where it ends."""
    match = AFTER.match(text, place)
    if not match or (match["name"] in _SIGNS and text[match.end() : match.end() + 1].isdigit()):
        return "", place  # "over 65 £5": it is that of the next one
    return _NAMES[match["name"].lower().replace("个多", "个")], match.end()


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
