"""The command line as a program: real processes over the fake engine, streams, signals and exit codes."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import tiny_models
from tests.fakes.cli_runs import COMMAND, SECONDS, Result, Running, run


@pytest.fixture
def models(lamplight_home: Path) -> Path:
    """The models folder, with one model that answers what it is told to (see fakes/engine_backend.py)."""
    folder = lamplight_home / "models"
    folder.mkdir(parents=True)
    tiny_models.write_plain(folder / "fake.gguf")
    return folder


def chat(*arguments: str, given: bytes = b"") -> Result:
    return run("chat", *arguments, given=given)


@pytest.fixture
def started() -> Iterator[list[Running]]:
    running: list[Running] = []
    yield running
    for one in running:
        if one.process.poll() is None:
            one.process.kill()
            one.process.communicate()


def test_an_answer_goes_to_standard_output_and_nothing_else_does(models: Path) -> None:
    done = chat("{{say}}Bonjour 灯下 👩‍👩‍👧")
    assert (done.code, done.out, done.err) == (0, "Bonjour 灯下 👩‍👩‍👧\n", "")


def test_an_answer_as_json(models: Path) -> None:
    done = chat("--json", "{{say}}Hello")
    assert done.code == 0
    assert done.out.count("\n") == 1
    found = done.json
    assert set(found) >= {"text", "reasoning", "model", "finish", "tokens", "seconds"}
    assert (found["text"], found["reasoning"], found["model"], found["finish"]) == ("Hello", "", "fake", "end")
    assert set(found["tokens"]) == {"prompt", "cached", "generated"}
    assert found["tokens"]["generated"] >= 5
    assert found["tokens"]["prompt"] > 0
    assert set(found["seconds"]) == {"load", "first_token", "total"}
    assert found["seconds"]["total"] >= found["seconds"]["first_token"] >= 0


def test_reasoning_is_apart(models: Path) -> None:
    plain = chat("{{think=3}}Hello")
    assert plain.code == 0
    assert plain.err == ""
    found = chat("--json", "{{think=3}}Hello").json
    assert found["reasoning"]
    assert found["text"] == plain.out.removesuffix("\n")
    shown = chat("--show-reasoning", "{{think=3}}Hello")
    assert shown.out == plain.out
    assert found["reasoning"].strip() in shown.err


def test_the_longest_answer_is_kept_to(models: Path) -> None:
    done = chat("--json", "--max-tokens", "5", "{{endless}}go on")
    assert (done.code, done.json["finish"], done.json["tokens"]["generated"]) == (0, "limit", 5)
    done = chat("--max-tokens", "5", "{{endless}}go on")
    assert done.code == 0
    assert done.err == "Cut off at the length limit.\n"


def test_an_answer_that_repeats_itself_for_ever_is_a_limit(models: Path) -> None:
    done = chat("--json", "{{endless=la }}sing")
    assert (done.code, done.json["finish"]) == (0, "limit")
    assert "repeated itself" in chat("{{endless=la }}sing").err


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_a_pipe_is_the_text(arguments: tuple[str, ...], encoding: str, models: Path) -> None:
    done = chat(*arguments, given="{{say}}灯下\r\n".encode(encoding))
    assert (done.code, done.out.strip()) == (0, "灯下")


def test_a_text_does_not_wait_for_a_pipe(models: Path) -> None:
    assert chat("{{say}}one", given=b"{{say}}two").out == "one\n"


@pytest.mark.parametrize(
    ("arguments", "given", "code", "kind"),
    [
        (("chat", ""), b"", 2, "input_empty"),
        (("chat",), b" \n", 2, "input_empty"),
        (("chat", "-"), b"\x89PNG\r\n\x1a\n\0\0\0", 5, "file_unreadable"),
        (("chat", "--model", "nothing", "hi"), b"", 3, "no_such_model"),
        (("chat", "--model", "/no/such/file.gguf", "hi"), b"", 3, "no_such_model"),
        (("chat", "--model", "page", "hi"), b"", 4, "model_not_a_model"),
        (("chat", "--model", "cut", "hi"), b"", 4, "model_truncated"),
        (("chat", "--model", "vectors", "hi"), b"", 4, "model_embeds"),
        (("chat", "--model", "base", "hi"), b"", 1, "no_template"),
        (("models", "import", "/no/such/file.gguf"), b"", 5, "file_missing"),
        (("models", "import", "fake.gguf"), b"", 5, "file_missing"),
    ],
)
def test_failures_have_their_codes(
    arguments: tuple[str, ...], given: bytes, code: int, kind: str, models: Path
) -> None:
    (models / "page.gguf").write_text("<html>")
    whole = (models / "fake.gguf").read_bytes()
    (models / "cut.gguf").write_bytes(whole[: len(whole) // 2])
    tiny_models.write_embedding(models / "vectors.gguf")
    tiny_models.write_base(models / "base.gguf")
    plain = run(*arguments, given=given)
    assert (plain.code, plain.out) == (code, "")
    lines = plain.err.splitlines()
    assert lines[0].startswith("lamplight: ")
    assert len(lines) == (2 if kind == "no_template" else 1)
    assert "Traceback" not in plain.err
    as_json = run(*arguments, "--json", given=given)
    assert as_json.code == code
    assert as_json.err == ""
    assert as_json.json["error"]["kind"] == kind
    assert lines[0] == f"lamplight: {as_json.json['error']['message']}"


@pytest.mark.parametrize(
    ("name", "code"),
    [("fake,fail=engine_missing", 4), ("fake,loadcrash=SIGSEGV", 4), ("fake,fail=model_too_large", 4)],
)
def test_what_cannot_be_loaded_is_code_4(name: str, code: int, lamplight_home: Path) -> None:
    folder = lamplight_home / "models"
    folder.mkdir(parents=True)
    tiny_models.write_plain(folder / f"{name}.gguf")
    done = chat("hello")
    assert (done.code, done.out) == (code, "")
    assert done.err.startswith("lamplight: ")


def test_no_model_at_all_is_code_3(lamplight_home: Path) -> None:
    done = chat("hello")
    assert done.code == 3
    assert "no model" in done.err


def test_an_engine_that_dies_leaves_what_there_was(models: Path) -> None:
    whole = " ".join(f"word{number}" for number in range(1, 51))  # how much of it had come is a matter of moments
    done = chat("{{crash=SIGKILL@20,words=50}}tell me")
    assert done.code == 1
    assert done.out.strip()
    assert done.out.endswith("\n")
    assert whole.startswith(done.out.removesuffix("\n"))
    assert done.err.startswith("lamplight: The system ended the engine")
    as_json = chat("--json", "{{crash=SIGKILL@20,words=50}}tell me")
    assert as_json.code == 1
    assert as_json.json["error"]["kind"] == "engine_memory"
    assert as_json.json["text"].strip()
    assert whole.startswith(as_json.json["text"])


def test_raw_continues_the_text_without_a_template(models: Path) -> None:
    tiny_models.write_base(models / "fake,base.gguf")
    done = chat("--model", "fake,base.gguf", "--raw", "--max-tokens", "8", "--json", "Once upon a time")
    assert done.code == 0
    assert done.json["text"]
    assert "im_start" not in done.json["text"]


def test_the_system_prompt_is_used(models: Path) -> None:
    alone = chat("--json", "{{say}}x").json["tokens"]["prompt"]
    with_one = chat("--json", "--system", "Be brief.", "{{say}}x").json["tokens"]["prompt"]
    assert with_one > alone


def test_settings_of_the_window_count_here_too(models: Path, lamplight_home: Path) -> None:
    config = lamplight_home / "config"
    config.mkdir()
    (config / "settings.json").write_text(json.dumps({"max_tokens": 16, "language": "zh_CN"}))
    done = chat("{{endless}}go on")
    assert done.code == 0
    assert done.err.strip()
    assert not done.err.isascii()
    assert chat("--json", "{{endless}}go on").json["tokens"]["generated"] == 16


def test_nothing_is_kept(models: Path, lamplight_home: Path) -> None:
    assert chat("{{say}}the secret word is lampblack").code == 0
    for path in lamplight_home.rglob("*"):
        assert path.suffix != ".sqlite3"
        if path.is_file():
            assert b"lampblack" not in path.read_bytes()


# ---------------------------------------------------------------- stopping


@pytest.mark.parametrize("as_json", [False, True])
def test_an_interrupt_keeps_what_there_is(as_json: bool, models: Path, started: list[Running]) -> None:
    one = Running("chat", *(["--json"] if as_json else []), "{{endless,slow=20}}go on")
    started.append(one)
    one.engine()
    first = b"" if as_json else one.read(20)
    one.interrupt()
    begin = time.monotonic()
    done = one.end()
    assert time.monotonic() - begin < 10
    assert done.code == 130
    if as_json:
        assert done.json["finish"] == "cancelled"
        assert "error" not in done.json
    else:
        assert len(first) == 20
        assert done.out.endswith("\n")
        assert done.err == "Stopped.\n"


def test_an_interrupt_while_loading(models: Path, started: list[Running]) -> None:
    tiny_models.write_plain(models / "fake,load=60.gguf")
    one = Running("chat", "--json", "--model", "fake,load=60.gguf", "hello")
    started.append(one)
    one.engine()
    one.interrupt()
    done = one.end()
    assert done.code == 130
    assert (done.json["finish"], done.json["text"]) == ("cancelled", "")


def test_a_second_interrupt_ends_at_once(models: Path, started: list[Running]) -> None:
    """Also when the engine does not listen any more."""
    one = Running("chat", "{{hang=1}}go on")
    started.append(one)
    assert one.read(1)
    engine = one.engine()
    begin = time.monotonic()
    while one.process.poll() is None and time.monotonic() - begin < 10:
        one.interrupt()  # two that come at the same moment count as one
        with contextlib.suppress(subprocess.TimeoutExpired):
            one.process.wait(0.1)
    assert one.end().code == 130
    assert time.monotonic() - begin < 5
    engine.wait(10)


def test_a_reader_that_has_enough_ends_it_quietly(models: Path, started: list[Running]) -> None:
    one = Running("chat", "{{endless,slow=5}}go on")
    started.append(one)
    assert one.read(10)
    assert one.process.stdout is not None
    one.process.stdout.close()
    assert one.process.stderr is not None
    with one.process.stderr as stream:
        err = stream.read()
    one.process.wait(SECONDS)
    assert (one.process.returncode, err) == (0, b"")


def test_a_reader_that_never_came(models: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [*COMMAND, "models", "list"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        _, err = process.communicate(timeout=SECONDS)
    assert (process.returncode, err) == (0, b"")


# ---------------------------------------------------------------- at a terminal

if os.name == "posix":
    import pty

    class Person:
        """Somebody at a terminal."""

        def __init__(self, *arguments: str) -> None:
            self._own, terminal = pty.openpty()
            self.process = subprocess.Popen(
                [*COMMAND, *arguments],
                stdin=terminal,
                stdout=terminal,
                stderr=terminal,
                start_new_session=True,
                env={**os.environ, "TERM": "dumb"},
            )
            os.close(terminal)
            self.seen = ""
            self._changed = threading.Condition()
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()

        def _read(self) -> None:
            while True:
                try:
                    data = os.read(self._own, 4096)
                except OSError:
                    return
                if not data:
                    return
                with self._changed:
                    self.seen += data.decode("utf-8", "replace").replace("\r\n", "\n")
                    self._changed.notify_all()

        def types(self, text: str) -> None:
            os.write(self._own, text.encode())

        def waits_for(self, text: str) -> str:
            """What was shown up to and including ``text``; it is then forgotten."""
            with self._changed:
                if not self._changed.wait_for(lambda: text in self.seen, SECONDS):
                    raise AssertionError(f"waited for {text!r}, saw {self.seen!r}")
                before, _, self.seen = self.seen.partition(text)
                return before + text

        def leaves(self) -> int:
            code = self.process.wait(SECONDS)
            self._reader.join(5)
            os.close(self._own)
            return code

    @pytest.fixture
    def person(models: Path) -> Iterator[list[Person]]:
        people: list[Person] = []
        yield people
        for one in people:
            if one.process.poll() is None:
                one.process.kill()
                one.leaves()

    def test_a_conversation(person: list[Person]) -> None:
        one = Person("chat")
        person.append(one)
        one.waits_for("> ")
        one.types("{{say}}first answer\n")
        one.waits_for("first answer\n")  # the terminal's own echo
        one.waits_for("first answer\n")
        one.waits_for("> ")
        one.types("/help\n")
        one.waits_for("/again")
        one.waits_for("> ")
        one.types("/again\n")
        one.waits_for("first answer\n")
        one.waits_for("> ")
        one.types("/nonsense\n")
        one.waits_for("There is no /nonsense")
        one.waits_for("> ")
        one.types("{{say}}one \\\ntwo\n")
        one.waits_for("two\n")
        one.waits_for("one \ntwo\n")
        one.waits_for("> ")
        one.types("/new\n")
        one.waits_for("A new conversation.")
        one.waits_for("> ")
        one.types("\x04")
        assert one.leaves() == 0

    def test_an_interrupt_stops_the_answer_and_not_the_conversation(person: list[Person]) -> None:
        one = Person("chat")
        person.append(one)
        one.waits_for("> ")
        one.types("{{endless,slow=20}}go on\n")
        one.waits_for("go on\n")
        one.waits_for(" ")
        one.process.send_signal(signal.SIGINT)
        one.waits_for("Stopped.")
        one.waits_for("> ")
        one.process.send_signal(signal.SIGINT)
        one.waits_for("Ctrl+D leaves.")
        one.waits_for("> ")
        one.types("{{say}}still here\n")
        one.waits_for("still here\n")
        one.waits_for("still here\n")
        one.types("/quit\n")
        assert one.leaves() == 0

    def test_progress_is_shown_and_cleared_at_a_terminal(person: list[Person], models: Path) -> None:
        tiny_models.write_plain(models / "slow,load=1.gguf")
        one = Person("chat", "--model", "slow,load=1", "{{say}}done")
        person.append(one)
        shown = one.waits_for("done")
        assert "slow,load=1: loading" in shown
        assert shown.rstrip("done").endswith("\r")
        assert one.leaves() == 0
