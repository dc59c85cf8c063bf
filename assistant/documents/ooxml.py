"""What DOCX, PPTX and XLSX have in common: parts, the relationships between them, the title."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.documents import xmltree
from assistant.documents.zipped import Archive, target

_RELATIONSHIP_LIMIT = 50_000


@dataclass(frozen=True)
class Relationship:
    """Where one part points.

    :ivar kind: the last word of its type: ``styles``, ``slide``.
    :ivar target: the other part's name; empty if it is outside of the document, where nothing is ever fetched.
    """

    kind: str
    target: str


class Package:
    """The parts of an Office Open XML document.

    :param format: ``docx``, ``pptx`` or ``xlsx``.
    :raises AssistantError: as ``Archive`` does.
    """

    def __init__(self, data: bytes, format: str) -> None:
        self.archive = Archive(data, format)
        self.format = format

    def relationships(self, part: str) -> dict[str, Relationship]:
        """What ``part`` points at, by id; an empty name stands for the document itself."""
        folder, _, name = part.rpartition("/")
        rels = f"{folder}/_rels/{name}.rels" if folder else f"_rels/{name}.rels"
        found: dict[str, Relationship] = {}
        if rels not in self.archive:
            return found
        for one in xmltree.subtrees(self.archive.chunks(rels), ["rel|Relationship"], self.format):
            outside = one.get("TargetMode", "").lower() == "external"
            where = "" if outside else target(part, one.get("Target", ""))
            found[one.get("Id", "")] = Relationship(one.get("Type", "").rsplit("/", 1)[-1], where)
            if len(found) > _RELATIONSHIP_LIMIT:
                break
        return found

    def main_part(self, usual: str) -> str:
        """The name of the part that the document is about.

        :param usual: what it is called where nothing says otherwise.
        :raises AssistantError: there is none.
        """
        for one in self.relationships("").values():
            if one.kind == "officeDocument" and one.target in self.archive:
                return one.target
        if usual in self.archive:
            return usual
        raise self.archive.damaged("no main part")

    def part_of(self, part: str, kind: str) -> str:
        """The part of this ``kind`` that ``part`` points at, an empty string if there is none."""
        for one in self.relationships(part).values():
            if one.kind == kind and one.target in self.archive:
                return one.target
        return ""

    def title(self) -> str:
        """The title among the document's properties, or an empty string."""
        name = self.part_of("", "core-properties") or "docProps/core.xml"
        if name not in self.archive:
            return ""
        for one in xmltree.subtrees(self.archive.chunks(name), ["dc|title"], self.format):
            return one.text or ""
        return ""
