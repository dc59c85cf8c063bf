"""What is wrong with the translation of a segment, told from the two texts alone; what can be put right is."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.documents.segments import Checked, Finding, FindingKind, Pair
from assistant.worker.messages import CheckSegments, SegmentsChecked
from assistant.worker.segment_answers import answer_findings, refusal_findings
from assistant.worker.segment_codes import code_findings
from assistant.worker.segment_extent import extent_findings, is_empty, loops, ratio
from assistant.worker.segment_frame import added, clean, instead, leftover
from assistant.worker.segment_language import drift_findings, echo_findings, language_findings, script_findings
from assistant.worker.segment_literals import Literal, literal_findings, literals, whole_links
from assistant.worker.segment_numbers import number_findings
from assistant.worker.segment_omitted import omission_findings
from assistant.worker.segment_opposites import opposite_findings
from assistant.worker.segment_shape import emoji_findings, line_findings, markup_findings
from assistant.worker.segment_terms import TermBook, term_book
from assistant.worker.segment_view import View, at_target

_UNUSABLE = (FindingKind.REFUSAL, FindingKind.ECHO)


def check(request: CheckSegments) -> SegmentsChecked:
    """The translations of ``request`` with what could safely be put right, and what was found in them.

    The places of findings are those in the text that is handed back.
    """
    book = term_book(request.terms, request.source, request.target)
    checked = tuple(_checked(pair, request.source, request.target, book) for pair in request.pairs)
    return SegmentsChecked(id=request.id, checked=checked)


def _checked(pair: Pair, source: str, target: str, book: TermBook) -> Checked:
    text, findings = clean(pair.source, pair.target)
    if is_empty(text):
        return Checked(text, (*(_unmended(one) for one in findings), Finding(FindingKind.EMPTY)))
    before = View(pair.source, source)
    text, looped = loops(before, text, pair.finish)
    after = View(text, target)
    found = list(refusal_findings(before, after))
    known, there = _literals(before, after)
    if not found:
        found += echo_findings(before, after, (_spans(known), _spans(there)))
    if looped:
        found.append(Finding(FindingKind.LOOP, start=len(text), end=len(text)))
    if not any(one.kind in _UNUSABLE for one in found):
        found += _meant(pair, before, after, (known, there), book)
    found += code_findings(pair.source, text)
    return Checked(text, (*findings, *_once(found)))


def _meant(
    pair: Pair, before: View, after: View, pieces: tuple[list[Literal], list[Literal]], book: TermBook
) -> Iterator[Finding]:
    """What is found in a text that is a translation, if maybe a bad one."""
    known, there = pieces
    if rest := instead(before.plain, after.plain) or leftover(before.plain, after.plain):
        yield Finding(FindingKind.COMMENTARY, after.plain[slice(*rest)][:60], *after.span(*rest))
    elif extra := added(before.plain, after.plain):
        start, end, of_the_task = extra
        yield at_target(FindingKind.COMMENTARY, after, start, end, minor=not of_the_task)
    yield from answer_findings(before, after, ratio(before, after))
    foreign = list(language_findings(before, after, _spans(there)))
    yield from foreign
    if not foreign:
        yield from script_findings(before, after, _spans(there), book.foreign)
        yield from drift_findings(before, after, _spans(there), book.foreign)
        yield from omission_findings(before, after)
    yield from extent_findings(before, after, pair.finish)
    yield from literal_findings(before, after, known, there)
    yield from number_findings(before, after, (_spans(known), _spans(there)))
    yield from opposite_findings(before, after)
    yield from markup_findings(before, after)
    if not pair.line:
        yield from line_findings(before, after)
    yield from emoji_findings(before, after)
    yield from book.findings(before, after, _spans(known))


def _literals(before: View, after: View) -> tuple[list[Literal], list[Literal]]:
    """What stays to the letter: of the source, and in the translation."""
    known, there = literals(before.plain), literals(after.plain)
    for link, place in whole_links(before.plain, after.plain):
        start = before.plain.find(link)
        known = [one for one in known if not start <= one.start < start + len(link)]
        there = [one for one in there if not place <= one.start < place + len(link)]
        known.append(Literal(FindingKind.LINK, start, start + len(link), link))
        there.append(Literal(FindingKind.LINK, place, place + len(link), link))
    return known, there


def _spans(pieces: list[Literal]) -> list[tuple[int, int]]:
    return [(one.start, one.end) for one in pieces]


def _unmended(finding: Finding) -> Finding:
    """Where nothing is left, taking something away mended nothing."""
    return Finding(finding.kind, finding.text)


def _once(findings: list[Finding]) -> Iterator[Finding]:
    """Each thing once: several checks may find the same."""
    seen: set[tuple[FindingKind, int, int]] = set()
    for one in findings:
        key = (one.kind, one.start, one.source_start)
        if key not in seen:
            seen.add(key)
            yield one
