"""``lamplight translate`` as a program, over the fake engine and the real worker."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.fakes import tiny_models
from tests.fakes.cli_runs import WORDS, Result, Running, kept_in, run, stopped_midway, with_model

PAGE = '<html lang="en"><body>\n<p>Press <b>Save</b> now.</p>\n<pre>x = 1</pre>\n</body></html>\n'


@pytest.fixture(autouse=True)
def models(lamplight_home: Path) -> Path:
    """The models folder, with one model whose answers are eight words."""
    return with_model(lamplight_home)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """A plain text with something that is not translated in it."""
    path = tmp_path / "page.txt"
    path.write_text("The lamp was lit in 1911. It burned all night.\n\n12345\n\nNobody saw it.\n", "utf-8")
    return path


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(PAGE, "utf-8")
    return path


def _twelve_sentences(folder: Path) -> Path:
    path = folder / "long.txt"
    path.write_text("\n\n".join(f"The lamp of house {name} was lit again." for name in "ABCDEFGHIJKL"), "utf-8")
    return path


def translate(*arguments: object, given: bytes = b"") -> Result:
    return run("translate", *arguments, given=given)


def test_a_text_goes_to_standard_output_and_the_plan_to_the_other(text: Path) -> None:
    done = translate(text, "--to", "German", "--report")
    assert done.code == 0, done.err
    assert done.out == f"{WORDS} {WORDS}\n\n12345\n\n{WORDS}\n"
    said = done.err.splitlines()
    assert said[:2] == ["English to German", said[1]]
    assert said[1].startswith("3 sentences · ")
    assert any(line.startswith("  1 “The lamp was lit in 1911.” ") and "1911 is missing" in line for line in said)


def test_standard_input_is_plain_text_in_a_language_that_the_child_recognizes() -> None:
    given = "A könyvtár új épülete a folyó partján áll. Az olvasóterem minden nap nyitva van.\n"
    done = translate("-", "--to", "zh-CN", given=given.encode())
    assert (done.code, done.out) == (0, f"{WORDS}{WORDS}\n"), done.err
    assert "Hungarian to Simplified Chinese" in done.err


def test_other_formats_on_standard_input_are_known_by_their_content_or_by_name() -> None:
    cue = "1\n00:00:01,000 --> 00:00:02,000\n{}\n"
    done = translate("-", "--to", "de", given=cue.format("The lamp is lit.").encode())
    assert done.code == 0, done.err
    first, times, *said = done.out.splitlines()
    assert (first, times) == ("1", "00:00:01,000 --> 00:00:02,000")
    assert " ".join(said) == WORDS
    strings = b'{"title": "The lamp is lit."}'
    done = translate("-", "--to", "de", "--format", "json", given=strings)
    assert (done.code, json.loads(done.out)) == (0, {"title": WORDS}), done.err
    wrong = translate("-", "--to", "de", "--format", "docx", given=strings)
    assert (wrong.code, wrong.out) == (5, "")
    assert len(wrong.err.splitlines()) == 1


def test_the_object_of_the_contract(text: Path) -> None:
    done = translate(text, "--to", "de", "--json", "--report", "--formality", "formal", "--audience", "children")
    assert done.code == 0, done.err
    found = done.json
    assert found.keys() >= {"text", "reasoning", "model", "finish", "tokens", "seconds", "segments", "report", "notes"}
    assert (found["finish"], found["format"], found["language"]) == ("end", "text", {"from": "en", "to": "de"})
    assert found["text"] == f"{WORDS} {WORDS}\n\n12345\n\n{WORDS}\n"
    assert found["tokens"].keys() == {"prompt", "cached", "generated"}
    assert found["seconds"].keys() >= {"load", "first_token", "total"}
    assert [one["source"] for one in found["segments"]] == [
        "The lamp was lit in 1911.", "It burned all night.", "Nobody saw it.",
    ]  # fmt: skip
    assert {one["target"] for one in found["segments"]} == {WORDS}
    assert all(one["confidence"] is None or 0 < one["confidence"] <= 1 for one in found["segments"])
    assert 0 in found["report"]["marked"]
    assert "1911" in {check["text"] for check in found["segments"][0]["checks"]}


def test_a_file_is_written_in_the_documents_format(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.html"
    for more in ((), ("--json",)):
        done = translate(page, "--to", "de", "-o", target, *more)
        assert done.code == 0, done.err
        assert done.err.splitlines()[-1] == f"Saved as {target}."
        written = target.read_text("utf-8")
        assert "<pre>x = 1</pre>" in written
        assert "word8" in written
        assert written.count("<b>") == written.count("</b>") == 1
    assert page.read_text("utf-8") == PAGE


def test_without_a_file_the_document_goes_to_standard_output(page: Path) -> None:
    done = translate(page, "--to", "de")
    assert done.code == 0, done.err
    assert done.out.startswith("<html")
    assert done.out.endswith("</body></html>\n")
    assert "word8" in done.out


def test_a_text_that_is_in_the_language_already_stays(text: Path) -> None:
    done = translate(text, "--to", "en")
    assert (done.code, done.out) == (0, text.read_text("utf-8")), done.err
    assert "The text seems to be in English already." in done.err


def test_columns_of_a_table(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text("id,title,note\n1,The lamp is lit.,Nobody is here now.\n", "utf-8")
    done = translate(table, "--to", "de", "--column", "title")
    assert done.code == 0, done.err
    assert done.out == f"id,title,note\n1,{WORDS},Nobody is here now.\n"
    left = "Columns that are translated: title. Left as they are: id, note. --column NAME chooses others."
    assert left in done.err.splitlines()
    chosen = translate(table, "--to", "de", "--json").json
    assert chosen["columns"] == {"translated": ["title", "note"], "into": "", "left": ["id"]}
    all_of_it = translate(table, "--to", "de", *("--column", "title", "--column", "2", "--column", "note"))
    assert "Left as they are: id." in all_of_it.err
    wrong = translate(table, "--to", "de", "--column", "colour")
    assert (wrong.code, wrong.out) == (2, "")
    assert "The table has no column “colour”. It has: id, title, note." in wrong.err


def test_a_table_with_a_column_for_the_language(tmp_path: Path) -> None:
    table = tmp_path / "strings.csv"
    table.write_text("key,en,de\nk1,The lamp is lit.,\nk2,Nobody is here now.,Niemand ist mehr da.\n", "utf-8")
    done = translate(table, "--to", "de")
    assert done.code == 0, done.err
    assert done.out == f"key,en,de\nk1,The lamp is lit.,{WORDS}\nk2,Nobody is here now.,Niemand ist mehr da.\n"
    said = "Columns that are translated: en, into the column de. Left as they are: key. --column NAME chooses others."
    assert said in done.err.splitlines()
    columns = translate(table, "--to", "de", "--json").json["columns"]
    assert columns == {"translated": ["en"], "into": "de", "left": ["key"]}


def test_a_text_that_is_named_as_a_document_is_told_to_be_one(tmp_path: Path) -> None:
    letter = tmp_path / "letter.docx"
    letter.write_text("The lamp is lit.\n", "utf-8")
    said = "The name ends in .docx, but this is plain text, and was read as that."
    done = translate(letter, "--to", "de")
    assert (done.code, done.out) == (0, WORDS + "\n"), done.err
    assert said in done.err.splitlines()
    done = translate(letter, "--to", "de", "--json")
    assert [note["sentence"] for note in done.json["notes"]] == [said]
    assert said in run("summarize", letter).err.splitlines()


def test_a_glossary_is_checked(tmp_path: Path) -> None:
    terms = tmp_path / "terms.tsv"
    terms.write_text("lamp\tLampe\n", "utf-8")
    done = translate("-", "--to", "de", "--from", "en", "--glossary", terms, "--json", given=b"The lamp is lit.\n")
    assert done.code == 0, done.err
    (segment,) = done.json["segments"]
    assert segment["state"] == "marked"
    assert "term" in {check["kind"] for check in segment["checks"]}


def test_a_memory_is_taken_and_checked(tmp_path: Path) -> None:
    memory = tmp_path / "memory.tmx"
    unit = '<tu><tuv xml:lang="en"><seg>{}</seg></tuv><tuv xml:lang="de"><seg>{}</seg></tuv></tu>'
    units = unit.format("The lamp is lit.", "Die Lampe brennt.") + unit.format("Nobody saw 7 of it.", "Niemand sah es.")
    body = f'<tmx version="1.4"><header srclang="en"/><body>{units}<tu/></body></tmx>'
    memory.write_text(body, "utf-8")
    given = b"The lamp is lit. Nobody saw 7 of it.\n"
    done = translate("-", "--to", "de", "--from", "en", "--memory", memory, "--json", given=given)
    assert done.code == 0, done.err
    assert done.json["text"] == "Die Lampe brennt. Niemand sah es.\n"
    assert [one["state"] for one in done.json["segments"]] == ["memory", "memory"]
    assert "7" in {check["text"] for check in done.json["segments"][1]["checks"]}
    assert "1 entry of the memory is not a translation." in done.err
    assert "2 from memory" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("page", "--to", "germna"), 2, "Did you mean German (de)?"),
        (("page", "--to", "de", "-o", "page"), 2, "is the document itself."),
        (("missing.txt", "--to", "de"), 5, "missing.txt"),
        (("empty.txt", "--to", "de"), 5, "empty"),
        (("page", "--to", "de", "--glossary", "missing.tsv"), 5, "missing.tsv"),
        (("page", "--to", "de", "--memory", "empty.txt"), 5, "empty.txt is not a translation memory"),
        (("page", "--to", "de", "--model", "nothing of that name"), 3, "nothing of that name"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_has_its_exit_code(
    page: Path, tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "empty.txt").write_bytes(b"  \n")
    names = {"page": page, **{name: tmp_path / name for name in ("missing.txt", "empty.txt", "missing.tsv")}}
    done = translate(*(names.get(argument, argument) for argument in arguments))
    assert (done.code, done.out) == (code, ""), done.err
    assert said in done.err
    assert "Traceback" not in done.err
    assert page.read_text("utf-8") == PAGE


def test_what_cannot_be_written_is_printed(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.html"
    target.mkdir()  # a folder: nobody can write a file in its place
    done = translate(page, "--to", "de", "-o", target)
    assert done.code == 1
    assert "word8" in done.out
    assert done.err.splitlines()[-1].startswith("lamplight: ")
    as_object = translate(page, "--to", "de", "-o", target, "--json")
    assert as_object.code == 1
    assert as_object.json["error"]["kind"] == "read_only"
    assert "word8" in as_object.json["text"]


def test_an_engine_that_dies_is_an_error_with_what_there_is(models: Path, text: Path) -> None:
    tiny_models.write_plain(models / "dies,context=12000,words=8,crash=SIGKILL@3.gguf")
    done = translate(text, "--to", "de", "--model", "dies", "--json")
    assert done.code == 1
    assert done.json["error"]["kind"].startswith("engine_")


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_ctrl_c_prints_what_there_is(models: Path, text: Path, more: tuple[str, ...]) -> None:
    tiny_models.write_plain(models / "slow,context=12000,slow=100,words=400.gguf")
    running = Running("translate", text, "--to", "de", "--model", "slow", *more)
    running.wait_until_told("sentences")  # the plan: it begins now
    running.interrupt()
    done = running.end()
    assert done.code == 130
    if more:
        assert done.json["finish"] == "cancelled"


@pytest.mark.parametrize("end", ["interrupt", "kill"])
def test_the_same_command_goes_on_where_it_was(models: Path, lamplight_home: Path, tmp_path: Path, end: str) -> None:
    """After Ctrl+C, and after the program was killed."""
    tiny_models.write_plain(models / "slow,context=12000,slow=20,words=8.gguf")
    text = _twelve_sentences(tmp_path)
    target = tmp_path / "out.txt"
    arguments = (text, "--to", "de", "--model", "slow", "-o", target)
    done, kept = stopped_midway(lamplight_home, "translate", *arguments, kill=end == "kill")
    if end == "interrupt":
        assert done.code == 130
        assert "are not translated yet" in done.err
        assert "the same command resumes" in done.err
        assert done.out.count("word8") >= 2
    finished = len({json.loads(line)[0] for line in kept.read_bytes().splitlines() if line})
    again = translate(*arguments)
    assert again.code == 0, again.err
    assert f"{finished} finished earlier" in again.err
    assert target.read_text("utf-8").count(WORDS) == 12
    assert not kept.parent.exists()


def test_restart_begins_anew(models: Path, lamplight_home: Path, tmp_path: Path) -> None:
    tiny_models.write_plain(models / "slow,context=12000,slow=20,words=8.gguf")
    text = _twelve_sentences(tmp_path)
    arguments = (text, "--to", "de", "--model", "slow")
    stopped_midway(lamplight_home, "translate", *arguments, kill=True)
    for more in (("--formality", "formal"), ("--restart",)):
        again = translate(*arguments, *more)
        assert again.code == 0, again.err
        assert "finished earlier" not in again.err
        assert again.out.count(WORDS) == 12


def test_nothing_is_kept(lamplight_home: Path, text: Path, tmp_path: Path) -> None:
    terms = tmp_path / "secret.tsv"
    terms.write_text("lamp\tLampe\n", "utf-8")
    assert translate(text, "--to", "de", "--glossary", terms).code == 0
    assert not kept_in(lamplight_home, [b"lit in 1911", b"page.txt", b"secret.tsv", b"Lampe"])
