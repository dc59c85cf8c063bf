"""Reads glossaries: tables (CSV, TSV) and TBX. A line that is no term is counted and left out."""

from __future__ import annotations

import contextlib
import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import normalize, primary, same
from assistant.base.scripts import scripts_of
from assistant.documents.encodings import decode
from assistant.documents.segments import Term
from assistant.worker.messages import GlossaryRead, ReadGlossary
from assistant.worker.termbase import entries

_WHAT = "glossary"  # what an error is about: the document that is translated is another file
_ALONE = "terms"  # of one language
_LONGEST = 300  # characters of a term
_SEPARATORS = "\t,;|"
_LINES = 20  # of one row
_BRACKETED = re.compile(r"(.+?)\s*[(（\[【]\s*(.+?)\s*[)）\]】]")
_BEFORE, _BEHIND = re.compile(r"([^\W_]+)[\s:：_-]+(.+)"), re.compile(r"(.+?)[\s:：_-]+([^\W_]+)")
_COMMENT = "#"  # a line begins so
_SAMPLE = 200  # lines by which the separator is told
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_SAID = re.compile(r"sep=(\S|\t)\s*", re.IGNORECASE)  # what spreadsheets write above a table: what cuts its lines
_HEADERS = {
    "source": "source src source_term term term_source original from 原文 源 源语 源术语 术语 ausgangssprache quelle"
    " fuente terme",
    "target": "target tgt target_term translation term_target to 译文 目标 目标语 目标术语 翻译 zielsprache ziel"
    " übersetzung traduction traducción destino",
    "exact": "exact case casesensitive case_sensitive case-sensitive match_case 区分大小写 大小写",
    "forbidden": "forbidden deprecated prohibited do_not_use donotuse status 禁用 禁止 状态 verboten",
    "note": "note notes comment comments definition description context remark 备注 注释 说明 定义 bemerkung notiz"
    " nota",
    "source_language": "source_language source_lang sourcelanguage source_locale 源语言",
    "target_language": "target_language target_lang targetlanguage target_locale 目标语言",
}  # fmt: skip
_COLUMNS = {name: column for column, names in _HEADERS.items() for name in names.split()}
_OF_TERMS = ("exact", "forbidden", "note")
_OR_NUMBERS = ("id", "no", "nr")  # heads of columns that name a language, or numbers
"""Columns about a term; ``Definition (EN)`` holds none in English."""
_BESIDE = frozenset(("terms", "word", "words", "name", "text", "lang", "language", "in", "语言", *_COLUMNS))
"""What stands beside the name of a language in the head of a column."""
_IN_PLACES = dict.fromkeys(("taiwan", "hong kong", "台湾", "台灣", "臺灣", "香港"), "zh-TW")
"""Where Chinese is written in traditional characters."""
_AFFIRMATIVE = "1 yes y true x ja oui sí si да 是 ✓ ✔ forbidden deprecated prohibited 禁用 禁止 exact"
_YES = frozenset(_AFFIRMATIVE.split())
_XML = (b"<?xml", b"<tbx", b"<martif", b"<!DOCTYPE", b"<\x00")


@dataclass(frozen=True)
class _Table:
    """Where in a row each thing stands; -1: nowhere.

    :ivar languages: of source and target, as the header or the rows name them.
    """

    source: int = 0
    target: int = 1
    exact: int = -1
    forbidden: int = -1
    note: int = -1
    languages: tuple[str, str] = ("", "")
    headed: bool = False


class _Wanted(NamedTuple):
    """The languages that are wanted, BCP 47, empty: any; ``others``: else those that there are will do."""

    source: str
    target: str
    others: bool


def read(request: ReadGlossary, data: bytes) -> GlossaryRead:
    """The terms in ``data``, which are the bytes of the file that ``request`` names.

    :raises AssistantError: ``DOCUMENT_EMPTY``: there is no term of the languages that are wanted; ``DOCUMENT_DAMAGED``
        and what else keeps a file from being read.
    """
    wanted = _Wanted(request.source, request.target, request.others)
    if data.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").startswith(_XML):
        terms, languages, skipped = _of_termbase(data, wanted)
    else:
        terms, languages, skipped = _of_table(_text(data, request.name), wanted)
    once = tuple(dict.fromkeys(terms))
    if not once:
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY, f"{skipped} lines are no terms", what=_WHAT)
    return GlossaryRead(id=request.id, terms=once, source=languages[0], target=languages[1], skipped=skipped)


def _text(data: bytes, name: str) -> str:
    try:
        return decode(data, name=name).text
    except AssistantError as error:
        raise AssistantError(error.kind, error.detail, **{**error.values, "what": _WHAT}) from error


# ---------------------------------------------------------------- tables


def _of_table(text: str, wanted: _Wanted) -> tuple[list[Term], tuple[str, str], int]:
    found = list(_rows(text))
    rows = [row for row in found if row is not None]
    skipped = len(found) - len(rows)
    if not rows:
        return [], ("", ""), skipped
    table = _header(rows, wanted) or _plain(rows)
    terms: list[Term] = []
    for row in rows[1 if table.headed else 0 :]:
        term = _term(row, table)
        if term:
            terms.append(term)
        else:
            skipped += 1
    unnamed = ("", "") if wanted.others else wanted[:2]  # what only could be taken is not what the file is in
    languages = table.languages[0] or unnamed[0], table.languages[1] or unnamed[1]
    return terms, languages, skipped


def _rows(text: str) -> Iterator[list[str] | None]:
    """The rows that are not empty; one that cannot be read is a row without cells, a comment of several cells, which
    could be a term, is None.
    """
    lines = [line for line in text.replace("\x00", "").splitlines(keepends=True) if line.strip()]
    told = [line for line in lines if not line.startswith(_COMMENT)]
    said = _SAID.fullmatch(told[0]) if told else None
    if said:
        lines.remove(told[0])
    separator, at = said[1] if said else _separator(told), 0
    while at < len(lines):
        comment = lines[at].startswith(_COMMENT)
        row, used = _row(lines[at : at + (1 if comment else _LINES)], separator)
        at += used
        full = sum(bool(cell.strip()) for cell in row)
        if comment:
            if full != 1:
                yield None
        elif not row or full:
            yield [" ".join(cell.split()) for cell in row]


def _row(lines: list[str], separator: str) -> tuple[list[str], int]:
    """The first row, and how many lines it takes. A quotation mark that is never closed does not swallow the others."""
    for strict, some in ((True, lines), (False, lines[:1])):
        reader = csv.reader(some, delimiter=separator, strict=strict)
        try:
            return next(reader), reader.line_num
        except csv.Error:
            continue
    return [], 1


def _separator(lines: list[str]) -> str:
    """What cuts most lines into the same number of cells, more than one."""
    best, most = ",", 0
    for separator in _SEPARATORS:
        counts: Counter[int] = Counter()
        try:
            for row in csv.reader(lines[:_SAMPLE], delimiter=separator):
                counts[len(row)] += 1
        except csv.Error:
            continue
        often = sum(often for cells, often in counts.items() if cells > 1)
        if often > most:
            best, most = separator, often
    return best


def _header(rows: list[list[str]], wanted: _Wanted) -> _Table | None:
    """What the first row says of the columns; None: it is a term already."""
    row = rows[0]
    heads = {place: _column(cell) for place, cell in enumerate(row)}
    columns = {head: place for place, head in reversed(heads.items()) if head}
    languages = {
        place: named
        for place, cell in enumerate(row)
        if heads[place] not in _OF_TERMS and (named := _named(cell)) and not _is_numbered(cell, rows[1:], place)
    }
    exact, forbidden, note = (columns.get(name, -1) for name in _OF_TERMS)
    known = {*languages, *columns.values()}
    if len(languages) >= 2 and (2 * len(known) > sum(map(bool, row)) or _head_columns(languages, rows[1:])):
        first, second = _choose(list(languages.values()), wanted)
        places = {language: place for place, language in reversed(languages.items())}
        return _Table(places[first], places[second], exact, forbidden, note, (first, second), headed=True)
    if "source" in columns and "target" in columns:
        source, target = columns["source"], columns["target"]
        pair = languages.get(source, ""), languages.get(target, "")
        return _Table(source, target, exact, forbidden, note, pair, headed=True)
    return None


def _is_numbered(head: str, rows: list[list[str]], place: int) -> bool:
    """Does a column hold numbers of terms, as ``T-07`` below ``id``, which is Indonesian, too?"""
    cells = [cell for row in rows[:_SAMPLE] if (cell := _cell(row, place))]
    if _key(head) in _OR_NUMBERS:
        return bool(cells) and all(any(map(str.isdigit, cell)) for cell in cells)
    return bool(cells) and all(cell.isdecimal() for cell in cells)


def _head_columns(languages: Mapping[int, str], rows: list[list[str]]) -> bool:
    """Do these cells of a first row stand at the head of their columns, whatever is beside them?

    A row of a table that names its languages in every row has the like of them below.
    """
    below = [cell for row in rows[:_SAMPLE] for place in languages if (cell := _cell(row, place))]
    return bool(below) and 2 * sum(bool(_named(cell)) for cell in below) <= len(below)


def _language(cell: str) -> str:
    """The language that a cell names, empty for none."""
    plain = cell.strip()
    if _TAG.fullmatch(plain):
        return plain.replace("_", "-") if scripts_of(plain) else ""
    return normalize(plain)


def _key(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_")


def _column(cell: str) -> str:
    """What the head of a column says that it holds, empty for nothing known; ``Notes (optional)`` are notes."""
    bracketed = _BRACKETED.fullmatch(cell)
    return _COLUMNS.get(_key(cell), "") or _COLUMNS.get(_key(bracketed[1]) if bracketed else "", "")


def _named(cell: str) -> str:
    """The language that the head of a column names, alone or with what else stands there, empty for none:
    ``English``, ``Term (EN)``, ``Chinese (Simplified)``, ``Target: German``, ``term_zh-CN``, ``English term``.
    """
    if _key(cell) in _COLUMNS:
        return ""
    if found := _language(cell):
        return found
    if bracketed := _BRACKETED.fullmatch(cell):
        return _of_variety(_named(bracketed[1]), bracketed) or _named(bracketed[2])
    first, last = _BEFORE.fullmatch(cell), _BEHIND.fullmatch(cell)
    if first and first[1].lower() in _BESIDE:
        return _named(first[2])
    return _named(last[1]) if last and last[2].lower() in _BESIDE else ""


def _of_variety(language: str, named: re.Match[str]) -> str:
    """The tag of ``Chinese (Simplified)``, ``English (UK)``, which is not Ukrainian, or ``中文（台灣）``."""
    if not language:
        return ""
    variety = re.split("[,，]", named[2])[0].strip()
    tag = _IN_PLACES.get(variety.lower(), "") if primary(language) == "zh" else ""
    region = _language(f"{primary(language)}-{variety}") if len(variety) == 2 and variety.isascii() else ""
    own = _language(variety)
    same_language = own if own and primary(own) == primary(language) else ""
    return tag or _language(f"{variety} {named[1]}") or same_language or region or language


def _choose(there: list[str], wanted: _Wanted) -> tuple[str, str]:
    """Which of the languages of a file are source and target.

    :raises AssistantError: ``DOCUMENT_EMPTY``: the file lacks one that is wanted.
    """
    if not wanted.others:
        return _chosen(there, wanted.source, wanted.target)
    for source, target in ((wanted.source, wanted.target), ("", wanted.target)):
        with contextlib.suppress(AssistantError):
            return _chosen(there, source, target)
    return _chosen(there, "", "")


def _chosen(there: list[str], wanted_source: str, wanted_target: str) -> tuple[str, str]:
    """As ``_choose``, of exactly these."""
    source = _closest(there, wanted_source) if wanted_source else ""
    others = [one for one in there if one != source]
    target = _closest(others, wanted_target) if wanted_target else ""
    if not source:
        source = next((one for one in there if one != target), "")
        others = [one for one in there if one != source]
    return source, target or _closest(others, "")


def _closest(there: list[str], wanted: str) -> str:
    """The one that is the same tag, else the same variety, else written alike, else at least the same language."""
    ways: tuple[Callable[[str], bool], ...] = (
        lambda one: not wanted or one.lower() == wanted.lower(),
        lambda one: normalize(one) != "" and normalize(one) == normalize(wanted),
        lambda one: same(one, wanted),
        lambda one: primary(one) == primary(wanted),
    )
    for fits in ways:
        for one in there:
            if fits(one):
                return one
    raise AssistantError(ErrorKind.DOCUMENT_EMPTY, f"no terms in {wanted or 'a second language'}", what=_WHAT)


def _plain(rows: list[list[str]]) -> _Table:
    """A table without a header: source, target, then what the third and fourth column show themselves to be."""
    full = [row for row in rows if len(row) >= 4]
    if full and len(full) * 2 > len(rows) and all(_language(row[2]) and _language(row[3]) for row in full):
        return _Table(languages=(_language(full[0][2]), _language(full[0][3])))
    return _Table(note=2)


def _term(row: list[str], table: _Table) -> Term | None:
    source, target = _cell(row, table.source), _cell(row, table.target)
    if not source or len(row) <= table.target or max(len(source), len(target)) > _LONGEST:
        return None
    return Term(
        source,
        target,
        exact=_cell(row, table.exact).lower() in _YES,
        forbidden=_cell(row, table.forbidden).lower() in _YES,
        note=_cell(row, table.note),
    )


def _cell(row: list[str], place: int) -> str:
    return row[place] if 0 <= place < len(row) else ""


# ---------------------------------------------------------------- TBX


def _of_termbase(data: bytes, wanted: _Wanted) -> tuple[list[Term], tuple[str, str], int]:
    found = list(entries(data))
    often = Counter(language for entry in found for language in entry.terms)
    if len(often) < 2:
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY, "no terms in two languages", what=_ALONE if often else _WHAT)
    source, target = _choose(list(dict.fromkeys(language for entry in found for language in entry.terms)), wanted)
    terms: list[Term] = []
    skipped = 0
    for entry in found:
        before, after = entry.terms.get(source, ()), entry.terms.get(target, ())
        if not before or not after:
            skipped += 1
            continue
        for own in before:
            terms += _pairs(own.text, ((other.text, other.forbidden) for other in after), entry.note)
    return terms, (source, target), skipped


def _pairs(source: str, targets: Iterable[tuple[str, bool]], note: str) -> Iterator[Term]:
    for target, forbidden in targets:
        if max(len(source), len(target)) <= _LONGEST:
            yield Term(source, target, forbidden=forbidden, note=note)
