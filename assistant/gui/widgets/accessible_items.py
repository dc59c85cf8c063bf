"""Parts of a painted widget as interfaces of their own for screen readers: made when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QWidget

Item = TypeVar("Item", bound=QAccessibleInterface)


@cache
def install() -> None:
    """Let Qt ask us for the interfaces of widgets that have ``accessible_interface()``. Once per program."""
    QAccessible.installFactory(_factory)


def _factory(_key: str, subject: QObject) -> QAccessibleInterface | None:
    make = getattr(subject, "accessible_interface", None)
    return make() if make is not None else None


_held: dict[int, QAccessibleInterface] = {}
"""What is registered with Qt, by Qt's number for it. Qt keeps a bare pointer and deletes what is behind it when the
program ends: an interface that Python let go of before would end the program with a crash."""


def register(interface: QAccessibleInterface) -> int:
    """Have Qt know an interface that belongs to no widget; its number, for ``release``."""
    number = QAccessible.registerAccessibleInterface(interface)
    _held[number] = interface
    return number


def release(numbers: Iterable[int]) -> None:
    """Let Qt forget interfaces."""
    for number in numbers:
        QAccessible.deleteAccessibleInterface(number)
        del _held[number]


class HeldItems(Generic[Item]):
    """Interfaces of a widget's parts by their numbers, registered with Qt until they or the widget go."""

    def __init__(self, widget: QWidget) -> None:
        made: dict[int, tuple[Item, list[int]]] = {}  # with Qt's numbers of it and of what belongs to it
        self._made = made

        def gone() -> None:  # without a way to ``self``, which may have a way to the widget
            while made:
                release(made.popitem()[1][1])

        widget.destroyed.connect(gone)

    def held(self, number: int, make: Callable[[], tuple[Item, *tuple[QAccessibleInterface, ...]]]) -> Item:
        """The item with this number; where there is none yet, what ``make`` makes, with what else belongs to it."""
        if number not in self._made:
            item, *others = make()
            self._made[number] = (item, [register(interface) for interface in (item, *others)])
        return self._made[number][0]

    def drop(self, is_gone: Callable[[int], bool]) -> None:
        """Let go of the items whose numbers are no longer of use."""
        for number in [number for number in self._made if is_gone(number)]:
            release(self._made.pop(number)[1])


class PartInterface(QAccessibleInterface):
    """What the interface of every part needs: no widget is behind it, nobody writes to it, and it has no parts itself.

    :param widget: which it is painted in.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self._widget = widget

    def object(self) -> QObject | None:
        return None

    def window(self) -> Any:
        return self._widget.window().windowHandle()

    def setText(self, _which: QAccessible.Text, _text: str) -> None:
        """Nothing here can be written to."""

    def childCount(self) -> int:
        return 0

    def child(self, _index: int) -> QAccessibleInterface | None:
        return None

    def indexOfChild(self, _child: QAccessibleInterface) -> int:
        return -1

    def childAt(self, _x: int, _y: int) -> QAccessibleInterface | None:
        return None
