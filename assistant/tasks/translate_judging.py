"""How bad an answer is, and what can make the next one better."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant.documents.segments import ALONE, CODES, Finding, FindingKind, codes_of
from assistant.tasks.placing import completed, is_sound, moved

_GRAVE = {
    FindingKind.EMPTY: 64,
    FindingKind.REFUSAL: 64,
    FindingKind.ANSWER: 48,
    FindingKind.REASONING: 32,
    FindingKind.ECHO: 32,
    FindingKind.INSTRUCTION: 24,
    FindingKind.LANGUAGE: 32,
    FindingKind.LOOP: 24,
    FindingKind.CUT: 24,
    FindingKind.COMMENTARY: 16,
    FindingKind.LENGTH: 14,
    FindingKind.OMISSION: 12,
    FindingKind.SCRIPT: 12,
    FindingKind.FORGED: 12,
    FindingKind.PLACEHOLDER: 10,
    FindingKind.CODE: 10,
    FindingKind.LINK: 10,
    FindingKind.EMAIL: 10,
    FindingKind.NUMBER: 10,
    FindingKind.OPPOSITE: 10,
    FindingKind.TERM: 9,
    FindingKind.TAG: 8,
    FindingKind.DATE: 6,
    FindingKind.UNCHECKED: 6,
    FindingKind.UNIT: 6,
    FindingKind.LINES: 4,
    FindingKind.EMOJI: 3,
}
"""How bad each is when the best of several answers is kept: first what makes it no translation at all, then what
changes what it says, then its looks."""
_MINOR = 1
_UNUSABLE = {FindingKind.EMPTY, FindingKind.REFUSAL, FindingKind.ANSWER, FindingKind.REASONING}
_LONGEST_TERM = 80  # characters
_STOPS = ".!?。！？"  # a point is also in numbers: they tell only where the source has none before its end
_ENDS = _STOPS + "\"'”’»」』）) "


@dataclass(frozen=True)
class Tried:
    """One answer that was judged. ``forged``: tags in it that the segment does not have."""

    attempt: int
    text: str
    findings: tuple[Finding, ...]
    forged: tuple[str, ...] = ()

    @property
    def weight(self) -> tuple[int, int]:
        """The lower, the better; of equals the first, which was sampled with the least chance."""
        small = sum(_MINOR for finding in self.findings if finding.minor and not finding.mended)
        return weight(self.findings) + small, self.attempt

    @property
    def usable(self) -> bool:
        """It is a translation, with whatever faults."""
        return is_usable(self.text, self.findings)


def grave(findings: Iterable[Finding]) -> list[Finding]:
    """Those that are worth asking again, the worst first."""
    found = [finding for finding in findings if not finding.mended and not finding.minor]
    return sorted(found, key=lambda finding: -_GRAVE[finding.kind])


def is_usable(text: str, findings: Iterable[Finding]) -> bool:
    """Whether a text is a translation, with whatever faults."""
    return bool(text.strip()) and not any(
        finding.kind in _UNUSABLE or (finding.kind is FindingKind.INSTRUCTION and "all" in finding.values)
        for finding in grave(findings)
    )


def weight(findings: Iterable[Finding]) -> int:
    """How bad an answer is: 0 is good."""
    return sum(_GRAVE[finding.kind] for finding in grave(findings))


def named(findings: Sequence[Finding], *, kinds: int = 2) -> tuple[Finding, ...]:
    """What the next prompt says a word about: all findings of the worst kinds. More than two confuse small models."""
    worst: list[FindingKind] = []
    for finding in grave(findings):
        if finding.kind not in worst:
            worst.append(finding.kind)
    return tuple(finding for finding in grave(findings) if finding.kind in worst[:kinds])


def has(findings: Iterable[Finding], *kinds: FindingKind) -> bool:
    """One of these is among what is worth asking again."""
    return any(finding.kind in kinds for finding in grave(findings))


def whole(source: str, kept: Tried) -> tuple[str, tuple[Finding, ...]]:
    """What is kept of an answer: every code of the source once, and no tag that was made up; with what was found."""
    text, findings = kept.text, list(kept.findings)
    for tag in dict.fromkeys(kept.forged):
        text, findings = _without(text, findings, tag)
    if not is_sound(source, text):
        full = completed(source, text)
        findings = [_at(one, moved(one.start, text, full), moved(one.end, text, full)) for one in findings]
        text = full
        if not any(finding.kind is FindingKind.TAG for finding in findings):
            findings.append(Finding(FindingKind.TAG, minor=True, values={"by_position": 1}))
    return text, tuple(findings)


def nowhere(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What was found in an answer that is not kept."""
    return tuple(_at(finding, -1, -1) for finding in findings)


def singles(text: str) -> Counter[str]:
    """The things without text in ``text``."""
    return Counter({code: count for code, count in codes_of(text).items() if ALONE <= ord(code) < ALONE + CODES})


def _without(text: str, findings: Iterable[Finding], tag: str) -> tuple[str, list[Finding]]:
    """A text without a tag that was made up; what was said about it is mended."""
    found = list(findings)
    while (at := text.find(tag)) >= 0:
        text = text[:at] + text[at + len(tag) :]
        shifted = []
        for one in found:
            mended = one.mended or (one.kind is FindingKind.FORGED and one.text in tag)
            start, end = (
                place if place <= at else max(at, place - len(tag)) for place in (one.start, one.end)
            )  # fmt: skip
            shifted.append(_at(one, start, end, mended=mended))
        found = shifted
    return text, found


def _at(finding: Finding, start: int, end: int, *, mended: bool | None = None) -> Finding:
    return Finding(
        kind=finding.kind,
        text=finding.text,
        start=start,
        end=end,
        source_start=finding.source_start,
        source_end=finding.source_end,
        mended=finding.mended if mended is None else mended,
        minor=finding.minor,
        values=finding.values,
    )


def grammar_for(findings: Iterable[Finding], source: str) -> str:
    """A grammar that only a text with the required term fits; empty: there is no such term, or there are several.

    For the last attempt alone: it takes the word as the glossary has it. In a single sentence the term has to come
    before its end, so that a model cannot first say what it likes and then add the word; nor can it do that in another
    line. Of several terms a grammar would have to name the order, which nobody knows.
    """
    terms = {
        str(finding.values.get("target", ""))
        for finding in grave(findings)
        if finding.kind is FindingKind.TERM and not finding.values.get("forbidden")
    }
    term = terms.pop() if len(terms) == 1 else ""
    if not 0 < len(term) <= _LONGEST_TERM or not term.isprintable():
        return ""
    line = "" if "\n" in source else "\\n"
    stops = "" if set(source.rstrip(_ENDS)) & set(_STOPS) else _STOPS
    spellings = dict.fromkeys((term, term[0].upper() + term[1:]))
    choice = " | ".join(_literal(spelling) for spelling in spellings)
    return f"root ::= before* term any*\nterm ::= {choice}\nbefore ::= [^{stops}{line}\\x00]\nany ::= [^{line}\\x00]"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
