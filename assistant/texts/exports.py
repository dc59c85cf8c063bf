"""Words of exported files."""

from __future__ import annotations

from assistant.texts import summaries, tr


def labels() -> dict[str, str]:
    """Words that stand in an exported file (``worker.messages.Export.labels``); what is in braces stays."""
    return {**summaries.export_labels(), "unchecked": tr("Not checked: {words}")}
