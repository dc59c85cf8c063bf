"""The language of the window: ours through ``texts``, Qt's own words through its catalogue."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from assistant.texts import set_language

_QT_CATALOGUES = {"zh_CN": "qtbase_zh_CN"}


class Language:
    """The language in use in one application."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._translator: QTranslator | None = None

    def use(self, wish: str) -> None:
        """Speak ``wish`` (a language code, or ``auto``). Widgets take it over when they are told to."""
        try:
            code = set_language(wish)
        except OSError:  # an installation without catalogues speaks the language of the source
            code = set_language("en")
        QLocale.setDefault(QLocale(code))
        self.close()
        if code in _QT_CATALOGUES:
            translator = QTranslator(self._app)
            if translator.load(_QT_CATALOGUES[code], QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                self._app.installTranslator(translator)
                self._translator = translator

    def close(self) -> None:
        """Leave Qt its own words."""
        if self._translator is not None:
            self._app.removeTranslator(self._translator)
            self._translator = None
