"""Sampled tokens become text that can be shown: whole characters, no control tokens, nothing of a stop string,
reasoning apart from the answer. Constant work per token.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Sequence

from assistant.engine.messages import Marks

_MAX_HEADER = 200  # characters of a channel's header that are looked at
_ENDINGS = ("\n", *".!?…。！？")  # behind which thoughts may be closed


class TextStream:
    """Feeds on tokens, gives text.

    Text waits in ``_held`` as long as it could still turn out to be the beginning of a mark or a stop string. The
    spellings of control tokens are part of what is compared with marks, but are never given out.

    :param piece: bytes of a token (see ``Vocabulary.piece``).
    :param control_text: spelling of a control token, empty for others.
    :param memo: the texts of tokens that are whole characters, filled here; one for all streams of a vocabulary.
    :param stops: strings that end the answer; they are looked for in the answer only, not in reasoning.
    :param marks: how the model marks reasoning. A mark of plain text opens a reasoning only at the beginning of the
        output (an answer may speak about ``<think>``), one that begins with a control token anywhere. An end at the
        beginning of an answer closes what was never opened, or is closed already: it belongs to nobody. Further on, the
        end of a line or sentence before it and an answer behind it make all that came before it the reasoning.
    :ivar recalled: what was taken as the answer has become reasoning since the last call of ``take``.
    """

    def __init__(
        self,
        piece: Callable[[int], bytes],
        control_text: Callable[[int], str],
        *,
        stops: Sequence[str] = (),
        marks: Sequence[Marks] = (),
        memo: dict[int, str] | None = None,
    ) -> None:
        self._memo = {} if memo is None else memo
        self._piece = piece
        self._control_text = control_text
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._half = False  # the first bytes of a character wait for the rest
        self._easy = False  # the next token may be looked up
        self._stops = tuple(stop for stop in stops if stop)
        self._marks = tuple(mark for mark in marks if mark.end)
        self._held = ""
        self._controls: list[tuple[int, int]] = []  # stretches of _held that are spellings of control tokens
        self._answer = _Section(waits=bool(self._marks))
        self._reasoning = _Section(edges=True)
        self._section = self._answer
        self._active: Marks | None = None  # the mark whose reasoning we are in
        self._channels = _Channels() if any(mark.start.startswith("<|channel|>") for mark in self._marks) else None
        self._watching_begin = bool(self._marks) and self._channels is None
        self._unmarked = self._watching_begin  # no mark has come: the beginning may still turn out to be reasoning
        self._closed = False  # by a mark that nothing had opened: it counts once an answer follows
        self.recalled = False
        self.stop = ""
        if opened := next((mark for mark in self._marks if mark.opened), None):
            self._active = None if self._channels else opened
            self._unmarked = False
            self._enter(self._reasoning)
        else:
            self._watch()

    # ------------------------------------------------------------ feeding and taking

    def feed(self, token: int) -> None:
        """Take one sampled token. After ``stop`` is set, nothing more is taken."""
        if self._easy and not self._held and not self._closed:
            text = self._memo.get(token)
            if text is not None and self._firsts.isdisjoint(text):
                self._section.put(text)
                return
        if self.stop:
            return
        data = self._piece(token)
        if data:
            self._feed_bytes(token, data)
        elif control := self._control_text(token):
            self._decoder.reset()  # half a character before a control token will never be whole
            self._half = self._easy = False
            if self._channels:
                self._channel_control(self._channels, control)
            else:
                start = len(self._held)
                self._controls.append((start, start + len(control)))
                self._watch()
                self._add(control)
                if not self._controls:
                    self._watch()

    def _feed_bytes(self, token: int, data: bytes) -> None:
        half = self._half
        text = self._decoder.decode(data)
        self._half = not text or bool(self._decoder.getstate()[0])
        if not half and not self._half and "\ufffd" not in text:
            self._memo[token] = text
        self._easy = not self._half and self._channels is None
        if text:
            self._add(text)

    def take(self) -> tuple[str, str]:
        """The text and the reasoning that were released since the last call."""
        self.recalled = False
        return self._answer.take(), self._reasoning.take()

    def finish(self) -> None:
        """No more tokens: release what waited. Half a character and half a mark of control tokens are dropped."""
        if not self.stop:
            self._give(len(self._held))
        self._answer.flush()
        self._held = ""
        self._controls.clear()

    @property
    def reasoning_open(self) -> bool:
        """The output is inside a reasoning."""
        return self._section is self._reasoning

    @property
    def aside(self) -> bool:
        """What comes next is no part of the answer: reasoning, or the header of a channel."""
        return self.reasoning_open or (self._channels is not None and self._channels.hidden)

    @property
    def at(self) -> int:
        """Offset in characters, within its section, at which the next token's text will stand."""
        waiting = len(self._held) - sum(end - start for start, end in self._controls)
        return self._section.chars + waiting

    def answer_ids(self, ids: Sequence[int]) -> tuple[int, ...]:
        """Those of the sampled ``ids`` that decode to exactly the answer's text, empty if no stretch of them does."""
        wanted = "".join(self._answer.whole).encode()
        if not wanted:
            return ()
        kept = [(token, piece) for token in ids if (piece := self._piece(token))]
        whole = b"".join(piece for _, piece in kept)
        start = whole.rfind(wanted)
        while start >= 0:
            if found := _between(kept, start, start + len(wanted)):
                return found
            start = whole.rfind(wanted, 0, start + len(wanted) - 1)
        return ()

    # ------------------------------------------------------------ sections and marks

    def _enter(self, section: _Section) -> None:
        self._section = section
        section.begin()
        self._watch()

    def _watch(self) -> None:
        """Which strings matter from here on, and all their beginnings."""
        reasoning = self.reasoning_open
        if self._channels:
            self._words = () if reasoning else self._stops
        elif self._active:
            # Some models open once more what the prompt has already opened.
            self._words = (self._active.end, *([self._active.start] if self._active.start else []))
        else:
            begun = self._answer.begun
            plain = begun and not self._controls  # plain marks open nothing any more
            starts = () if plain else tuple(mark.start for mark in self._marks if mark.start)
            ends = tuple(mark.end for mark in self._marks) if self._unmarked or not begun else ()
            self._words = self._stops + starts + ends
        self._prefixes = frozenset(word[:n] for word in self._words for n in range(1, len(word)))
        self._letters = frozenset(prefix[-1] for prefix in self._prefixes)
        self._firsts = frozenset(word[0] for word in self._words)
        self._longest = max(map(len, self._prefixes), default=0)

    def _channel_control(self, channels: _Channels, spelling: str) -> None:
        self._give(len(self._held))
        name = channels.control(spelling)
        if name:
            self._enter(self._answer if name == "final" else self._reasoning)

    def _add(self, text: str) -> None:
        if self._channels and self._channels.hidden:
            self._channels.header(text)
            return
        self._held += text
        while self._words and (found := self._find()):
            self._met(*found)
            if self.stop:
                return
        held, keep = self._held, 0
        if held and held[-1] in self._letters:
            for n in range(min(self._longest, len(held)), 0, -1):
                if held[-n:] in self._prefixes:
                    keep = n
                    break
        if len(held) > keep:
            self._give(len(held) - keep)
            if self._watching_begin and self._answer.begun:
                self._watching_begin = False
                self._watch()

    def _find(self) -> tuple[int, str] | None:
        """The first watched word in what is held: its place and itself."""
        best: tuple[int, str] | None = None
        for word in self._words:
            at = self._held.find(word)
            while at >= 0 and not self._counts(at, word):
                at = self._held.find(word, at + 1)
            if at >= 0 and (best is None or at < best[0]):
                best = (at, word)
        return best

    def _counts(self, at: int, word: str) -> bool:
        """A mark counts at the beginning of an answer, or where it begins with a control token."""
        if self._active:
            return word == self._active.end or not (self._reasoning.filled or self._visible(at).strip())
        if self._channels or word in self._stops:
            return True
        if any(start == at for start, _ in self._controls):
            return True
        if not self._answer.begun and not self._visible(at).strip():
            return True
        return self._unmarked and self._is_end(word) and self._ends_thoughts(at)

    def _is_end(self, word: str) -> bool:
        return any(mark.end == word for mark in self._marks)

    def _ends_thoughts(self, at: int) -> bool:
        """Whether an end of plain text closes all that was said, and is not what is spoken of.

        Looked at once: text that holds such a mark in its midst speaks of marks.
        """
        said = "".join(self._answer.whole) + self._visible(at)
        spoken = said.count("```") % 2 or any(mark.start and mark.start in said for mark in self._marks)
        self._unmarked = said.endswith(_ENDINGS) and not spoken
        return self._unmarked

    def _met(self, at: int, word: str) -> None:
        self._give(at)
        self._drop(len(word))
        if self._active:
            if word == self._active.end:
                self._active = None
                self._enter(self._answer)
        elif word in self._stops:
            self.stop = word
            self._easy = False
        elif self._unmarked and self._answer.begun and self._is_end(word):
            self._unmarked, self._closed = False, True
            self._watch()
        else:
            self._unmarked = False
            self._active = next((mark for mark in self._marks if mark.start == word), None)
            self._answer.drop_edge()
            self._enter(self._reasoning if self._active else self._answer)

    # ------------------------------------------------------------ what is held

    def _give(self, count: int) -> None:
        """Release the first ``count`` characters of what is held, without control tokens."""
        visible = self._visible(count)
        self._drop(count)
        if self._closed:
            visible = visible.lstrip()
            if visible:
                self._recall()
        if visible:
            self._section.put(visible)

    def _recall(self) -> None:
        """An answer follows an end that nothing had opened: what came before was reasoning."""
        self._closed = False
        self.recalled = self._watching_begin = True
        self._reasoning.take_over(self._answer)
        self._answer = _Section(waits=True)
        self._enter(self._answer)

    def _visible(self, count: int) -> str:
        if not self._controls:
            return self._held[:count]
        parts, at = [], 0
        for start, end in self._controls:
            if start >= count:
                break
            parts.append(self._held[at:start])
            at = end
        parts.append(self._held[at:count])
        return "".join(parts)

    def _drop(self, count: int) -> None:
        self._held = self._held[count:]
        if self._controls:
            self._controls = [(max(0, s - count), e - count) for s, e in self._controls if e > count]


class _Section:
    """The answer or the reasoning: what is out, and white space that waits.

    :param edges: white space at the end waits for more text and is dropped if none comes.
    :param waits: white space at the very beginning waits until it is clear that no mark follows.
    """

    def __init__(self, *, edges: bool = False, waits: bool = False) -> None:
        self._edges = edges
        self._waits = waits
        self._new: list[str] = []
        self._edge = ""
        self._skip = False
        self._plain = False  # nothing has to be looked at any more
        self.filled = False  # something is in the present stretch
        self.whole: list[str] = []
        self.chars = 0
        self.begun = False

    def begin(self) -> None:
        """What follows is a new stretch of this section: its leading white space does not count."""
        self._skip = self._edges or not self.begun
        self.filled = self._plain = False
        self._edge = "\n\n" if self._edges and self.begun else ""

    def put(self, text: str) -> None:
        if self._plain:
            self.chars += len(text)
            self._new.append(text)
            self.whole.append(text)
            return
        if self._skip:
            text = text.lstrip()
            if not text:
                return
            self._skip = False
        if self._edge:
            text = self._edge + text
            self._edge = ""
        if self._edges or (self._waits and not self.begun):
            body = text.rstrip()
            if self._edges or not body:
                self._edge = text[len(body) :]
                text = body
        if text:
            self.begun = self.filled = True
            self.chars += len(text)
            self._new.append(text)
            if not self._edges:
                self.whole.append(text)
                self._plain = True

    def drop_edge(self) -> None:
        self._edge = ""

    def take_over(self, other: _Section) -> None:
        """Be what ``other`` was, down to what of it has not been taken."""
        self._new, self.chars = other._new, other.chars
        self.begun = self.filled = True

    def flush(self) -> None:
        """Nothing follows: white space that waited for a mark is text after all."""
        if self._edge and not self._edges:
            self._waits = False
            edge, self._edge = self._edge, ""
            self.put(edge)

    def take(self) -> str:
        if not self._new:
            return ""
        text = "".join(self._new)
        self._new.clear()
        return text


class _Channels:
    """The output format of gpt-oss: ``<|channel|>NAME<|message|>BODY<|end|><|start|>ROLE<|channel|>...``.

    Only the channel ``final`` is the answer. Headers, between a control token and ``<|message|>``, are never text.
    """

    def __init__(self) -> None:
        self.hidden = False
        self._header = ""

    def header(self, text: str) -> None:
        if len(self._header) < _MAX_HEADER:
            self._header += text

    def control(self, spelling: str) -> str:
        """React to a control token; the channel's name if a body begins with it, else empty."""
        if spelling == "<|message|>":
            self.hidden = False
            words = self._header.split()
            self._header = ""
            return words[0] if words else "final"
        if spelling in ("<|start|>", "<|channel|>", "<|end|>"):
            self._header = ""
        else:
            self._header += " "
        self.hidden = True
        return ""


def _between(kept: Sequence[tuple[int, bytes]], start: int, end: int) -> tuple[int, ...]:
    """The tokens that cover exactly the bytes from ``start`` to ``end``; empty if a token crosses an edge."""
    at, found = 0, []
    for token, piece in kept:
        if at >= end:
            break
        if at >= start:
            found.append(token)
        elif at + len(piece) > start:
            return ()
        at += len(piece)
    return tuple(found) if at == end else ()
