"""bench and doctor as programs, over the fake engine."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import tiny_models
from tests.fakes.cli_runs import COMMAND

SECONDS = 100


@pytest.fixture
def models(lamplight_home: Path) -> Path:
    folder = lamplight_home / "models"
    folder.mkdir(parents=True)
    tiny_models.write_plain(folder / "fake.gguf")
    return folder


def run(*arguments: str) -> tuple[int, str, str]:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, timeout=SECONDS, check=False, input=b"")
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def doctor(*arguments: str) -> tuple[int, Any]:
    code, out, err = run("doctor", "--json", *arguments)
    assert err == ""
    return code, json.loads(out)


def test_bench_tells_speed_and_limit(models: Path) -> None:
    code, out, err = run("bench", "--json", "--model", "fake")
    assert code == 0
    told = err.splitlines()
    assert told[0] == "fake: measuring, loading"
    assert "fake: measuring, writing at the beginning" in told
    assert len(told) == len(set(told)), "a line for each thing that is measured, not for each run"
    found = json.loads(out)
    assert found["model"] == "fake"
    assert 64 <= found["reading_tokens"] <= 1024
    assert found["reading_tokens_per_second"] > 0
    assert found["writing"][0]["depth"] == 0
    assert all(writing["tokens_per_second"] > 0 for writing in found["writing"])
    assert len(found["writing"]) >= 2
    depth = found["writing"][1]["depth"]
    assert 512 <= depth <= 2048
    limit = found["memory_bytes_per_second"]
    assert limit > 0
    for writing in found["writing"]:
        needed = found["bytes_per_token"] + (writing["depth"] + 24) * found["cache_bytes_per_token"]
        assert writing["share"] == pytest.approx(writing["tokens_per_second"] * needed / limit)


def test_bench_for_people(models: Path) -> None:
    code, out, _err = run("bench")
    assert code == 0
    assert out.startswith("fake (")
    for word in ("Loading", "Reading", "Writing", "Memory", "tokens/s"):
        assert word in out


def test_bench_needs_a_model(lamplight_home: Path) -> None:
    code, out, err = run("bench")
    assert (code, out) == (3, "")
    assert "no model" in err


def test_what_is_measured_is_kept_so_it_must_be_installed(models: Path, tmp_path: Path) -> None:
    path = tiny_models.write_plain(tmp_path / "other.gguf", seed=2)
    code, _, err = run("models", "measure", str(path))
    assert code == 3
    assert str(path) in err, "as it was typed"


def test_bench_tells_when_the_engine_fails(lamplight_home: Path) -> None:
    folder = lamplight_home / "models"
    folder.mkdir(parents=True)
    tiny_models.write_plain(folder / "fake,loadcrash=SIGSEGV.gguf")
    code, out, err = run("bench")
    assert (code, out) == (4, "")
    assert err.splitlines()[-1].startswith("lamplight: The engine ended unexpectedly")
    code, out, err = run("bench", "--json")
    assert code == 4
    assert "lamplight:" not in err, "the sentence is in the object"
    assert json.loads(out)["error"]["kind"] == "engine_crashed"


def test_doctor_finds_a_model_that_answers(models: Path) -> None:
    _, found = doctor()
    assert set(found) == {
        "problems", "versions", "machine", "environment", "paths", "libraries", "settings", "models", "network",
        "graphics", "test",
    }  # fmt: skip
    assert found["versions"]["llama-cpp-python"] != "missing"
    assert found["test"]["answered"] == "true"
    assert found["test"]["device"] == "CPU"
    assert set(found["paths"]) == {"config", "data", "models", "cache", "logs"}
    assert found["models"]["fake"]["architecture"] == "llama"
    assert not any("engine" in problem.lower() for problem in found["problems"])


def test_doctor_as_text_ends_with_the_problems(models: Path) -> None:
    code, out, _ = run("doctor")
    assert code == (1 if "\nProblems\n" in out else 0)
    assert ("No problems found." in out) == (code == 0)
    assert "versions\n  Lamplight: " in out
    assert "there: not yet, it is made when it is first needed" in out
    assert "there: true" in out  # the folder of models


def test_doctor_without_a_model_says_so_and_fails(lamplight_home: Path) -> None:
    code, found = doctor()
    assert code == 1
    assert found["test"] == {"error": "no_model"}
    assert any("no model" in problem for problem in found["problems"])


def test_doctor_tells_of_broken_models_and_engines(lamplight_home: Path) -> None:
    folder = lamplight_home / "models"
    folder.mkdir(parents=True)
    (folder / "page.gguf").write_text("<html>")
    tiny_models.write_plain(folder / "fake,fail=engine_missing.gguf")
    code, found = doctor()
    assert code == 1
    assert found["models"]["page"]["problem"] == "model_not_a_model"
    assert found["test"]["error"] == "engine_missing"
    assert any("page" in problem for problem in found["problems"])
    assert any("llama.cpp" in problem for problem in found["problems"])


def test_doctor_shows_nothing_personal(models: Path, lamplight_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(lamplight_home.parent))
    monkeypatch.setenv("USERPROFILE", str(lamplight_home.parent))
    monkeypatch.setenv("LOGNAME", "mingyu-tan")
    monkeypatch.setenv("USERNAME", "mingyu-tan")
    monkeypatch.setenv("HF_TOKEN", "hf_canary")
    monkeypatch.setenv("HTTPS_PROXY", "http://canary:canary@localhost:1")
    (lamplight_home / "config").mkdir()
    settings = {
        "system_prompt": "canary sentence", "models_folder": str(models), "theme": "dark", "max_tokens": 777,
        "proxy": "http://canary:canary@localhost:1", "hub_endpoint": "https://canary.example",
        "certificates": str(lamplight_home / "canary.pem"),
    }  # fmt: skip
    (lamplight_home / "config" / "settings.json").write_text(json.dumps(settings))
    for arguments in (("doctor",), ("doctor", "--json")):
        _, out, err = run(*arguments)
        for secret in ("canary", "mingyu-tan", str(lamplight_home.parent)):
            assert secret not in out + err
        assert "~" in out
    _, found = doctor()
    assert found["settings"] == {
        "system_prompt": "(set)", "models_folder": "(set)", "theme": "dark", "max_tokens": 777,
        "proxy": "(set)", "hub_endpoint": "(set)", "certificates": "(set)",
    }  # fmt: skip


def test_doctor_looks_at_the_folder_that_the_models_are_in(lamplight_home: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (lamplight_home / "config").mkdir(parents=True)
    settings = {"models_folder": str(tmp_path / "file" / "models")}
    (lamplight_home / "config" / "settings.json").write_text(json.dumps(settings))
    _, found = doctor()
    assert found["paths"]["models"]["writable"] == "false"
    assert found["paths"]["models"]["path"] == "(set)"
    assert found["paths"]["cache"]["writable"] == "true"


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_doctor_tells_of_certificates_that_are_gone(
    models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv(variable, str(tmp_path / "my own"))
    code, found = doctor()
    assert code == 1
    assert f"The certificates that {variable} points to are not there." in found["problems"]
    assert "my own" not in json.dumps(found)


def test_doctor_on_a_home_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check that is possible is made, and the others are said to be impossible."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAMPLIGHT_HOME", str(tmp_path / "file" / "home"))
    code, found = doctor()
    assert code == 1
    assert all(state["writable"] == "false" for state in found["paths"].values())
    assert found["versions"]["Python"]


def test_models_are_listed_added_and_found(models: Path, tmp_path: Path) -> None:
    tiny_models.write_base(tmp_path / "基础 模型-Q8_0.gguf")
    code, out, err = run("models", "import", str(tmp_path / "基础 模型-Q8_0.gguf"), "--copy")
    assert (code, out, err) == (0, "基础-模型-Q8_0\n", "Added 基础 模型.\n")
    assert (models / "基础 模型-Q8_0.gguf").exists()
    code, out, err = run("models", "import", str(tmp_path / "基础 模型-Q8_0.gguf"))
    assert (code, out) == (0, "基础-模型-Q8_0\n")
    assert "already here: 基础 模型" in err
    code, out, err = run("models", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] in (["*", "基础"], ["fake", "*"], ["基础", "*"])
    assert "base model: only continues text" in out
    listed = json.loads(run("models", "list", "--json")[1])["models"]
    assert {model["name"] for model in listed} == {"fake", "基础 模型"}
    assert [model["chat"] for model in listed if model["name"] == "基础 模型"] == [False]
    assert sum(model["default"] for model in listed) == 1
    assert json.loads(run("models", "where", "--json")[1]) == {"folder": str(models)}
