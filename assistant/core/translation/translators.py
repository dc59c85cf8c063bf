"""What speaks against translating with an installed model."""

from __future__ import annotations

from collections.abc import Callable

from assistant.library.advice import Machine
from assistant.library.catalogue import CatalogueModel
from assistant.library.installed import InstalledModel
from assistant.library.translators import TranslatorHint, translator_hint
from assistant.tasks.translation import PromptStyle, style_of


class Translators:
    """Every method runs on the pumping thread.

    :param row: of the catalogue, that an installed model is; None: it is not in it.
    :param machine: what this computer has to give now.
    """

    def __init__(self, row: Callable[[InstalledModel], CatalogueModel | None], machine: Callable[[], Machine]) -> None:
        self._row = row
        self._machine = machine

    def style(self, model: InstalledModel) -> str:
        """What the catalogue says of the prompts that it wants; empty: it is not in there."""
        row = self._row(model)
        return row.prompt_style if row is not None else ""

    def hint(self, model: InstalledModel, pair: tuple[str, str]) -> TranslatorHint:
        """What is to be said before something is translated with ``model``. ``pair``: from, to."""
        made_for_it = style_of(model.architecture, f"{model.name} {model.path.name}", "", self.style(model))
        return translator_hint(
            self._row(model),
            pair,
            machine=self._machine(),
            parameters=model.parameters,
            has_template=model.has_template,
            demo=model.demo,
            embeds=model.embeds,
            translator=made_for_it is not PromptStyle.CHAT,
        )
