"""The language of the window: ours through ``texts``, Qt's own words through its catalogue."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from assistant.texts import set_language, tr

_QT_CATALOGUES = {"zh_CN": "qtbase_zh_CN"}
_MISSING = {
    ("QFileDialog", "&Look in:"): lambda: tr("Look in:"),
    ("QFileDialog", "Files of &type:"): lambda: tr("Files of type:"),
    ("QFileSystemModel", "Size"): lambda: tr("Size"),
}
"""What Qt's own dialogs say in English, or strangely, for want of a translation in its catalogues."""


class Language:
    """The language in use in one application."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._translators: list[QTranslator] = []

    def use(self, wish: str) -> None:
        """Speak ``wish`` (a language code, or ``auto``). Widgets take it over when they are told to."""
        try:
            code = set_language(wish)
        except OSError:  # an installation without catalogues speaks the language of the source
            code = set_language("en")
        QLocale.setDefault(QLocale(code))
        QGuiApplication.setApplicationDisplayName(tr("Lamplight"))
        self.close()
        if code in _QT_CATALOGUES:
            translator = QTranslator(self._app)
            if translator.load(_QT_CATALOGUES[code], QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                self._install(translator)
            self._install(_Rest(self._app))

    def close(self) -> None:
        """Leave Qt its own words."""
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators.clear()

    def _install(self, translator: QTranslator) -> None:
        self._app.installTranslator(translator)
        self._translators.append(translator)


class _Rest(QTranslator):
    """Words of Qt that its catalogue lacks, by context and English text."""

    def isEmpty(self) -> bool:
        return False

    def translate(self, context: str, text: str, *_: object) -> str | None:  # type: ignore[override]
        """The words, or ``None`` where another catalogue is to be asked, which Qt's stubs have no word for."""
        words = _MISSING.get((context, text))
        return words() if words is not None else None
