"""What the first table, the first code and the first line in another script cost is paid before they come.

A sample is laid out and drawn where nobody sees it, one block at a time: fonts are found and opened, a lexer is
compiled and Qt's types are made, which else stops the window for three pictures in the midst of an answer. So does the
search for garbage among all that was made at the start and stays: it is left out from then on.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRectF, QTimer
from PySide6.QtGui import QImage, QPainter

from assistant.gui.widgets.markdown.code_unit import CodeBox, CodeUnit
from assistant.gui.widgets.markdown.splitting import BlockSplitter
from assistant.gui.widgets.markdown.unit_maker import make_unit

if TYPE_CHECKING:
    from assistant.gui.widgets.markdown.units import Unit
    from assistant.gui.widgets.transcript.view import Transcript

_PAUSE_MS = 20  # between two steps, for whoever is typing
_COLOR_SECONDS = 0.004
_SAMPLE = """# One

## Two

### Three

Word

**Word**

*Word*

`word` and [word](https://example.org/)

天，

**天，**

🙂

- word

1. word

> word

| Word | **Word** |
|:-----|---------:|
| `word` | 1 |

---

```python
def word(number: int) -> str:  # 天
    return f"{number}"
```
"""


class Preparing(QObject):
    """Draws the sample for one transcript.

    :ivar done: all of it has been drawn.
    """

    def __init__(self, transcript: Transcript) -> None:
        super().__init__(transcript)
        self._t = transcript
        self._steps: Iterator[None] = iter(())
        self._timer = QTimer(self, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._step)
        self.done = False

    def start(self) -> None:
        """Begin, in steps that each take as long as one block."""
        self.done = False
        self._steps = self._draw_all()
        self._timer.start()

    def _step(self) -> None:
        if self._t.motion.resting and next(self._steps, self) is self:
            self._timer.stop()
            self.done = True
            # What is left out is never found to be garbage. A search among all takes 30 ms, and finds none here.
            gc.collect(1)
            gc.freeze()

    def _draw_all(self) -> Iterator[None]:
        style = self._t.style_of_text
        splitter = BlockSplitter()
        splitter.append(_SAMPLE)
        for block in splitter.blocks():
            unit = make_unit(block, style)
            unit.set_width(style.column, 0)
            unit.measure()
            yield
            if isinstance(unit, CodeUnit):
                box = CodeBox(block.language)
                box.join([unit])
                while box.advance(time.perf_counter() + _COLOR_SECONDS):
                    yield
                unit.show_colors()
                yield
            self._draw(unit)
            yield

    def _draw(self, unit: Unit) -> None:
        ratio = self._t.devicePixelRatioF()
        image = QImage(round(unit.width * ratio), round(unit.height * ratio) + 1, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        image.fill(self._t.style_of_text.page)
        painter = QPainter(image)
        unit.paint(painter, QRectF(0, 0, unit.width, unit.height), None, active=True)
        painter.end()
