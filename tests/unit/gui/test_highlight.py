"""Colours line by line are those that pygments gives to the whole, whatever chunks the code came in."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.gui.widgets.markdown import highlight
from assistant.gui.widgets.markdown.highlight import MAX_CODE, LineHighlighter, Span, color_of, keeps_state, lexer_for

CODE = {
    "python": 'import os\n\nclass A:\n    """Doc\n    more."""\n    def f(self, x: int) -> str:\n'
    '        return f"{x!r}"  # c\n',
    "javascript": "/* a\n * b */\nfunction f(x) {\n  return `a ${x}\n b` + 1; // c\n}\n",
    "c": '#include <stdio.h>\n/* two\n   lines */\nint main(void) { printf("x\\n"); return 0; }\n',
    "java": "/** Doc\n * x */\npublic class A {\n  int x = 1;\n}\n",
    "html": "<div class='a'>\n<!-- c\n c2 -->\n<b>x</b></div>\n",
    "go": "package main\nvar s = `raw\nstring`\n",
    "rust": 'fn main() {\n    let x: i32 = 5; /* a\n b */\n    println!("{}", x);\n}\n',
    "css": "/* a\nb */\na { color: red; }\n",
    "sql": "SELECT a FROM b WHERE c = 'd'; -- x\n",
    "bash": 'for i in 1 2; do\n  echo "$i"\ndone # x\n',
    "json": '{"a": [1, true, null],\n "b": "c"}\n',
    "yaml": "a: 1\nb:\n  - c\n",
    "diff": "--- a\n+++ b\n-x\n+y\n",
}


def colored(language: str, text: str, *, chunk: int = 0) -> list[list[tuple[str, str]]]:
    """Each line as pairs of a colour and the word that has it; without spaces, whose colour nobody sees."""
    highlighter = LineHighlighter(language)
    place = 0
    while place < len(text):
        place = min(len(text), place + (chunk or len(text)))
        highlighter.update(text[:place])
        finish(highlighter)
    out = []
    for number, line in enumerate(text.split("\n")):
        words = []
        for span in highlighter.spans(number):
            words += [(span.color, word) for word in line[span.start : span.start + span.length].split()]
        out.append(words)
    return out


def finish(highlighter: LineHighlighter) -> None:
    while not highlighter.finished:
        highlighter.advance(time.perf_counter() + 1)


def reference(language: str, text: str) -> list[list[tuple[str, str]]]:
    lexer = lexer_for(language)
    assert lexer is not None
    out: list[list[tuple[str, str]]] = [[]]
    for _place, kind, value in lexer.get_tokens_unprocessed(text):
        for number, piece in enumerate(value.split("\n")):
            if number:
                out.append([])
            if color_of(kind):
                out[-1] += [(color_of(kind), word) for word in piece.split()]
    return out


def merged(lines: list[list[tuple[str, str]]]) -> list[list[tuple[str, str]]]:
    """Neighbouring words of one colour as one, because only the colour is seen."""
    out = []
    for line in lines:
        result: list[tuple[str, str]] = []
        for color, word in line:
            if result and result[-1][0] == color:
                result[-1] = (color, result[-1][1] + word)
            else:
                result.append((color, word))
        out.append(result)
    return out


@pytest.mark.parametrize("language", CODE)
def test_all_at_once_is_what_pygments_says(language: str) -> None:
    expected = merged(reference(language, CODE[language]))
    assert merged(colored(language, CODE[language])) == expected
    assert any(expected)


@pytest.mark.parametrize("language", CODE)
@pytest.mark.parametrize("chunk", [1, 7, 30])
def test_growing_code_ends_in_the_same_colours(language: str, chunk: int) -> None:
    assert merged(colored(language, CODE[language], chunk=chunk)) == merged(reference(language, CODE[language]))


@settings(max_examples=30)
@given(st.lists(st.sampled_from([*CODE.values(), "'''", '"""', "/*", "*/", "`", "<!--", "\n", "\\"]), max_size=5))
def test_no_code_stops_it(pieces: list[str]) -> None:
    text = "".join(pieces)
    for language in ("python", "c", "html", "json"):
        highlighter = LineHighlighter(language)
        highlighter.update(text)
        finish(highlighter)
        for number, line in enumerate(text.split("\n")):
            assert all(span.start >= 0 and span.start + span.length <= len(line) for span in highlighter.spans(number))


def test_finished_lines_are_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[int] = []
    plain = highlight._lex

    def counting(lexer: object, text: str, place: int, *rest: object, **more: object) -> object:
        read.append(len(text) - place)
        return plain(lexer, text, place, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(highlight, "_lex", counting)
    highlighter = LineHighlighter("python")
    for number in range(300):
        highlighter.update("x = 1\n" * (number + 1))
        finish(highlighter)
    assert max(read[5:]) <= 12


def test_a_budget_is_kept_and_what_is_known_stays() -> None:
    highlighter = LineHighlighter("python")
    text = "def f(x): return 'a' + str(x)\n" * 500
    highlighter.update(text)
    while highlighter.spans(0) == ():
        highlighter.advance(0.0)  # the deadline is over: one line at most
    assert highlighter.spans(400) == ()
    assert not highlighter.finished
    finish(highlighter)
    assert highlighter.spans(499) == highlighter.spans(0)
    assert highlighter.spans(0)[0] == Span(0, 3, "keyword")


@pytest.mark.parametrize(("language", "text"), [("", "x"), ("nonsense", "x"), ("text", "x"), ("python", "x" * 5000),
                                               ("python", "x = 1\n" * (MAX_CODE // 5))])  # fmt: skip
def test_some_code_stays_plain(language: str, text: str) -> None:
    highlighter = LineHighlighter(language)
    highlighter.update(text)
    finish(highlighter)
    assert highlighter.spans(0) == ()


def test_common_languages_keep_their_state() -> None:
    for language in ("python", "py", "js", "ts", "tsx", "c", "cpp", "c#", "java", "kotlin", "go", "rust", "php", "html",
                     "css", "sql", "bash", "sh", "powershell", "toml", "dockerfile", "swift", "lua", "r"):  # fmt: skip
        lexer = lexer_for(language)
        assert lexer is not None, language
        assert keeps_state(lexer), language


# ---------------------------------------------------------------- colours can be read


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_of_code_has_contrast() -> None:
    file = Path(__file__).parents[3] / "resources" / "theme" / "code.json"
    for name, tokens in json.loads(file.read_text("utf-8")).items():
        assert {color for _base, color in highlight._COLORS} <= set(tokens), name
        box = luminance(tokens["box"])
        for token, color in tokens.items():
            one, other = sorted((luminance(color), box), reverse=True)
            assert token == "box" or (one + 0.05) / (other + 0.05) >= 4.5, (name, token)
