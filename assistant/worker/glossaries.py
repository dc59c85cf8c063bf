"""Reads glossaries: tables (CSV, TSV) and TBX."""

from __future__ import annotations

from assistant.base.errors import AssistantError, ErrorKind
from assistant.worker.messages import GlossaryRead, ReadGlossary


def read(request: ReadGlossary, data: bytes) -> GlossaryRead:
    """The terms in ``data``, which are the bytes of the file that ``request`` names.

    :raises AssistantError: ``DOCUMENT_EMPTY``: there is no term; or why it cannot be read.
    """
    if not data.strip():
        raise AssistantError(ErrorKind.DOCUMENT_EMPTY)
    return GlossaryRead(id=request.id, terms=())
