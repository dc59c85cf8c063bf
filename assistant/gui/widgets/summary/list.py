"""The list at the side of the Summarize pane: search, new, the summaries that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.gui.widgets.history_list import HistoryList
from assistant.gui.widgets.source_words import state_words
from assistant.texts import tr

if TYPE_CHECKING:
    from assistant.core.summary.views import SummaryRow
    from assistant.gui.actions import Actions
    from assistant.gui.theme import Theme
    from assistant.gui.widgets.history_list import Find


class SummaryList(HistoryList):
    """The history of summaries, and the documents that were only asked about."""

    def __init__(self, theme: Theme, actions: Actions, *, find: Find) -> None:
        super().__init__(theme, actions, prefix="summary", new="summary_new", find=find)

    def words(self) -> tuple[str, str, str]:
        return tr("Search the summaries"), tr("Summaries"), tr("Summaries will appear here.")

    def line_of(self, row: SummaryRow) -> str:
        return state_words(row)

    def delete_words(self, row: SummaryRow) -> str:
        return tr("Delete the questions") if row.questions else tr("Delete the summary")
