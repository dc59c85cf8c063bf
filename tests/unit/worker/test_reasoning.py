"""Which marks and switches are found in templates that nobody has seen before."""

from __future__ import annotations

import pytest

from assistant.worker.messages import ReasoningMarks
from assistant.worker.reasoning import habits_of, knows_switch, needs_word, switches
from assistant.worker.templates import Template

PLAIN = "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}<|assistant|>"


@pytest.mark.parametrize(
    ("around", "marks"),
    [
        ("<deep>{}</deep>", ("<deep>", "</deep>")),
        ("<|inner|>\n{}\n<|/inner|>", ("<|inner|>", "<|/inner|>")),
        ("[MUSE]{}[/MUSE]", ("[MUSE]", "[/MUSE]")),
        ("no marks {} at all", None),
    ],
)
def test_an_unknown_template_is_asked(around: str, marks: tuple[str, str] | None) -> None:
    before, after = around.split("{}")
    source = (
        "{% for m in messages %}<|{{ m.role }}|>"
        f"{{% if m.reasoning_content %}}{before}{{{{ m.reasoning_content }}}}{after}{{% endif %}}"
        "{{ m.content }}{% endfor %}"
    )
    habits = habits_of(Template(source))
    assert habits.marks == (marks or ("<think>", "</think>"))
    assert habits.reasons == (marks is not None)


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("{{ m.content.split('</think>')[-1] }}", ("<think>", "</think>")),
        ("Write your <reasoning> first.", ("<reasoning>", "</reasoning>")),
        ("◁think▷", ("◁think▷", "◁/think▷")),
        ("<|begin_of_thought|>", ("<|begin_of_thought|>", "<|end_of_thought|>")),
    ],
)
def test_marks_that_only_occur_in_the_text(text: str, marks: tuple[str, str]) -> None:
    habits = habits_of(Template("{% for m in messages %}" + text + "{% endfor %}"))
    assert habits.marks == marks
    assert habits.reasons


def test_a_plain_template_gives_no_sign() -> None:
    habits = habits_of(Template(PLAIN))
    assert not habits.reasons
    assert not knows_switch(Template(PLAIN))
    assert switches(Template(PLAIN), True) == {}


def test_a_switch_alone_is_a_sign() -> None:
    template = Template(PLAIN + "{% if enable_thinking %}!{% endif %}")
    assert habits_of(template).reasons
    assert switches(template, None) == {}
    assert switches(template, False) == {"enable_thinking": False}


@pytest.mark.parametrize(
    ("source", "on", "off"),
    [
        ("{{ reasoning_effort }}", {}, {"reasoning_effort": "low"}),
        ("{{ reasoning_effort == 'none' }}", {}, {"reasoning_effort": "none"}),
        (
            "{{ reasoning_effort in ['no_think', 'high'] }}",
            {"reasoning_effort": "high"},
            {"reasoning_effort": "no_think"},
        ),
        ("{{ reasoning_effort }}{{ enable_thinking }}", {"enable_thinking": True}, {"enable_thinking": False}),
        ("{{ thinking_budget }}", {}, {"thinking_budget": 0}),
        ("{{ thinking_mode }}", {"thinking_mode": "enabled"}, {"thinking_mode": "disabled"}),
    ],
)
def test_switches(source: str, on: dict[str, object], off: dict[str, object]) -> None:
    assert switches(Template(source), True) == on
    assert switches(Template(source), False) == off


def test_a_template_that_listens_for_words() -> None:
    source = "{% if '/no_think' in messages[0].content %}n{% elif '/think' in messages[0].content %}y{% endif %}"
    assert needs_word(Template(source))
    assert not needs_word(Template(source + "{{ enable_thinking }}"))


@pytest.mark.parametrize(
    ("tail", "opened"),
    [
        ("<|assistant|>", False),
        ("<|assistant|><think>\n", True),
        ("<|assistant|><think>\n\n</think>\n\n", False),
        ("<|assistant|></think>", False),
        ("<think></think><think>", True),
    ],
)
def test_a_prompt_may_end_inside_a_reasoning(tail: str, opened: bool) -> None:
    habits = habits_of(Template(PLAIN))
    assert habits.at(tail) == ReasoningMarks(start="<think>", end="</think>", opened=opened)
