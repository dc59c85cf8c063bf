"""What a screen reader finds in widgets: their names, and every word of the program in them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPlainTextEdit, QWidget

ROLES = {
    QAccessible.Role.PushButton, QAccessible.Role.CheckBox, QAccessible.Role.RadioButton, QAccessible.Role.ComboBox,
    QAccessible.Role.EditableText, QAccessible.Role.List, QAccessible.Role.ListItem, QAccessible.Role.SpinBox,
    QAccessible.Role.ProgressBar, QAccessible.Role.ButtonMenu, QAccessible.Role.ButtonDropDown, QAccessible.Role.Slider,
    QAccessible.Role.MenuItem, QAccessible.Role.PageTab, QAccessible.Role.Link,
}  # fmt: skip


def tree(interface: QAccessibleInterface) -> Iterator[QAccessibleInterface]:
    """The interface and everything below it that can be seen."""
    yield interface
    for index in range(interface.childCount()):
        below = interface.child(index)
        if below is not None and below.isValid() and not below.state().invisible:
            yield from tree(below)


def nameless(root: QWidget) -> list[str]:
    """What can be worked with but is not called anything."""
    missing = []
    for interface in tree(QAccessible.queryAccessibleInterface(root)):
        if interface.role() not in ROLES or interface.text(QAccessible.Text.Name).strip():
            continue
        owner = interface.object()
        parent = interface.parent().object() if interface.parent() is not None else None
        if isinstance(parent, QWidget) and parent.accessibleName() and not isinstance(owner, QWidget):
            continue  # a part that Qt makes inside a named control (the arrow of a combo box)
        if owner is not None and owner.objectName().startswith("qt_") and parent and parent.accessibleName():
            continue  # the line inside a spin box is read as the spin box
        missing.append(f"{interface.role()} {owner.objectName() if owner else ''} in {parent}")
    return missing


def texts_of(root: QWidget) -> Iterator[str]:
    """Every word of the program's own that a person can meet in these widgets."""
    for widget in [root, *root.findChildren(QWidget)]:
        yield from (widget.accessibleName(), widget.toolTip(), widget.windowTitle())
        if isinstance(widget, QLabel | QAbstractButton):
            yield widget.text()
        if isinstance(widget, QLineEdit | QPlainTextEdit):
            yield widget.placeholderText()
