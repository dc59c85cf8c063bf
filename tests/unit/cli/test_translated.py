"""What comes of a translation on the command line: the growing text, the object of the contract, the report."""

from __future__ import annotations

import codecs
import io
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures, parser, translate, translated
from assistant.cli.terminal import Terminal
from assistant.core.translation.views import (
    JobState,
    OpenTranslation,
    SegmentState,
    SegmentView,
    TranslationPlan,
    TranslationView,
)
from assistant.documents.segments import ALONE, CLOSE, OPEN, Finding, FindingKind, Segment
from assistant.tasks.translation import TranslateOptions
from assistant.texts import errors, set_language


def wished(*arguments: str) -> Any:
    return parser.build().parse_args(["translate", *arguments])


# ---------------------------------------------------------------- what was asked for


def test_the_arguments() -> None:
    plain = wished("a.txt", "--to", "de")
    assert (plain.file, plain.to, plain.source, plain.glossary, plain.output) == ("a.txt", "de", None, None, None)
    assert (plain.formality, plain.report, plain.json, plain.column) == ("auto", False, False, None)
    given = wished("-", "--to", "中文", "--from", "English", "--formality", "formal", "--column", "b", "--column", "c")
    assert (given.to, given.source, given.column) == ("中文", "English", ["b", "c"])
    with pytest.raises(SystemExit) as left:
        wished("a.txt")
    assert left.value.code == 2


def test_languages_have_many_names() -> None:
    options = translate._options(wished("-", "--to", "中文", "--from", "english", "--audience", "children"))
    assert (options.target, options.source, options.audience) == ("zh-Hans", "en", "children")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "germna"), "“germna” is not a language that Lamplight knows. Did you mean German (de)?"),
        (("--to", "de", "--from", "qwrtz"), "is not a language that Lamplight knows. Name a language such as de"),
    ],
)
def test_an_unknown_language_is_wrong_usage(arguments: tuple[str, ...], said: str) -> None:
    set_language("en")
    with pytest.raises(AssistantError) as raised:
        translate._options(wished("-", *arguments))
    assert failures.exit_code(raised.value) == failures.USAGE
    assert said in errors.sentence(raised.value)


def test_columns_are_known_by_name_or_number() -> None:
    table = replace(DOCUMENT, columns=("id", "text"))
    translate._check_columns(("text", "1"), table)
    for wrong in ("3", "0", "words"):
        with pytest.raises(AssistantError) as caught:
            translate._check_columns((wrong,), table)
        assert caught.value.values["known"] == "id, text"


def test_the_file_that_is_written(tmp_path: Any) -> None:
    page = tmp_path / "page.HTML"
    page.write_text("x", "utf-8")
    assert translate._target(None, str(page)) is None
    assert translate._target(str(tmp_path / "new.htm"), str(page)) == tmp_path / "new.htm"
    assert translate._target(str(tmp_path / "any.thing"), "-") == tmp_path / "any.thing"


@pytest.mark.parametrize(
    ("target", "said"),
    [("page.html", "is the document itself. Choose another name."), ("new.docx", "Use a name that ends in .html."),
     ("new", "Use a name that ends in .html.")],
)  # fmt: skip
def test_the_file_has_the_documents_format_and_is_not_the_document(tmp_path: Any, target: str, said: str) -> None:
    set_language("en")
    page = tmp_path / "page.html"
    page.write_text("x", "utf-8")
    with pytest.raises(AssistantError) as raised:
        translate._target(str(tmp_path / "." / target), str(page))
    assert (raised.value.kind, failures.exit_code(raised.value)) == (ErrorKind.SETTING_INVALID, 2)
    assert said in errors.sentence(raised.value)


# ---------------------------------------------------------------- while it grows


class FakeCore:
    """Translations of which some segments have ended."""

    def __init__(self, *targets: str) -> None:
        self.views: dict[int, SegmentView] = {}
        self.translations = self
        self.targets = targets

    def end(self, index: int, source: str, state: SegmentState = SegmentState.DONE) -> None:
        self.views[index] = SegmentView(index, 0, source, target=self.targets[index], state=state)

    def segment(self, job: int, index: int) -> SegmentView | None:
        return self.views.get(index)


SOURCE = "One is here. Two is there.\n\n12345\n\nThree is last.\n"
SEGMENTS = (
    Segment(0, "One is here."), Segment(0, "Two is there.", before=" "), Segment(1, "Three is last."),
)  # fmt: skip


def streaming(core: FakeCore, options: TranslateOptions, **more: Any) -> tuple[translated.Stream, io.StringIO]:
    given: dict[str, Any] = {"format": "text", "segments": SEGMENTS, "language": "en", "source": SOURCE} | more
    source = given.pop("source")
    document = OpenTranslation("d", "", "", target_language="", **given)
    out = io.StringIO()
    session: Any = SimpleNamespace(core=core)
    return translated.Stream(Terminal(out=out, err=io.StringIO()), session, document, options, source), out


def test_sentences_are_written_in_their_order_with_what_stands_between_them() -> None:
    core = FakeCore("Eins ist hier.", "Zwei ist dort.", "Drei ist zuletzt.")
    stream, out = streaming(core, TranslateOptions("de"))
    core.end(1, "Two is there.")
    stream.go_on()
    assert out.getvalue() == ""  # the first one is not there yet
    core.end(0, "One is here.")
    stream.go_on()
    assert out.getvalue() == "Eins ist hier. Zwei ist dort."
    core.end(2, "Three is last.", SegmentState.WRITING)
    stream.go_on()
    assert out.getvalue() == "Eins ist hier. Zwei ist dort."
    core.end(2, "Three is last.")
    stream.go_on()
    whole = "Eins ist hier. Zwei ist dort.\n\n12345\n\nDrei ist zuletzt.\n"
    assert out.getvalue() == whole.rstrip("\n")
    stream.finish(whole)
    assert out.getvalue() == whole


def test_chinese_has_no_space_between_sentences() -> None:
    core = FakeCore("一在这里。", "二在那里。", "三是最后。")
    stream, out = streaming(core, TranslateOptions("zh-Hans"))
    for number, segment in enumerate(SEGMENTS):
        core.end(number, segment.text)
    stream.go_on()
    assert out.getvalue() == "一在这里。二在那里。\n\n12345\n\n三是最后。"


def test_from_chinese_there_is_one() -> None:
    segments = (Segment(0, "一在这里。"), Segment(0, "二在那里。"))
    core = FakeCore("One is here.", "Two is there.")
    source = "一在这里。二在那里。"
    stream, out = streaming(core, TranslateOptions("en"), segments=segments, language="zh-Hans", source=source)
    for number, segment in enumerate(segments):
        core.end(number, segment.text)
    stream.go_on()
    assert out.getvalue() == "One is here. Two is there."


def test_what_is_not_in_the_document_as_it_is_waits_for_the_end() -> None:
    core = FakeCore("Eins ist hier.", "Zwei ist dort.", "Drei.")
    stream, out = streaming(core, TranslateOptions("de"), source="One is here. Two is\nthere.\n")
    core.end(0, "One is here.")
    core.end(1, "Two is there.")
    stream.go_on()
    assert out.getvalue() == "Eins ist hier."
    stream.finish("Eins ist hier. Zwei ist dort.\n")
    assert out.getvalue() == "Eins ist hier. Zwei ist dort.\n"


def test_a_translation_with_lines_of_its_own_waits_for_the_end() -> None:
    core = FakeCore("Eins ist hier.", "Zwei\n\nist dort.", "Drei ist zuletzt.")
    stream, out = streaming(core, TranslateOptions("de"))
    for number, segment in enumerate(SEGMENTS):
        core.end(number, segment.text)
    stream.go_on()
    assert out.getvalue() == "Eins ist hier."
    whole = "Eins ist hier. Zwei ist dort.\n\n12345\n\nDrei ist zuletzt.\n"
    stream.finish(whole)
    assert out.getvalue() == whole


@pytest.mark.parametrize("more", [{"format": "html"}, {"source": ""}])
def test_other_documents_are_written_at_the_end(more: dict[str, Any]) -> None:
    core = FakeCore("Eins ist hier.")
    stream, out = streaming(core, TranslateOptions("de"), **more)
    core.end(0, "One is here.")
    stream.go_on()
    assert out.getvalue() == ""
    stream.finish("<p>Eins ist hier.</p>")
    assert out.getvalue() == "<p>Eins ist hier.</p>\n"


def test_what_was_edited_meanwhile_is_not_lost() -> None:
    core = FakeCore("Eins ist hier.")
    stream, out = streaming(core, TranslateOptions("de"))
    core.end(0, "One is here.")
    stream.go_on()
    stream.finish("Eins war hier.\n")
    assert out.getvalue() == "Eins ist hier.\nwar hier.\n"


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        ("Grüße".encode(), "", "Grüße"),
        (codecs.BOM_UTF8 + "Grüße".encode(), "utf-8", "Grüße"),
        ("灯塔".encode("gb18030"), "gb18030", "灯塔"),
        (codecs.BOM_UTF16_LE + "灯塔".encode("utf-16-le"), "utf-16", "灯塔"),
        (b"a\r\nb", "", "a\nb"),
        (b"caf\xe9", "latin-1", "café"),
    ],
)
def test_a_written_file_is_read_again(data: bytes, encoding: str, text: str) -> None:
    assert translated.decoded(data, encoding) == text


# ---------------------------------------------------------------- the object and the report


TAGGED = f"Press {chr(OPEN)}Save{chr(CLOSE)} 5 times."
VIEW = TranslationView(
    1,
    JobState.DONE,
    "d",
    "t",
    TranslateOptions("de"),
    (
        SegmentView(
            0,
            0,
            TAGGED,
            target=f"{chr(OPEN)}Speichern{chr(CLOSE)} 6 Mal drücken.",
            state=SegmentState.MARKED,
            confidence=0.81234,
            findings=(
                Finding(FindingKind.NUMBER, "6", start=12, end=13),
                Finding(FindingKind.NUMBER, "5", source_start=13, source_end=14),
                Finding(FindingKind.LANGUAGE, values={"wanted": "de", "found": "nl"}),
                Finding(FindingKind.COMMENTARY, mended=True),
            ),
        ),
        SegmentView(1, 0, "Then wait.", target="Dann warten.", state=SegmentState.REDONE, confidence=0.9),
        SegmentView(2, 1, "Done.", target="Fertig.", state=SegmentState.IN_FILE),
    ),
    done=3,
    total=3,
    model="m",
    finish="end",
)
DOCUMENT = OpenTranslation("d", "t", "a.html", "html", "en", "", ())


def test_the_object_of_the_contract() -> None:
    found = translated.as_object(DOCUMENT, VIEW, TranslationPlan(3, seconds=4.24), text="T", load=1.5)
    assert found.keys() >= {"text", "reasoning", "model", "finish", "tokens", "seconds", "segments"}
    assert (found["text"], found["finish"], found["seconds"]["load"]) == ("T", "end", 1.5)
    assert found["seconds"]["promised"] == 4.2
    assert found["language"] == {"from": "en", "to": "de"}
    first, second, third = found["segments"]
    assert (first["source"], first["target"]) == ("Press Save 5 times.", "Speichern 6 Mal drücken.")
    assert (first["state"], first["confidence"], third["confidence"]) == ("marked", 0.812, None)
    number, missing, language, mended = first["checks"]
    assert first["target"][slice(*number["place"])] == "6"
    assert missing["place"] is None
    assert first["source"][slice(*missing["source_place"])] == "5"
    assert "Dutch" in language["sentence"]
    assert (number["mended"], mended["mended"]) == (False, True)
    assert second["checks"] == []


def test_code_and_line_breaks_are_seen_in_the_object() -> None:
    code, end = chr(ALONE), chr(ALONE + 1)
    segment = SegmentView(
        0,
        0,
        f"Run {code}{end}5 times",
        target=f"运行{code}{end}6 次",
        things={code: "`ls -la`", end: "\n"},
        findings=(Finding(FindingKind.NUMBER, "6", start=4, end=5, source_start=6, source_end=7),),
    )
    (found,) = translated.as_object(DOCUMENT, replace(VIEW, segments=(segment,)), TranslationPlan(1), text="")[
        "segments"
    ]
    assert (found["source"], found["target"]) == ("Run `ls -la`\n5 times", "运行`ls -la`\n6 次")
    (check,) = found["checks"]
    assert found["target"][slice(*check["place"])] == "6"
    assert found["source"][slice(*check["source_place"])] == "5"


def test_the_report_names_segments_by_their_beginning() -> None:
    set_language("en")
    assert translated.report_as_json(VIEW) == {"redone": [1], "marked": [0]}
    line = translated.reported(VIEW.segments[0])
    assert line.startswith("  1 “Press Save 5 times.” Number 6 is not in the source. Number 5 is missing.")
    assert "remark" not in line  # that was put right
    long = translated.reported(SegmentView(9, 0, "word " * 40))
    assert "…”" in long
    assert len(long) < 80


@pytest.mark.parametrize(
    ("report", "lines"),
    [
        (False, ["1 sentence should be checked; --report lists them."]),
        (True, ["1 sentence was translated again:", "  2 “Then wait.”", "1 sentence should be checked:", "  1 “Press"]),
    ],
)
def test_what_is_said_behind_a_translation(report: bool, lines: list[str]) -> None:
    set_language("en")
    err = io.StringIO()
    translate._say_rest(Terminal(out=io.StringIO(), err=err), VIEW, report=report)
    said = err.getvalue().splitlines()
    assert len(said) == len(lines)
    for one, begins in zip(said, lines, strict=True):
        assert one.startswith(begins)


def test_a_report_of_nothing_says_so() -> None:
    set_language("en")
    clean = TranslationView(1, JobState.DONE, "d", "t", TranslateOptions("de"), VIEW.segments[2:], finish="end")
    err = io.StringIO()
    translate._say_rest(Terminal(out=io.StringIO(), err=err), clean, report=True)
    assert err.getvalue() == "Nothing was translated again, and nothing is marked.\n"
