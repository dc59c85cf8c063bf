"""The list at the side of the Translate pane: search, new, the translations that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.gui.widgets.history_list import HistoryList
from assistant.gui.widgets.translation.words import row_words
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.translation.views import TranslationRow
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.history_list import Find


class TranslationList(HistoryList):
    """The history of translations."""

    def __init__(self, theme: Theme, actions: Actions, *, find: Find) -> None:
        super().__init__(theme, actions, prefix="translation", new="translate_new", find=find)

    def words(self) -> tuple[str, str, str]:
        return tr("Search the translations"), tr("Translations"), tr("Translations will appear here.")

    def line_of(self, row: TranslationRow) -> str:
        return row_words(row)

    def delete_words(self, _row: TranslationRow) -> str:
        return tr("Delete the translation")
