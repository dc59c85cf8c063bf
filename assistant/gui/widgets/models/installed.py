"""The page of a model that is here: what it is, where it lies, whether it fits, what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QPushButton

from assistant.core import graphics
from assistant.gui.theme import SPACE
from assistant.gui.widgets.column_page import ColumnPage
from assistant.gui.widgets.controls import Label, set_role
from assistant.gui.widgets.flow import Flow
from assistant.gui.widgets.models import words
from assistant.gui.widgets.models.parts import Facts, SteadyButton, VerdictCard, column_of
from assistant.texts import errors, fit, tr, units
from assistant.texts import graphics as graphics_words

if TYPE_CHECKING:
    from assistant.core.speeds import Speed
    from assistant.gui.theme import Theme
    from assistant.library.advice import Verdict
    from assistant.library.models import InstalledModel

_WRITING = ("chat", "summarize", "translate")
TASKS = (*_WRITING, "embed")
"""The tasks that a model can be chosen for; for another one it would be chosen for nothing."""


class InstalledPage(ColumnPage):
    """One installed model.

    Signals: ``use_wanted(task)``; ``asked(verb)`` with verify, measure, newer, remove, reveal or options;
    ``context_chosen(tokens)``.
    """

    use_wanted = Signal(str)
    asked = Signal(str)
    context_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._model: InstalledModel | None = None
        self._speed: Speed | None = None
        self._memory = 0
        self._used_for: frozenset[str] = frozenset()
        self._title, self._about = Label(role="h2", wrap=True), Label(role="quiet", wrap=True)
        self._problem = Label(role="danger", wrap=True)
        self.verdict = VerdictCard(theme)
        self.verdict.context_chosen.connect(self.context_chosen)
        self.facts = Facts(
            theme,
            {
                "size": lambda: tr("Size"),
                "kind": lambda: tr("Kind"),
                "context": lambda: tr("Longest context"),
                "memory": lambda: tr("Memory"),
                "speed": lambda: tr("Speed"),
                "used": lambda: tr("Last used"),
                "graphics": lambda: tr("Graphics card"),
                "place": lambda: tr("Location"),
            },
        )
        self.use = QPushButton()
        self.use.setObjectName("modelsUse")
        set_role(self.use, "main")
        self.use.clicked.connect(lambda: self.use_wanted.emit(self._main_task))
        self.use_for = QPushButton()
        self.use_for.setObjectName("modelsUseFor")
        self._menu = QMenu(self.use_for)
        self.use_for.setMenu(self._menu)
        self._tasks: dict[str, QAction] = {}
        for task in _WRITING:
            # Made here, not by the menu: of what a menu makes, Python's half is lost while the menu has its own.
            action = QAction(self._menu)
            action.setCheckable(True)
            self._menu.addAction(action)
            action.triggered.connect(lambda _=False, task=task: self.use_wanted.emit(task))
            self._tasks[task] = action
        self.buttons = {
            verb: self._button(verb) for verb in ("options", "reveal", "verify", "measure", "newer", "remove")
        }
        self.buttons["remove"].setObjectName("modelsRemove")
        self._build()
        self.retranslate()

    @property
    def _main_task(self) -> str:
        return "embed" if self._model is not None and self._model.embeds else "chat"

    def _button(self, verb: str) -> SteadyButton:
        button = SteadyButton()
        button.setObjectName(f"models{verb.capitalize()}")
        button.clicked.connect(lambda: self.asked.emit(verb))
        return button

    def _build(self) -> None:
        first, more = Flow(), Flow()
        first.add(self.use, self.use_for, self.buttons["options"])
        more.add(*(self.buttons[verb] for verb in ("reveal", "verify", "measure", "newer", "remove")))
        self.column.addLayout(column_of([self._title, self._about, self._problem], SPACE // 2))
        self.column.addWidget(self.verdict)
        self.column.addWidget(first)
        self.column.addWidget(self.facts)
        self.column.addWidget(more)
        self.column.addStretch(1)

    def show_model(
        self,
        model: InstalledModel,
        *,
        verdict: Verdict | None,
        speed: Speed | None,
        used_for: frozenset[str],
        memory: int = 0,
    ) -> None:
        """Show a model.

        :param used_for: the tasks that it answers for.
        :param memory: bytes that it holds now; 0: it is not loaded.
        """
        self._model, self._speed, self._used_for, self._memory = model, speed, used_for, memory
        self._title.setText(words.plain_name(model.name))
        problem = model.error()
        self._problem.setVisible(problem is not None)
        if problem is not None:
            self._problem.setText(words.plain_name(errors.sentence(problem)))
        self.verdict.setVisible(problem is None and verdict is not None)
        if verdict is not None:
            self.verdict.show_verdict(verdict, fit.sentence(verdict))
        self._show_about(model)
        self._show_facts(model)
        for task, action in self._tasks.items():
            action.setChecked(task in used_for)
            action.setEnabled(task == "chat" or model.has_template)
        usable = model.usable
        wanted = self._main_task
        can = model.refusal(wanted) is None
        self.use.setEnabled(can and wanted not in used_for)  # in its place, so that its neighbours stay in theirs
        self._show_use()
        self.use_for.setEnabled(usable)
        self.buttons["options"].setEnabled(usable)
        for verb in ("verify", "measure", "reveal"):
            self.buttons[verb].setEnabled(not model.missing)
        self.buttons["measure"].setEnabled(usable)
        self.buttons["newer"].setVisible(model.upstream is not None and bool(model.upstream.repo))
        self.buttons["remove"].setText(tr("Remove from the list") if model.linked else tr("Remove"))

    def show_busy(self, verb: str, share: float | None) -> None:
        """How far verifying or measuring is; None: it is not being done."""
        rest, doing = self._words()[verb], self._doing(verb, 100)
        now = rest if share is None else self._doing(verb, round(share * 100))
        self.buttons[verb].show_words(now, rest, doing)

    def _doing(self, verb: str, percent: int) -> str:
        """Short, in the place of words that say what is done: the button is as wide as the longer of the two."""
        return tr("Asking…") if verb == "newer" else tr("Stop ({percent} %)", percent=percent)

    def rest(self) -> None:
        """Take no removal for the time of a double click."""
        self.buttons["remove"].setEnabled(False)
        QTimer.singleShot(QApplication.doubleClickInterval(), self, lambda: self.buttons["remove"].setEnabled(True))

    def retranslate(self) -> None:
        self.facts.retranslate()
        self.verdict.retranslate()
        self._show_use()
        self.use_for.setText(tr("Use for…"))
        for task, action in self._tasks.items():
            action.setText(fit.task(task))
        for verb, text in self._words().items():
            self.buttons[verb].setText(text)

    def _show_use(self) -> None:
        self.use.setText(tr("Use for chat") if self._main_task == "chat" else tr("Use to search by meaning"))

    def _words(self) -> dict[str, str]:
        return {
            "options": tr("Options…"),
            "reveal": tr("Show the file"),
            "verify": tr("Check the file"),
            "measure": tr("Measure the speed"),
            "newer": tr("Look for a newer file"),
            "remove": tr("Remove"),
        }

    def _show_about(self, model: InstalledModel) -> None:
        parts = []
        if model.demo:
            parts.append(tr("small English demo model"))
        does = {
            "chat": tr("answers in the chat"),
            "summarize": tr("summarizes documents"),
            "translate": tr("translates"),
            "embed": tr("finds the passages for questions about long documents"),
        }
        parts += [said for task, said in does.items() if task in self._used_for]
        if model.linked:
            parts.append(tr("used where it is"))
        if model.embeds and "embed" not in self._used_for:
            parts.append(fit.task("embed"))
        if model.usable and not model.has_template:
            parts.append(tr("continues text, does not chat"))
        self._about.setText(" · ".join(parts))
        self._about.setVisible(bool(parts))

    def _show_facts(self, model: InstalledModel) -> None:
        kind = [words.plain_name(part) for part in (model.architecture, model.quantization) if part]
        if model.parameters:
            kind.insert(0, units.parameters(model.parameters))
        speed = self._speed
        measured = ""
        if speed is not None and not speed.measured:
            measured = tr("about {writing}, estimated from other models", writing=units.speed(speed.writing_near))
        elif speed is not None:
            measured = tr(
                "reads {reading}, writes {writing}",
                reading=units.speed(speed.reading_short),
                writing=units.speed(speed.writing_near),
            )
        self.facts.show_values(
            size=units.size(model.size) if model.size else "",
            kind=" · ".join(kind),
            context=units.tokens(model.context_trained) if model.context_trained else "",
            memory=tr("loaded now, holds {size}", size=units.size(self._memory)) if self._memory else "",
            speed=measured or (tr("not measured yet") if model.usable else ""),
            used=words.day(model.last_used) or tr("never"),
            graphics=graphics_words.sentence(graphics.built_with(), graphics.missing_backend()) if model.usable else "",
            place=words.plain_name(str(model.path)),
        )
