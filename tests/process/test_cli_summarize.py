"""``lamplight summarize`` and ``lamplight ask`` as programs, over the fake engine and the real worker."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import tiny_models
from tests.fakes.cli_runs import WORDS, Running, kept_in, run, stopped_midway, with_model
from tests.fakes.pdf_files import simple
from tests.fakes.summary_desk import story


@pytest.fixture(autouse=True)
def models(lamplight_home: Path) -> Path:
    """The models folder, with one model whose answers are eight words."""
    return with_model(lamplight_home)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A short document."""
    path = tmp_path / "page.md"
    path.write_text("# The lamp\n\nIt was lit in 1911.\n\nword1 word2 word3 word4 word5 word6 word7 word8\n", "utf-8")
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A document of several parts."""
    path = tmp_path / "book.txt"
    path.write_text(story(40), "utf-8")
    return path


# ---------------------------------------------------------------- summarize


def test_a_summary_goes_to_standard_output_and_the_plan_to_the_other(page: Path) -> None:
    done = run("summarize", page)
    assert done.code == 0, done.err
    assert done.out == WORDS + "\n"
    assert "It is read in one go." in done.err


def test_standard_input_is_a_document_too(page: Path) -> None:
    done = run("summarize", "-", given=page.read_bytes())
    assert (done.code, done.out) == (0, WORDS + "\n")


def test_the_object_of_the_contract(book: Path) -> None:
    done = run("summarize", book, "--json", "--length", "short", "--format", "bullets")
    assert done.code == 0, done.err
    found = done.json
    assert found.keys() >= {
        *("text", "reasoning", "model", "finish", "tokens", "seconds", "parts", "sources", "unsupported", "coverage"),
        *("problems", "steps", "share", "notes", "tree"),
    }
    assert (found["text"], found["finish"], found["reasoning"]) == (WORDS, "end", "")
    assert found["tokens"].keys() == {"prompt", "cached", "generated"}
    assert found["seconds"].keys() >= {"load", "first_token", "total"}
    assert len(found["parts"]) > 1
    assert found["steps"] == len(found["tree"]) > len(found["parts"])
    assert found["tree"][-1]["steps"]
    text = book.read_text("utf-8")
    places = [stretch for part in found["parts"] for stretch in part["stretches"]]
    assert places == sorted(places)
    assert places[0][0] == 0
    assert places[-1][1] == len(text)
    assert found["share"] == 1
    assert found["notes"] == []
    assert [sentence["supported"] for sentence in found["sources"]] == [False]
    assert found["unsupported"] == [WORDS]
    assert "parts are read" in done.err


def test_what_a_sentence_rests_on_is_in_the_object(page: Path) -> None:
    found = run("summarize", page, "--json").json
    (sentence,) = found["sources"]
    assert sentence["supported"]
    assert sentence["sources"][0]["text"] == WORDS
    assert sentence["sources"][0]["path"] == ["The lamp"]
    assert found["unsupported"] == []
    assert 0 < found["coverage"]["share"] < 1


def test_a_summary_that_cannot_be_written_is_printed(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    target.mkdir()  # a folder: nobody can write a file in its place
    done = run("summarize", page, "-o", target)
    assert (done.code, done.out) == (1, WORDS + "\n")
    assert done.err.splitlines()[-1].startswith("lamplight: ")
    as_object = run("summarize", page, "-o", target, "--json")
    assert as_object.code == 1
    assert as_object.json["error"]["kind"] == "read_only"
    assert as_object.json["text"] == WORDS


def test_the_document_is_not_written_over(page: Path, tmp_path: Path) -> None:
    before = page.read_bytes()
    done = run("summarize", page, "-o", tmp_path / "." / "page.md", "--model", "no-such-model")
    assert (done.code, done.out) == (2, "")  # known before any work: there is no such model
    assert "is the document itself." in done.err
    assert page.read_bytes() == before


def test_a_folder_that_is_not_there_is_not_made(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "none" / "below"
    done = run("summarize", page, "-o", folder / "out.md", "--model", "no-such-model")
    assert (done.code, done.out) == (1, "")  # known before any work
    assert f"The folder {folder} is not there." in done.err
    assert not folder.parent.exists()


def test_what_is_written_is_named(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.md"
    for more in ((), ("--json",)):
        done = run("summarize", page, "-o", target, *more)
        assert done.code == 0, done.err
        assert done.err.splitlines()[-1] == f"Saved as {target}."
        assert WORDS in target.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-o", "out.pdf"), "Use a name that ends in .md, .txt, .docx or .html."),
        (("--to", "gobbledygook"), "is not a language that Lamplight knows. Name a language such as de, zh or German."),
    ],
    ids=["ending", "language"],
)
def test_what_is_possible_is_said_before_any_work(page: Path, arguments: tuple[str, ...], said: str) -> None:
    done = run("summarize", page, *arguments, "--model", "no-such-model")
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize("command", [("summarize",), ("ask", "What words?")], ids=["summarize", "ask"])
def test_what_is_wrong_with_the_file_comes_before_the_model(
    models: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    for model in models.iterdir():
        model.unlink()
    missing = run(command[0], tmp_path / "nope.txt", *command[1:])
    assert (missing.code, missing.out) == (5, "")
    assert "nope.txt cannot be opened." in missing.err
    (tmp_path / "letters").mkdir()
    folder = run(command[0], tmp_path / "letters", *command[1:])
    assert (folder.code, folder.out) == (5, "")
    assert "letters is a folder." in folder.err


@pytest.mark.parametrize("command", [("summarize",), ("ask", "What words?")], ids=["summarize", "ask"])
def test_how_the_document_was_read_is_told(tmp_path: Path, command: tuple[str, ...]) -> None:
    page = tmp_path / "seite.txt"
    page.write_bytes("Grüße aus Köln: schöne, überflüssige Wörter für alle.".encode("cp1252"))
    done = run(command[0], page, *command[1:], "--json")
    assert done.code == 0, done.err
    sentence = "The encoding was guessed: Windows-1252."
    assert sentence in done.err.splitlines()
    assert done.json["notes"] == [{"kind": "encoding_guessed", "sentence": sentence}]
    plain = run(command[0], page, *command[1:])
    assert plain.out == WORDS + "\n"
    assert sentence in plain.err.splitlines()


def test_a_quick_look_says_its_share(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(story(120), "utf-8")
    done = run("summarize", path, "--depth", "quick", "--json")
    assert done.code == 0, done.err
    assert 0 < done.json["share"] < 0.5
    assert "most telling" in done.err


def test_a_quick_look_that_is_resumed_says_its_share_again(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(story(120), "utf-8")
    target = tmp_path / "out.md"
    target.mkdir()  # a folder: nobody can write a file in its place, so what is finished is kept
    assert run("summarize", path, "--depth", "quick", "-o", target).code == 1
    target.rmdir()
    again = run("summarize", path, "--depth", "quick", "-o", target)
    assert again.code == 0, again.err
    assert "Resuming: 1 step is finished already. The most telling sentences are read: " in again.err


@pytest.mark.parametrize(
    ("name", "begins"), [("out.md", b"#"), ("out.txt", b""), ("out.html", b"<!"), ("out.docx", b"PK")]
)
def test_a_file_is_written_instead(page: Path, tmp_path: Path, name: str, begins: bytes) -> None:
    target = tmp_path / name
    done = run("summarize", page, "-o", target)
    assert done.code == 0, done.err
    assert done.out == ""
    assert target.read_bytes().startswith(begins)
    assert target.stat().st_size > len(WORDS)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("page", "-o", "out.xyz"), 2),
        (("page", "--to", "Gobbledygook"), 2),
        (("page", "--length", "huge"), 2),
        (("missing.txt",), 5),
        (("empty.txt",), 5),
        (("damaged.pdf",), 5),
        (("page", "--model", "nothing of that name"), 3),
    ],
)
def test_what_cannot_be_done_has_its_exit_code(
    page: Path, tmp_path: Path, arguments: tuple[str, ...], code: int
) -> None:
    (tmp_path / "empty.txt").write_bytes(b"  \n")
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    first = page if arguments[0] == "page" else tmp_path / arguments[0]
    done = run("summarize", first, *arguments[1:])
    assert done.code == code, done.err
    assert done.out == ""
    assert len(done.err.strip().splitlines()) >= 1
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", [("summarize",), ("ask", "What words?")], ids=["summarize", "ask"])
def test_a_protected_document_is_opened_with_the_password_in_a_file(tmp_path: Path, command: tuple[str, ...]) -> None:
    page, secret = tmp_path / "plan.pdf", tmp_path / "secret"
    page.write_bytes(simple(["The lamp was lit in 1911."], password="öl 4"))
    secret.write_text("öl 4\nand a word about it\n", "utf-8")
    done = run(command[0], page, *command[1:], "--password-file", secret)
    assert (done.code, done.out) == (0, WORDS + "\n"), done.err
    without = run(command[0], page, *command[1:])
    assert (without.code, without.out) == (5, "")
    assert "protected by a password." in without.err
    assert "“--password-file FILE” takes it from a file" in without.err
    secret.write_text("another", "utf-8")
    wrong = run(command[0], page, *command[1:], "--password-file", secret, "--json")
    assert (wrong.code, wrong.json["error"]["kind"]) == (5, "document_encrypted")
    assert "not the password" in wrong.json["error"]["message"]
    wrong = run(command[0], page, *command[1:], "--password-file", secret)
    assert wrong.code == 5
    assert "not the password" in wrong.err
    assert "--password-file" not in wrong.err, "it has just been used"
    missing = run(command[0], page, *command[1:], "--password-file", tmp_path / "nope")
    assert missing.code == 5
    assert "nope cannot be read." in missing.err


@pytest.mark.parametrize("given", [b"", b" \n"])
def test_nothing_on_standard_input_cannot_be_read_nor_can_an_empty_file(given: bytes) -> None:
    for command in (("summarize", "-"), ("ask", "-", "What?"), ("translate", "-", "--to", "de")):
        done = run(*command, given=given)
        assert done.code == 5
        assert "The document is empty." in done.err


def test_an_error_is_an_object_too(tmp_path: Path) -> None:
    done = run("summarize", tmp_path / "missing.txt", "--json")
    assert done.code == 5
    assert done.json["error"]["kind"] == "document_unreadable"


def test_an_engine_that_dies_leaves_what_there_is(models: Path, page: Path) -> None:
    tiny_models.write_plain(models / "dies,context=12000,words=8,crash=SIGKILL@3.gguf")
    done = run("summarize", page, "--model", "dies", "--json")
    assert done.code == 1
    assert done.json["error"]["kind"].startswith("engine_")


def test_ctrl_c_prints_what_there_is(models: Path, book: Path) -> None:
    tiny_models.write_plain(models / "slow,context=12000,slow=20,words=400.gguf")
    running = Running("summarize", book, "--json", "--model", "slow")
    running.wait_until_told("parts")  # the plan: it begins now
    running.interrupt()
    done = running.end()
    assert (done.code, done.json["finish"]) == (130, "cancelled")


@pytest.mark.parametrize("end", ["interrupt", "kill"])
def test_the_same_command_goes_on_where_it_was(models: Path, lamplight_home: Path, book: Path, end: str) -> None:
    """After Ctrl+C, and after the program was killed: no part that was finished is asked again."""
    tiny_models.write_plain(models / "slow,context=12000,slow=20,words=8.gguf")
    command = ("summarize", book, "--model", "slow", "--json")
    done, kept = stopped_midway(lamplight_home, *command, kill=end == "kill")
    if end == "interrupt":
        assert done.code == 130
        assert "the same command resumes" in done.err
    count = sum(map(bool, kept.read_bytes().splitlines())) - 1  # behind the plan
    again = run(*command)
    assert again.code == 0, again.err
    assert f"Resuming: {count} step" in again.err
    found = again.json
    assert (found["text"], found["finish"], found["seconds"]["promised"]) == (WORDS, "end", None)
    assert 0 < count < found["steps"]
    assert all(part["text"] == WORDS for part in found["parts"])
    assert not kept.parent.exists()


def test_restart_begins_anew(models: Path, lamplight_home: Path, book: Path) -> None:
    tiny_models.write_plain(models / "slow,context=12000,slow=20,words=8.gguf")
    command = ("summarize", book, "--model", "slow")
    stopped_midway(lamplight_home, *command, kill=True)
    for more in (("--length", "short"), ("--restart",)):
        again = run(*command, *more)
        assert (again.code, again.out) == (0, WORDS + "\n"), again.err
        assert "Resuming" not in again.err


def test_nothing_is_kept(lamplight_home: Path, page: Path) -> None:
    assert run("summarize", page).code == 0
    assert not kept_in(lamplight_home, [b"lit in 1911", b"page.md"])


# ---------------------------------------------------------------- ask


def test_an_answer_and_what_it_rests_on(page: Path) -> None:
    done = run("ask", page, "What words are there?")
    assert done.code == 0, done.err
    assert done.out == WORDS + "\n"
    assert "word1 word2" in done.err  # the passage


def test_the_object_of_an_answer(page: Path) -> None:
    done = run("ask", page, "What words are there?", "--json")
    assert done.code == 0, done.err
    found = done.json
    assert found["text"] == WORDS
    assert found["whole"]
    assert found["passages"] == []
    assert found["sources"][0]["sources"][0]["text"] == WORDS
    assert found["unsupported"] == []
    assert found["seconds"]["total"] > 0


def test_a_long_document_is_asked_by_its_passages(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(story(120), "utf-8")
    found = run("ask", path, "What happened to fact77 in 1577?", "--json").json
    assert not found["whole"]
    assert any("fact77" in passage["text"] for passage in found["passages"])


def test_a_question_from_standard_input(page: Path) -> None:
    done = run("ask", page, given=b"Which words?")
    assert (done.code, done.out) == (0, WORDS + "\n")


def test_no_question_is_wrong_usage(page: Path) -> None:
    assert run("ask", page, given=b" ").code == 2


def test_questions_and_answers_are_written_into_a_file_too(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "talk.md"
    done = run("ask", page, "Which words are there?", "-o", target)
    assert (done.code, done.out) == (0, WORDS + "\n"), done.err
    assert done.err.splitlines()[-1] == f"Saved as {target}.", "behind the answer, not beside it"
    written = target.read_text("utf-8")
    assert written.startswith("# Questions about The lamp\n\n## Which words are there?\n\n" + WORDS)
    assert "[^1]: The lamp: “word1" in written
    refused = run("ask", page, "Which?", "-o", page, "--model", "no-such-model")
    assert (refused.code, refused.out) == (2, "")
    assert "is the document itself." in refused.err
