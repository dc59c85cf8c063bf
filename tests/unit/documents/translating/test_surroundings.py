"""What stands between the segments and is not translated is known, so that a text can be shown whole."""

from __future__ import annotations

import pytest

from assistant.documents.segments import KeptSegments, Segment, pack_segments, unpack_cut, without_codes
from assistant.documents.translating.opening import open_translatable

PAGE = """# Title here

Use `foo(x)` to call it. And **bold** too.

- First item
  1. Nested thing

```python
def foo(x):
    return x  # done
```

| Name | Value |
|------|-------|
| Lamp | on    |

> A quote here.

---

The end.

```
tail code
```
"""


def cut(text: str, name: str) -> tuple[Segment, ...]:
    return open_translatable(text.encode(), name).document.segments


def test_bullets_and_code_lead_what_follows_them_and_rules_are_nothing_to_read() -> None:
    found = {segment.text: segment for segment in cut(PAGE, "a.md")}
    leads = {text: segment.lead for text, segment in found.items() if segment.lead.strip("\n")}
    assert leads == {
        "First item": "\n- ",
        "Nested thing": "  1. ",
        "Name": "\ndef foo(x):\n    return x  # done\n\n",
        "A quote here.": "\n> ",
    }
    assert found["The end."].lead == "\n\n", "an empty line, a rule, an empty line"
    assert [segment.trail for segment in found.values() if segment.trail] == ["\ntail code"]
    assert found["The end."].trail == "\ntail code"


def test_code_inside_a_sentence_is_known_by_its_code() -> None:
    (first, *_others) = [segment for segment in cut(PAGE, "a.md") if "call it" in segment.text]
    (code,) = first.things
    assert first.text == f"Use {code} to call it."
    assert first.things[code] == "`foo(x)`"
    (html,) = cut("<p>Use <code>a &amp; <b>b</b></code> now.</p>", "a.html")
    assert list(html.things.values()) == ["a & b"]
    assert html.lead == "", "tags are no text"


@pytest.mark.parametrize(
    ("text", "name"),
    [("<p>12 High Street<br>London</p>", "a.html"), ("12 High Street<br>London\n", "a.md")],
)
def test_a_line_break_inside_a_sentence_is_seen(text: str, name: str) -> None:
    (only,) = cut(text, name)
    assert without_codes(only.text, only.things) == "12 High Street\nLondon"


@pytest.mark.parametrize(
    ("text", "name", "leads"),
    [
        ("One thing.\n\n-----\n\n* Another thing.\n", "", ["", "\n\n* "]),
        ("\nOne.\r\n \r\n\r\n  Two.\r\nThree.\r\n\r\n", "", ["\n", "\n\n", ""]),
        ("一。\r\r二。\r三。\r", "", ["", "\n", ""]),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello there.\n", "a.srt", ["1\n00:00:01,000 --> 00:00:02,000\n"]),
    ],
)
def test_plain_texts_and_subtitles(text: str, name: str, leads: list[str]) -> None:
    assert [segment.lead for segment in cut(text, name)] == leads


def test_of_a_long_stretch_only_the_beginning_is_kept() -> None:
    code = "".join(f"line{number} = 1\n" for number in range(5000))
    (first, last) = cut(f"Before it.\n\n```\n{code}```\n\nBehind it.\n", "a.md")
    assert last.lead.startswith("\nline0 = 1\nline1 = 1\n")
    assert last.lead.endswith("…\n")
    assert len(last.lead) < 2500
    assert first.trail == ""


def test_of_endless_empty_lines_some_are_kept() -> None:
    (_, last) = cut("Before it.\n" + "\n" * 100_000 + "- Behind it.\n", "")
    assert last.lead.strip("\n") == "- "
    assert 1000 < len(last.lead) < 30_000


def test_it_is_kept_on_disk_with_the_segments() -> None:
    document = open_translatable(PAGE.encode(), "a.md").document
    assert unpack_cut(pack_segments(KeptSegments(document, "a.md"))) == document
