"""``lamplight translate``: one document into another language, in its own format. What is finished is kept until all of
it is, so that the same command goes on after anything."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.base import languages
from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.files import check_folder, same_file
from assistant.cli import document_commands, failures, translated
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.cli.writer import introduce
from assistant.core.translation.glossaries import Imported
from assistant.core.translation.memory_files import ImportedMemory
from assistant.core.translation.views import JobState, OpenTranslation, SegmentState, TranslationPlan, TranslationView
from assistant.core.unfinished import Unfinished
from assistant.library.models import InstalledModel
from assistant.tasks.translation import Formality, TranslateOptions
from assistant.texts import documents as document_texts
from assistant.texts import languages as language_texts
from assistant.texts import lists, states, tr, translations, translators, trn


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Translate the document of ``arguments``."""
    options = _options(arguments)
    target = _target(arguments.output, arguments.file, form=arguments.format)
    document_commands.check_document(arguments.file)
    for given in filter(None, (arguments.glossary, arguments.memory)):
        document_commands.check_document(given)
    model = document_commands.model_for(session, arguments.model, task="translate")
    document, source = _open(session, arguments)
    for note in document.notes:
        terminal.say(document_texts.note(note.kind.value, note.values), dim=True)
    _say_columns(terminal, document, options.target)
    options = _with_glossary(terminal, session, options, arguments.glossary, document)
    _remember(terminal, session, arguments.memory)
    introduce(terminal, model, named=arguments.model is not None)
    with _unfinished(session, document, options, model, afresh=arguments.restart) as unfinished:
        try:
            plan = _plan(terminal, session, document, options, model, unfinished)
        except AssistantError as error:
            if error.kind is ErrorKind.CANCELLED and arguments.json:
                stopped = _nothing_yet(document, options, model)
                terminal.write_json(translated.as_object(document, stopped, TranslationPlan(0), text=""))
            if error.kind is ErrorKind.CANCELLED:
                return failures.STOPPED
            return failures.tell(terminal, error, as_json=arguments.json, loading=True)
        shown = target is None and not arguments.json
        stream = translated.Stream(terminal, session, document, options, source if shown else "")
        with session.interruptible():
            _say_plan(terminal, document, plan, options)
            start = session.core.translations.start
            job = stream.job = start(document.digest, options, model=model, unfinished=unfinished)
            document_commands.follow(terminal, session, session.core.translations, job, also=stream.go_on)
        view = session.core.translations.view(job)
        assert view is not None
        ended = translated.Ended(document, model, plan, job, view, target)
        code = _told(arguments, terminal, session, ended, stream, kept=unfinished.kept)
        if code == failures.DONE:
            unfinished.forget()
        return code


def _unfinished(
    session: Session, document: OpenTranslation, options: TranslateOptions, model: InstalledModel, *, afresh: bool
) -> Unfinished:
    """What an earlier run has left of the very same translation."""
    core = session.core
    terms = core.glossaries.all_terms(options.glossary) if options.glossary else ()
    wishes = replace(options, glossary=0)
    texts = (segment.text for segment in document.segments)
    parts = (document.digest, repr(wishes), repr(terms), model.key, *texts)
    return Unfinished(core.paths.data / "unfinished", parts, afresh=afresh)


def _told(
    arguments: argparse.Namespace,
    terminal: Terminal,
    session: Session,
    ended: translated.Ended,
    stream: translated.Stream,
    *,
    kept: bool,
) -> int:
    """Hand over what came of it; the exit code. ``kept``: the same command could go on with it."""
    view = ended.view
    failed = view.error or translated.write(session, ended)
    done = failed is None and view.state is JobState.DONE
    found: dict[str, Any] = {}
    if arguments.json:
        text = translated.text_of(session, ended)
        load = translated.load_seconds(session, ended)
        found = translated.as_object(ended.document, view, ended.plan, text=text, load=load)
        if arguments.report:
            found["report"] = translated.report_as_json(view)
        if failed is None:
            terminal.write_json(found)
    else:
        if ended.target is None or not done:  # an hour's work is not lost with a full disk
            stream.finish(translated.text_of(session, ended) if view.done else "")
        _say_rest(terminal, view, report=arguments.report)
    if kept and view.done and not done:
        terminal.say(tr("What is finished is kept: the same command resumes, --restart starts over."))
    if failed is not None:
        failures.tell(terminal, failed, as_json=arguments.json, more=found)
        return failures.exit_code(failed)
    if ended.target is not None and done:
        terminal.say(tr("Saved as {path}.", path=ended.target.absolute()))
    return failures.STOPPED if view.finish == "cancelled" else failures.DONE


# ---------------------------------------------------------------- what was asked for


def _options(arguments: argparse.Namespace) -> TranslateOptions:
    """:raises AssistantError: SETTING_INVALID: a language that nobody knows."""
    return TranslateOptions(
        target=_language("--to", arguments.to),
        source=_language("--from", arguments.source) if arguments.source else "",
        formality=Formality(arguments.formality),
        audience=arguments.audience or "",
        domain=arguments.domain or "",
    )


def _language(key: str, words: str) -> str:
    found = languages.normalize(words)
    if found:
        return found
    near = languages.nearest(words)
    name = language_texts.name(near) if near else ""
    raise AssistantError(ErrorKind.SETTING_INVALID, key=key, value=words, near=name, tag=near)


def _target(output: str | None, file: str, *, form: str | None = None) -> Path | None:
    """The file that is written, None: there is none.

    :param file: the document, which is not written over, and whose format the file has.
    :param form: the format of both, where that was said.
    :raises AssistantError: SETTING_INVALID: the document itself, or another ending. FOLDER_MISSING, READ_ONLY.
    """
    if output is None:
        return None
    target = Path(output)
    if file != "-" and same_file(target, Path(file)):
        raise AssistantError(ErrorKind.SETTING_INVALID, key="-o", value=output, document=file)
    ending = Path(file).suffix.lower() if file != "-" and not form else ""
    if ending and _kind(target.suffix) != _kind(ending):
        raise AssistantError(ErrorKind.SETTING_INVALID, key="-o", value=output, ending=ending)
    check_folder(target.absolute().parent)
    return target


def _kind(ending: str) -> str:
    """Two endings that stand for one format are one."""
    plain = ending.lower()
    return {".htm": ".html", ".markdown": ".md", ".yml": ".yaml", ".xlf": ".xliff", ".pot": ".po"}.get(plain, plain)


def _open(session: Session, arguments: argparse.Namespace) -> tuple[OpenTranslation, str]:
    """The document, and its text where that is all it is.

    :raises AssistantError: why it cannot be read, or a column that it does not have.
    """
    path, columns, form = Path(arguments.file), tuple(arguments.column or ()), arguments.format or ""
    data = document_commands.standard_input() if arguments.file == "-" else b""

    def read(chosen: tuple[str, ...]) -> OpenTranslation:
        start = session.core.translations.read
        place, name = (None, arguments.file) if data else (path, "")
        found = session.result(lambda done: start(place, done=done, data=data, name=name, columns=chosen, format=form))
        assert isinstance(found, OpenTranslation)
        return found

    try:
        found = read(columns)
    except AssistantError as error:
        if not columns or error.kind is not ErrorKind.DOCUMENT_EMPTY:
            raise
        found = read(())
        _check_columns(columns, found)  # there is nothing in them, because there are none of these names
        raise
    _check_columns(columns, found)
    if found.format != "text":
        return found, ""
    try:
        return found, translated.decoded(data or path.read_bytes(), found.encoding)
    except OSError:  # it was there a moment ago: the translation is shown when it is finished
        return found, ""


def _check_columns(columns: tuple[str, ...], document: OpenTranslation) -> None:
    """:raises AssistantError: SETTING_INVALID: the document does not have one of them."""
    there = {*document.columns, *map(str, range(1, len(document.columns) + 1))}
    for column in columns:
        if column not in there:
            known = ", ".join(document.columns)
            raise AssistantError(ErrorKind.SETTING_INVALID, key="--column", value=column, known=known)


def _say_columns(terminal: Terminal, document: OpenTranslation, target: str) -> None:
    """Which columns of a table are not translated, and how to choose others."""
    if words := translations.columns(document.chosen, document.left_columns, document.column_into(target)):
        terminal.say(lists.sentences(words, tr("--column NAME chooses others.")), dim=True)


def _with_glossary(
    terminal: Terminal, session: Session, options: TranslateOptions, glossary: str | None, document: OpenTranslation
) -> TranslateOptions:
    """``options`` with the glossary of a file.

    :raises AssistantError: it cannot be read, or holds no terms.
    """
    if not glossary:
        return options
    take = session.core.glossaries.import_file
    source = options.source or document.language
    found = session.result(lambda done: take(Path(glossary), done, source=source, target=options.target))
    assert isinstance(found, Imported)
    if found.skipped:
        said = trn("{n} line of the glossary is not a term.", "{n} lines of the glossary are not terms.", found.skipped)
        terminal.say(said, dim=True)
    return replace(options, glossary=found.id)


def _remember(terminal: Terminal, session: Session, memory: str | None) -> None:
    """Take in a translation memory, for this translation alone.

    :raises AssistantError: it cannot be read, or holds no translations.
    """
    if not memory:
        return
    take = session.core.memory.import_file
    found = session.result(lambda done: take(Path(memory), done))
    assert isinstance(found, ImportedMemory)
    if found.skipped:
        said = trn(
            "{n} entry of the memory is not a translation.",
            "{n} entries of the memory are not translations.",
            found.skipped,
        )
        terminal.say(said, dim=True)


# ---------------------------------------------------------------- doing it


def _plan(
    terminal: Terminal,
    session: Session,
    document: OpenTranslation,
    options: TranslateOptions,
    model: InstalledModel,
    unfinished: Unfinished,
) -> TranslationPlan:
    plan = session.core.translations.plan
    found = session.result(
        lambda done: plan(document.digest, options, done, model=model, unfinished=unfinished),
        show=lambda: document_commands.show_loading(session, model, terminal),
    )
    assert isinstance(found, TranslationPlan)
    return found


def _say_plan(terminal: Terminal, document: OpenTranslation, plan: TranslationPlan, options: TranslateOptions) -> None:
    """What will be done, and what speaks against doing it with this model."""
    source = options.source or plan.language or document.language
    if source:
        names = [language_texts.name(tag) for tag in (source, options.target)]
        terminal.say(tr("{source} to {target}", source=names[0], target=names[1]), dim=True)
    if languages.same(source, options.target):
        terminal.say(tr("The text seems to be in {language} already.", language=language_texts.name(options.target)))
    said = translations.plan(
        segments=plan.segments,
        made=plan.made,
        from_memory=plan.from_memory,
        in_file=plan.in_file,
        seconds=plan.seconds,
        measured=plan.measured,
        glossary_fits=plan.glossary_fits,
    )
    terminal.say(said, dim=True)
    if plan.hint_kind:
        names = [language_texts.name(tag) for tag in plan.hint_languages]
        terminal.say(translators.hint(plan.hint_kind, languages=names, better=plan.hint))


def _nothing_yet(document: OpenTranslation, options: TranslateOptions, model: InstalledModel) -> TranslationView:
    """A translation that was stopped before it began."""
    title = document.title
    return TranslationView(0, JobState.STOPPED, document.digest, title, options, model=model.name, finish="cancelled")


def _say_rest(terminal: Terminal, view: TranslationView, *, report: bool) -> None:
    """What there is to say behind a translation."""
    if view.finish == "cancelled":
        terminal.say(states.ending("cancelled"))
    elif view.finish == "limit":
        terminal.say(states.ending("limit"))
    if unfinished := translations.missing(view.total - view.done):
        terminal.say(unfinished)
    marked = [one for one in view.segments if one.doubtful]
    redone = [one for one in view.segments if one.state is SegmentState.REDONE]
    if report and redone:
        terminal.say(trn("{n} sentence was translated again:", "{n} sentences were translated again:", len(redone)))
        for one in redone:
            terminal.say(translated.reported(one))
    if marked:
        words = trn("{n} sentence should be checked", "{n} sentences should be checked", len(marked))
        terminal.say(tr("{words}:", words=words) if report else tr("{words}; --report lists them.", words=words))
    if report:
        for one in marked:
            terminal.say(translated.reported(one))
        if not marked and not redone:
            terminal.say(tr("Nothing was translated again, and nothing is marked."))
