"""Every sentence that a person reads, for both faces. No Qt.

English is the source language: ``tr("Copy")`` is looked up in the catalogue of the current language
(``resources/i18n/<language>.mo``) and formatted with ``str.format``. Sentences that both faces need (errors, states,
endings) have functions of their own in this room, so that they are written once.
"""

from assistant.texts.catalogue import (
    LANGUAGES,
    current_language,
    in_every_language,
    resolve_language,
    set_language,
    tr,
    trn,
)

__all__ = ["LANGUAGES", "current_language", "in_every_language", "resolve_language", "set_language", "tr", "trn"]
