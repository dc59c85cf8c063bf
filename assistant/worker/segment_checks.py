"""What is wrong with the translation of a segment, told from the two texts alone."""

from __future__ import annotations

import re

from assistant.documents.segments import Checked, Finding, FindingKind, Pair
from assistant.worker.messages import CheckSegments, SegmentsChecked
from assistant.worker.segment_codes import code_findings

_LETTER = re.compile(r"[^\W\d_]")


def check(request: CheckSegments) -> SegmentsChecked:
    """The translations of ``request`` with what could safely be put right, and what was found in them."""
    return SegmentsChecked(id=request.id, checked=tuple(_checked(pair) for pair in request.pairs))


def _checked(pair: Pair) -> Checked:
    target = pair.target.strip()
    if not _LETTER.search(target):
        return Checked(target, (Finding(FindingKind.EMPTY),))
    findings = list(code_findings(pair.source, target))
    if pair.finish == "limit":
        findings.append(Finding(FindingKind.CUT, start=len(target), end=len(target)))
    return Checked(target, tuple(findings))
