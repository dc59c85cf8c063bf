"""What may be chosen about a translation besides its languages, in one compact row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal

from assistant.gui.widgets.choice_box import ChoiceBox
from assistant.gui.widgets.choices_row import ChoicesRow
from assistant.gui.widgets.controls import TextLine
from assistant.gui.widgets.translation.words import FORMALITIES
from assistant.tasks.translation import Formality, TranslateOptions
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.translation.glossaries import GlossaryRow
    from assistant.gui.theme import Theme

_LONGEST = 300  # characters of what is typed here
_MANAGE = -1
_ROOM = 46  # in em: below this the fields to write in stand in a second line


class TranslateChoices(ChoicesRow):
    """Formality, glossary, domain and audience.

    Signals: ``changed()`` when the user has chosen something else; typing is waited for. ``glossaries_wanted()``.
    """

    glossaries_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, room=_ROOM)
        self._rows: Sequence[GlossaryRow] | None = None  # None: nobody knows yet
        self._glossary = 0
        self.formality, self.glossary = ChoiceBox("translateFormality"), ChoiceBox("translateGlossary")
        self.domain, self.audience = TextLine(), TextLine()
        self.domain.setObjectName("translateDomain")
        self.audience.setObjectName("translateAudience")
        for value in Formality:
            self.formality.addItem("", value)
        self.formality.activated.connect(lambda _: self.changed.emit())
        self.glossary.activated.connect(lambda _: self._glossary_chosen())
        self._lay_out((self.formality, self.glossary), {self.domain: 1, self.audience: 1}, longest=_LONGEST)
        self.retranslate()

    # -------------------------------------------------------------- values

    def options(self, source: str, target: str) -> TranslateOptions:
        """What is chosen, for these languages."""
        return TranslateOptions(
            target=target,
            source=source,
            formality=Formality(self.formality.currentData()),
            audience=self.audience.text().strip(),
            domain=self.domain.text().strip(),
            glossary=self._glossary,
        )

    def show_options(self, options: TranslateOptions) -> None:
        """Show these choices, without telling anybody."""
        self.formality.setCurrentIndex(max(0, self.formality.findData(options.formality)))
        self._glossary = options.glossary
        self._show_glossaries()
        self._show_texts({self.domain: options.domain, self.audience: options.audience})

    def show_glossaries(self, rows: Sequence[GlossaryRow]) -> None:
        """Offer these glossaries."""
        self._rows = rows
        self._show_glossaries()

    def _show_glossaries(self) -> None:
        box = self.glossary
        blocked = box.blockSignals(True)
        box.clear()
        box.addItem(tr("No glossary"), 0)
        for row in self._rows or ():
            box.addItem(row.name, row.id)
        box.insertSeparator(box.count())
        box.addItem(tr("Manage glossaries…"), _MANAGE)
        if self._rows is not None and box.findData(self._glossary) < 0:
            self._glossary = 0
        box.setCurrentIndex(max(0, box.findData(self._glossary)))
        box.blockSignals(blocked)
        box.updateGeometry()

    def use_glossary(self, glossary: int) -> None:
        """Choose this one, unless the user chose one."""
        at = self.glossary.findData(glossary)
        if not self._glossary and at >= 0:
            self.glossary.setCurrentIndex(at)
            self._glossary_chosen()

    def _glossary_chosen(self) -> None:
        chosen = self.glossary.currentData()
        if chosen == _MANAGE:
            self.glossary.setCurrentIndex(self.glossary.findData(self._glossary))
            self.glossaries_wanted.emit()
        else:
            self._glossary = chosen
            self.changed.emit()

    def retranslate(self) -> None:
        for index in range(self.formality.count()):
            self.formality.setItemText(index, FORMALITIES[self.formality.itemData(index)]())
        self._show_glossaries()
        self.formality.setAccessibleName(tr("How it addresses the reader"))
        self.glossary.setAccessibleName(tr("Glossary: what words must become"))
        self.domain.setAccessibleName(tr("What the text is about"))
        self.domain.setPlaceholderText(tr("Subject, such as medicine"))
        self.audience.setAccessibleName(tr("Who it is for"))
        self.audience.setPlaceholderText(tr("Who is it for?"))
        for widget in (self.formality, self.glossary, self.domain, self.audience):
            widget.setToolTip(widget.accessibleName())


def options_from(kept: object) -> TranslateOptions:
    """The choices that were kept as a JSON object; what makes no sense there is left at its default."""
    if not isinstance(kept, Mapping):
        return TranslateOptions(target="")
    return TranslateOptions(
        target=_text(kept.get("target")),
        formality=_formality(kept.get("formality")),
        audience=_words(kept.get("audience")),
        domain=_words(kept.get("domain")),
        glossary=kept["glossary"] if isinstance(kept.get("glossary"), int) else 0,
    )


def kept_options(options: TranslateOptions) -> dict[str, Any]:
    """The choices as a JSON object, but for the language of the text, which is found out."""
    return {
        "target": options.target, "formality": options.formality.value, "glossary": options.glossary,
        "audience": options.audience, "domain": options.domain,
    }  # fmt: skip


def _text(value: object) -> str:
    return value if isinstance(value, str) and value.replace("-", "").isalnum() and len(value) < 36 else ""


def _words(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _formality(value: object) -> Formality:
    return Formality(value) if value in set(Formality) else Formality.AUTO
