"""``lamplight models`` and ``lamplight network`` as programs, against a server on this machine that speaks the Hub's
protocol: real net children, real files, exit codes, Ctrl+C."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import tiny_models
from tests.fakes.hub import Hub

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


class Shell:
    """Runs the command line in one home, with a Hub of its own."""

    def __init__(self, home: Path, hub: Hub, scratch: Path) -> None:
        self.home = home
        self.hub = hub
        tiny_models.write_plain(scratch / "m.gguf")
        self.data = (scratch / "m.gguf").read_bytes()
        self.environ = {**os.environ, "HF_ENDPOINT": hub.address}
        self.environ.pop("HF_HUB_OFFLINE", None)

    @property
    def models(self) -> Path:
        return self.home / "models"

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "assistant", *arguments],
            cwd=ROOT,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=SECONDS)
        return process.returncode, out.decode(), err.decode()

    def json(self, *arguments: str) -> tuple[int, Any]:
        code, out, _ = self.run(*arguments, "--json")
        return code, json.loads(out)

    def left(self) -> list[str]:
        """What lies in the models folder beside models and the program's own notes."""
        known = {"index.json", ".index.json.lock", ".downloads.json", ".downloads.lock"}
        return sorted(path.name for path in self.models.iterdir() if path.name not in known)


@pytest.fixture
def shell(lamplight_home: Path, tmp_path: Path) -> Iterator[Shell]:
    with Hub() as hub:
        made = Shell(lamplight_home, hub, tmp_path)
        hub.add("maker/tiny-GGUF", "tiny-Q4_K_M.gguf", data=made.data)
        hub.add("maker/tiny-GGUF", "tiny-Q8_0.gguf", size=2_000_000)
        yield made


def test_a_folder_brings_all_its_models(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    (folder / "deeper").mkdir(parents=True)
    code, nothing = shell.json("models", "import", str(folder))
    assert (code, nothing["error"]["kind"]) == (4, "model_not_a_model")
    tiny_models.write_plain(folder / "one.gguf", seed=7)
    tiny_models.write_base(folder / "deeper" / "two.gguf")
    code, found = shell.json("models", "import", str(folder))
    assert code == 0
    assert [model["key"] for model in found["models"]] == ["one", "two"]
    assert found["refused"] == []
    (folder / "letter.gguf").write_text("Dear reader")
    code, out, err = shell.run("models", "import", str(folder))
    assert (code, out) == (4, "")
    assert err.count("already here") == 2
    assert "letter.gguf is not a model file" in err


def test_a_file_that_is_here_already_is_no_failure(shell: Shell, tmp_path: Path) -> None:
    path = tiny_models.write_plain(tmp_path / "mine.gguf", seed=7)
    assert shell.run("models", "import", str(path))[:2] == (0, "mine\n")
    again = tiny_models.write_plain(tmp_path / "again.gguf", seed=7)
    for same in (path, again):
        code, out, err = shell.run("models", "import", "--copy", str(same))
        assert (code, out) == (0, "mine\n")
        assert "This model is already here: mine." in err
        code, found = shell.json("models", "import", str(same))
        assert (code, found["key"], found["already"]) == (0, "mine", True)
    assert [model["key"] for model in shell.json("models", "list")[1]["models"]] == ["mine"]


def test_a_model_of_another_program_that_is_used_already_is_no_failure(shell: Shell, tmp_path: Path) -> None:
    shell.environ["HOME"] = shell.environ["USERPROFILE"] = str(tmp_path)
    theirs = tmp_path / ".lmstudio" / "models" / "maker" / "tiny-GGUF"
    theirs.mkdir(parents=True)
    tiny_models.write_plain(theirs / "tiny-Q4_K_M.gguf", seed=9)
    (row,) = shell.json("models", "elsewhere")[1]["models"]
    code, key, _ = shell.run("models", "import", "--found", row["name"])
    assert (code, key) == (0, "tiny-Q4_K_M\n")
    code, out, err = shell.run("models", "import", "--found", row["name"])
    assert (code, out) == (0, key)
    assert "This model is already here" in err


def test_search_look_get_list_verify_remove(shell: Shell) -> None:
    code, found = shell.json("models", "search", "tiny")
    assert code == 0
    assert [row["repo"] for row in found["repositories"]] == ["maker/tiny-GGUF"]
    small, large = (shell.json("models", "look", "maker/tiny-GGUF", "--context", n)[1] for n in ("512", "65536"))
    fits = [said["variants"][0]["fit"] for said in (small, large)]
    assert fits[0]["context"] == 512
    assert fits[0]["needed"] < fits[1]["needed"]
    code, view = shell.json("models", "look", "maker/tiny-GGUF")
    assert [(one["label"], one["recommended"]) for one in view["variants"]] == [("Q4_K_M", True), ("Q8_0", False)]
    code, out, err = shell.run("models", "get", "maker/tiny-GGUF")
    assert code == 0, err
    assert "Licence:" in err
    assert "Fits well" in err
    key = out.strip()
    path = shell.models / "tiny-Q4_K_M.gguf"
    assert path.read_bytes() == shell.data
    assert shell.left() == [path.name]
    code, listed = shell.json("models", "list")
    (model,) = listed["models"]
    assert (model["key"], model["default"], model["missing"]) == (key, True, False)
    assert listed["downloads"] == []
    (checked,) = shell.json("models", "verify", key)[1]["models"]
    assert checked == {"key": key, "name": "tiny", "ok": True, "known": True}
    code, removed = shell.json("models", "remove", key, "--yes")
    assert (code, removed["freed"]) == (0, len(shell.data))
    assert shell.left() == []


def test_a_model_is_chosen_to_answer_and_another_one_for_a_task(shell: Shell) -> None:
    shell.models.mkdir(parents=True)
    for name in ("one", "two"):
        tiny_models.write_plain(shell.models / f"{name}.gguf")
    tiny_models.write_base(shell.models / "base.gguf")
    for name, task in (("two", "chat"), ("one", "translate")):
        code, chosen = shell.json("models", "use", name, "--for", task)
        assert (code, chosen["name"], chosen["task"]) == (0, name, task)
    listed = shell.json("models", "list")[1]["models"]
    assert [model["name"] for model in listed if model["default"]] == ["two"]
    settings = json.loads((shell.home / "config" / "settings.json").read_text())
    assert (settings["default_model"], settings["model_translate"]) == ("two", "one")
    code, out, err = shell.run("models", "use", "base", "--for", "summarize")
    assert (code, out) == (1, "")
    assert "base" in err


def test_what_is_here_is_not_downloaded_again(shell: Shell) -> None:
    shell.run("models", "get", "maker/tiny-GGUF:Q4_K_M")
    before = shell.hub.bytes_sent
    code, found = shell.json("models", "get", "https://huggingface.co/maker/tiny-GGUF/tree/main")
    assert code == 0
    assert found["already"] is True
    assert shell.hub.bytes_sent - before < len(shell.data)


def test_a_file_that_was_changed_on_the_disk_is_found_out(shell: Shell) -> None:
    shell.run("models", "get", "maker/tiny-GGUF")
    path = shell.models / "tiny-Q4_K_M.gguf"
    with path.open("r+b") as file:
        file.seek(len(shell.data) - 1000)
        file.write(b"x")
    code, out, err = shell.run("models", "verify")
    assert code == 1
    assert out == ""
    assert "checksum is wrong" in err


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["models", "get", "nonsense"], 3, "catalogue"),
        (["models", "get", "maker/none"], 3, "is not there"),
        (["models", "get", "maker/tiny-GGUF:Q5_K_M"], 3, "Q4_K_M, Q8_0"),
        (["models", "get", "maker/tiny-GGUF:Q8_0"], 4, "damaged"),  # its header says so before the rest comes
        (["models", "look", "maker/none"], 3, "is not there"),
        (["models", "remove", "nothing", "--yes"], 3, "nothing"),
        (["models", "verify", "nothing"], 3, "nothing"),
        (["models", "import", "--found", "nothing"], 3, "nothing"),
        (["models", "import"], 2, "PATH"),
    ],
)
def test_every_failure_is_a_sentence_and_a_code(shell: Shell, arguments: list[str], code: int, words: str) -> None:
    result, out, err = shell.run(*arguments)
    assert result == code
    assert words in err
    assert out == ""
    assert "Traceback" not in err


def test_nobody_is_asked_where_nobody_sits(shell: Shell) -> None:
    shell.run("models", "get", "maker/tiny-GGUF")
    code, _, err = shell.run("models", "remove", "tiny")
    assert code == 2
    assert "--yes" in err
    code, said = shell.json("models", "remove", "tiny")
    assert (code, said["error"]["kind"]) == (2, "not_confirmed")
    assert "--yes" in said["error"]["message"]
    assert shell.left() == ["tiny-Q4_K_M.gguf"]


def test_ctrl_c_pauses_and_the_same_command_goes_on(shell: Shell) -> None:
    blob = shell.hub.add("maker/long-GGUF", "long-Q4_K_M.gguf", data=shell.data + os.urandom(4_000_000))
    shell.hub.throttle = 1_500_000
    process = shell.start("models", "get", "maker/long-GGUF")
    _wait_for(lambda: any(b'"got"' in notes.read_bytes() for notes in shell.models.rglob("*.part.json")), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=SECONDS)
    assert process.returncode == 130
    assert b"The same command resumes" in err
    listed = shell.json("models", "list")[1]
    (waiting,) = listed["downloads"]
    assert waiting["state"] == "paused"
    assert listed["models"] == []
    shell.hub.throttle = 0
    before = shell.hub.sent_at_rest()
    assert shell.run("models", "get", "maker/long-GGUF")[0] == 0
    assert hashlib.sha256((shell.models / "long-Q4_K_M.gguf").read_bytes()).hexdigest() == blob.sha256
    assert shell.hub.bytes_sent - before < blob.size + 100_000 - waiting["done"] + 1_100_000
    assert shell.left() == ["long-Q4_K_M.gguf"]


def test_a_source_that_fails_for_a_while_is_told_where_no_line_shows_it(shell: Shell) -> None:
    shell.hub.add("maker/long-GGUF", "long-Q4_K_M.gguf", data=shell.data + os.urandom(4_000_000))
    shell.hub.fault("status", value=503, at=3_000_000, repo="maker/long-GGUF", times=-1)
    process = shell.start("models", "get", "maker/long-GGUF")
    assert process.stderr is not None
    said = iter(process.stderr.readline, b"")
    assert any(b"has trouble of its own. Next try in" in line for line in said)
    shell.hub.faults.clear()
    _, rest = process.communicate(timeout=SECONDS)
    assert process.returncode == 0
    assert rest.count(b"trouble") <= rest.count(b"being downloaded")


def test_a_second_program_hands_its_wish_over_and_goes_on_when_the_first_one_ends(shell: Shell) -> None:
    shell.hub.add("maker/long-GGUF", "long-Q4_K_M.gguf", data=shell.data + os.urandom(4_000_000))
    shell.hub.fault("stall", at=3_000_000, repo="maker/long-GGUF", times=99)
    first = shell.start("models", "get", "maker/long-GGUF")
    _wait_for(lambda: any(shell.models.rglob("*.part")), first)
    second = shell.start("models", "get", "maker/tiny-GGUF:Q4_K_M")
    assert second.stderr is not None
    said = iter(second.stderr.readline, b"")
    assert any(b"Another Lamplight" in line for line in said)
    states = {row["name"]: row["state"] for row in shell.json("models", "list")[1]["downloads"]}
    assert states == {"long Q4_K_M": "downloading", "tiny Q4_K_M": "queued"}
    first.send_signal(signal.SIGINT)
    first.communicate(timeout=SECONDS)
    assert first.returncode == 130
    out, _ = second.communicate(timeout=SECONDS)
    assert second.returncode == 0
    assert out.decode().strip() == "tiny-Q4_K_M"
    assert (shell.models / "tiny-Q4_K_M.gguf").read_bytes() == shell.data
    (row,) = shell.json("models", "list")[1]["downloads"]
    assert (row["name"], row["state"]) == ("long Q4_K_M", "paused")


def test_a_download_that_is_not_wanted_any_more_leaves_nothing(shell: Shell) -> None:
    shell.hub.add("maker/long-GGUF", "long-Q4_K_M.gguf", data=shell.data + os.urandom(4_000_000))
    shell.hub.throttle = 1_500_000
    process = shell.start("models", "get", "maker/long-GGUF")
    _wait_for(lambda: any(shell.models.rglob("*.part")), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=SECONDS)
    listed = shell.json("models", "list")[1]
    assert shell.run("models", "remove", listed["downloads"][0]["name"], "--yes")[0] == 0
    assert shell.json("models", "list")[1]["downloads"] == []
    assert shell.left() == []


def test_every_connection_is_listed_and_the_list_can_be_forgotten(shell: Shell) -> None:
    shell.run("models", "get", "maker/tiny-GGUF")
    code, network = shell.json("network")
    assert code == 0
    assert {row["why"] for row in network["connections"]} == {"details", "header", "download"}
    assert len(network["connections"]) == shell.hub.requests
    assert {row["host"] for row in network["connections"]} <= {"127.0.0.1", "localhost"}
    assert "maker" not in json.dumps(network)
    assert shell.json("network", "--clear")[1]["connections"] == []


def test_an_access_token_is_taken_and_a_model_that_needs_one_says_so(shell: Shell) -> None:
    shell.hub.repos["maker/tiny-GGUF"].gated = "auto"
    shell.hub.token = "hf_canarytoken"
    code, _, err = shell.run("models", "get", "maker/tiny-GGUF")
    assert code == 1
    assert "agree to their terms" in err
    assert "is a mirror, which never gets your access token" in err  # as every server but the Hub itself
    assert "--token" not in err
    # A child has no keyring to keep it in here: that is said, and what to do instead.
    process = subprocess.run(
        [sys.executable, "-m", "assistant", "network", "--token"],
        cwd=ROOT, env=shell.environ, input=b"hf_canarytoken\n", capture_output=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert (process.returncode, process.stdout) == (1, b"")
    assert "HF_TOKEN" in process.stderr.decode()
    assert "canary" not in process.stderr.decode()
    assert shell.json("network", "--token")[1] == {"known": False, "where": "none"}


def test_offline_refuses_every_connection(shell: Shell) -> None:
    shell.environ["LAMPLIGHT_OFFLINE"] = "1"
    asked = {"search": ["search", "x"], "details": ["get", "maker/tiny-GGUF"], "download": ["get", "starter"]}
    for why, arguments in asked.items():
        code, _, err = shell.run("models", *arguments)
        assert code == 1
        assert "offline" in err
        _, network = shell.json("network")
        assert {(row["why"], row["outcome"]) for row in network["connections"][-1:]} == {(why, "refused")}
    assert shell.hub.requests == 0
    assert network["offline"] is True
    assert shell.json("models", "list")[1]["downloads"] == []
    assert shell.run("models", "catalogue")[0] == 0


def test_json_errors_have_a_kind(shell: Shell) -> None:
    code, failure = shell.json("models", "get", "maker/none")
    assert code == 3
    assert failure["error"]["kind"] == "hub_not_found"


def _wait_for(done: Any, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS
    while not done():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)
