"""Small numbers in words, of languages that ``numerals`` does not read: enough to see that one was translated."""

from __future__ import annotations

import re
from functools import cache

from assistant.worker.lexicon import folded

_VALUES = (*range(21), 30, 40, 50, 60, 70, 80, 90, 100, 1000)
_WORDS = {
    "de": "null|ein eine einen einem einer eins erste|zwei beide zweite doppelt zweit|drei dritte|vier|funf|sechs"
    "|sieben siebte|acht|neun|zehn|elf|zwolf|dreizehn|vierzehn|funfzehn|sechzehn|siebzehn|achtzehn|neunzehn|zwanzig"
    "|dreissig|vierzig|funfzig|sechzig|siebzig|achtzig|neunzig|hundert|tausend",
    "fr": "zero|un une premier premiere|deux double second|trois troisieme|quatre quatrieme|cinq cinquieme|six sixieme"
    "|sept|huit|neuf neuvieme|dix dixieme|onze|douze|treize|quatorze|quinze|seize|dix-sept|dix-huit|dix-neuf|vingt"
    "|trente|quarante|cinquante|soixante|soixante-dix|quatre-vingts|quatre-vingt-dix|cent|mille",
    "es": "cero|un uno una primer primero primera|dos ambos ambas doble segundo|tres tercer|cuatro cuarto|cinco quinto"
    "|seis sexto|siete septimo|ocho octavo|nueve noveno|diez decimo|once|doce|trece|catorce|quince|dieciseis"
    "|diecisiete|dieciocho|diecinueve|veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien ciento"
    "|mil",
    "it": "zero|un uno una primo prima|due doppio secondo entrambi|tre terzo|quattro quarto|cinque quinto|sei sesto"
    "|sette settimo|otto ottavo|nove nono|dieci decimo|undici|dodici|tredici|quattordici|quindici|sedici|diciassette"
    "|diciotto|diciannove|venti|trenta|quaranta|cinquanta|sessanta|settanta|ottanta|novanta|cento|mille mila",
    "pt": "zero|um uma primeiro primeira|dois duas ambos dobro segundo|tres terceiro|quatro quarto|cinco quinto|seis"
    " sexto|sete setimo|oito oitavo|nove nono|dez decimo|onze|doze|treze|catorze quatorze|quinze|dezesseis dezasseis"
    "|dezessete dezassete|dezoito|dezenove dezanove|vinte|trinta|quarenta|cinquenta|sessenta|setenta|oitenta|noventa"
    "|cem cento|mil",
    "nl": "nul|een eerste|twee beide dubbel tweede|drie derde|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien"
    "|veertien|vijftien|zestien|zeventien|achttien|negentien|twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig"
    "|negentig|honderd|duizend",
    "sv": "noll|en ett forsta|tva bada dubbel andra|tre tredje|fyra|fem|sex|sju|atta|nio|tio|elva|tolv|tretton"
    "|fjorton|femton|sexton|sjutton|arton|nitton|tjugo|trettio|fyrtio|femtio|sextio|sjuttio|attio|nittio|hundra|tusen",
    "ru": "ноль|один одна одно одной одного одну перв|два две двух двое двум оба обе втор|три трех тремя трое трет"
    "|четыре четырех четверо четверт|пять пяти пятер пят|шесть шести|семь семи седьм|восемь восьми восьм|девять девяти"
    "|десять десяти|одиннадцат|двенадцат|тринадцат|четырнадцат|пятнадцат|шестнадцат|семнадцат|восемнадцат|девятнадцат"
    "|двадцат|тридцат|сорок|пятьдесят|шестьдесят|семьдесят|восемьдесят|девяносто|сто сотн|тысяч",
    "ja": "|ひと 一|ふた 両|み 三|よ|いつ|む|なな|や|ここの|とお",
    "ko": "영|한 하나 첫|두 둘 양|세 셋|네 넷|다섯|여섯|일곱|여덟|아홉|열",
}  # fmt: skip
_SPOKEN = {  # of what one language counts and another has a word for
    0.0: "no none nobody nothing nil zero midnight 零 〇 无 没 不 午夜 半夜 keine keinen kein nichts pas aucun нет",
    1.0: "a an one single once first sole only another every each 一 单 首 元 独 某 每 头 初 整 个",
    2.0: "two both twice pair couple double second twin either neither half 二 两 俩 双 对 倍 次 再 副 半 兩 雙",
    3.0: "three triple thrice third trio 三 仨 叁",
    4.0: "four quarter 四 肆",
    7.0: "week weekly 周 星期",
    12.0: "dozen noon midday 正午 中午 打 午夜 midnight",
    14.0: "fortnight 两周 两星期",
    15.0: "quarter 刻 viertel quart cuarto quarto kwart четверть",
    20.0: "score 廿",
    24.0: "midnight 午夜 昼夜",
    30.0: "half 半 halb demi demie media mezza meia половин половина полов",
    45.0: "quarter 三刻 viertel quart cuarto quarto kwart четверть",
    50.0: "half 半 一半",
    100.0: "century centuries hundred hundreds 百 全部 完全 满分 hundert",
    1000.0: "thousand thousands 千",
}
_BY_WORD: dict[str, set[float]] = {}
for _value, _names in _SPOKEN.items():
    for _name in _names.split():
        _BY_WORD.setdefault(_name, set()).add(_value)
_LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST = 3  # letters of a word that longer ones (``dreimal``, ``пятеро``) may begin with


@cache
def _table(language: str) -> dict[str, float]:
    words = _WORDS.get(language, "")
    return {word: float(value) for value, names in zip(_VALUES, words.split("|"), strict=False)
            for word in names.split()}  # fmt: skip


def knows(language: str) -> bool:
    """Whether numbers in words can be told in this language (the first part of its tag)."""
    return language in _WORDS or language in ("en", "zh")


def spoken(text: str, language: str) -> set[float]:
    """Which small numbers a text may say in words; more than it says, rather than fewer."""
    found: set[float] = set()
    table = _table(language)
    for match in _LETTERS.finditer(text):
        for word in {folded(match[0]), *folded(match[0]).split("-")}:
            found |= _BY_WORD.get(word, set())
            for known, value in table.items():
                if word == known or (len(known) >= _SHORTEST and word.startswith(known)):
                    found.add(value)
    for name, values in _BY_WORD.items():
        if name > "ᄀ" and name in text:
            found |= values
    if language in ("ja", "ko"):
        found |= {value for name, value in table.items() if name in text}
    return found
