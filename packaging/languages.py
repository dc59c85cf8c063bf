"""Names of languages, from the CLDR data that Babel carries: ``.venv/bin/python packaging/languages.py`` writes them.

Babel itself takes 33 MB and 30 to 200 milliseconds to say what it knows, which no window has time for; what the program
shows of it fits into one small file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from babel import Locale, localedata
from babel.core import get_global

TARGET = Path(__file__).resolve().parent.parent / "resources" / "languages" / "names.json"
SOURCE = "Unicode CLDR, through Babel: names in English, in Chinese and by those who speak the language"


def names() -> dict[str, list[str]]:
    """Tag to its name in English, in Chinese and in itself (empty: CLDR does not say)."""
    english, chinese = Locale("en").languages, Locale("zh").languages
    found = {}
    for code in sorted(english):
        own = _own(code)
        if code in chinese or own:
            found[code.replace("_", "-")] = [english[code], chinese.get(code, ""), own]
    return found


def _own(code: str) -> str:
    language = code.split("_", maxsplit=1)[0]
    for name in (code, language):
        if localedata.exists(name):
            locale = Locale.parse(name)
            return str(locale.languages.get(code) or (locale.get_display_name(locale) if name == code else ""))
    return ""


def aliases(known: dict[str, Any]) -> dict[str, str]:
    """Old and long codes to the ones in use: ``iw``, ``cmn``, ``deu``."""
    found = {old: new.replace("_", "-") for old, new in get_global("language_aliases").items() if old not in known}
    return {old: new for old, new in sorted(found.items()) if new in known and len(old) < 4}


def scripts(known: dict[str, Any]) -> dict[str, str]:
    """The usual script of a language, and of a language in a region where it is another one."""
    likely = {tag: full.split("_") for tag, full in get_global("likely_subtags").items()}
    usual = {tag: full[1] for tag, full in likely.items() if tag in known}
    elsewhere = {
        tag.replace("_", "-"): full[1]
        for tag, full in likely.items()
        if len(parts := tag.split("_")) == 2 and len(parts[1]) == 2 and usual.get(parts[0], full[1]) != full[1]
    }
    return dict(sorted((usual | elsewhere).items()))


def content() -> str:
    """The whole file."""
    known = names()
    whole = {"comment": SOURCE, "names": known, "aliases": aliases(known), "scripts": scripts(known)}
    sections = []
    for key, value in whole.items():
        if isinstance(value, dict):
            rows = ",\n".join(f"  {_plain(one)}: {_plain(other)}" for one, other in value.items())
            sections.append(f"{_plain(key)}: {{\n{rows}\n}}")
        else:
            sections.append(f"{_plain(key)}: {_plain(value)}")
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(content(), "utf-8", newline="\n")
    print(f"{TARGET.name}: {len(names())} languages, {TARGET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
