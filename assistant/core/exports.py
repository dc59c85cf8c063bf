"""Texts about a document, written into files by the child."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.cancel import Cancel
from assistant.core.documents import Documents
from assistant.documents.model import LinkedSentence
from assistant.texts.summaries import export_labels
from assistant.worker.messages import Export


def export(
    documents: Documents,
    digest: str,
    target: tuple[Path, str],
    done: Callable[[AssistantError | None], None],
    *,
    title: str,
    text: str,
    sentences: tuple[LinkedSentence, ...],
    caveats: tuple[str, ...] = (),
) -> Cancel:
    """Write ``text`` with the links of its sentences into a file, and call ``done`` with None or the error.

    :param target: the file, and its format: ``markdown``, ``text``, ``docx`` or ``html``.
    :param caveats: sentences that stand above the text: what one should know before relying on it.
    """
    if not text.strip():
        done(AssistantError(ErrorKind.INPUT_EMPTY))
        return lambda: None

    def request(number: str, stored: str) -> Export:
        return Export(
            id=number,
            target=str(target[0].absolute()),
            format=target[1],
            title=title,
            text=text,
            sentences=sentences,
            path=stored if sentences else "",
            labels=export_labels(),
            caveats=caveats,
        )

    return documents.ask(digest, request, lambda answer: done(answer if isinstance(answer, AssistantError) else None))
