"""Reasoning that stands before what a model was asked for: in marks that its engine did not know, or aloud."""

from __future__ import annotations

import re

_TAGS = "think|thinking|thought|thoughts|reasoning|reflection|seed:think"
_REASONED = re.compile(
    rf"\A\s*(?:<({_TAGS})>.*?</\1>|\[THINK\].*?\[/THINK\]|◁think▷.*?◁/think▷"
    r"|<\|channel\|>analysis<\|message\|>.*?<\|channel\|>final<\|message\|>)\s*",
    re.DOTALL | re.IGNORECASE,
)
_OPENED = re.compile(rf"\A\s*(?:<(?:{_TAGS})>|\[THINK\]|◁think▷|<\|channel\|>analysis)", re.IGNORECASE)
_CLOSED = re.compile(rf"(?<!`)(?:</(?:{_TAGS})>|\[/THINK\]|◁/think▷)(?!`)\s*", re.IGNORECASE)
_ANY_OPENING = re.compile(rf"<(?:{_TAGS})>|\[THINK\]|◁think▷", re.IGNORECASE)
_ALOUD = re.compile(
    r"\A(?:(?:okay|ok|alright|all right|hmm+|well|so|let me|first|the user)\b"
    r"(?=.*\b(?:the user (?:wants|asks|asked|is asking|gave|needs)"
    r"|(?:need|have|asked me|wants me) to (?:summari|write|translat)"
    r"|let me (?:look|find|read|summari|translat|think|see|start|go|break)))"
    r"|(?:嗯|好的|好|首先|让我|用户|我们)"
    r"(?=.*(?:用户(?:让|要|需|想|给)|让我(?:看|先|想|来)|我需要(?:先|把|将|总结|概括|写|找|翻译)|我先看)))",
    re.DOTALL | re.IGNORECASE,
)


def without_reasoning(text: str) -> str:
    """``text`` without reasoning at its beginning; empty if it is nothing else."""
    while found := _REASONED.match(text):
        text = text[found.end() :]
    if _OPENED.match(text):
        return ""
    closed = _CLOSED.search(text)
    if closed and not _ANY_OPENING.search(text, 0, closed.start()):
        text = text[closed.end() :]
    first, blank, rest = text.partition("\n\n")
    return rest.lstrip() if blank and rest.strip() and _ALOUD.match(first) else text
