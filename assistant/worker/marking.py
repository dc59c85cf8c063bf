"""Which characters of a rendered prompt came from whom.

The template is rendered with a mark in place of every text: private-use characters that name the text. What then stands
between the marks was written by the template alone, whatever the texts hold. The texts are put back, and the result
must equal the plain rendering to the letter.

Templates do look at texts, though: they trim them, and ask for ``</think>`` or ``/no_think`` inside. So the white
space at the edges of a text and the strings that the template itself holds stay in the open beside the marks, and the
template can do with them what it does with the real text. Everything between two marks of the same text is that text's,
also what stayed in the open. To tell what survived at the edges, there is a second rendering without the open edges.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from assistant.worker.templates import TemplateError

_OPEN, _CLOSE, _DIGIT = 0xE000, 0xE001, 0xE100
_MARK = re.compile("\ue000([\ue100-\ue1ff]+)\ue001")
_PUNCTUATION = re.compile(r"[<>|\[\]{}｜]")  # in the spelling of every control token there is some of it
_STRAY = re.compile("[\ue000\ue001\ue100-\ue1ff]")


@dataclass(frozen=True)
class Atom:
    """A text inside a message for the template.

    :ivar turn: index of the turn whose text it is, -1: ours (the blank line between two merged texts, a switch).
    """

    text: str
    turn: int = -1


@dataclass(frozen=True)
class Draft:
    """One message for the template, made of texts of one or several turns."""

    role: str
    content: tuple[Atom, ...]
    reasoning: tuple[Atom, ...] = ()

    @property
    def text(self) -> str:
        return "".join(atom.text for atom in self.content)


@dataclass(frozen=True)
class Stretch:
    """Characters of the rendered prompt: of a turn, or of the template (-1). ``atom`` tells texts of a turn apart."""

    text: str
    turn: int = -1
    atom: int = -1


Texts = list[tuple[str, str]]  # content and reasoning of each draft, as the template gets them
Renderer = Callable[[Texts], str]


def plain_texts(drafts: Sequence[Draft]) -> Texts:
    """The texts as they are."""
    return [(draft.text, "".join(atom.text for atom in draft.reasoning)) for draft in drafts]


def stretches(drafts: Sequence[Draft], render: Renderer, literals: Sequence[str]) -> tuple[str, list[Stretch] | None]:
    """The plain rendering, and whose its characters are: None if that cannot be told.

    :param render: renders the drafts with other texts in their place.
    :param literals: strings that decide what the template does with a text that holds them, longest first.
    :raises TemplateError: the template refuses the plain texts, or fails.
    """
    plain = render(plain_texts(drafts))
    for mark_blank, edge in itertools.product((True, False), _Edge):
        marking = _Marking(drafts, literals, mark_blank=mark_blank, edge=edge)
        if (edge is not _Edge.OPEN and not marking.edge_literals) or not (mark_blank or marking.saw_blank):
            continue  # nothing would be different
        try:
            found = _compare(marking, render)
        except TemplateError:  # it accepts the texts but not the marks
            continue
        if found is not None and "".join(stretch.text for stretch in found) == plain:
            return plain, found
    return plain, None


# ---------------------------------------------------------------- marking


class _Edge(Enum):
    """What is done with a literal at the outer edge of a text."""

    OPEN = "open"  # it is part of the open edge: left out of the bare text
    SHUT = "shut"  # an empty mark stands outside of it: the template looks for it anywhere
    TRIM = "trim"  # the same, and the template trims the text after it has taken the literal away


@dataclass(frozen=True)
class _Marked:
    """What a mark stands for: ``core`` of an atom, with open white space around it."""

    core: str
    lead: str
    trail: str
    turn: int
    atom: int  # counts all atoms of a rendering


class _Marking:
    """The drafts' texts with marks in them, and what the marks stand for.

    :param mark_blank: texts of nothing but white space and switches (``/no_think``) get a mark too. Without one they
        pass for the template's own, which does no harm: no control token is spelled like that.
    :ivar full: the texts with open edges; ``bare``: without.
    :ivar edge_literals: a text has a literal at its edge, so the choice of ``edge`` matters.
    """

    def __init__(self, drafts: Sequence[Draft], literals: Sequence[str], *, mark_blank: bool, edge: _Edge) -> None:
        # Some templates compare in lower case.
        texts = [atom.text.lower() for draft in drafts for atom in (*draft.content, *draft.reasoning)]
        present = [literal for literal in literals if any(literal.lower() in text for text in texts)]
        self._pattern = re.compile("|".join(map(re.escape, present)), re.IGNORECASE) if present else None
        harmless = [literal for literal in present if not _PUNCTUATION.search(literal)]
        self._switches = re.compile("|".join(map(re.escape, harmless)) or r"(?!)")
        self._mark_blank = mark_blank
        self.edge = edge
        self._atoms = 0
        self.marked: list[_Marked] = []
        self.saw_blank = False
        self.edge_literals = False
        pairs = [(self._text(draft.content), self._text(draft.reasoning)) for draft in drafts]
        self.full: Texts = [(content[0], reasoning[0]) for content, reasoning in pairs]
        self.bare: Texts = [(content[1], reasoning[1]) for content, reasoning in pairs]

    def _text(self, atoms: Sequence[Atom]) -> tuple[str, str]:
        """A message's text with marks, full and bare. Only its outer edges are open."""
        full = bare = ""
        for number, atom in enumerate(atoms):
            if atom.turn < 0 or not atom.text:
                full, bare = full + atom.text, bare + atom.text
                continue
            self._atoms += 1
            if not self._switches.sub("", atom.text).strip():
                self.saw_blank = True
                if not self._mark_blank:
                    full, bare = full + atom.text, bare + atom.text
                    continue
            one = self._atom(atom, first=number == 0, last=number == len(atoms) - 1)
            full, bare = full + one[0], bare + one[1]
        return full, bare

    def _atom(self, atom: Atom, *, first: bool, last: bool) -> tuple[str, str]:
        cores, gaps = self._cut(atom.text)
        if not first:
            cores[0], gaps[0] = gaps[0] + cores[0], ""
        if not last:
            cores[-1], gaps[-1] = cores[-1] + gaps[-1], ""
        full, bare = gaps[0], ""
        for number, core in enumerate(cores):
            lead, trail = gaps[number], gaps[number + 1]
            if number > 0:
                lead = lead[len(lead.rstrip()) :]
            bare_gap = ""
            if number < len(cores) - 1:
                bare_gap = trail.strip()
                trail = trail[: len(trail) - len(trail.lstrip())]
            mark = self._mark(_Marked(core, lead, trail, atom.turn, self._atoms))
            full, bare = full + mark + gaps[number + 1], bare + mark + bare_gap
        return full, bare

    def _cut(self, text: str) -> tuple[list[str], list[str]]:
        """The cores of ``text`` and what stands around them in the open: white space, and between any two one literal.

        However a template cuts at its literals, what is left of the others still has a mark on either side.
        """
        pieces, between, at = [], [], 0
        for match in self._pattern.finditer(text) if self._pattern else ():
            pieces.append(text[at : match.start()])
            between.append(match.group())
            at = match.end()
        pieces.append(text[at:])
        full = [number for number, piece in enumerate(pieces) if piece.strip()]
        self.edge_literals = self.edge_literals or not full or len(pieces) > full[-1] - full[0] + 1
        if self.edge is not _Edge.OPEN:
            full = [0, len(pieces) - 1]
        if not full:  # nothing but literals: they all hide behind one mark
            return [text], ["", ""]
        cores, gaps = [], ["".join(itertools.chain(*zip(pieces, between[: full[0]], strict=False)))]
        for number in range(full[0], full[-1] + 1):
            lead, core, trail = _edges(pieces[number])
            if not core and number == len(pieces) - 1:
                lead, trail = trail, lead  # at the end of the text, white space stands outside of the mark
            gaps[-1] += lead
            cores.append(core)
            gaps.append(trail + (between[number] if number < full[-1] else ""))
        gaps[-1] += "".join(itertools.chain(*zip(between[full[-1] :], pieces[full[-1] + 1 :], strict=True)))
        return cores, gaps

    def _mark(self, marked: _Marked) -> str:
        number = len(self.marked)
        self.marked.append(marked)
        digits = [number & 0xFF]
        while number := number >> 8:
            digits.append(number & 0xFF)
        return chr(_OPEN) + "".join(chr(_DIGIT + digit) for digit in reversed(digits)) + chr(_CLOSE)


def _edges(text: str) -> tuple[str, str, str]:
    """White space before, the core, white space after. Nothing but white space: it stands before an empty core."""
    core = text.strip()
    start = text.index(core) if core else len(text)
    return text[:start], core, text[start + len(core) :]


# ---------------------------------------------------------------- reading the marks


def _compare(marking: _Marking, render: Renderer) -> list[Stretch] | None:
    order, gaps = _read(render(marking.full), marking.marked)
    same = marking.full == marking.bare
    bare_order, bare_gaps = (order, gaps) if same else _read(render(marking.bare), marking.marked)
    if order != bare_order or any(map(_STRAY.search, gaps)):
        return None
    found: list[Stretch] = []
    before, last = _EDGE, -1
    for number, gap, written in zip([*order, -1], gaps, bare_gaps, strict=True):
        after = marking.marked[number] if number >= 0 else _EDGE
        if before.atom == after.atom and number > last >= 0:
            own = gap
            if marking.edge is _Edge.TRIM:
                own = own if after.core else own.rstrip()
                own = own if before.core else own.lstrip()
            found.append(Stretch(own, before.turn, before.atom))
        else:
            edges = _split(gap, written, before, after)
            if edges is None:
                return None
            found.append(Stretch(edges[0], before.turn, before.atom))
            found.append(Stretch(written))
            found.append(Stretch(edges[1], after.turn, after.atom))
        found.append(Stretch(after.core, after.turn, after.atom))
        before, last = after, number
    return _joined(found)


_EDGE = _Marked("", "", "", -1, -1)
"""Stands before the first mark and after the last."""


def _read(text: str, marked: Sequence[_Marked]) -> tuple[list[int], list[str]]:
    """The numbers of the marks in ``text`` and what stands around them (one gap more than marks)."""
    order, gaps, at = [], [], 0
    for match in _MARK.finditer(text):
        number = 0
        for digit in match.group(1):
            number = number << 8 | ord(digit) - _DIGIT
        if number >= len(marked):
            continue
        order.append(number)
        gaps.append(text[at : match.start()])
        at = match.end()
    gaps.append(text[at:])
    return order, gaps


def _split(gap: str, written: str, before: _Marked, after: _Marked) -> tuple[str, str] | None:
    """What is left in ``gap`` of the open edges around the template's own ``written``; None: it cannot be told."""
    trail, lead = before.trail, after.lead
    for kept in range(min(len(gap) - len(written), len(trail)), -1, -1):
        rest = gap[kept + len(written) :]
        if trail.startswith(gap[:kept]) and gap.startswith(written, kept) and lead.endswith(rest):
            return gap[:kept], rest
    return None


def _joined(found: list[Stretch]) -> list[Stretch]:
    """Neighbours of the same text, or both of the template, as one; empty ones left out."""
    joined: list[Stretch] = []
    for stretch in found:
        if not stretch.text:
            continue
        if joined and (joined[-1].turn, joined[-1].atom) == (stretch.turn, stretch.atom):
            joined[-1] = Stretch(joined[-1].text + stretch.text, stretch.turn, stretch.atom)
        else:
            joined.append(stretch)
    return joined
