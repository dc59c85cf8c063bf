"""The catalogues of texts: ``.venv/bin/python packaging/i18n.py`` brings them in step with the code.

English sentences in the code are the keys: ``tr("Copy")``, ``trn("{n} word", "{n} words", n)``, and ``mark("Copy")``
for data. This takes them from the sources, updates ``resources/i18n/zh_CN.po`` (new ones with an empty translation,
vanished ones dropped) and compiles the ``.mo`` that the program reads. ``--check`` changes nothing and names
everything that is wrong. Needs Babel, which comes with the test extras.
"""

from __future__ import annotations

import argparse
import ast
import gettext
import io
import re
import string
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "i18n"
LANGUAGE = "zh_CN"
SOURCES = ("assistant", "packaging")
KEYWORDS = {"tr": 1, "trn": 2, "mark": 1}  # and how many texts each takes

_HAN = "\u3400-\u9fff"
THIN = "\u2009"  # between Chinese and Latin letters or figures
_THEN = datetime(2026, 1, 1, tzinfo=UTC)  # a date that stays, so that only texts change the files
_HEADER = """\
# Lamplight in Simplified Chinese.
# Between Chinese characters and Latin letters or figures stands a thin space (U+2009); punctuation is full-width.
#"""

RULES = (
    (rf"[{_HAN}][,.?!:;()]|[,?!:;()][{_HAN}]", "half-width punctuation beside Chinese"),
    (rf"[{_HAN}][A-Za-z0-9]|[A-Za-z0-9%][{_HAN}]", "no thin space between Chinese and Latin"),
    (rf"[{_HAN}] [A-Za-z0-9{{{_HAN}]|[A-Za-z0-9}}] [{_HAN}]|[，。：；？、] ", "an ordinary space beside Chinese"),
    (rf"{THIN}[，。：；？！、（）“”《》…]|[，。：；？！、（“《]{THIN}", "a thin space beside full-width punctuation"),
    (r"\w\.\.\.|。。", "dots instead of …"),
    (r"[!！]", "an exclamation mark"),
    (rf"(?<!\")\"(?!\")[^\"]*[{_HAN}]", "straight quotes"),
    (r"^\s|\s$", "space at an end"),
)
"""What a Chinese text must not contain: pattern and the words for it."""

ENGLISH_RULES = (
    (r"\w\.\.\.", "dots instead of …"),
    (r"!", "an exclamation mark"),
    (r"(?i)\boops\b|\bplease\b|\bsorry\b", "a word that we do not use"),
    (r"^\s|\s$", "space at an end"),
    (r"\A[^\n]*  [^\n]*\Z", "two spaces"),
)
_ENDS = ((".", "。"), ("?", "？"), (":", "："), ("…", "…"))


def template() -> Catalog:
    """Every message of the sources, in the order of files and lines."""
    catalog = _empty()
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for line, message in messages(path.read_text("utf-8")):
                catalog.add(message, None, [(name, line)], flags=_flags(message))
    return catalog


def messages(source: str) -> list[tuple[int, str | tuple[str, ...]]]:
    """Line and message of every call of a keyword with literal texts, also inside f-strings.

    Python's own parser finds them: what tokens say about f-strings differs between its versions.
    """
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
            continue
        count = KEYWORDS.get(node.func.id if isinstance(node.func, ast.Name) else node.func.attr, 0)
        texts = [one.value for one in node.args[:count] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if count and len(texts) == count:
            message = texts[0] if count == 1 else tuple(texts)
            found.append((node.lineno, node.col_offset, message))
    return [(line, message) for line, _, message in sorted(found, key=lambda one: one[:2])]


def computed(source: str) -> list[int]:
    """Lines where a text is put together before it is looked up, so that no catalogue can know it."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in KEYWORDS
        and any(isinstance(one, ast.JoinedStr | ast.BinOp) for one in node.args[: KEYWORDS[node.func.id]])
    ]


def _flags(message: str | tuple[str, ...]) -> list[str]:
    text = message if isinstance(message, str) else message[0]
    return ["python-brace-format"] if fields(text) else []


def _empty() -> Catalog:
    return Catalog(
        locale=LANGUAGE,
        project="Lamplight",
        version="1",
        copyright_holder="The Lamplight authors",
        msgid_bugs_address="-",
        last_translator="The Lamplight authors",
        language_team="The Lamplight authors",
        header_comment=_HEADER,
        creation_date=_THEN,
        revision_date=_THEN,
        fuzzy=False,
    )


def translated() -> Catalog:
    """The translations as the .po file has them."""
    path = FOLDER / f"{LANGUAGE}.po"
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        return read_po(file, locale=LANGUAGE, abort_invalid=True)


def merged() -> Catalog:
    """The messages of the sources with the translations that are known."""
    known = translated()
    catalog = _empty()
    for message in template():
        if not message.id:
            continue
        old = known.get(message.id) if isinstance(message.id, str) else known.get(message.id[0])
        catalog.add(
            message.id,
            old.string if old is not None else None,
            [(name, 0) for name in dict.fromkeys(name for name, _ in message.locations)],
            message.flags | ({"fuzzy"} if old is not None and old.fuzzy else set()),
            (),
            old.user_comments if old is not None else (),
        )
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=110, include_lineno=False, ignore_obsolete=True)
    return b"".join(line for line in buffer.getvalue().splitlines(keepends=True) if b"Generated-By" not in line)


def mo_bytes(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def fields(text: str) -> set[str]:
    """The names in braces.

    :raises ValueError: the braces do not match.
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


# ---------------------------------------------------------------- the check


def faults() -> Iterator[str]:
    """Everything that is wrong with the catalogues, a line each."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for line in computed(path.read_text("utf-8")):
                yield f"{path.relative_to(ROOT)}:{line}: a computed text"
    catalog = merged()
    for message in catalog:
        if message.id:
            yield from _message_faults(message)
    if _texts(catalog) != _texts(translated()):
        yield f"{LANGUAGE}.po is not in step with the sources: run packaging/i18n.py"
    if _compiled(mo_bytes(catalog)) != _compiled(_read(FOLDER / f"{LANGUAGE}.mo")):
        yield f"{LANGUAGE}.mo is not in step with {LANGUAGE}.po: run packaging/i18n.py"


def _message_faults(message: Message) -> Iterator[str]:
    english = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    for text in english:
        yield from (f"{text!r}: {words}" for words in english_faults(text))
    strings = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    if not strings or not all(strings):
        yield f"{english[0]!r}: not translated"
    elif message.fuzzy:
        yield f"{english[0]!r}: fuzzy"
    else:
        yield from (
            f"{english[-1]!r} -> {text!r}: {words}" for text in strings for words in chinese_faults(english, text)
        )


def english_faults(text: str) -> Iterator[str]:
    for pattern, words in ENGLISH_RULES:
        if re.search(pattern, text):
            yield words
    try:
        fields(text)
    except ValueError as error:
        yield str(error)


def chinese_faults(english: tuple[str, ...], text: str) -> Iterator[str]:
    """What is wrong with ``text`` as the translation of ``english`` (one, or one and many)."""
    for pattern, words in RULES:
        if re.search(pattern, text):
            yield words
    try:
        if fields(text) != fields(english[-1]):
            yield f"other names in braces than {sorted(fields(english[-1]))}"
    except ValueError as error:
        yield str(error)
    if re.search(f"[{_HAN}]", text):
        for ours, theirs in _ENDS:
            if english[-1].endswith(ours) != text.endswith(theirs):
                yield f"{theirs} at the end only where English has {ours}"
    if english[-1].count("\n") != text.count("\n"):
        yield "another number of lines"


def _texts(catalog: Catalog) -> dict[object, object]:
    return {message.id: message.string for message in catalog if message.id}


def _compiled(data: bytes) -> dict[object, str]:
    """The messages of a .mo file, as the program's own reader sees them; its head depends on Babel's version."""
    if not data:
        return {}
    catalog = vars(gettext.GNUTranslations(io.BytesIO(data)))["_catalog"]
    return {key: text for key, text in catalog.items() if key}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def main() -> int:
    parser = argparse.ArgumentParser(description="Brings the catalogues of texts in step with the code.")
    parser.add_argument("--check", action="store_true", help="change nothing, name what is wrong")
    if not parser.parse_args().check:
        FOLDER.mkdir(parents=True, exist_ok=True)
        catalog = merged()
        (FOLDER / f"{LANGUAGE}.po").write_bytes(po_bytes(catalog))
        (FOLDER / f"{LANGUAGE}.mo").write_bytes(mo_bytes(catalog))
    found = list(faults())
    print("\n".join(found))
    print(f"{len(merged())} messages, {len(found)} faults", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
