"""PO catalogues of gettext: each message with its plural forms; what is translated already is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents.translating.blocks import Block, Item
from assistant.documents.translating.original import Original, original
from assistant.documents.translating.plurals import plural_forms
from assistant.documents.translating.regional import is_named, regional
from assistant.documents.translating.splicing import Edit, Part, Style, Text, spliced
from assistant.documents.translating.values import value_block, value_of

_LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|$)")
_KEYWORD = re.compile(r'[ \t]*(msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)[ \t]*(?=")')
_STRING = re.compile(r'[ \t]*"((?:[^"\\\r\n]|\\.)*)"[ \t]*$')
_CHARSET = re.compile(rb"Content-Type:[^\r\n]*?charset=([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_FUZZY = re.compile(r",[ \t]*fuzzy(?=[ \t]*(?:,|[\r\n]|$))")
_ESCAPE = re.compile(r"((?:\\[0-7]{1,3}|\\x[0-9a-fA-F]{1,2})+)|\\(.)", re.DOTALL)
_BYTE = re.compile(r"\\(?:x([0-9a-fA-F]+)|([0-7]+))")
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_WRITTEN = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\", "\a": "\\a", "\b": "\\b", "\f": "\\f"}
_FORMS = 2  # that a message has in the source; a language with more gets the last one several times, to be looked at
_WIDTH = 76  # characters between the quotation marks of a line
_NAMES = re.compile(r"^(Language|Content-Type|Plural-Forms):[ \t]*([^\n]*)$", re.MULTILINE)


def open_po(data: bytes, name: str) -> Text:
    """A catalogue.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_UNKNOWN, DOCUMENT_EMPTY, DOCUMENT_TOO_LARGE.
    """
    charset = _CHARSET.search(data[:65536])
    declared = charset[1].decode("ascii") if charset else ""
    source = original(data, "" if declared.upper() == "CHARSET" else declared, name=name, exact=True)
    entries = list(_entries(source.text))
    if not entries:
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "no messages", format="po")
    return _Po(source, entries)


@dataclass
class _Field:
    """A keyword with its strings. ``start`` and ``end``: from the keyword to the last quotation mark."""

    keyword: str
    start: int
    end: int
    value: str = ""
    lines: int = 1


@dataclass
class _Entry:
    """A message. ``flags``: start and end of the lines with them; ``previous``: of the lines about what it was."""

    fields: dict[str, _Field] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    flags: list[tuple[int, int]] = field(default_factory=list)
    previous: list[tuple[int, int]] = field(default_factory=list)
    fuzzy: bool = False

    @property
    def id(self) -> str:
        return self.fields["msgid"].value if "msgid" in self.fields else ""

    @property
    def targets(self) -> list[_Field]:
        """The fields of the translation, in order."""
        return [one for keyword, one in self.fields.items() if keyword.startswith("msgstr")]

    @property
    def is_header(self) -> bool:
        return not self.id and "msgctxt" not in self.fields


class _Po(Text):
    format = "po"

    def __init__(self, source: Original, entries: Sequence[_Entry]) -> None:
        self._text = source.text
        self._line_end = "\r\n" if "\r\n" in source.text else "\n"
        self._header = next((one for one in entries if one.is_header and one.targets), None)
        self._entries = [one for one in entries if not one.is_header and "msgid" in one.fields and one.targets]
        self._wraps = any(
            one.lines > 2 and "\n" not in one.value[:-1] for entry in self._entries for one in entry.fields.values()
        )
        self._target = self._named("Language").replace("_", "-")
        super().__init__(source, Part(source.text, _blocks(self._entries), _Style()))

    def _named(self, name: str) -> str:
        if self._header is None:
            return ""
        named = _NAMES.finditer(self._header.targets[0].value)
        return next((found[2].strip() for found in named if found[1] == name), "")

    def _target_language(self) -> str:
        return self._target

    def _written(self, texts: Sequence[str | None], language: str, source: str) -> str:
        new: dict[int, dict[str, str]] = {}
        doubtful: set[int] = set()
        at = 0
        for block in self._part.blocks:
            own = list(texts[at : at + len(block.spans)])
            doubts = any(self._doubtful[at : at + len(block.spans)])
            at += len(block.spans)
            if any(one is not None for one in own) and isinstance(block.extra, _Half):
                whole = self._part.composed(block, own, language=language, source=source)
                new.setdefault(block.extra.entry, {})[block.extra.keyword] = whole
                if doubts:
                    doubtful.add(block.extra.entry)
        edits = list(self._header_edits(language))
        for number, halves in new.items():
            edits += self._entry(self._entries[number], halves, language, doubtful=number in doubtful)
        text = spliced(self._text, edits)
        if not self._original.has(text) or "charset=CHARSET" in text:
            text = re.sub(r"(Content-Type:[^\n]*?charset=)[A-Za-z0-9_.:-]+", r"\1UTF-8", text, count=1)
        return text

    def _entry(self, entry: _Entry, new: dict[str, str], language: str, *, doubtful: bool) -> Iterator[Edit]:
        """What changes in an entry that is translated now."""
        targets = entry.targets
        plural = "msgid_plural" in entry.fields
        wanted: list[tuple[str, str]] = []
        if plural:
            count = plural_forms(language)[0] or len(targets)
            doubtful = doubtful or (count > _FORMS and "msgid_plural" in new)
            for form in range(count):
                key = "msgid" if form == 0 and count > 1 else "msgid_plural"
                kept = targets[form].value if form < len(targets) and not entry.fuzzy else ""
                wanted.append((f"msgstr[{form}]", new.get(key) or kept))
        else:
            wanted.append(("msgstr", new.get("msgid", "")))
        if [(one.keyword, one.value) for one in targets] == wanted:
            return
        written = self._line_end.join(self._field(keyword, value) for keyword, value in wanted)
        yield targets[0].start, targets[-1].end, written
        if entry.fuzzy:
            for start, end in entry.previous:
                yield start, end, ""
        if doubtful and not entry.fuzzy:
            yield self._fuzzy(entry)
        elif entry.fuzzy and not doubtful:
            for start, end in entry.flags:
                rest = _FUZZY.sub("", self._text[start:end], count=1)
                yield start, end, "" if not rest.strip("# ,\r\n\t") else rest

    def _fuzzy(self, entry: _Entry) -> Edit:
        """The flag that somebody should look at the message, beside those that it has."""
        if entry.flags:
            at = self._text.index(",", entry.flags[0][0])
            return at, at, ", fuzzy"
        first = min(one.start for one in entry.fields.values())
        at = entry.previous[0][0] if entry.previous else max(self._text.rfind(end, 0, first) for end in "\r\n") + 1
        return at, at, f"#, fuzzy{self._line_end}"

    def _field(self, keyword: str, value: str) -> str:
        lines = [line for line in re.split(r"(?<=\n)", value) if line]
        if len(lines) <= 1 and (not self._wraps or len(_escaped(value)) + len(keyword) < _WIDTH):
            return f'{keyword} "{_escaped(value)}"'
        pieces = [piece for line in lines for piece in (_wrapped(_escaped(line)) if self._wraps else [_escaped(line)])]
        return self._line_end.join([f'{keyword} ""', *(f'"{piece}"' for piece in pieces)])

    def _header_edits(self, language: str) -> Iterator[Edit]:
        if self._header is None:
            return
        found = self._header.targets[0]
        value = found.value
        spelled = regional(language)
        if self._target and is_named(self._target, language):
            pass
        elif re.search(r"^Language:", value, re.MULTILINE):
            value = re.sub(r"^Language:[^\n]*", f"Language: {spelled}", value, count=1, flags=re.MULTILINE)
        else:
            value = value.rstrip("\n") + f"\nLanguage: {spelled}\n"
        forms = plural_forms(language)[1]
        if forms and re.search(r"^Plural-Forms:", value, re.MULTILINE):
            value = re.sub(r"^Plural-Forms:[^\n]*", f"Plural-Forms: {forms}", value, count=1, flags=re.MULTILINE)
        elif forms and any("msgid_plural" in entry.fields for entry in self._entries):
            value = value.rstrip("\n") + f"\nPlural-Forms: {forms}\n"
        if value != found.value:
            lines = [f'"{_escaped(line)}"' for line in re.split(r"(?<=\n)", value) if line]
            yield found.start, found.end, self._line_end.join(['msgstr ""', *lines])


class _Style(Style):
    def compose(self, block: Block, items: Sequence[Item], language: str) -> str:  # noqa: ARG002
        return value_of(block, items)


@dataclass(frozen=True)
class _Half:
    """Which message a block is: number of its entry, and which field of it."""

    entry: int
    keyword: str


def _blocks(entries: Iterable[_Entry]) -> Iterator[Block]:
    for number, entry in enumerate(entries):
        targets = entry.targets
        for keyword, target in (("msgid", targets[0]), ("msgid_plural", targets[-1])):
            if keyword not in entry.fields:
                continue
            own = entry.fields[keyword]
            known = "" if entry.fuzzy else target.value.strip()
            block = value_block(own.start, own.end, own.value, forms=not known)
            if block is None:
                continue
            context = entry.fields.get("msgctxt")
            block.note = "\n".join([*([context.value] if context else []), *entry.notes])
            block.target = known
            block.whole = block.whole or bool(block.target)
            block.extra = _Half(number, keyword)
            yield block


def _entries(text: str) -> Iterator[_Entry]:
    """The messages, but those that are out of use.

    :raises AssistantError: DOCUMENT_DAMAGED.
    """
    entry = _Entry()
    last: _Field | None = None
    for found in _LINE.finditer(text):
        start, end = found.span(1)
        line = text[start:end]
        keyword = _KEYWORD.match(line)
        begins = keyword is not None and keyword[1] in ("msgctxt", "msgid") and entry.targets
        if begins or (line.lstrip().startswith("#") and entry.targets) or (not line.strip() and entry.fields):
            yield entry
            entry, last = _Entry(), None
        if keyword:
            last = _Field(keyword[1], start + keyword.start(1), end)
            last.end = start + len(line.rstrip())
            entry.fields[keyword[1]] = last
            last.value = _string(line[keyword.end() :])
        elif line.lstrip().startswith('"'):
            if last is None:
                raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "a string without a keyword", format="po")
            last.value += _string(line)
            last.lines += 1
            last.end = start + len(line.rstrip())
        elif line.lstrip().startswith("#"):
            _comment(entry, line.lstrip(), start, found.end())
        elif line.strip():
            raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "a line that is none of a catalogue", format="po")
    if entry.fields:
        yield entry


def _comment(entry: _Entry, line: str, start: int, end: int) -> None:
    if line.startswith(("#.", "# ")):
        entry.notes.append(line[2:].strip())
    elif line.startswith("#,"):
        entry.flags.append((start, end))
        entry.fuzzy = entry.fuzzy or bool(_FUZZY.search(line.rstrip()))
    elif line.startswith("#|"):
        entry.previous.append((start, end))


def _string(line: str) -> str:
    found = _STRING.match(line)
    if found is None:
        raise AssistantError(ErrorKind.DOCUMENT_DAMAGED, "a string that does not end", format="po")
    return _ESCAPE.sub(_meant, found[1])


def _meant(found: re.Match[str]) -> str:
    """What an escape says; those in numbers are bytes, and several can be one character."""
    if not found[1]:
        return _MEANT.get(found[2], found[2])
    octets = bytes(
        (int(sixteen, 16) if sixteen else int(eight, 8)) & 0xFF for sixteen, eight in _BYTE.findall(found[1])
    )
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def _escaped(text: str) -> str:
    return "".join(_WRITTEN.get(one, one) for one in text)


def _wrapped(text: str) -> Iterator[str]:
    """``text`` in lines that end behind a space."""
    line = ""
    for word in re.findall(r"\S+\s*|\s+", text):
        if line and len(line) + len(word) > _WIDTH:
            yield line
            line = ""
        line += word
    if line:
        yield line
