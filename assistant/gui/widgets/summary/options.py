"""What may be chosen about a summary, in one compact row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.gui.widgets.choice_box import ChoiceBox
from assistant.gui.widgets.choices_row import ChoicesRow
from assistant.gui.widgets.controls import TextLine
from assistant.gui.widgets.source_words import DEPTHS, DEPTHS_SHORT, FORMATS, LANGUAGES, LENGTHS
from assistant.tasks.summary import Depth, Format, Length, SummaryOptions
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.gui.theme import Theme

_LONGEST = 500  # characters of what is typed here
_ROOM = 62  # in em: below this the fields to write in stand in a second line


class SummaryChoices(ChoicesRow):
    """Depth, length, format, language, focus and audience.

    Signals: ``changed()`` when the user has chosen something else; typing is waited for.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, room=_ROOM)
        self.depth, self.length = ChoiceBox("summarizeDepth"), ChoiceBox("summarizeLength")
        self.format, self.language = ChoiceBox("summarizeFormat"), ChoiceBox("summarizeLanguage")
        self.focus_on, self.audience = TextLine(), TextLine()
        self.focus_on.setObjectName("summarizeFocus")
        self.audience.setObjectName("summarizeAudience")
        for box, values in (
            (self.depth, Depth), (self.length, Length), (self.format, Format),
            (self.language, ("", *(code for code, _name in LANGUAGES))),
        ):  # fmt: skip
            for value in values:
                box.addItem("", value)
            box.activated.connect(lambda _: self.changed.emit())
        boxes = (self.depth, self.length, self.format, self.language)
        self._lay_out(boxes, {self.focus_on: 3, self.audience: 2}, longest=_LONGEST)
        self.retranslate()

    # -------------------------------------------------------------- values

    def options(self) -> SummaryOptions:
        """What is chosen."""
        return SummaryOptions(
            depth=Depth(self.depth.currentData()),
            length=Length(self.length.currentData()),
            format=Format(self.format.currentData()),
            language=self.language.currentData(),
            audience=self.audience.text().strip(),
            focus=self.focus_on.text().strip(),
        )

    def show_options(self, options: SummaryOptions) -> None:
        """Show these choices, without telling anybody."""
        for box, value in (
            (self.depth, options.depth), (self.length, options.length), (self.format, options.format),
            (self.language, options.language),
        ):  # fmt: skip
            box.setCurrentIndex(max(0, box.findData(value)))
        self._show_texts({self.focus_on: options.focus, self.audience: options.audience})

    def retranslate(self) -> None:
        for box, words in ((self.depth, DEPTHS), (self.length, LENGTHS), (self.format, FORMATS)):
            for index in range(box.count()):
                box.setItemText(index, words[box.itemData(index)]())  # type: ignore[index]
        self.depth.shorter = {value: words() for value, words in DEPTHS_SHORT.items()}
        self.language.setItemText(0, tr("Language of the text"))
        for index, (_code, name) in enumerate(LANGUAGES, 1):
            self.language.setItemText(index, name)
        self.depth.setAccessibleName(tr("How much is read"))
        self.length.setAccessibleName(tr("Length of the summary"))
        self.format.setAccessibleName(tr("Form of the summary"))
        self.language.setAccessibleName(tr("Language of the summary"))
        self.focus_on.setAccessibleName(tr("What to focus on"))
        self.focus_on.setPlaceholderText(tr("Focus, such as costs"))
        self.audience.setAccessibleName(tr("Who it is for"))
        self.audience.setPlaceholderText(tr("Who is it for?"))
        for widget in (self.depth, self.length, self.format, self.language, self.focus_on, self.audience):
            widget.setToolTip(widget.accessibleName())


def options_from(kept: object) -> SummaryOptions:
    """The choices that were kept as a JSON object; what makes no sense there is left at its default."""
    if not isinstance(kept, Mapping):
        return SummaryOptions()
    language = kept.get("language")
    return SummaryOptions(
        depth=_member(Depth, kept.get("depth"), Depth.THOROUGH),
        length=_member(Length, kept.get("length"), Length.MEDIUM),
        format=_member(Format, kept.get("format"), Format.PARAGRAPH),
        language=language if language in {code for code, _name in LANGUAGES} else "",
    )


def kept_options(options: SummaryOptions) -> dict[str, str]:
    """The choices as a JSON object. Focus and audience belong to one document and are not kept."""
    return {
        "depth": options.depth.value, "length": options.length.value, "format": options.format.value,
        "language": options.language,
    }  # fmt: skip


def _member(kind: Any, value: object, default: Any) -> Any:
    return kind(value) if value in set(kind) else default
