"""The options of one model: what was set for it, what counts where nothing was, and whether it then fits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from assistant.gui.dialogs import fit_dialog
from assistant.gui.models.defaults import defaults_of, verdict_of
from assistant.gui.theme import SPACE
from assistant.gui.widgets.controls import Hairline, Label, set_role
from assistant.gui.widgets.models import words
from assistant.gui.widgets.models.parts import VerdictCard
from assistant.gui.widgets.setting_fields import SettingField, limit_threads
from assistant.storage.model_settings import NO_TEMPLATE
from assistant.storage.settings import Setting
from assistant.texts import fit, tr

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from assistant.core.core import Core
    from assistant.gui.theme import Theme
    from assistant.storage.model_settings import ModelOptions

LOADING = ("context", "cache_type", "gpu_layers", "threads")
ANSWERING = (
    "thinking", "temperature", "top_k", "top_p", "min_p", "repeat_penalty", "presence_penalty", "frequency_penalty",
)  # fmt: skip
TEMPLATE = ("template", "system_prompt", "no_instructions")


class ModelOptionsDialog(QDialog):
    """Changes take effect at once; what needs the model to be loaded again says so.

    :param key: of the installed model.
    """

    def __init__(self, parent: QWidget, core: Core, theme: Theme, key: str) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("modelOptions")
        self._core = core
        self._theme = theme
        self._key = key
        self._options = _Options(core, key)
        model = core.models.find(key)
        self._model = model
        self.verdict = VerdictCard(theme, with_context=False)
        self.fields: dict[str, SettingField] = {}
        self.reset, self.close_button = QPushButton(tr("Back to the defaults")), QPushButton(tr("Close"))
        self.reset.setObjectName("modelOptionsReset")
        set_role(self.reset, "flat")
        self.reset.clicked.connect(self._reset)
        self.close_button.setDefault(True)
        self.close_button.clicked.connect(self.accept)
        name = words.plain_name(model.name)
        self.setWindowTitle(tr("Options of {name}", name=name))
        for setting in declared(model.facts.templates):
            field = SettingField(setting, self._options, theme, names="option")  # type: ignore[arg-type]
            self.fields[setting.key] = field
        limit_threads(self.fields["threads"])
        self._build(name)
        self._options.changed = self._changed
        self._changed()

    def _build(self, name: str) -> None:
        host = QWidget()
        host.setObjectName("scrolled")
        column = QVBoxLayout(host)
        column.setContentsMargins(0, 0, 2 * SPACE, 0)
        column.setSpacing(0)
        groups = ((tr("Loading"), LOADING), (tr("Answering"), ANSWERING), (tr("What it is told"), TEMPLATE))
        for heading, keys in groups:
            label = Label(heading, role="h3")
            label.setContentsMargins(0, 2 * SPACE if column.count() else 0, 0, SPACE // 2)
            column.addWidget(label)
            for at, key in enumerate(keys):
                if at:
                    column.addWidget(Hairline())
                column.addWidget(self.fields[key])
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(host)
        foot = QHBoxLayout()
        foot.addWidget(self.reset)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 3 * SPACE, 2 * SPACE, 2 * SPACE)
        layout.setSpacing(SPACE + 4)
        layout.addWidget(Label(name, role="h2", wrap=True))
        layout.addWidget(self.verdict)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        fit_dialog(self, self._theme.px(46), self._theme.px(48))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return takes a number that was typed; the dialog stays, where mostly more is to be set."""
        returned = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not (returned and isinstance(self.focusWidget(), QAbstractSpinBox)):
            super().keyPressEvent(event)

    def _changed(self) -> None:
        """Show what counts now, and whether the model fits with it."""
        defaults = defaults_of(self._core, self._key)
        for key, field in self.fields.items():
            if key in defaults:
                _show_default(field, *defaults[key])
        silent = self._options["no_instructions"]
        instructions = self.fields["system_prompt"]
        instructions.refresh()
        instructions.control.widget.setEnabled(not silent)
        if silent:
            instructions.control.widget.setPlaceholderText("")
        self.fields["no_instructions"].refresh()
        verdict = verdict_of(self._core, self._model)
        self.verdict.setVisible(verdict is not None)
        if verdict is not None:
            self.verdict.show_verdict(verdict, fit.sentence(verdict))
        self.reset.setEnabled(self._options.any_set())

    def _reset(self) -> None:
        self._options.reset_all()
        for field in self.fields.values():
            field.refresh()


class _Options:
    """One model's options in the shape that a row of the settings expects. That nothing is said to the model is a
    switch of its own there; what is kept for it are instructions without a word."""

    def __init__(self, core: Core, key: str) -> None:
        self._core = core
        self._key = key
        self._settings = {setting.key: setting for setting in declared(())}
        self._silenced: str | None = None  # the instructions that are there again with the switch
        self.changed = lambda: None

    @property
    def _now(self) -> ModelOptions:
        return self._core.models.options(self._key)

    def __getitem__(self, name: str) -> Any:
        if name == "no_instructions":
            return self._now.system_prompt == ""
        value = getattr(self._now, name)
        return "" if value is None and self._settings[name].kind == "text" else value

    def is_default(self, name: str) -> bool:
        if name == "no_instructions":
            return not self[name]
        return getattr(self._now, name) is None or (name == "system_prompt" and self["no_instructions"])

    def set(self, name: str, value: Any) -> None:
        """:raises AssistantError: SETTING_INVALID."""
        if name == "no_instructions":
            if value:
                self._silenced = self._now.system_prompt
            self._keep("system_prompt", "" if value else self._silenced)
            return
        setting = self._settings[name]
        if setting.kind == "text" and not str(value).strip():
            value = None
        elif name != "template":  # its choices are the file's
            value = setting.check(value)
        self._keep(name, value)

    def _keep(self, name: str, value: Any) -> None:
        if getattr(self._now, name) != value:
            self._core.models.set_options(self._key, **{name: value})
            self.changed()

    def reset(self, name: str) -> None:
        self.set(name, None)

    def any_set(self) -> bool:
        return any(not self.is_default(name) for name in self._settings)

    def reset_all(self) -> None:
        self._silenced = None
        self._core.models.reset_options(self._key)
        self.changed()


def declared(templates: Sequence[str]) -> list[Setting]:
    """The options, in the way in which the settings are declared. None stands for the default everywhere.

    :param templates: names of the templates in the model's file beside its usual one.
    """
    default = (None, tr("Default"))
    contexts = ((0, tr("Automatic")), *((2**power, f"{2**power:,}") for power in range(11, 18)))
    caches = (("f16", "f16"), ("q8_0", "q8_0"), ("q4_0", "q4_0"))
    thinking = (("auto", tr("As the model suggests")), ("on", tr("On")), ("off", tr("Off")))
    named = tuple((name, words.plain_name(name)) for name in templates)
    kinds = (("", tr("The file's own")), *named, (NO_TEMPLATE, tr("None: continue the text")))
    return [
        Setting("context", "choice", None, label=tr("Context length"), choices=(default, *contexts), restart="engine"),
        Setting(
            "cache_type",
            "choice",
            None,
            label=tr("Cache precision"),
            choices=(default, *caches),
            restart="engine",
        ),
        Setting(
            "gpu_layers",
            "int",
            None,
            label=tr("Layers on the graphics card"),
            minimum=-1,
            maximum=999,
            step=1,
            least=tr("As many as fit"),
            restart="engine",
        ),
        Setting(
            "threads",
            "int",
            None,
            label=tr("Threads"),
            minimum=0,
            maximum=256,
            step=1,
            least=tr("Automatic"),
            restart="engine",
        ),
        Setting("thinking", "choice", None, label=tr("Thinking before the answer"), choices=(default, *thinking)),
        Setting("temperature", "float", None, label=tr("Temperature"), minimum=0.0, maximum=2.0, step=0.05),
        Setting("top_k", "int", None, label=tr("Top k"), minimum=0, maximum=1000, step=1),
        Setting("top_p", "float", None, label=tr("Top p"), minimum=0.0, maximum=1.0, step=0.05),
        Setting("min_p", "float", None, label=tr("Min p"), minimum=0.0, maximum=1.0, step=0.01),
        Setting("repeat_penalty", "float", None, label=tr("Repeat penalty"), minimum=0.5, maximum=2.0, step=0.05),
        Setting("presence_penalty", "float", None, label=tr("Presence penalty"), minimum=-2.0, maximum=2.0, step=0.1),
        Setting("frequency_penalty", "float", None, label=tr("Frequency penalty"), minimum=-2.0, maximum=2.0, step=0.1),
        Setting("template", "choice", None, label=tr("Chat template"), choices=(default, *kinds)),
        Setting("system_prompt", "text", None, label=tr("Instructions"), maximum=100_000),
        Setting(
            "no_instructions",
            "bool",
            False,
            label=tr("No instructions"),
            help=tr("Nothing is said to this model first, also where the settings have instructions."),
        ),
    ]


def _show_default(field: SettingField, value: str, source: str) -> None:
    """Say what counts where nothing is set, and who says so."""
    field.say(tr("Default: {value} ({source}).", value=value, source=source) if value else source)
    widget = field.control.widget
    if isinstance(widget, QAbstractSpinBox):
        widget.setSpecialValueText(tr("Default"))
    elif isinstance(widget, QComboBox):
        widget.setItemText(widget.findData(None), tr("Default"))
    elif isinstance(widget, QLineEdit | QPlainTextEdit):
        widget.setPlaceholderText(value)
