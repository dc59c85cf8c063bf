"""The card at the bottom of the Summarize pane: what to do, what that will take, and Run or Stop in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.actions import plain
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Label, action_button, even, set_role
from assistant.gui.widgets.source_words import progress_words, step_words
from assistant.gui.widgets.summary.options import SummaryChoices
from assistant.storage.rows import StepState
from assistant.texts import tr

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.core.summary.views import StepView, SummaryView
    from assistant.gui.theme import Theme


class SummaryCard(QFrame):
    """Choices, the plan in words, Run. While a summary is written: its steps, how far it is, Stop."""

    def __init__(self, theme: Theme, *, run: QAction, stop: QAction, go_on: QAction) -> None:
        super().__init__()
        self.setObjectName("summaryCard")
        set_role(self, "card")
        self.choices = SummaryChoices(theme)
        self.steps = StepStrip(theme)
        self.plan = Label(role="quiet", wrap=True)
        self.plan.setObjectName("summarizePlan")
        self.run, self.stop = action_button(run, "summarizeRun", "main"), action_button(stop, "summarizeStop", "main")
        self.go_on = action_button(go_on, "summarizeGoOn", "")
        self._busy = False
        self._upper = QStackedWidget()
        self._upper.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self._upper.addWidget(self.choices)
        self._upper.addWidget(self.steps)
        self._build()
        self.set_busy(busy=False)

    def _build(self) -> None:
        below = self._below = QHBoxLayout()
        below.setSpacing(SPACE)
        below.addWidget(self.plan, 1)
        for button in (self.go_on, self.run, self.stop):
            below.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE + 4, SPACE + 2, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addWidget(self._upper)
        layout.addLayout(below)
        self.go_on.hide()

    def set_busy(self, *, busy: bool) -> None:
        """Show Stop and the steps instead of Run and the choices. A focus on what goes is on the other button then."""
        focus = self.window().focusWidget()
        in_choices = focus is not None and self.choices.isAncestorOf(focus)
        had_focus = focus in (self.run, self.stop, self.go_on) or (busy and in_choices)
        self._busy = busy
        self._upper.setCurrentWidget(self.steps if busy else self.choices)
        policies = QSizePolicy.Policy
        for page in (self.choices, self.steps):  # as high as the one that is shown
            shown = page is self._upper.currentWidget()
            page.setSizePolicy(policies.Preferred, policies.Preferred if shown else policies.Ignored)
        self._upper.setVisible(not busy or self.steps.worth_showing)
        self.stop.setVisible(busy)
        self.run.setVisible(not busy)
        if busy:
            self.go_on.hide()
        if had_focus:
            (self.stop if busy else self.run).setFocus()

    def show_ways(self, *, can_go_on: bool, main: bool) -> None:
        """Whether the summary that is shown can go on, and whether that is what one means (``main``): then it stands
        where Stop stood, and beginning anew is the quiet one.
        """
        self.go_on.setVisible(can_go_on and not self._busy)
        last, first = (self.go_on, self.run) if main else (self.run, self.go_on)
        if self._below.indexOf(last) < self._below.indexOf(first):
            self._below.removeWidget(last)
            self._below.insertWidget(self._below.indexOf(first) + 1, last, 0, Qt.AlignmentFlag.AlignBottom)
            if first.hasFocus():
                last.setFocus()
        set_role(last, "main")
        set_role(first, "")

    def show_progress(self, view: SummaryView) -> None:
        """Show how far a summary is that is being written."""
        self.plan.setText(progress_words(view))
        self.steps.show_steps(view.steps, view.done, view.total)
        self._upper.setVisible(not self._busy or self.steps.worth_showing)

    def show_plan(self, words: str) -> None:
        """Show what will be done, or why that cannot be told."""
        self.plan.setText(words)

    def retranslate(self) -> None:
        self.choices.retranslate()
        self.steps.retranslate()
        even(self.run, self.stop, self.go_on)  # the same place, whichever is shown


class StepStrip(QWidget):
    """One box for each call to the model, level after level: empty, being read, being written, done, flawed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("summarySteps")
        self._theme = theme
        self._steps: Sequence[StepView] = ()
        self._done = self._total = 0
        theme.changed.connect(self.update)

    def show_steps(self, steps: Sequence[StepView], done: int, total: int) -> None:
        if (steps, done, total) != (self._steps, self._done, self._total):
            self._steps, self._done, self._total = steps, done, total
            self.retranslate()
            self.update()

    @property
    def worth_showing(self) -> bool:
        """Whether there is more than one step."""
        return len(self._steps) > 1

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Steps of the summary"))
        now = [step_words(each) for each in self._steps if each.state in (StepState.READING, StepState.WRITING)]
        self.setAccessibleDescription("\n".join((tr("{n} of {all} done", n=self._done, all=self._total), *now)))

    def words_at(self, x: float) -> str:
        """What the step is that stands there; empty: none does."""
        found = (step for step, box in self._boxes() if box.left() <= x <= box.right() + 1)
        return next((step_words(step) for step in found), "")

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.words_at(event.pos().x())
            if words:
                QToolTip.showText(event.globalPos(), plain(words), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def sizeHint(self) -> QSize:
        return QSize(200, 2 * SPACE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for step, box in self._boxes():
            self._paint_step(painter, box, step.state)
        painter.end()

    def _boxes(self) -> Iterator[tuple[StepView, QRectF]]:
        """Each step and where it stands."""
        count = len(self._steps)
        if not count:
            return
        levels = max(step.level for step in self._steps)
        between = SPACE
        gap = 2 if count * 4 < self.width() else 0
        room = self.width() - levels * between
        wide = min(40.0, room / count)
        x, level = 0.0, 0
        top = (self.height() - SPACE - 2) // 2 + 0.5
        for step in self._steps:
            x += between * (step.level - level)
            level = step.level
            yield step, QRectF(x + 0.5, top, max(1.0, wide - gap - 1), SPACE + 2)
            x += wide

    def _paint_step(self, painter: QPainter, box: QRectF, state: StepState) -> None:
        theme = self._theme
        fills = {
            StepState.DONE: "lamp", StepState.WRITING: "lamp/40", StepState.READING: "lamp/12",
            StepState.FLAWED: "danger_wash",
        }  # fmt: skip
        edge = {StepState.WAITING: "edge", StepState.FLAWED: "danger"}.get(state, "lamp")
        painter.setPen(QPen(theme.color(edge), 1))
        painter.setBrush(theme.color(fills[state]) if state in fills else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 2, 2)
        if state is StepState.FLAWED:
            painter.drawLine(QPointF(box.left(), box.bottom()), QPointF(box.right(), box.top()))
