"""EPUB: the chapters of a book in their order, each read as the page of HTML that it is."""

from __future__ import annotations

from assistant.base.errors import AssistantError, ErrorKind
from assistant.documents import xmltree
from assistant.documents.building import Builder
from assistant.documents.model import Document, Kind, Note, NoteKind
from assistant.documents.readers.html import read as read_page
from assistant.documents.zipped import Archive, target

MAX_CHAPTERS = 5_000
PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
_FONT_ONLY = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"


def read(data: bytes, name: str) -> Document:
    """The book in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB, DOCUMENT_ENCRYPTED, DOCUMENT_MEMORY, DOCUMENT_NO_TEXT or
        DOCUMENT_EMPTY.
    """
    return _Reader(open_archive(data), name).read()


def open_archive(data: bytes) -> Archive:
    """The archive of the book in ``data``.

    :raises AssistantError: DOCUMENT_DAMAGED, DOCUMENT_BOMB or DOCUMENT_ENCRYPTED: more than its fonts is.
    """
    archive = Archive(data, "epub")
    if _ENCRYPTION in archive:
        for one in xmltree.subtrees(archive.chunks(_ENCRYPTION), ["?|EncryptionMethod"], "epub"):
            if one.get("Algorithm", "") not in _FONT_ONLY:
                raise AssistantError(ErrorKind.DOCUMENT_ENCRYPTED, "encrypted parts", what="rights")
    return archive


def package_part(archive: Archive) -> str:
    """The part that says what the book consists of.

    :raises AssistantError: DOCUMENT_DAMAGED: there is none.
    """
    if _CONTAINER in archive:
        for one in xmltree.subtrees(archive.chunks(_CONTAINER), ["ocf|rootfile"], "epub"):
            part = target("", one.get("full-path", ""))
            if part in archive:
                return part
    for name in archive.names:
        if name.lower().endswith(".opf"):
            return name
    raise archive.damaged("no package document")


class _Reader:
    """Reads one book."""

    def __init__(self, archive: Archive, name: str) -> None:
        self._archive = archive
        self._name = name
        self._builder = Builder("epub")

    def read(self) -> Document:
        chapters, titles = self._spine(package_part(self._archive))
        for number, part in enumerate(chapters, 1):
            self._chapter(part, number, titles.get(part, ""))
            if self._builder.full:
                break
        self._builder.pages = len(chapters)
        if self._builder.empty and chapters:
            raise AssistantError(ErrorKind.DOCUMENT_NO_TEXT, "no chapter has text", pages=len(chapters))
        return self._builder.finish()

    def _spine(self, package: str) -> tuple[list[str], dict[str, str]]:
        """The parts of the chapters in reading order, each once, and their titles in the table of contents."""
        names = ("dc|title", "opf|item", "opf|itemref")
        items: dict[str, str] = {}
        order: dict[str, None] = {}
        contents = navigation = ""
        for one in xmltree.subtrees(self._archive.chunks(package), names, "epub"):
            if one.tag == "dc|title":
                self._builder.title = self._builder.title or one.text or ""
            elif one.tag == "opf|item":
                part = target(package, one.get("href", ""))
                kind = one.get("media-type", "")
                if kind == "application/x-dtbncx+xml":
                    contents = part
                elif kind in PAGES and "nav" in one.get("properties", "").split():
                    navigation = part
                elif kind in PAGES:
                    items[one.get("id", "")] = part
            elif one.get("idref", "") in items:
                order[items[one.get("idref", "")]] = None
        self._builder.shortened = len(order) > MAX_CHAPTERS
        return list(order)[:MAX_CHAPTERS], self._navigation_titles(navigation) | self._titles(contents)

    def _titles(self, contents: str) -> dict[str, str]:
        titles: dict[str, str] = {}
        if contents not in self._archive:
            return titles
        label = ""
        for one in xmltree.subtrees(self._archive.chunks(contents), ["ncx|text", "ncx|content"], "epub"):
            if one.tag == "ncx|text":
                label = one.text or ""
            elif label:
                titles.setdefault(target(contents, one.get("src", "")), label)
                label = ""
        return titles

    def _navigation_titles(self, navigation: str) -> dict[str, str]:
        """Titles from the page that is the table of contents in EPUB 3. A damaged one costs titles, not the book."""
        titles: dict[str, str] = {}
        if navigation not in self._archive:
            return titles
        try:
            for one in xmltree.subtrees(self._archive.chunks(navigation), ["h|nav"], "epub"):
                if "toc" in one.get("?|type", "").split():
                    for link in one.iter("h|a"):
                        if label := " ".join("".join(link.itertext()).split()):
                            titles.setdefault(target(navigation, link.get("href", "")), label)
        except AssistantError as error:
            if error.kind is ErrorKind.DOCUMENT_BOMB:
                raise
        return titles

    def _chapter(self, part: str, number: int, title: str) -> None:
        self._builder.leave()
        if part not in self._archive:
            self._builder.note(NoteKind.PARTS_UNREADABLE, parts=1)
            return
        try:
            chapter = read_page(self._archive.read(part), part)
        except AssistantError as error:
            if error.kind is ErrorKind.DOCUMENT_BOMB:
                raise
            if error.kind is not ErrorKind.DOCUMENT_EMPTY:  # a page that only holds a picture is no damage
                self._builder.note(NoteKind.PARTS_UNREADABLE, parts=1)
            return
        if title and chapter.paragraphs[0].kind is not Kind.HEADING:
            self._builder.heading(title, 1, page=number)
        self._copy(chapter, number)
        self._keep(chapter.notes)

    def _copy(self, chapter: Document, number: int) -> None:
        for one in chapter.paragraphs:
            text = chapter.text[one.start : one.end]
            if one.kind is Kind.HEADING:
                self._builder.heading(text, one.level, page=number)
            elif one.kind is Kind.TABLE:
                self._builder.table((line.split("\t") for line in text.split("\n")), page=number)
            else:
                self._builder.add(text, one.kind, level=one.level, page=number)

    def _keep(self, notes: tuple[Note, ...]) -> None:
        for note in notes:
            if note.kind is NoteKind.IMAGES_IGNORED:
                self._builder.note(note.kind, **note.values)
