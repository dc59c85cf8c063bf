"""How the model behind a template reasons: which marks it writes, and which switch of the template asks for it.

What is known here was read from the 70 templates that llama.cpp ships and from its parsers of what those models write.
For others the template is asked: it renders an answer with reasoning, and what stands around that reasoning are the
marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assistant.worker.messages import ReasoningMarks
from assistant.worker.templates import Message, Template, TemplateError

_DEFAULT = ("<think>", "</think>")

# ---------------------------------------------------------------- marks


@dataclass(frozen=True)
class _Format:
    """Marks of a family whose templates do not show them plainly.

    :ivar evidence: strings that its templates hold, all of them.
    """

    evidence: tuple[str, ...]
    start: str
    end: str


_FORMATS = (
    _Format(("<|channel|>", "analysis"), "<|channel|>analysis<|message|>", "<|end|>"),  # gpt-oss
    _Format(("<|channel>thought", "<channel|>"), "<|channel>thought", "<channel|>"),  # Gemma 4
    _Format(("<|open|>", "<|close|>"), "<|open|>think<|sep|>", "<|close|>think<|sep|><|open|>response<|sep|>"),  # Kimi
    _Format(("to=self", "<|eom|>"), " to=self<|message|>", "<|eom|><|start|>assistant to=user<|message|>"),  # Muse
    _Format(("<|begin|>assistant<|think|>",), "<|think|>", "<|end|><|begin|>assistant<|content|>"),  # Solar Open
    _Format(("[BEGIN FINAL RESPONSE]", "Here are my reasoning steps:"), "Here are my reasoning steps:",
            "[BEGIN FINAL RESPONSE]"),  # Apriel 1.6
    _Format(("<|START_THINKING|>",), "<|START_THINKING|>", "<|END_THINKING|>"),  # Cohere
    _Format(("[THINK]", "[/THINK]"), "[THINK]", "[/THINK]"),  # Magistral, Ministral 3
    _Format(("<|inner_prefix|>", "<|inner_suffix|>"), "<|inner_prefix|>", "<|inner_suffix|>"),  # Apertus
    _Format(("◁think▷",), "◁think▷", "◁/think▷"),  # Kimi VL
    _Format(("<|begin_of_thought|>",), "<|begin_of_thought|>", "<|end_of_thought|>"),  # OpenThinker
)  # fmt: skip

# <think>, <thinking>, <thought>, <reasoning>, <seed:think>, <mm:think>, <think:opensource>; a closing one is enough
_TAG = re.compile(r"</?((?:\w+:)?(?:think(?:ing)?|thought|reasoning)(?::\w+)?)>")
_BEFORE = re.compile(r"(<[^<>\s]{1,40}>|\[[^\[\]\s]{1,40}\])\s*\Z")
_AFTER = re.compile(r"\s*(</[^<>\s]{1,40}>|<[^<>\s]{1,40}>|\[/[^\[\]\s]{1,40}\])")
_PROBE = "a thought of nobody"


@dataclass(frozen=True)
class Habits:
    """What is known about the reasoning of a template's model.

    :ivar marks: start and end of a reasoning. Every model gets some: a fine-tune often reasons where its template
        has never heard of it.
    :ivar reasons: the template gives a sign that the model does reason.
    :ivar field: the field of a message in which the template looks for an answer's reasoning.
    """

    marks: tuple[str, str]
    reasons: bool
    field: str

    def at(self, tail: str) -> ReasoningMarks:
        """The marks for a prompt whose last characters, written by the template, are ``tail``."""
        start, end = self.marks
        return ReasoningMarks(start=start, end=end, opened=tail.rfind(start) > tail.rfind(_first_tag(end)))


def habits_of(template: Template) -> Habits:
    """How the model behind ``template`` reasons."""
    field = _field(template.source)
    for known in _FORMATS:
        if all(evidence in template.source for evidence in known.evidence):
            return Habits((known.start, known.end), True, field)
    marks = _rendered_marks(template, field) or _written_marks(template)
    return Habits(marks or _DEFAULT, marks is not None or knows_switch(template), field)


def _first_tag(end: str) -> str:
    """A prompt that closes the reasoning may stop after the first control token of a longer mark."""
    return end.split("><", maxsplit=1)[0] + ">" if "><" in end else end


def _field(source: str) -> str:
    """Templates ask for ``message.thinking``, ``message['reasoning']``, ``'reasoning_content' in message``."""
    for field in ("reasoning_content", "reasoning", "thinking"):
        if re.search(rf"""(?:message|msg|m)(?:\.{field}\b|\[['"]{field}['"]\]|\.get\(['"]{field}['"])""", source):
            return field
    return "reasoning_content"


def _rendered_marks(template: Template, field: str) -> tuple[str, str] | None:
    """The tags that the template itself puts around the reasoning of a last answer."""
    messages: list[Message] = [
        {"role": "user", "content": "a question"},
        {"role": "assistant", "content": "an answer", field: _PROBE},
    ]
    try:
        text = template.render(messages, answer=False, now=datetime(2026, 1, 1), extra=switches(template, True))
    except TemplateError:
        return None
    if text.count(_PROBE) != 1:
        return None
    before, after = text.split(_PROBE)
    start, end = _BEFORE.search(before), _AFTER.match(after)
    return (start.group(1), end.group(1)) if start and end else None


def _written_marks(template: Template) -> tuple[str, str] | None:
    """Tags that only occur in the template's text, or in what it cuts from older answers."""
    found = _TAG.search(template.source)
    return (f"<{found.group(1)}>", f"</{found.group(1)}>") if found else None


# ---------------------------------------------------------------- switches

_SWITCHES: dict[str, tuple[Any, Any]] = {
    "enable_thinking": (True, False),
    "thinking": (True, False),  # DeepSeek, Kimi K3, Granite
    "thinking_mode": ("enabled", "disabled"),  # MiniMax M3
    "thinking_budget": (None, 0),  # Seed-OSS; None: not given
}
"""Variable of a template to its values for on and off."""

_EFFORTS = ("reasoning_effort", "reasoning_strength")
_NO_EFFORT = ("none", "no_think", "minimal", "low")
"""What such a variable may be called with, from nothing upwards; gpt-oss cannot do without and gets ``low``."""

OFF_WORD = "/no_think"
"""What Nemotron Nano 2 looks for in the texts of user and system, and takes away."""


def knows_switch(template: Template) -> bool:
    """The template lets its user choose whether the model reasons."""
    return bool(switches(template, False)) or needs_word(template)


def needs_word(template: Template) -> bool:
    """The only way to switch the reasoning off is to say so in the system's text."""
    texts = template.literals
    return not (template.reads & {*_SWITCHES, *_EFFORTS}) and OFF_WORD in texts and "/think" in texts


def switches(template: Template, thinking: bool | None) -> dict[str, Any]:
    """The variables by which ``template`` is asked to let its model reason or not; None: as the template likes."""
    if thinking is None:
        return {}
    place = 0 if thinking else 1
    found = {
        name: values[place]
        for name, values in _SWITCHES.items()
        if name in template.reads and values[place] is not None
    }
    if not template.reads & set(_SWITCHES):
        found.update(_efforts(template, thinking))
    return found


def _efforts(template: Template, thinking: bool) -> Iterator[tuple[str, str]]:
    for name in _EFFORTS:
        if name not in template.reads:
            continue
        words = template.words
        if not thinking:
            yield name, next((word for word in _NO_EFFORT if word in words), "low")
        elif "no_think" in words:  # off unless asked for
            yield name, "high"
