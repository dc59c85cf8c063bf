"""Messages with forms for numbers and cases, as ICU has them: ``{count, plural, one {# file} other {# files}}``.

The words of each form are translated by themselves: whoever writes the whole anew breaks it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_ANY = re.compile(
    r"\{\s*[^\s,{}]+\s*,\s*(?:(?:plural|select|selectordinal)\s*,|(?:number|date|time|spellout|ordinal|duration)\b)"
)
_ARGUMENT = re.compile(r"\{\s*[^\s,{}']+\s*(?:(?P<end>\})|,\s*(?P<type>[^\s,{}]+)\s*(?:(?P<end2>\})|,))")
_FORM = re.compile(r"\s*(?:offset:\s*\d+\s*)?[^\s,{}]+\s*\{")
_END = re.compile(r"\s*\}")
_NUMBERS = frozenset(("plural", "selectordinal"))
_STOP = re.compile("[{}'#]")
_SIMPLE = re.compile(r"\{\s*[\w.-]+\s*\}")
_MOST_DEPTH = 20


@dataclass
class Message:
    """Places in a message, start and end.

    :ivar words: what is translated, each by itself. ``things``: what stands for something there and is no word: ``#``,
        an argument with a format.
    """

    words: list[tuple[int, int]] = field(default_factory=list)
    things: list[tuple[int, int]] = field(default_factory=list)


def message_in(text: str) -> Message | None:
    """What a message with forms consists of; None: it is none."""
    if not _ANY.search(text):
        return None
    reader = _Reader(text)
    try:
        end = reader.message(0, numbers=False, depth=0)
    except ValueError:
        return None
    return reader.found if end == len(text) else None


def cuts_of(message: Message | None) -> list[tuple[int, int]]:
    """Stretches of a message that are translated each by itself; none where it is translated as any text is."""
    return sorted(message.words) if message and message.words[1:] else []


class _Reader:
    def __init__(self, text: str) -> None:
        self.found = Message()
        self._text = text

    def message(self, start: int, *, numbers: bool, depth: int) -> int:
        """Read a message; where it ends: at a bracket that it did not open, or with the text.

        :raises ValueError: it is none.
        """
        if depth > _MOST_DEPTH:
            raise ValueError("nested too deeply")
        text, begun, at = self._text, start, start
        while stop := _STOP.search(text, at):
            at = stop.start()
            if text[at] == "}":
                break
            if text[at] == "'":
                at = self._after_quote(at)
            elif text[at] == "#":
                at += 1
                if numbers:
                    self.found.things.append((at - 1, at))
            else:
                forms, end = self._argument(at, depth)
                if forms:
                    self.found.words.append((begun, at))
                    begun = end
                at = end
        else:
            at = len(text)
        self.found.words.append((begun, at))
        return at

    def _after_quote(self, at: int) -> int:
        following = self._text[at + 1 : at + 2]
        if following not in ("{", "}"):
            return at + 1 + (following == "'")
        end = self._text.find("'", at + 1)
        return len(self._text) if end < 0 else end + 1

    def _argument(self, at: int, depth: int) -> tuple[bool, int]:
        """Read an argument. Has it forms, and where does it end?"""
        text = self._text
        head = _ARGUMENT.match(text, at)
        if head is None:
            raise ValueError("no argument")
        if head["end"]:
            return False, head.end()
        kind = head["type"]
        if head["end2"] or kind not in (*_NUMBERS, "select"):
            end = head.end() if head["end2"] else self._after_style(head.end())
            self.found.things.append((at, end))
            return False, end
        place = head.end()
        while form := _FORM.match(text, place):
            place = self.message(form.end(), numbers=kind in _NUMBERS, depth=depth + 1) + 1
        closing = _END.match(text, place)
        if closing is None:
            raise ValueError("it does not end")
        return True, closing.end()

    def _after_style(self, at: int) -> int:
        level = 1
        while level:
            found = _STOP.search(self._text, at)
            if found is None:
                raise ValueError("it does not end")
            level += {"{": 1, "}": -1}.get(found[0], 0)
            at = found.end()
        return at


def quoted(text: str, source: str) -> str:
    """New words of a message whose text is ``source``: brackets that are no arguments, and apostrophes in front of
    brackets, are written so that they are but characters."""
    if re.search("[{}]", _SIMPLE.sub("", text)) and "'{" not in source:
        text = re.sub(r"(\{\s*[\w.-]+\s*\})|[{}]", lambda found: found[1] or f"'{found[0]}'", text)
    elif "'{" not in source and "'}" not in source:
        text = re.sub(r"(?<!')'(?=[{}]|\Z)", "''", text)
    return text
