"""A template as such: what the reference has, what the sandbox forbids, and what it refuses to be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import jinja2
import pytest

from assistant.base.errors import ErrorKind
from assistant.worker import templates
from assistant.worker.templates import Template, TemplateError, compiled

NOW = datetime(2026, 11, 22)
HELLO = [{"role": "user", "content": "Hello"}]


def result(source: str, **extra: Any) -> str:
    return Template(source).render(HELLO, answer=True, now=NOW, bos="<s>", eos="</s>", extra=extra)


def failure(source: str) -> TemplateError:
    with pytest.raises(TemplateError) as caught:
        result(source)
    return caught.value


def test_jinja2_has_the_fixes_of_its_sandbox() -> None:
    assert tuple(int(part) for part in jinja2.__version__.split(".")[:3]) >= (3, 1, 6)


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        ("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}", "<s>Hello</s>"),
        ("{% if add_generation_prompt %}yes{% endif %}", "yes"),
        ("{{ tools is defined }} {{ documents is defined }}", "False False"),
        ("{{ strftime_now('%d %b %Y') }}", "22 Nov 2026"),
        ("{{ {'a': '<é 你>'} | tojson }}", '{"a": "<é 你>"}'),
        ("{{ [1, 2] | tojson(indent=1) }}", "[\n 1,\n 2\n]"),
        ("{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 4 %}{% break %}{% endif %}{{ i }}"
         "{% endfor %}", "013"),
        ("{% generation %}a{{ bos_token }}{% endgeneration %}", "a<s>"),
        ("  {% if true %}\nx\n  {% endif %}\ny", "x\ny"),
        ("{{ 'ab' * 3 }}{{ 2 ** 10 }}{{ 6 * 7 }}", "ababab102442"),
        ("{{ messages[0].get('reasoning_content', 'none') }}", "none"),
    ],
)  # fmt: skip
def test_what_templates_may_rely_on(source: str, wanted: str) -> None:
    assert result(source) == wanted


def test_further_variables_are_given_but_do_not_replace_the_conversation() -> None:
    assert result("{{ enable_thinking }} {{ messages|length }}", enable_thinking=False, messages=[]) == "False 1"


def test_a_template_cannot_change_the_messages() -> None:
    assert failure("{{ messages.append(1) }}").kind is ErrorKind.TEMPLATE_BROKEN
    assert failure("{% set _ = messages[0].update({'content': 'x'}) %}").kind is ErrorKind.TEMPLATE_BROKEN


@pytest.mark.parametrize(
    "source",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum.__globals__['os'].popen('id').read() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ messages|attr('__class__') }}",
        "{{ '{0.__class__.__mro__}'.format(messages) }}",
        "{{ ('%s' ~ '')['__class__'] }}",
        "{% set f = '{0.__class__}'.format %}{{ f(messages) }}",
        "{{ joiner.__init__.__builtins__ }}",
        "{{ strftime_now.__self__.__class__.__subclasses__() }}",
        "{{ raise_exception.__globals__ }}",
    ],
)
def test_no_way_out_of_the_sandbox(source: str) -> None:
    template = Template(source)
    try:
        text = template.render(HELLO, answer=True, now=NOW)
    except TemplateError:
        text = ""
    assert text in ("", str(jinja2.Undefined()))


def test_its_own_refusal_keeps_its_words() -> None:
    error = failure("{{ raise_exception('System role not supported') }}")
    assert (error.kind, error.detail) == (ErrorKind.TEMPLATE_REFUSED, "System role not supported")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("{% if %}", "line 1"),
        ("\n{% endfor %}", "line 2"),
        ("{{ messages[7].content }}", "has no element 7"),
        ("{{ nothing.at_all }}", "'nothing' is undefined"),
        ("{{ 1 / 0 }}", "division by zero"),
        ("{{ messages|no_such_filter }}", "no_such_filter"),
        ("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "calls itself"),
        ("{% include 'other' %}", "no loader"),
    ],
)
def test_faults_have_words(source: str, words: str) -> None:
    error = failure(source)
    assert error.kind is ErrorKind.TEMPLATE_BROKEN
    assert words in error.detail


def test_a_name_that_fails_to_compile_is_a_fault_too() -> None:
    assert failure("{{ '" + "(" * 5000 + "' }}{{ " + "(" * 5000).kind is ErrorKind.TEMPLATE_BROKEN
    assert failure("{{ " + "[" * 3000 + "]" * 3000 + " }}").kind in (
        ErrorKind.TEMPLATE_BROKEN,
        ErrorKind.TEMPLATE_SLOW,  # MemoryError from Python's own parser
    )


@pytest.mark.parametrize(
    "source",
    [
        "{{ 9 ** (9 ** 9) }}",
        "{% set x = 9 ** 9 %}{{ x ** x }}",
        "{{ 'a' * 4000000000 }}",
        "{{ 4000000000 * 'a' }}",
        "{{ [0] * 4000000000 }}",
        "{% set ns = namespace(x=2 ** 60000) %}{% for i in range(99) %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    ],
)
def test_what_is_too_large_is_refused_at_once(source: str) -> None:
    error = failure(source)
    assert error.kind is ErrorKind.TEMPLATE_SLOW
    assert "without end" in error.detail


def test_long_ranges_are_refused() -> None:
    assert failure("{{ range(10 ** 9) }}").kind is ErrorKind.TEMPLATE_SLOW


def test_output_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(templates, "MAX_OUTPUT", 1000)
    error = failure("{% for i in range(9999) %}{{ bos_token }}{% endfor %}")
    assert error.kind is ErrorKind.TEMPLATE_SLOW
    assert "1000 characters" in error.detail


def test_a_template_of_a_million_characters_is_no_template() -> None:
    assert failure("x" * (templates.MAX_SOURCE + 1)).kind is ErrorKind.TEMPLATE_BROKEN


def test_what_it_reads_and_holds() -> None:
    template = Template(
        "{% set own = 1 %}{% if thinking is defined %}{{ own }}{% endif %}"
        "{% if 'plain words' in messages[0].content %}{{ messages[0].content.split('</think>\\n')[-1] }}{% endif %}"
        "{{ messages[0].content|replace('abc', 'x') }}"
    )
    assert "thinking" in template.reads
    assert "own" not in template.reads
    assert {"</think>", "plain words", "abc"} <= set(template.literals)
    assert "x" not in template.literals
    assert list(template.literals) == sorted(template.literals, key=lambda word: (-len(word), word))


def test_compiled_templates_are_kept() -> None:
    assert compiled("{{ bos_token }}") is compiled("{{ bos_token }}")
