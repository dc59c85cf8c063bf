"""Translates a document by a script, reads it again, and compares what was read with what was there.

Two things may be other than they were, and they are compared as what they are then:

* Words in a tag (a title, a description) go with it where the translator moves it: of the document whose marked
  stretches were moved, all blocks are there once, in whatever order.
* A message of a catalogue has as many forms as the language has. In one of a single form (Chinese) that is what was
  said of many things, and what was said of one is not there any more.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable
from typing import TypeVar

from babel.messages.pofile import read_po

from assistant.documents.segments import SegmentedDocument, codes_of, is_code, without_codes
from assistant.documents.translating.opening import open_translatable
from assistant.documents.translating.plurals import plural_forms
from assistant.documents.translating.splicing import Translatable
from tests.fakes.scripted_translations import TRANSLATORS
from tests.fakes.skeletons import SKELETONS

_Any = TypeVar("_Any", str, int, tuple[str, int])
_ZIPPED = ("docx", "pptx", "epub")
_UNSEEN = re.compile("[\xad\u200b\u2060\ufeff]")


def check(format: str, data: bytes, name: str, translator: str) -> None:
    """A document that is made for it: every segment is found again, by itself and in its place."""
    translate, language = TRANSLATORS[translator]
    document = (opened := open_translatable(data, name)).document
    assert document.format == format
    targets = [translate(one.target or one.text, number) for number, one in enumerate(document.segments)]
    for one, target in zip(document.segments, targets, strict=True):
        assert codes_of(one.target or one.text) == codes_of(target)  # the translator does not lose any itself
    written = opened.write(targets, language=language, source=document.language)
    if translator == "identity":
        _stays(opened, data, written, language)
    again = open_translatable(written, name).document
    targets = _with_forms(data, document, targets, language)
    assert _arranged(_blocks(again), translator) == _arranged(_blocks(document), translator)
    said = [_visible(one.target or one.text) for one in again.segments]
    assert _arranged(said, translator) == _arranged(map(_visible, targets), translator)
    assert SKELETONS[format](written) == SKELETONS[format](data)
    if format not in ("docx", "pptx"):  # there the look of most of a paragraph decides what has no code
        assert _arranged(_codes(again), translator) == _arranged(_codes(document), translator)


def check_real(data: bytes, name: str, translator: str) -> int:
    """A document of the world, where a sentence can end elsewhere once it is in capitals: block by block.

    :returns: how many segments it has.
    """
    translate, language = TRANSLATORS[translator]
    document = (opened := open_translatable(data, name)).document
    targets = [translate(one.target or one.text, number) for number, one in enumerate(document.segments)]
    written = opened.write(targets, language=language, source=document.language)
    if translator == "identity":
        _stays(opened, data, written, language)
        return len(targets)
    if document.format == "text":  # which lines were broken to a width is but a guess, and lines are others now
        after = written.decode(open_translatable(written, name).document.encoding)
        _said_in_order(
            data.decode(document.encoding), after, [without_codes(one.text) for one in document.segments], targets
        )
        return len(targets)
    if document.format in _ZIPPED:
        assert SKELETONS[document.format](written) == SKELETONS[document.format](data)
    again = open_translatable(written, name).document
    targets = _with_forms(data, document, targets, language)
    kinds = [_arranged((kind for kind, _ in _blocks(one)), translator) for one in (again, document)]
    assert kinds[0] == kinds[1]
    said = _texts(again, [one.target or one.text for one in again.segments])
    assert _arranged(said, translator) == _arranged(_texts(document, targets), translator)
    return len(targets)


def _stays(opened: Translatable, data: bytes, written: bytes, language: str) -> None:
    """A document that says what it said is the same to the byte, and so is one of which nothing is translated."""
    document = opened.document
    assert written == data
    none = [None] * len(document.segments)
    assert opened.write(none, language=language, source=document.language) == data


def _arranged(found: Iterable[_Any], translator: str) -> list[_Any]:
    """``found`` in its order, where that is to stay."""
    return sorted(found) if translator == "moved" else list(found)


def _with_forms(data: bytes, document: SegmentedDocument, targets: list[str], language: str) -> list[str]:
    """The translations that are written: of messages with forms in a language of one form, that of the last."""
    if document.format != "po" or plural_forms(language)[0] != 1:
        return targets
    forms = {tuple(map(_bare, one.id)) for one in read_po(io.BytesIO(data)) if isinstance(one.id, tuple)}
    blocks: dict[int, list[int]] = {}
    for number, one in enumerate(document.segments):
        blocks.setdefault(one.block, []).append(number)
    texts = _texts(document, [one.text for one in document.segments])
    said = list(targets)
    for block, numbers in blocks.items():
        if (texts[block], texts[block + 1] if block + 1 < len(texts) else "") in forms:
            for number, other in zip(numbers, blocks[block + 1], strict=False):
                said[number] = targets[other]
    return said


def _said_in_order(before: str, after: str, sources: list[str], targets: list[str]) -> None:
    """Nothing but the segments is other, and each is there once and in its place."""
    at = 0
    bare = _bare(after)
    for target in targets:
        words = _bare(without_codes(target))
        at = bare.index(words, at) + len(words)
    more = sum(len(_bare(without_codes(one))) for one in targets) - sum(len(_bare(one)) for one in sources)
    assert len(bare) == len(_bare(before)) + more


def _bare(text: str) -> str:
    """Without white space, and without what is not even that."""
    return _UNSEEN.sub("", "".join(text.split()))


def _blocks(document: SegmentedDocument) -> list[tuple[str, int]]:
    """Kind and number of segments of each block."""
    counts = Counter(one.block for one in document.segments)
    kinds = {one.block: one.kind.value for one in document.segments}
    return [(kinds[block], count) for block, count in sorted(counts.items())]


def _visible(text: str) -> str:
    return " ".join(without_codes(text).split())


def _texts(document: SegmentedDocument, texts: list[str]) -> list[str]:
    """What each block says, without any white space."""
    found: dict[int, str] = {}
    for one, text in zip(document.segments, texts, strict=True):
        between = without_codes(one.before) + without_codes(text) + without_codes(one.after)
        found[one.block] = found.get(one.block, "") + _bare(between)
    return list(found.values())


def _codes(document: SegmentedDocument) -> list[int]:
    """How many codes each block has."""
    found: Counter[int] = Counter()
    for one in document.segments:
        found[one.block] += sum(map(is_code, one.before + one.text + one.after))
    return [found[block] for block in sorted({one.block for one in document.segments})]
