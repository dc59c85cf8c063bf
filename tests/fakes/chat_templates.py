"""The 70 chat templates that llama.cpp ships: what is known about each, and a reference to compare with.

The table was read from the templates and from llama.cpp's parsers by people, not made by the program that it tests. The
reference is written apart from the program too; it sets jinja2 up as transformers does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import jinja2
import jinja2.ext
import jinja2.sandbox

from assistant.worker.messages import Part, Turn
from tests.fakes.sdist import llama_templates

THINK = ("<think>", "</think>")
SWITCH: dict[str, Any] = {"on": {"enable_thinking": True}, "off": {"enable_thinking": False}}
BOTH: dict[str, Any] = {
    "on": {"enable_thinking": True, "thinking": True},
    "off": {"enable_thinking": False, "thinking": False},
}


@dataclass(frozen=True)
class Known:
    """One template.

    :ivar opened: does its prompt end inside a reasoning, by its own choice, with thinking on, and off: ``o`` or ``-``
        for each (``?``: it cannot be rendered).
    :ivar marks: those of its model's reasoning, None where nothing says that it reasons.
    :ivar on: the variables that ask for reasoning, ``off``: that ask for none.
    :ivar field: where it looks for the reasoning of an answer.
    """

    opened: str
    marks: tuple[str, str] | None = None
    on: dict[str, Any] = field(default_factory=dict)
    off: dict[str, Any] = field(default_factory=dict)
    field: str = "reasoning_content"

    def switched(self, thinking: bool | None) -> dict[str, Any]:
        return {} if thinking is None else self.on if thinking else self.off


REFUSES = "fireworks-ai-llama-3-firefunction-v2"
"""It wants ``functions`` and ``datetime``, which nobody gives."""
NO_SYSTEM = "google-gemma-2-2b-it"
"""It has no place for a system text."""
SAYS_NO_THINK = "NVIDIA-Nemotron-Nano-v2"
"""It looks for ``/no_think`` in the texts instead of a variable."""
ALTERNATING = (
    "Mistral-Small-3.2-24B-Instruct-2506",
    "google-gemma-2-2b-it",
    "mistralai-Ministral-3-14B-Reasoning-2512",
    "mistralai-Mistral-Nemo-Instruct-2407",
)
"""They refuse two turns of the user in a row."""

KNOWN: dict[str, Known] = {
    "Apertus-8B-Instruct": Known("---", marks=("<|inner_prefix|>", "<|inner_suffix|>"), **SWITCH),
    "Apriel-1.6-15b-Thinker-fixed": Known("ooo", marks=("Here are my reasoning steps:", "[BEGIN FINAL RESPONSE]")),
    "Bielik-11B-v3.0-Instruct": Known("-o-", marks=THINK, **SWITCH),
    "ByteDance-Seed-OSS": Known("---", marks=("<seed:think>", "</seed:think>"), off={"thinking_budget": 0}),
    "Cohere2MoE": Known("oo-", marks=("<|START_THINKING|>", "<|END_THINKING|>"), off={"reasoning_effort": "none"}),
    "CohereForAI-c4ai-command-r-plus-tool_use": Known("---"),
    "CohereForAI-c4ai-command-r7b-12-2024-tool_use": Known(
        "---", marks=("<|START_THINKING|>", "<|END_THINKING|>"), **SWITCH
    ),
    "GLM-4.6": Known("---", marks=THINK, **SWITCH),
    "GLM-4.7-Flash": Known("oo-", marks=THINK, **SWITCH),
    "GigaChat3-10B-A1.8B": Known("---"),
    "GigaChat3.1-10B-A1.8B": Known("---"),
    "HuggingFaceTB-SmolLM3-3B": Known("---", marks=THINK, **SWITCH),
    "Kimi-K2-Instruct": Known("---"),
    "Kimi-K2-Thinking": Known("---", marks=THINK),
    "Kimi-K3": Known(
        "oo-",
        marks=("<|open|>think<|sep|>", "<|close|>think<|sep|><|open|>response<|sep|>"),
        on={"thinking": True},
        off={"thinking": False},
    ),
    "LFM2-8B-A1B": Known("---"),
    "LFM2.5-8B-A1B": Known("---", marks=THINK, field="thinking"),
    "LFM2.5-Instruct": Known("---", marks=THINK),
    "MiMo-VL": Known("---"),
    "MiniMax-M1": Known("---"),
    "MiniMax-M2": Known("ooo", marks=THINK),
    "MiniMax-M3": Known(
        "-o-", marks=("<mm:think>", "</mm:think>"), on={"thinking_mode": "enabled"}, off={"thinking_mode": "disabled"}
    ),
    "Mistral-Small-3.2-24B-Instruct-2506": Known("---"),
    "NVIDIA-Nemotron-3-Nano-30B-A3B-BF16": Known("oo-", marks=THINK, **SWITCH),
    "NVIDIA-Nemotron-Nano-v2": Known("oo-", marks=THINK),
    "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use": Known("---"),
    "NousResearch-Hermes-3-Llama-3.1-8B-tool_use": Known("---"),
    "Qwen-QwQ-32B": Known("-o-", marks=THINK, **SWITCH),
    "Qwen-Qwen2.5-7B-Instruct": Known("---"),
    "Qwen-Qwen3-0.6B": Known("---", marks=THINK, **SWITCH),
    "Qwen3-Coder": Known("---"),
    "Qwen3.5-4B": Known("oo-", marks=THINK, **SWITCH),
    "Reka-Edge": Known("-o-", marks=THINK, **SWITCH),
    "Spark2.5": Known("oo-", marks=THINK, **SWITCH),
    "StepFun3.5-Flash": Known("ooo", marks=THINK),
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B": Known("ooo", marks=THINK),
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B": Known("-o-", marks=THINK, **SWITCH),
    "deepseek-ai-DeepSeek-V3.1": Known("-o-", marks=THINK, **BOTH),
    "deepseek-ai-DeepSeek-V3.2": Known("-o-", marks=THINK, **BOTH),
    "deepseek-ai-DeepSeek-V4": Known("-o-", marks=THINK, **BOTH),
    "deepseek-ai-DeepSeek-V4-Flash-0731": Known("-o-", marks=THINK, **BOTH),
    "fireworks-ai-llama-3-firefunction-v2": Known("???"),
    "google-gemma-2-2b-it": Known("---"),
    "google-gemma-4-31B-it": Known("---", marks=("<|channel>thought", "<channel|>"), **SWITCH),
    "google-gemma-4-31B-it-interleaved": Known("---", marks=("<|channel>thought", "<channel|>"), **SWITCH),
    "ibm-granite-granite-3.3-2B-Instruct": Known("---", marks=THINK, on={"thinking": True}, off={"thinking": False}),
    "ibm-granite-granite-4.0": Known("---"),
    "ibm-granite-granite-4.1": Known("---"),
    "inclusionai-ling-3.0-flash": Known("oo-", marks=THINK, **SWITCH),
    "llama-cpp-deepseek-r1": Known("ooo", marks=THINK),
    "llama-cpp-rwkv-world": Known("-o-", marks=THINK, **SWITCH),
    "meetkai-functionary-medium-v3.1": Known("---"),
    "meetkai-functionary-medium-v3.2": Known("---"),
    "meta-llama-Llama-3.1-8B-Instruct": Known("---"),
    "meta-llama-Llama-3.2-3B-Instruct": Known("---"),
    "meta-llama-Llama-3.3-70B-Instruct": Known("---"),
    "microsoft-Phi-3.5-mini-instruct": Known("---"),
    "mistralai-Ministral-3-14B-Reasoning-2512": Known("---", marks=("[THINK]", "[/THINK]")),
    "mistralai-Mistral-Nemo-Instruct-2407": Known("---"),
    "moonshotai-Kimi-K2": Known("---"),
    "muse-glimmer": Known(
        "---",
        marks=(" to=self<|message|>", "<|eom|><|start|>assistant to=user<|message|>"),
        off={"reasoning_strength": "low"},
    ),
    "openai-gpt-oss-120b": Known(
        "---", marks=("<|channel|>analysis<|message|>", "<|end|>"), off={"reasoning_effort": "low"}, field="thinking"
    ),
    "openbmb-MiniCPM5-1B": Known("-o-", marks=THINK, **SWITCH),
    "poolside-Laguna-S-2.1": Known("oo-", marks=THINK, **SWITCH),
    "poolside-Laguna-XS-2.1": Known("-o-", marks=THINK, **SWITCH),
    "poolside-Laguna-XS.2": Known("-o-", marks=THINK, **SWITCH),
    "tencent-Hy3": Known(
        "-o-",
        marks=("<think:opensource>", "</think:opensource>"),
        on={"reasoning_effort": "high"},
        off={"reasoning_effort": "no_think"},
    ),
    "unsloth-Apriel-1.5": Known("---", marks=("<thinking>", "</thinking>")),
    "unsloth-mistral-Devstral-Small-2507": Known("---"),
    "upstage-Solar-Open-100B": Known(
        "---",
        marks=("<|think|>", "<|end|><|begin|>assistant<|content|>"),
        off={"reasoning_effort": "low"},
        field="reasoning",
    ),
}
NAMES = [name for name in KNOWN if name != REFUSES]


@cache
def source(name: str) -> str:
    return (llama_templates() / f"{name}.jinja").read_text(encoding="utf-8")


NOW = datetime(2026, 11, 22, 9, 30)
"""What the reference takes for the present."""


class _Generation(jinja2.ext.Extension):
    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Any) -> Any:
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("_give", []), [], [], body).set_lineno(line)

    def _give(self, caller: Any) -> Any:
        return caller()


def _tojson(value: Any, ensure_ascii: bool = False, **options: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, **options)


def _raise_exception(message: str) -> None:
    raise jinja2.TemplateError(message)


@cache
def _template(text: str) -> jinja2.Template:
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, jinja2.ext.loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise_exception
    environment.globals["strftime_now"] = NOW.strftime
    return environment.from_string(text)


def reference(text: str, messages: list[dict[str, Any]], *, answer: bool = True, **extra: Any) -> str:
    """What transformers gives for this template, ``tools`` and ``documents`` left out.

    :raises jinja2.TemplateError: the template refuses or fails.
    """
    return _template(text).render(
        messages=messages, add_generation_prompt=answer, bos_token="<BOS>", eos_token="<EOS>", **extra
    )


def as_messages(turns: list[Turn], reasoning_field: str = "reasoning_content") -> list[dict[str, Any]]:
    messages = []
    for turn in turns:
        message = {"role": turn.role, "content": turn.text}
        if turn.reasoning:
            message[reasoning_field] = turn.reasoning
        messages.append(message)
    return messages


def joined(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


def trusted(parts: tuple[Part, ...]) -> list[str]:
    """The template's own parts."""
    return [part.text for part in parts if part.turn < 0]
