"""Third-party notices, generated from what is installed: ``.venv/bin/python packaging/notices.py`` writes them anew.

Its last paragraph says of which versions, for which kind of computer, the texts of the packages are: those are what a
test can hold against what is installed. A package of another version may word its licence otherwise.
"""

from __future__ import annotations

import platform
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path, PurePath

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "NOTICES.txt"
_TEXTS = Path(__file__).resolve().parent / "licences"
_RULE = "=" * 100
_SECTION = re.compile(rf"^{_RULE}\n(.+?) \((.+)\)\n{_RULE}\n\n", re.MULTILINE)
_VERSIONS = "The texts of packages are those of these versions, on "

ALLOWED = frozenset(
    (
        *("MIT", "MIT-0", "ISC", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0", "Zlib"),
        *("PSF-2.0", "Python-2.0", "CC0-1.0", "Unlicense", "Unicode-3.0", "LGPL-3.0-only"),
        "MPL-2.0",  # asks that changed files stay open; we change none (tqdm)
        "CC-BY-SA-4.0",  # asks to name the authors and that what is made of it is under it, too: the word lists are
    )
)
"""Licences under which a part may come with the program. Anything else needs a decision and a line here."""

SOMETIMES = frozenset(
    (
        # the keyring's way to the desktop's own, on Linux
        *("SecretStorage", "jeepney", "cryptography", "cffi", "pycparser"),
        # Python older than 3.12, or than 3.13
        *("importlib_metadata", "zipp", "lazy-importer", "backports.tarfile", "typing_extensions"),
        "hf-xet",  # processors that it is built for
    )
)
"""Parts that the notices name although some systems or Pythons do without them."""

_SPELLINGS = {
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd license": "BSD-3-Clause",
    "bsd": "BSD-3-Clause",
    "mit license": "MIT",
    "isc license (iscl)": "ISC",
    "python software foundation license": "PSF-2.0",
    # pypdfium2 and PDFium; what PDFium is built with is under permissive licences, whose texts it carries
    "bsd-3-clause, apache-2.0, dependency licenses": "BSD-3-Clause AND Apache-2.0",
}

QT = """\
Lamplight uses the Qt libraries and Qt for Python (PySide6, Shiboken6), Copyright The Qt Company Ltd. and other
contributors, under the GNU Lesser General Public License version 3, whose text and that of the GNU General Public
License that it builds on stand below. Their source is available from The Qt Company and with the packages
PySide6-Essentials and shiboken6 on the Python package index.

You may replace these libraries by your own build of them: they are separate files in the folders "PySide6" and
"shiboken6" of the Python environment (".venv" in a checkout; "lamplight doctor" names the folder), loaded when the
program starts. Put files of a compatible version in their place, or install your own build of the packages with pip.

Qt contains third-party code under permissive licences (among them FreeType, HarfBuzz, ICU, libjpeg, libpng, md4c,
PCRE2 and zlib). Qt's documentation lists them with their texts under "Licenses Used in Qt".
"""

DICTIONARY = """\
The files chinese.txt.gz and english.txt.gz in "resources/lexicon" are made of CC-CEDICT, a dictionary by its community,
published by MDBG (https://cc-cedict.org), and are under the same licence as it: the Creative Commons
Attribution-ShareAlike 4.0 International License, whose text stands below. CC-CEDICT builds on CEDICT, Copyright (C)
1997, 1998 Paul Andrew Denisowski. What was changed stands in README.txt beside the files.
"""


CHARACTERS = """\
The file chinese.txt in "resources/scripts" is made of dictionaries of OpenCC (https://github.com/BYVoid/OpenCC),
Copyright Carbo Kuo and contributors. What was changed stands in README.txt beside the file.
"""


@dataclass(frozen=True)
class Part:
    """One thing that comes with the program and is not ours."""

    name: str
    licence: str
    text: str
    version: str = ""
    """Of a package; empty: the part is listed by hand, and its text is in this repository."""


def closure(name: str = "lamplight") -> dict[str, Distribution]:
    """What an installation of ``name`` needs at run time on this system, with itself; by normalised name.

    :raises PackageNotFoundError: something of it is not installed.
    """
    found: dict[str, Distribution] = {}
    waiting = [name]
    while waiting:
        key = normal(waiting.pop())
        if key in found:
            continue
        found[key] = distribution(key)
        waiting += list(_requirements(found[key]))
    return found


def _requirements(package: Distribution) -> Iterator[str]:
    # Not at the top: only the notices and their test need it, and a test environment always has it.
    from packaging.requirements import Requirement  # noqa: PLC0415

    for line in package.requires or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement.name


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(package: Distribution) -> str:
    """The licence as an SPDX expression, as far as the package says."""
    expression = _fact(package, "License-Expression")
    if expression:
        return expression
    named = _fact(package, "License").strip()
    if not named or len(named) > 60 or "\n" in named:
        classifiers = [line for line in package.metadata.get_all("Classifier") or [] if line.startswith("License ::")]
        named = " AND ".join(_spelled(line.rsplit("::", 1)[1]) for line in classifiers)
    return _spelled(named) or "unknown"


def _fact(package: Distribution, name: str) -> str:
    return str(next(iter(package.metadata.get_all(name) or [""])))


def _spelled(words: str) -> str:
    return _SPELLINGS.get(words.strip().lower(), words.strip())


def is_allowed(expression: str) -> bool:
    """Whether the licence, or for a choice one of the choices, is allowed."""
    return all(
        any(choice.strip(" ()") in ALLOWED for choice in re.split(r"\bOR\b", part))
        for part in re.split(r"\bAND\b", expression)
    )


def texts_of(package: Distribution) -> str:
    """The licence files that the package carries, one after the other."""
    names = ("licen", "copying", "notice", "authors")
    files = [
        path
        for path in package.files or []
        if ".dist-info" in str(path) and any(name in _within(path) for name in names) and path.suffix != ".py"
    ]
    places = [Path(str(package.locate_file(path))) for path in sorted(files)]
    return "\n\n".join(_clean(place.read_text("utf-8", "replace")) for place in places)


def _within(path: PurePath) -> str:
    """Where a file stands inside its package's own folder: some keep the texts in one that is called "licenses"."""
    return "/".join(path.parts[1:]).lower()


def _clean(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def parts() -> list[Part]:
    """Everything that is named in the notices, in the order of the file."""
    listed = []
    for key, package in sorted(closure().items()):
        if key == "lamplight":
            continue
        text = "See Qt, below." if key in ("pyside6-essentials", "shiboken6") else texts_of(package)
        listed.append(Part(str(package.metadata["Name"]), licence_of(package), text, package.version))
    icons = (ROOT / "resources" / "icons" / "LICENSE.lucide.txt").read_text("utf-8")
    return [
        *listed,
        Part("llama.cpp and ggml", "MIT", _text("llama.cpp")),
        Part("Qt", "LGPL-3.0-only", "\n".join([QT, _text("LGPL-3.0"), "", _text("GPL-3.0")])),
        Part("Lucide icons", "ISC AND MIT", _clean(icons)),
        Part("SmolLM2-135M-Instruct, the starter model, by Hugging Face", "Apache-2.0", _clean(_own_licence())),
        Part("CC-CEDICT, in the word lists", "CC-BY-SA-4.0", "\n".join([DICTIONARY, _text("CC-BY-SA-4.0")])),
        Part("jieba's word frequencies, in the word lists", "MIT", _text("jieba")),
        Part("OpenCC's dictionaries of characters", "Apache-2.0", "\n".join([CHARACTERS, _clean(_own_licence())])),
        Part("Unicode CLDR, in the names of languages", "Unicode-3.0", _text("unicode")),
        Part("Python", "PSF-2.0", _text("python")),
    ]


def _own_licence() -> str:
    return "The same licence as Lamplight's own:\n\n" + (ROOT / "LICENSE").read_text("utf-8").strip("\n")


def _text(name: str) -> str:
    return _clean((_TEXTS / f"{name}.txt").read_text("utf-8"))


def computer() -> str:
    """Which builds of packages are installed here: some carry the licences of what was built into them."""
    return f"{sys.platform} {platform.machine()}"


def compose(known: Iterable[Part], made_on: str) -> str:
    """The whole file."""
    known = list(known)
    lines = [
        "Lamplight: notices about the work of others",
        "",
        "Lamplight is licensed under the Apache License, Version 2.0.",
        "It stands on these parts, each under its own licence:",
        "",
        *(f"  {part.name}: {part.licence}" for part in known),
        "",
    ]
    for part in known:
        lines += [_RULE, f"{part.name} ({part.licence})", _RULE, "", part.text, ""]
    versions = ", ".join(f"{part.name} {part.version}" for part in known if part.version)
    told = textwrap.wrap(f"{_VERSIONS}{made_on}: {versions}.", 100, break_long_words=False, break_on_hyphens=False)
    return "\n".join([*lines, _RULE, "", *told, ""])


def read(text: str) -> tuple[list[Part], str]:
    """The parts of such a file, and for which kind of computer it was made: what ``compose`` was given."""
    body, _, end = text.rpartition(f"\n{_RULE}\n\n{_VERSIONS}")
    made_on, _, listed = end.strip().removesuffix(".").replace("\n", " ").partition(": ")
    versions = dict(re.findall(r"([^\s,]+) ([^\s,]+)", listed))
    _, *found = _SECTION.split(body + "\n")
    return [
        Part(name, licence, words.removesuffix("\n\n"), versions.get(name, ""))
        for name, licence, words in zip(found[::3], found[1::3], found[2::3], strict=True)
    ], made_on


def with_the_others(here: list[Part], before: list[Part]) -> list[Part]:
    """``here``, and from the file as it was those packages that this Python or system does without, in their places."""
    names = {part.name for part in here}
    others = [part for part in before if part.version and part.name in SOMETIMES - names]
    packages = sorted([part for part in here if part.version] + others, key=lambda part: normal(part.name))
    return packages + [part for part in here if not part.version]


def main() -> int:
    try:
        here = parts()
    except PackageNotFoundError as error:
        print(f"Not installed, so its licence is not known: {error}", file=sys.stderr)
        return 1
    if refused := [f"{part.name} ({part.licence})" for part in here if not is_allowed(part.licence)]:
        print(f"These licences need a decision and a line in this script: {', '.join(refused)}", file=sys.stderr)
        return 1
    before = read(TARGET.read_text("utf-8"))[0] if TARGET.exists() else []
    known = with_the_others(here, before)
    TARGET.write_text(compose(known, computer()), "utf-8", newline="\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(known)} parts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
