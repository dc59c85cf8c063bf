"""Writing a document in its own format with its translation."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.base.errors import AssistantError
from assistant.core.cancel import Cancel
from assistant.core.documents import Documents
from assistant.core.kept_files import SEGMENTS
from assistant.core.translation.sheet import Sheet
from assistant.core.translation.views import Exported
from assistant.worker.messages import WriteTranslation


def export(documents: Documents, sheet: Sheet, path: Path, done: Callable[[Exported | AssistantError], None]) -> Cancel:
    """Have the child write it as ``sheet`` is now, and call ``done`` once.

    :returns: gives up; ``done`` gets CANCELLED then, unless it was too late.
    """
    target, texts = str(path.absolute()), sheet.targets()
    written = Exported(missing=sheet.total - sheet.done, total=sheet.total)
    kept = str(documents.place(sheet.document.digest, SEGMENTS))
    return documents.request(
        lambda number: WriteTranslation(
            id=number,
            path=kept,
            target=target,
            texts=texts,
            language=sheet.options.target,
            source=sheet.language,
            doubtful=sheet.doubtful(),
        ),
        lambda answer: done(answer if isinstance(answer, AssistantError) else written),
    )
