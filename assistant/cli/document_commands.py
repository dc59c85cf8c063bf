"""What commands about documents have in common: opening one, choosing the model, waiting for the end,
and what a text rests on as JSON."""

from __future__ import annotations

import argparse
import codecs
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import check_folder, same_file
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.core.documents import LARGEST_PASTE, OpenDocument, check_file
from assistant.core.summary.summaries import Summaries
from assistant.core.summary.views import Linked
from assistant.core.translation.translations import Translations
from assistant.documents.model import LinkedSentence, MarkKind, MarkState, Source
from assistant.library.models import InstalledModel
from assistant.texts import documents as document_texts
from assistant.texts import errors, lists, states, summaries, tr, trn

FORMATS = {".md": "markdown", ".markdown": "markdown", ".txt": "text", ".docx": "docx", ".html": "html", ".htm": "html"}
"""What a file is written as, by its ending."""

_TRIES = 3  # how often a person is asked for a password
_LONGEST_PASSWORD = 4096  # bytes
_QUOTED = 100  # characters of a passage
_EXAMPLES = 8  # of what is said to be wrong
_SHOW_SECONDS = 0.2  # between two looks at how far it is


def check_document(name: str) -> None:
    """What is wrong with a document's file comes before what is missing to work on it.

    :raises AssistantError: why there is nothing that can be read.
    """
    if name != "-":
        check_file(Path(name))


def target_form(output: str | None, file: str) -> str:
    """As what ``output`` is written; empty: it is not.

    :param file: the document, which is not written over.
    :raises AssistantError: SETTING_INVALID: an ending that stands for no format, or the document itself.
        FOLDER_MISSING, READ_ONLY.
    """
    if output is None:
        return ""
    if file != "-" and same_file(Path(output), Path(file)):
        raise AssistantError(ErrorKind.SETTING_INVALID, key="-o", value=output, document=file)
    form = FORMATS.get(Path(output).suffix.lower())
    if form is None:
        raise AssistantError(ErrorKind.SETTING_INVALID, key="-o", value=output)
    check_folder(Path(output).absolute().parent)
    return form


def open_document(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> OpenDocument:
    """The document in the file of ``arguments``, or in standard input for ``-``.

    The password that one needs is in the file that ``arguments`` name; where they name none, a person is asked for it.

    :raises AssistantError: why it cannot be read.
    """
    documents = session.core.documents
    path = Path(arguments.file) if arguments.file != "-" else None
    password = _password_in(arguments.password_file) if arguments.password_file is not None else ""
    asks = _TRIES if terminal.attended and not password else 0
    data = standard_input() if path is None else b""

    def read(password: str) -> OpenDocument:
        found = session.result(lambda done: documents.open(path, data=data, password=password, done=done))
        assert isinstance(found, OpenDocument)
        return found

    while True:
        try:
            return read(password)
        except AssistantError as error:
            wanted = error.kind is ErrorKind.DOCUMENT_ENCRYPTED and bool(error.values.get("password"))
            if not wanted or not asks:
                raise
            asks -= 1
            if password:
                terminal.say(errors.summary(error))
            password = terminal.secret(tr("Password of {name}:", name=arguments.file) + " ")
            if not password:
                raise


def _password_in(file: str) -> str:
    """The first line of a file, or of a pipe: ``<(pass show plan)``.

    Only that line has to be a text: what is behind it is in any encoding, and cut anywhere.

    :raises AssistantError: FILE_UNREADABLE: the file (name), or its first line (``what="password"``).
    """
    name = Path(file).name
    try:
        with Path(file).open("rb") as stream:
            data = stream.read(_LONGEST_PASSWORD)
    except OSError as error:
        raise AssistantError(ErrorKind.FILE_UNREADABLE, type(error).__name__, name=name) from error
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # as PowerShell writes
            line = data.decode("utf-16", errors="ignore").partition("\n")[0]
        else:
            line = data.partition(b"\n")[0].decode("utf-8-sig")
    except UnicodeError as error:
        raise AssistantError(ErrorKind.FILE_UNREADABLE, type(error).__name__, name=name, what="password") from error
    if not line.rstrip("\r"):
        raise AssistantError(ErrorKind.FILE_UNREADABLE, "its first line is empty", name=name, what="password")
    return line.rstrip("\r")


def say_notes(terminal: Terminal, document: OpenDocument) -> None:
    """What there is to know about how the document was read."""
    for note in document.notes:
        terminal.say(document_texts.note(note.kind.value, note.values), dim=True)


def notes_as_json(document: OpenDocument) -> list[dict[str, str]]:
    """``notes`` of the contract: what ``say_notes`` tells."""
    return [
        {"kind": note.kind.value, "sentence": document_texts.note(note.kind.value, note.values)}
        for note in document.notes
    ]


def model_for(session: Session, name_or_path: str | None, *, task: str = "summarize") -> InstalledModel:
    """The model that was asked for, else the one for such a task.

    :raises AssistantError: NO_SUCH_MODEL, NO_MODEL, NO_TEMPLATE, or what is wrong with it.
    """
    chosen = None if name_or_path else session.core.models.default_for(task)
    model = chosen or session.model(name_or_path)
    if not model.has_template:
        raise AssistantError(ErrorKind.NO_TEMPLATE, name=model.name)
    return model


def show_loading(session: Session, model: InstalledModel, terminal: Terminal) -> None:
    """How far the model is on its way into memory."""
    engine = session.core.engines.get(model.key)
    if engine is not None and engine.loading:
        terminal.progress(lists.labelled(model.name, states.phase("loading", engine.progress)))


def follow(
    terminal: Terminal,
    session: Session,
    jobs: Summaries | Translations,
    job: int,
    *,
    also: Callable[[], None] = lambda: None,
) -> None:
    """Wait for the end of a job, showing how far it is; Ctrl+C stops it.

    :param also: what else is done whenever there may be news.
    """
    looked = 0.0

    def show() -> None:
        nonlocal looked
        also()
        if terminal.shows_progress and time.monotonic() - looked >= _SHOW_SECONDS:
            looked = time.monotonic()
            if (view := jobs.view(job)) is not None and view.total:
                left = summaries.left(view.seconds_left)
                done = tr("{done} of {total}", done=view.done, total=view.total)
                terminal.progress(lists.labelled(view.model, lists.clauses(done, left)))

    session.wait_for(lambda: job not in jobs.running(), lambda: jobs.stop(job), show)
    terminal.clear_progress()


def links_as_json(
    document: OpenDocument, text: str, linked: Linked | None, why: AssistantError | None = None
) -> dict[str, Any]:
    """``sources``, ``unsupported`` and ``coverage`` of the contract; the last two are null where nobody knows.

    :param why: the sentences could not be linked: ``unchecked`` tells it, with technical words.
    """
    if linked is None:
        told = None
        if why is not None:
            told = {"kind": why.kind.value, "message": errors.summary(why), "detail": why.detail}
        return {"sources": [], "unsupported": None, "coverage": None, "unchecked": told}
    sentences = linked.sentences
    return {
        "sources": [_sentence_as_json(document, text, sentence) for sentence in sentences],
        "unsupported": [text[one.start : one.end] for one in sentences if not one.supported],
        "coverage": {
            "share": _covered(document, linked),
            "paragraphs": [round(share, 3) for share in linked.coverage],
        },
        "unchecked": None,
    }


def source_as_json(document: OpenDocument, source: Source) -> dict[str, Any]:
    """One passage of the document."""
    return {
        "start": source.start,
        "end": source.end,
        "score": round(source.score, 3),
        "page": source.page,
        "path": list(source.path),
        "text": document.text[source.start : source.end],
    }


def say_checks(terminal: Terminal, text: str, linked: Linked | None, why: AssistantError | None = None) -> None:
    """What of a text could not be found in the document; or why nobody knows."""
    if linked is None:
        terminal.say(summaries.unchecked(why))
        return
    missing = [text[one.start : one.end] for one in linked.sentences if not one.supported]
    if missing:
        said = trn(
            "{n} sentence has no support in the document.",
            "{n} sentences have no support in the document.",
            len(missing),
        )
        _say_with(terminal, said, missing)
    if marks := _marked(text, linked, MarkState.MISSING):
        said = trn(
            "{n} number, date or name is not supported by the document.",
            "{n} numbers, dates or names are not supported by the document.",
            len(marks),
        )
        _say_with(terminal, said, marks)
    if marks := _marked(text, linked, MarkState.UNCHECKED):
        said = trn("{n} name was not checked", "{n} names were not checked", len(marks))
        _say_with(terminal, lists.ended(said), marks)
    if rests := _marked(text, linked, MarkState.UNCHECKED, rest=True):
        _say_with(terminal, lists.ended(summaries.partly_checked(len(rests))), rests)


def _marked(text: str, linked: Linked, state: MarkState, *, rest: bool = False) -> list[str]:
    """The details of a text that are marked so; ``rest``: what of its sentences holds too many of them."""
    marks = (mark for one in linked.sentences for mark in one.marks if (mark.kind is MarkKind.REST) is rest)
    return [text[mark.start : mark.end] for mark in marks if mark.state is state]


def _say_with(terminal: Terminal, said: str, examples: Sequence[str]) -> None:
    """A sentence, and what it is about in lines of their own: where it is much, only the first of it."""
    terminal.say(said)
    for example in examples[:_EXAMPLES]:
        terminal.say(f"  {_quoted(example)}", dim=True)
    if len(examples) > _EXAMPLES:
        terminal.say("  …", dim=True)


def say_sources(terminal: Terminal, document: OpenDocument, linked: Linked | None) -> None:
    """The passages that an answer rests on, in the document's order."""
    best = {source.start: source for one in (linked.sentences if linked else ()) for source in one.sources[:1]}
    for start in sorted(best):
        source = best[start]
        quoted = _quoted(document.text[source.start : source.end])
        where = tr("page {n}", n=source.page) if source.page else " › ".join(source.path)
        line = tr("{where}: “{words}”", where=where, words=quoted) if where else tr("“{words}”", words=quoted)
        terminal.say(f"  {line}", dim=True)


def _quoted(text: str) -> str:
    """A passage in one line."""
    words = " ".join(text.split())
    return words if len(words) <= _QUOTED else words[: _QUOTED - 1] + "…"


def _sentence_as_json(document: OpenDocument, text: str, sentence: LinkedSentence) -> dict[str, Any]:
    return {
        "start": sentence.start,
        "end": sentence.end,
        "text": text[sentence.start : sentence.end],
        "supported": sentence.supported,
        "sources": [source_as_json(document, source) for source in sentence.sources],
        "marks": [
            {
                "start": mark.start,
                "end": mark.end,
                "text": text[mark.start : mark.end],
                "kind": mark.kind.value,
                "state": mark.state.value,
            }
            for mark in sentence.marks
        ],
    }


def _covered(document: OpenDocument, linked: Linked) -> float:
    """The share of the document's text that the result rests on."""
    if not linked.coverage:
        return 0.0
    sizes = [paragraph.end - paragraph.start for paragraph in document.paragraphs]
    covered = sum(size * share for size, share in zip(sizes, linked.coverage, strict=False))
    return round(covered / max(1, sum(sizes)), 3)


def standard_input() -> bytes:
    """All of standard input, which is a document as a file is: an empty one cannot be read.

    :raises AssistantError: DOCUMENT_EMPTY, FILE_UNREADABLE.
    """
    try:
        data = sys.stdin.buffer.read(LARGEST_PASTE + 1)
    except (OSError, ValueError) as error:
        raise AssistantError(ErrorKind.FILE_UNREADABLE, str(error), name=tr("The input")) from error
    if not data.strip():
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
    return data
