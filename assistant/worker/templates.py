"""A model's chat template, rendered as the reference does it, in a sandbox.

The set-up is that of transformers: jinja2 with ``trim_blocks`` and ``lstrip_blocks``, loop controls, the
``generation`` tag, ``tojson`` without escaping for HTML, ``raise_exception`` and ``strftime_now``. ``tools`` and
``documents`` are left out rather than None, which several templates do not survive.

Templates come with downloaded models and are not trusted: they see no attribute of Python objects, and neither the
length of their output nor the size of a number or a repeated string is theirs to choose. Time and memory are limited
from outside (the worker's client and the child's own address space).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import jinja2
from jinja2 import meta, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, LoopControlExtension
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assistant.base.errors import AssistantError, ErrorKind

MAX_SOURCE = 1_000_000
"""Characters of a template; the largest known one has 26,000."""
MAX_OUTPUT = 64_000_000
"""Characters of a rendered prompt."""
_MAX_REPEAT = 16_000_000  # elements of a sequence made by multiplication
_MAX_BITS = 1_000_000  # of a number made by multiplication or a power

Message = dict[str, Any]


class TemplateError(AssistantError):
    """A template that cannot be used: a kind and its own words."""


class _RaisedError(jinja2.TemplateError):
    """The template called ``raise_exception``."""


class _TooMuchError(Exception):
    """The template wanted more than it may have."""


class Template:
    """One compiled template.

    :ivar reads: names that it reads and does not set itself: the switches that it knows.
    :ivar words: all strings in its code.
    :ivar literals: those that may decide what it does with a text that holds them too, longest first.
    """

    def __init__(self, source: str) -> None:
        """:raises TemplateError: TEMPLATE_BROKEN, a syntax error."""
        if len(source) > MAX_SOURCE:
            raise TemplateError(ErrorKind.TEMPLATE_BROKEN, f"a template of {len(source)} characters")
        self.source = source
        try:
            tree = _environment().parse(source)
            # In this order: looking for variables folds constants, also in the tree.
            self.words = frozenset(node.value for node in tree.find_all(nodes.Const) if isinstance(node.value, str))
            self.literals = _literals(tree, self.words)
            self.reads = frozenset(meta.find_undeclared_variables(tree))
            self._template = _environment().from_string(tree)
        except Exception as error:
            raise _as_error(error) from error

    def render(
        self,
        messages: Sequence[Message],
        *,
        answer: bool,
        now: datetime,
        bos: str = "",
        eos: str = "",
        extra: Mapping[str, Any] | None = None,
    ) -> str:
        """The prompt for ``messages``.

        :param answer: add the beginning of an answer.
        :param now: what ``strftime_now`` tells.
        :param extra: further variables of the template, such as ``enable_thinking``.
        :raises TemplateError: it refused, failed or wanted too much.
        """
        values = {
            **(extra or {}),
            "messages": [dict(message) for message in messages],
            "add_generation_prompt": answer,
            "bos_token": bos,
            "eos_token": eos,
            "strftime_now": now.strftime,
        }
        try:
            return self._join(values)
        except Exception as error:
            raise _as_error(error) from error

    def _join(self, values: dict[str, Any]) -> str:
        parts, size = [], 0
        for part in self._template.generate(values):
            size += len(part)
            if size > MAX_OUTPUT:
                raise _TooMuchError(f"more than {MAX_OUTPUT} characters of output")
            parts.append(part)
        return "".join(parts)


@lru_cache(maxsize=8)
def compiled(source: str) -> Template:
    """The template of ``source``; the last few are kept.

    :raises TemplateError: see ``Template``.
    """
    return Template(source)


# ---------------------------------------------------------------- the sandbox


class _Generation(Extension):
    """``{% generation %}...{% endgeneration %}`` marks an answer for training; here it only gives its contents."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.CallBlock(self.call_method("_contents"), [], [], body).set_lineno(line)

    def _contents(self, caller: Callable[[], str]) -> str:
        return caller()


class _Sandbox(ImmutableSandboxedEnvironment):
    """The sandbox of jinja2, which in addition bounds what ``*`` and ``**`` may make."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        check = _check_power if operator == "**" else _check_product
        check(left, right)
        return super().call_binop(context, operator, left, right)


def _check_product(left: Any, right: Any) -> None:
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > _MAX_BITS:
            raise _TooMuchError("a number without end")
        return
    for one, other in ((left, right), (right, left)):
        if isinstance(one, (str, bytes, list, tuple)) and isinstance(other, int) and len(one) * other > _MAX_REPEAT:
            raise _TooMuchError("a repetition without end")


def _check_power(base: Any, exponent: Any) -> None:
    if isinstance(base, int) and isinstance(exponent, int) and base.bit_length() * exponent > _MAX_BITS:
        raise _TooMuchError("a number without end")


@cache
def _environment() -> _Sandbox:
    environment = _Sandbox(trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, LoopControlExtension])
    environment.filters["tojson"] = _to_json
    environment.globals["raise_exception"] = _raise
    return environment


def _to_json(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)


def _raise(message: object) -> None:
    raise _RaisedError(str(message))


def _as_error(error: Exception) -> TemplateError:
    """What happened inside jinja2, as one of our kinds."""
    words = str(error) or type(error).__name__
    if isinstance(error, _RaisedError):
        return TemplateError(ErrorKind.TEMPLATE_REFUSED, words)
    if isinstance(error, (_TooMuchError, MemoryError, OverflowError)):
        return TemplateError(ErrorKind.TEMPLATE_SLOW, words)
    if isinstance(error, jinja2.TemplateSyntaxError):
        return TemplateError(ErrorKind.TEMPLATE_BROKEN, f"line {error.lineno}: {error.message}")
    if isinstance(error, RecursionError):
        return TemplateError(ErrorKind.TEMPLATE_BROKEN, "it calls itself without end")
    if isinstance(error, SecurityError):
        return TemplateError(ErrorKind.TEMPLATE_BROKEN, f"not allowed: {words}")
    return TemplateError(ErrorKind.TEMPLATE_BROKEN, words)


# ---------------------------------------------------------------- what a template holds

_PUNCTUATED = re.compile(r"[<>\[\]{}|/｜]")


def _literals(tree: nodes.Template, words: frozenset[str]) -> tuple[str, ...]:
    """Strings in the code of a template that it may look for in a text: marks, what stands before ``in``, and what is
    given to functions and filters such as ``replace``."""
    found = {word for word in words if _PUNCTUATED.search(word)}
    asked: list[nodes.Node] = [one.expr for one in tree.find_all(nodes.Compare) if any("in" in op.op for op in one.ops)]
    calls: list[nodes.Call | nodes.Filter] = [*tree.find_all(nodes.Call), *tree.find_all(nodes.Filter)]
    for call in calls:
        asked += call.args
    found.update(node.value for node in asked if isinstance(node, nodes.Const) and isinstance(node.value, str))
    stripped = {word.strip() for word in found}
    return tuple(sorted((word for word in stripped if len(word) > 1), key=lambda word: (-len(word), word)))
