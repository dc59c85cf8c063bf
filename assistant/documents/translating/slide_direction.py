"""In which direction the paragraphs of a PPTX go, at which edge they begin, and where its tables do."""

from __future__ import annotations

import re

from assistant.base.languages import right_to_left
from assistant.documents.translating.located import located, raw

_OF_ALL = ("p|defaultTextStyle", "p|titleStyle", "p|bodyStyle", "p|otherStyle", "p|notesStyle")
"""Where a presentation and its masters say it of paragraphs of a kind; layouts and shapes say what is otherwise."""
_LEVEL = re.compile(rb"<(?:[\w.-]+:)?(?:lvl[1-9]pPr|defPPr)\b[^<>]*>")
_TABLE = re.compile(rb"<(?:[\w.-]+:)?tblPr\b[^<>]*>")
_NAME = re.compile(rb"<[^\s/>]+")
_SAID = {name: re.compile(rb"(\s%s\s*=\s*[\"'])([^\"']*)" % name) for name in (b"rtl", b"algn")}


def paragraph(properties: bytes, prefix: bytes, language: str) -> bytes:
    """What is said of a paragraph (empty: nothing), once its words are in ``language``.

    :param prefix: of the names around it.
    """
    if not properties:
        return b'<%spPr rtl="1"/>' % prefix if right_to_left(language) else b""
    tag = _turned(properties[: properties.index(b">") + 1], language)
    if right_to_left(language):  # whatever stands upon it
        tag = _with(tag, b"rtl", b"1", new=True)
    return tag + properties[properties.index(b">") + 1 :]


def tables(content: bytes, language: str) -> bytes:
    """A slide whose tables have their first column where lines in ``language`` begin.

    :param content: XML in UTF-8.
    """
    return _TABLE.sub(lambda tag: _turned(tag[0], language, new=True, aligned=False), content)


def styles(content: bytes, language: str) -> bytes:
    """A part in which what is said of all paragraphs suits ``language``.

    :param content: XML in UTF-8.
    """
    if not right_to_left(language) and b"rtl" not in content:
        return content
    changes = []
    for found in located(content, _OF_ALL, "pptx"):
        start, end = found.root.start, found.root.end
        changes.append((start, end, _LEVEL.sub(lambda tag: _turned(tag[0], language, new=True), content[start:end])))
    return _LEVEL.sub(lambda tag: _turned(tag[0], language), raw(content, 0, len(content), changes))


def _turned(tag: bytes, language: str, *, new: bool = False, aligned: bool = True) -> bytes:
    """A start tag with the direction of ``language``.

    :param new: also where it says nothing of it.
    :param aligned: what it says begins at an edge.
    """
    to_left, edge = right_to_left(language), _of(tag, b"algn")
    if to_left == (_of(tag, b"rtl") in (b"1", b"true")):
        return tag
    tag = _with(tag, b"rtl", b"1" if to_left else b"0", new=new)
    if aligned and (edge == (b"l" if to_left else b"r") or (new and not edge)):
        tag = _with(tag, b"algn", b"r" if to_left else b"l", new=new)
    return tag


def _of(tag: bytes, name: bytes) -> bytes:
    found = _SAID[name].search(tag)
    return found[2] if found else b""


def _with(tag: bytes, name: bytes, value: bytes, *, new: bool) -> bytes:
    if _SAID[name].search(tag):
        return _SAID[name].sub(rb"\g<1>" + value, tag, count=1)
    named = _NAME.match(tag)
    return tag[: named.end()] + b' %s="%s"' % (name, value) + tag[named.end() :] if new and named else tag
