"""Numbers of list items as a word processor writes them: 3, c, iii, 三."""

from __future__ import annotations

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_HAN = "零一二三四五六七八九"
_CIRCLED = 0x2460


def spelled(number: int, form: str) -> str:
    """``number`` in one of the forms of Office Open XML (``decimal``, ``lowerLetter``, ``chineseCounting``, ...)."""
    if number < 1 or number > 9999:
        return str(number)
    if form.endswith("Letter"):
        text = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
    elif form.endswith("Roman"):
        text = _roman(number)
    elif form.startswith(("chinese", "taiwanese", "japaneseCounting", "ideograph")):
        return _han(number)
    elif form.startswith("decimalEnclosedCircle") and number <= 20:
        return chr(_CIRCLED + number - 1)
    elif form == "decimalZero":
        return f"{number:02}"
    else:
        return str(number)
    return text.upper() if form.startswith("upper") else text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        text += letters * (number // value)
        number %= value
    return text


def _han(number: int) -> str:
    if number >= 100:
        return "".join(_HAN[int(digit)] for digit in str(number)).replace("零", "〇")
    tens, ones = divmod(number, 10)
    return (_HAN[tens] if tens > 1 else "") + ("十" if tens else "") + (_HAN[ones] if ones else "")
