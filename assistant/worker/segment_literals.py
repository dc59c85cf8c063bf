"""What a translation repeats to the letter: links, e-mail addresses, code, placeholders, tags in the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count

from assistant.documents.segments import Finding, FindingKind
from assistant.worker.segment_view import View, at_source, at_target


@dataclass(frozen=True, slots=True)
class Literal:
    """Something that stays as it is. ``start`` and ``end`` are places in the plain text.

    :ivar key: what is compared; where a program does not care, neither does the key.
    :ivar ordered: its place among others of its kind counts (``%s`` without a number).
    :ivar minor: a good translation may do without it.
    """

    kind: FindingKind
    start: int
    end: int
    key: str
    ordered: bool = False
    minor: bool = False


_ENDINGS = (
    "bat c cfg conf cpp css csv dll docx? exe gguf gif go gz h html? ini ipynb iso jar java jpe?g js json lock log md"
    " mov mp3 mp4 msi odt pdf php png po pptx? ps1 py rb rs rst sh so sql srt svg tar toml tsv txt vtt wav webp xlsx?"
    " xml ya?ml zip"
).replace(" ", "|")
_DOMAINS = "com|org|net|edu|gov|io|dev|app|info|cn|de|uk|fr|jp|eu|ru|es|it|ch|at|nl|tw|hk|kr"
_URL = r"A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%"
_ATTRIBUTE = r"\s+[\w:@.-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>]+))?"
_CONVERSION = r"(?:\.(?:\d+|\*))?(?:hh|h|ll|l|z|j)?[diouxXeEfFgGcrsaAp@]"
_ELEMENTS = (
    "a abbr b bdi bdo big blockquote body br button caption center cite code col dd del details dfn div dl dt em font"
    " footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link main mark meta nav ol"
    " option p pre q rp rt ruby s samp script section select small span strike strong style sub summary sup svg table"
    " tbody td template textarea tfoot th thead time tr tt u ul var video wbr"
)
_HTML = frozenset(_ELEMENTS.split())
_HUMAN = re.compile(r"\s(?:alt|title|aria-label|placeholder|lang)=(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE)

_PATTERNS: tuple[tuple[FindingKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (FindingKind.CODE, r"`{3,}[^`]*`{3,}|``[^`]+``|`[^`\n]+`"),
        (FindingKind.PLACEHOLDER, rf"<!--.*?-->|</?[A-Za-z](?:[\w:.-]*[\w-])?(?:{_ATTRIBUTE})*\s*/?>"),
        (FindingKind.LINK, rf"(?:https?|ftp|file|sftp)://[{_URL}]+|\bmailto:[{_URL}]+|\bwww\.[{_URL}]+"),
        (FindingKind.EMAIL, r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"),
        (FindingKind.LINK, rf"(?<![\w@./-])(?:[a-z0-9-]+\.)+(?:{_DOMAINS})/[{_URL}]+"),
        # placeholders: i18next, Mustache, templates of JavaScript, Ruby and Python, ICU
        (FindingKind.PLACEHOLDER, r"\$t\([^()]*\)|\{\{[^{}]*\}\}|[$#%]\{[^{}\s]*\}"),
        (FindingKind.PLACEHOLDER, r"\{\s*\w+\s*,\s*(?:plural|select|selectordinal|number|date|time)\s*[,}]"),
        (FindingKind.PLACEHOLDER, r"\{(?:[A-Za-z_0-9][\w.\[\]-]*)?(?:![rsa])?(?::[^{}\s]{0,20})?\}"),
        (FindingKind.PLACEHOLDER,
         rf"(?<![\d%])%[-+#0]*(?:\d+|\*)?{_CONVERSION}|%(?:\(\w+\)|\d+\$)[-+#0]*\d*{_CONVERSION}|%%"),
        (FindingKind.CODE, r"(?<![\w\\])[A-Za-z]:\\(?:[^\s\\/:*?\"<>|，。；：！？、）]+\\?)*"),
        (FindingKind.CODE, r"(?<![\w/.:<}\])])(?:~|\.{1,2})?(?:/[A-Za-z0-9._@+-]*[A-Za-z][A-Za-z0-9._@+-]*)+/?"),
        (FindingKind.PLACEHOLDER, r"\\(?:[nrt\"]|u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2})"),
        (FindingKind.PLACEHOLDER, r"&(?:#\d{1,7}|#x[0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});"),
        (FindingKind.CODE, r"\b[A-Za-z_][A-Za-z0-9_.]{0,80}\(\)"),
        (FindingKind.CODE, r"(?<![A-Za-z0-9_$@#])\$[A-Za-z_][A-Za-z0-9_]*"),
        (FindingKind.CODE, r"(?<![A-Za-z0-9_])(?:__)?[A-Za-z0-9]+(?:_+[A-Za-z0-9]+)+(?:__)?(?![A-Za-z0-9_])"),
        (FindingKind.CODE,
         rf"(?<![\w./-])(?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9][A-Za-z0-9_.-]*\.(?:{_ENDINGS})(?![A-Za-z0-9_-])"),
        (FindingKind.CODE, r"(?<![A-Za-z0-9_])[a-z]{3,}(?:[A-Z][a-z0-9]+)+(?![A-Za-z0-9_])"),
        (FindingKind.CODE, r"(?<![\w-])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?=[\s=,.;:)，。；：）\"'”」]|$)"),
        (FindingKind.CODE, r"(?<![\w@./])@[A-Za-z_][A-Za-z0-9_]{2,}\b"),
    )
)  # fmt: skip
_CUE = re.compile(r"[`<{}%\\&$/_@.]|\(\)|--|[a-z][A-Z]")
_HASHTAG = re.compile(r"(?<![\w&#/@.])[#](?=[^\W\d_])\w{2,}")
_POSITION = re.compile(r"%\d+\$")
_QUOTATION = ("&quot; &apos; &#39; &#34; &#x27; &ldquo; &rdquo; &lsquo; &rsquo; &laquo; &raquo; &hellip; &mdash;"
                    " &ndash; &shy; &thinsp;")  # fmt: skip
_MAY_GO = frozenset(_QUOTATION.split())
"""Quotation marks and the like are written as the language of the translation wants them."""
_GNU_QUOTES = re.compile(r"`[^`'\n]+'(?!\w)")
_MNEMONIC = re.compile(r"[A-Z][a-z]*_[a-z]+")  # T_ype: the letter that opens a menu
_MAY_BECOME_WORDS = frozenset(("&amp;", "&nbsp;", "&#38;", "&#160;"))
_KINDS_OF_MARKUP = (FindingKind.LINK, FindingKind.EMAIL, FindingKind.CODE)


def literals(text: str) -> list[Literal]:
    """All that is to be repeated to the letter in a plain text, in order, none inside another."""
    if not _CUE.search(text):
        return []
    taken = bytearray(len(text))
    found: list[Literal] = []
    for kind, pattern in _PATTERNS[1:] if _GNU_QUOTES.search(text) else _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if kind in (FindingKind.LINK, FindingKind.EMAIL):
                end = _trimmed(text, start, end)
            if end <= start or any(taken[start:end]):
                continue
            literal = _literal(kind, text, start, end)
            if literal:
                found.append(literal)
                taken[start:end] = b"\1" * (end - start)
    return sorted(found, key=lambda one: one.start)


def _trimmed(text: str, start: int, end: int) -> int:
    """A link without the punctuation of the sentence behind it; a bracket belongs to it if it opened inside."""
    while end > start:
        last = text[end - 1]
        opening = {")": "(", "]": "["}.get(last)
        if opening and text.count(opening, start, end) >= text.count(last, start, end):
            return end
        if not opening and last not in ".,;:!?'*_":
            return end
        end -= 1
    return end


def _literal(kind: FindingKind, text: str, start: int, end: int) -> Literal | None:
    key = text[start:end]
    if kind is FindingKind.PLACEHOLDER:
        if key[0] == "<":
            if not _is_tag(key, text):
                return Literal(kind, start, end, key, minor=True)
            key = _HUMAN.sub("", " ".join(key.split())).replace(" />", "/>")
        if key[0] == "{" and _is_choice(text, start):
            return None
        key = "".join(key.split()) if key[0] == "{" else key
        ordered = key[0] == "%" and key[-1] != "%" and "$" not in key and "(" not in key
        return Literal(kind, start, end, key, ordered, key in _MAY_GO or key in _MAY_BECOME_WORDS)
    if kind is FindingKind.CODE and key[0] == "/" and text[:start].rstrip()[-1:].isalnum() and key.count("/") == 1:
        return None  # "read /write"
    if kind is FindingKind.CODE and _MNEMONIC.fullmatch(key):
        return None
    return Literal(kind, start, end, key, minor=key.isalpha() and sum(map(str.isupper, key)) == 1)


def _is_tag(key: str, text: str) -> bool:
    """Whether this is markup, and no ``<file>`` that stands for a file."""
    name = _name(key)
    is_marked = key[1] in "/!" or key[-2] == "/" or "=" in key or ":" in name
    return is_marked or name in _HTML or f"</{key[1:]}" in text


def _is_choice(text: str, place: int) -> bool:
    """Whether the braces hold one of the texts of an ICU message: ``one {file}``."""
    return re.search(r"(?:zero|one|two|few|many|other|male|female|=\d+)\s*$", text[:place]) is not None and (
        re.search(r",\s*(?:plural|select|selectordinal)\s*,", text[:place]) is not None
    )


def whole_links(source: str, target: str) -> list[tuple[str, int]]:
    """Links of the source with letters beyond ASCII that the translation has as well, with their places there."""
    found = []
    for match in re.finditer(r"(?:https?|ftp)://[^\s，。；！？、）》”」<>\"]+", source):
        if not match[0].isascii() and (place := target.find(match[0])) >= 0:
            found.append((match[0], place))
    return found


def literal_findings(source: View, target: View, known: list[Literal], found: list[Literal]) -> Iterator[Finding]:
    """What of the literals ``known`` of the source the translation lost or changed, and what it made up."""
    known = _numbered(known) if any(_POSITION.match(one.key) for one in found) else known
    wanted, there = Counter(one.key for one in known), Counter(one.key for one in found)
    missing = [one for one in _surplus(known, there) if not _elsewhere(one, wanted, there, target)]
    extra = list(_surplus(found, wanted))
    for lost in missing:
        other = next((one for one in extra if one.kind is lost.kind and not lost.minor), None)
        minor = lost.minor or (there[lost.key] > 0 and not lost.ordered)
        if other:
            extra.remove(other)
            start, end = target.span(other.start, other.end)
            from_, to = source.span(lost.start, lost.end)
            yield Finding(lost.kind, source.plain[lost.start : lost.end], start, end, from_, to, minor=minor)
        elif lost.key not in _MAY_GO:
            yield at_source(lost.kind, source, lost.start, lost.end, minor=minor)
    kinds = {one.kind for one in known}
    for new in extra:
        if new.minor or (new.kind is FindingKind.CODE and target.plain[new.start] != "`"):
            continue  # names of programs are left in their own letters
        forged = new.kind in _KINDS_OF_MARKUP and new.kind not in kinds
        forged = forged or (new.key[0] == "<" and _name(new.key) not in {_name(one.key) for one in known})
        kind = FindingKind.FORGED if forged else new.kind
        yield at_target(kind, target, new.start, new.end, minor=wanted[new.key] > 0 and not new.ordered)
    yield from _tagged(source, target)
    yield from _raw(source, target)
    if not missing and not extra:
        yield from _swapped(target, known, found)


def _numbered(known: list[Literal]) -> list[Literal]:
    """Placeholders with the numbers of their order: a translation that turns them says which is which."""
    if any(_POSITION.match(one.key) for one in known):
        return known
    numbers = count(1)
    return [replace(one, key=f"%{next(numbers)}${one.key[1:]}", ordered=False) if one.ordered else one for one in known]


def _name(tag: str) -> str:
    """The name of a tag."""
    return re.split(r"[\s>/]", tag.strip("</"), maxsplit=1)[0].lower()


def _surplus(literals: Iterable[Literal], others: Counter[str]) -> Iterator[Literal]:
    """Those that are more often there than among the others."""
    left = Counter(others)
    for one in literals:
        if left[one.key] > 0:
            left[one.key] -= 1
        else:
            yield one


def _elsewhere(lost: Literal, wanted: Counter[str], there: Counter[str], target: View) -> bool:
    """Whether what looks lost stands in the translation all the same, within something longer."""
    if lost.key.startswith("`") or there[lost.key]:
        return False
    return target.plain.count(lost.key) >= wanted[lost.key]


def _tagged(source: View, target: View) -> Iterator[Finding]:
    """Hashtags that are missing; their words may be translated."""
    known, found = list(_HASHTAG.finditer(source.even)), _HASHTAG.findall(target.even)
    for lost in [one for one in known if one[0] not in found][: max(0, len(known) - len(found))]:
        yield at_source(FindingKind.CODE, source, *lost.span())


def _raw(source: View, target: View) -> Iterator[Finding]:
    """A bare ``&`` or ``<`` where the source writes ``&amp;``: in its file that would be broken markup."""
    for entity, sign in (("&amp;", "&"), ("&lt;", "<")):
        place = target.plain.find(sign)
        bare = re.search(rf"{sign}(?![A-Za-z#][\w]*;)(?!/?[A-Za-z])", target.plain) if place >= 0 else None
        if bare and entity in source.plain and not re.search(rf"{sign}(?![\w#]+;)", source.plain):
            yield at_target(FindingKind.PLACEHOLDER, target, bare.start(), bare.end())


def _swapped(target: View, known: Iterable[Literal], found: Iterable[Literal]) -> Iterator[Finding]:
    """Placeholders without numbers that changed places: a program would fill them with each other's values."""
    before = [one.key for one in known if one.ordered]
    now = [one for one in found if one.ordered]
    for key, one in zip(before, now, strict=False):
        if key != one.key:
            yield at_target(FindingKind.PLACEHOLDER, target, one.start, one.end)
            return
