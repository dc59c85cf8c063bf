"""What the program and the worker child say to each other. One answer for each ``id``."""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import field

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import model
from assistant.documents.model import LinkedSentence, Note, Source
from assistant.documents.segments import Checked, Guess, Pair, SegmentedDocument, Term
from assistant.process.message import Message

_MOST_DETAIL = 2000  # characters of an error's own words


class Turn(Message, frozen=True):
    """One message for a template: role (system, user, assistant), text, and what was reasoned before it."""

    role: str
    text: str
    reasoning: str = ""


class Part(Message, frozen=True):
    """A stretch of a rendered prompt.

    :ivar turn: index of the turn whose text this is, -1: the template's own text.
    :ivar whole: this is the turn's text to the letter (not trimmed or changed by the template).
    :ivar checkpoint: a turn of the user (or the prompt for an answer) starts here.
    """

    text: str
    turn: int = -1
    whole: bool = False
    checkpoint: bool = False


class ReasoningMarks(Message, frozen=True):
    """How the model behind this template marks reasoning (see ``engine.messages.Marks``)."""

    start: str
    end: str
    opened: bool = False


class Render(Message, frozen=True):
    """Render a conversation with a model's chat template. Answer: ``Rendered`` or ``Refused``.

    :ivar thinking: ask the model to reason (None: the template's default).
    :ivar answer: add the prompt for an answer at the end.
    :ivar extra: further variables for the template.
    """

    id: str
    template: str
    turns: tuple[Turn, ...]
    bos: str = ""
    eos: str = ""
    thinking: bool | None = None
    answer: bool = True
    extra: dict[str, Any] = field(default_factory=dict)


class Rendered(Message, frozen=True):
    """``parts`` joined is what the reference rendering gives.

    :ivar broken: control spellings inside turns had to be broken because the template defeats the marks.
    :ivar can_think: the template knows a switch for reasoning, or always reasons.
    """

    id: str
    parts: tuple[Part, ...]
    marks: tuple[ReasoningMarks, ...] = ()
    can_think: bool = False
    broken: bool = False
    system_merged: bool = False  # the template has no system turn: it went ahead of the first user text


class ReadDocument(Message, frozen=True):
    """Read a document and keep what was read. Answer: ``DocumentRead`` or ``Refused``.

    :ivar path: the file; empty: ``data`` holds its bytes.
    :ivar name: what the file is called, for its ending and for an error's sentence; empty: that of ``path``.
    :ivar store: the folder that ``<digest>.document`` is written into.
    :ivar raw_path: the path as the system has it, where it is no valid Unicode; the client fills it in.
    """

    id: str
    store: str
    path: str = ""
    raw_path: bytes = b""
    data: bytes = b""
    name: str = ""
    password: str = ""


class DocumentRead(Message, frozen=True):
    """The document is kept in ``path``.

    :ivar digest: 32 hexadecimal digits; the same text with the same paragraphs, title and format has the same one.
    :ivar words: in Chinese and Japanese each character counts as one.
    """

    id: str
    digest: str
    path: str
    title: str
    format: str
    encoding: str = ""
    language: str = ""
    characters: int = 0
    words: int = 0
    paragraphs: int = 0
    sentences: int = 0
    pages: int = 0
    notes: tuple[Note, ...] = ()


class CutDocument(Message, frozen=True):
    """Cut a kept document into parts. Answer: ``DocumentCut`` or ``Refused``.

    :ivar path: as ``DocumentRead`` gave it.
    :ivar costs: tokens of each sentence of the document.
    :ivar budget: tokens that a part may have.
    """

    id: str
    path: str
    costs: tuple[int, ...]
    budget: int


class DocumentCut(Message, frozen=True):
    """The parts, in order; together they hold every sentence once."""

    id: str
    parts: tuple[model.Part, ...]


class RankSentences(Message, frozen=True):
    """Choose the most telling sentences of a kept document. Answer: ``Ranked`` or ``Refused``.

    :ivar costs: tokens of each sentence of the document.
    :ivar budget: tokens that the chosen ones may have together.
    :ivar focus: what the reader is interested in, in words.
    """

    id: str
    path: str
    costs: tuple[int, ...]
    budget: int
    focus: str = ""


class Ranked(Message, frozen=True):
    """Indexes of the chosen sentences in the order of the document, and their share of its tokens (0 to 1)."""

    id: str
    chosen: tuple[int, ...]
    share: float


class Link(Message, frozen=True):
    """Find what each sentence of ``text`` rests on in a kept document. Answer: ``Linked`` or ``Refused``."""

    id: str
    path: str
    text: str


class Linked(Message, frozen=True):
    """The sentences of the text, and how much of each paragraph of the document they cover (0 to 1)."""

    id: str
    sentences: tuple[LinkedSentence, ...]
    coverage: tuple[float, ...] = ()


class ListPassages(Message, frozen=True):
    """Divide a kept document into passages, and say which of them to look at for a question first, by their words.
    Answer: ``PassagesListed`` or ``Refused``.

    :ivar history: as in ``Retrieve``.
    """

    id: str
    path: str
    question: str
    history: tuple[str, ...] = ()


class PassagesListed(Message, frozen=True):
    """The passages whose meaning is worth knowing, each as its place among all of the document, and its start and end
    in the text; the ones to begin with come first. ``division``: checksum of where the passages begin."""

    id: str
    passages: tuple[tuple[int, int, int], ...]
    division: int = 0


class Retrieve(Message, frozen=True):
    """Find the passages of a kept document that a question is about. Answer: ``Retrieved`` or ``Refused``.

    :ivar limit: characters that the passages may have together.
    :ivar history: what was said before, the oldest first: a question may only make sense after it.
    :ivar vectors: file with the vectors of passages (``documents.vectors``); empty: there are only words to go by.
    :ivar queries: the vectors of the question and of those before it, the newest first, as in that file.
    """

    id: str
    path: str
    question: str
    limit: int
    history: tuple[str, ...] = ()
    vectors: str = ""
    queries: bytes = b""


class Retrieved(Message, frozen=True):
    """The passages in the order of the document. ``meaning``: share of all of it whose vectors were compared."""

    id: str
    passages: tuple[Source, ...]
    meaning: float = 0.0


class Export(Message, frozen=True):
    """Write a text about a document into a file. Answer: ``Exported`` or ``Refused``.

    :ivar target: the file, which is replaced.
    :ivar format: ``markdown``, ``text``, ``docx`` or ``html``.
    :ivar text: Markdown; ``sentences`` are its links into the document.
    :ivar path: the kept document, empty: the sources are not quoted.
    :ivar labels: words for the file in the user's language, by name.
    :ivar caveats: sentences about the text, which stand under the title.
    """

    id: str
    target: str
    format: str
    title: str
    text: str
    sentences: tuple[LinkedSentence, ...] = ()
    path: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()


class Exported(Message, frozen=True):
    """The file is there."""

    id: str


class ReadSegments(Message, frozen=True):
    """Read a document for translation and keep it. Answer: ``SegmentsRead`` or ``Refused``.

    :ivar path: the file; empty: ``data`` holds its bytes (``name`` with an ending says which format they are in).
    :ivar store: the folder that ``<digest>.segments`` is written into (``segments.pack_segments``); empty: nothing is
        kept, and the answer has the document itself: a text that somebody is typing.
    :ivar columns: of a table: those that are translated; empty: all that hold sentences.
    :ivar format: a key of ``OPENERS``; empty: as the bytes and the name say.
    :ivar raw_path: as in ``ReadDocument``.
    """

    id: str
    store: str = ""
    path: str = ""
    raw_path: bytes = b""
    data: bytes = b""
    name: str = ""
    columns: tuple[str, ...] = ()
    format: str = ""


class SegmentsRead(Message, frozen=True):
    """The document is kept in ``path``; what it says beside that is in there too.

    :ivar document: where nothing is kept; then ``path`` is empty.
    """

    id: str
    digest: str
    path: str
    title: str
    format: str
    encoding: str = ""
    language: str = ""
    target_language: str = ""
    segments: int = 0
    blocks: int = 0
    characters: int = 0
    words: int = 0
    columns: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    document: SegmentedDocument | None = None


class WriteTranslation(Message, frozen=True):
    """Write a kept document in another language. Answer: ``TranslationWritten`` or ``Refused``.

    :ivar path: as ``SegmentsRead`` gave it; ``target``: the file, which is replaced.
    :ivar texts: for each segment its translation, codes included; None: the source stays.
    :ivar language: of the translation, ``source``: of the document, BCP 47.
    :ivar doubtful: for each segment whether somebody should look at its translation, which a format that can say so
        then says (PO, XLIFF); empty: none of them.
    """

    id: str
    path: str
    target: str
    texts: tuple[str | None, ...]
    language: str
    source: str = ""
    doubtful: tuple[bool, ...] = ()


class TranslationWritten(Message, frozen=True):
    """The file is there. ``long_lines``: lines of subtitles that are longer than they should be."""

    id: str
    size: int = 0
    long_lines: int = 0


class DetectLanguage(Message, frozen=True):
    """Which language is each text in? Answer: ``LanguageDetected`` or ``Refused``."""

    id: str
    texts: tuple[str, ...]


class LanguageDetected(Message, frozen=True):
    """For each text the likeliest languages, best first; none: there is too little to tell."""

    id: str
    guesses: tuple[tuple[Guess, ...], ...]


class CheckSegments(Message, frozen=True):
    """Check translations. Answer: ``SegmentsChecked`` or ``Refused``.

    :ivar source: the language of the sources, empty: unknown; ``target``: that of the translations; BCP 47.
    :ivar terms: the glossary.
    """

    id: str
    pairs: tuple[Pair, ...]
    target: str
    source: str = ""
    terms: tuple[Term, ...] = ()


class SegmentsChecked(Message, frozen=True):
    """One for each pair, in their order."""

    id: str
    checked: tuple[Checked, ...]


class FindTranslated(Message, frozen=True):
    """Find the texts that are in the language of the translation already. Answer: ``TranslatedFound`` or ``Refused``.

    :ivar source: BCP 47, empty: unknown; ``target``: of the translation.
    """

    id: str
    texts: tuple[str, ...]
    target: str
    source: str = ""


class TranslatedFound(Message, frozen=True):
    """``places``: of the texts, from 0."""

    id: str
    places: tuple[int, ...]


class ReadGlossary(Message, frozen=True):
    """Read a glossary (CSV, TSV, TBX). Answer: ``GlossaryRead`` or ``Refused``.

    :ivar source: and ``target``: the languages wanted of a file that has several, BCP 47; empty: its first two.
    :ivar others: where the file does not have them, those that it has will do.
    """

    id: str
    path: str = ""
    raw_path: bytes = b""
    data: bytes = b""
    name: str = ""
    source: str = ""
    target: str = ""
    others: bool = False


class GlossaryRead(Message, frozen=True):
    """``skipped``: lines that are no terms."""

    id: str
    terms: tuple[Term, ...]
    source: str = ""
    target: str = ""
    skipped: int = 0


class ReadMemory(Message, frozen=True):
    """Read a translation memory (TMX), a piece at a time. Answer: ``MemoryRead`` or ``Refused``.

    :ivar first: the unit to begin with, from 0.
    """

    id: str
    path: str
    raw_path: bytes = b""
    name: str = ""
    first: int = 0


class MemoryUnit(model.Value, frozen=True, gc=False):
    """A text and its translation. Codes are counted in the order in which the source has them.

    :ivar source_language: without script and region; ``target_language``: BCP 47.
    :ivar edited: seconds since 1970, 0: the file does not say; ``origin``: title of the document.
    """

    source_language: str
    target_language: str
    source: str
    target: str
    edited: float = 0.0
    origin: str = ""


class MemoryRead(Message, frozen=True):
    """Some units, ``total``: of how many; ``skipped``: those of the file that are no translations."""

    id: str
    units: tuple[MemoryUnit, ...]
    total: int
    skipped: int = 0


class Refused(Message, frozen=True):
    """It could not be done; ``detail`` holds technical words, ``values`` what the error's sentence names."""

    id: str
    kind: ErrorKind
    detail: str = ""
    values: dict[str, str | int | float] = field(default_factory=dict)

    @classmethod
    def by(cls, identifier: str, error: AssistantError) -> Refused:
        """The answer to a request that ``error`` has ended."""
        detail = carried(error.detail)[:_MOST_DETAIL]
        return cls(id=identifier, kind=error.kind, detail=detail, values=error.plain_values)


def carried(text: str) -> str:
    """``text`` without halves of surrogate pairs, which no pipe carries."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Ready(Message, frozen=True):
    """The child has started; its client's clock for requests runs from here."""


SegmentRequest = DetectLanguage | CheckSegments | FindTranslated
SegmentAnswer = LanguageDetected | SegmentsChecked | TranslatedFound
TranslationRequest = ReadSegments | WriteTranslation | SegmentRequest | ReadGlossary | ReadMemory
TranslationAnswer = SegmentsRead | TranslationWritten | SegmentAnswer | GlossaryRead | MemoryRead
SearchRequest = ListPassages | Retrieve
SearchAnswer = PassagesListed | Retrieved
DocumentRequest = ReadDocument | CutDocument | RankSentences | Link | SearchRequest | Export | TranslationRequest
DocumentAnswer = DocumentRead | DocumentCut | Ranked | Linked | SearchAnswer | Exported | TranslationAnswer | Refused
Request = Render | DocumentRequest
Answer = Rendered | DocumentAnswer
FromChild = Answer | Ready


_encoder = msgspec.msgpack.Encoder()
_linked = msgspec.msgpack.Decoder(Linked)


def pack_linked(links: Linked) -> bytes:
    """``links`` as they are kept on disk."""
    return _encoder.encode(links)


def unpack_linked(data: bytes) -> Linked:
    """The links that ``pack_linked`` made ``data`` of.

    :raises ValueError: it is none.
    """
    return _linked.decode(data)
