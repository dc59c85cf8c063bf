"""Real children with llama.cpp in them: files of every kind, each failure by its name, and models that answer."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from assistant.base.errors import ErrorKind
from assistant.engine.client import EngineEnded
from assistant.engine.messages import Capability, Failed, Finished, FinishReason, Load, Loading, Marks, Sampling
from tests.fakes import tiny_models
from tests.fakes.engine_tap import Tap

GREEDY = Sampling(temperature=0.0)


def failure(path: Path | str, **fields: object) -> Failed:
    """How loading this file fails."""
    with Tap() as tap:
        tap.client.load(Load(id="l", path=str(path), threads=1, **fields))  # type: ignore[arg-type]
        event = tap.end("l")
        assert isinstance(event, Failed)
        return event


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_models.write_plain(tmp_path_factory.mktemp("model") / "plain.gguf", sampling={"temp": 0.6, "top_k": 20})


def test_a_model_loads_with_progress_and_facts(plain: Path) -> None:
    with Tap() as tap:
        facts = tap.load(plain, threads=1)
        assert facts.path == str(plain)
        assert facts.architecture == "llama"
        assert facts.context == facts.context_trained == tiny_models.CONTEXT
        assert facts.sequences == 8
        assert facts.template == tiny_models.CHATML
        assert facts.sampling == Sampling(temperature=0.6, top_k=20)
        assert facts.device == "CPU"
        assert facts.threads == 1
        assert facts.cache_bytes_per_token > 0
        assert facts.eos_text == "<|im_end|>"
        assert {Capability.CHAT, Capability.REWIND, Capability.GRAMMAR} <= set(facts.capabilities)
        assert "llama.cpp" in facts.versions
        assert facts.load_seconds > 0
        progress = [event.progress for event in tap.events if isinstance(event, Loading)]
        assert progress == sorted(progress)
        assert progress[-1] == 1.0
        end = tap.end(tap.start("the lamp", sampling=GREEDY, max_tokens=20, stop_loops=False))
        assert isinstance(end, Finished)


def test_facts_of_other_families(tmp_path: Path) -> None:
    expected = {
        "base": ("llama", False, True, False),
        "thinking": ("llama", True, True, True),
        "sliding": ("gemma3", True, True, False),
        "hybrid": ("qwen35", True, False, True),
        "convolution": ("lfm2", True, False, False),
    }
    for name, (architecture, chat, rewind, reasoning) in expected.items():
        path = getattr(tiny_models, f"write_{name}")(tmp_path / f"{name}.gguf")
        with Tap() as tap:
            facts = tap.load(path, threads=1)
            assert facts.architecture == architecture
            assert (Capability.CHAT in facts.capabilities) is chat
            assert (Capability.REWIND in facts.capabilities) is rewind
            assert (Capability.REASONING in facts.capabilities) is reasoning
            assert (facts.state_bytes > 0) is not rewind


def test_a_name_in_any_script(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "模型 é 😀" / "тест 灯.gguf"
    path.parent.mkdir()
    path.write_bytes(plain.read_bytes())
    with Tap() as tap:
        assert tap.load(path, threads=1).path == str(path)


def test_no_model_reads_further_than_it_was_made_for(tmp_path: Path) -> None:
    path = tiny_models.write_plain(tmp_path / "short.gguf", context=100)
    with Tap() as tap:
        assert tap.load(path, threads=1).context == 100
        end = tap.end(tap.start("the lamp " * 4, sampling=GREEDY, ignore_end=True, stop_loops=False))
        assert isinstance(end, Finished)
        assert end.reason is FinishReason.LIMIT
        assert end.tokens.prompt + end.tokens.generated == 100


def test_a_path_that_is_no_text_comes_as_bytes(plain: Path) -> None:
    with Tap() as tap:
        facts = tap.load("/folder/shown.gguf", raw=os.fsencode(plain), threads=1)
        assert facts.path == "/folder/shown.gguf"
    gone = failure("/folder/shown.gguf", raw=os.fsencode(plain.with_name("gone.gguf")))
    assert (gone.kind, gone.values["name"]) == (ErrorKind.MODEL_MISSING, "shown.gguf")


@pytest.mark.parametrize("shown", ["", "/folder/shown.gguf"])
def test_the_log_names_no_file(plain: Path, tmp_path: Path, shown: str) -> None:
    secret = tmp_path / "my-secret-model.gguf"
    secret.write_bytes(plain.read_bytes()[:5000])
    log = tmp_path / "engine.log"
    with Tap(log=log) as tap:
        path, raw = (shown, os.fsencode(secret)) if shown else (str(secret), b"")
        tap.client.load(Load(id="l", path=path, raw=raw))
        failed = tap.end("l")
        assert isinstance(failed, Failed)
        assert "my-secret-model" not in failed.detail
    assert log.read_text(encoding="utf-8")
    assert "my-secret-model" not in log.read_text(encoding="utf-8")


# ---------------------------------------------------------------- files that are no good


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    failed = failure(tmp_path / "nothing.gguf")
    assert (failed.kind, failed.values["name"]) == (ErrorKind.MODEL_MISSING, "nothing.gguf")
    assert failure(tmp_path).kind is ErrorKind.MODEL_MISSING


@pytest.mark.parametrize("data", [b"", b"GGU", b"<html>hello</html>", bytes(range(256)) * 40])
def test_a_file_that_is_no_model(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "page.gguf"
    path.write_bytes(data)
    assert failure(path).kind is ErrorKind.MODEL_NOT_A_MODEL


def test_a_model_cut_off_anywhere(plain: Path, tmp_path: Path) -> None:
    whole = plain.read_bytes()
    path = tmp_path / "part.gguf"
    places = [5, 30, 200, 5000, len(whole) // 2, len(whole) - 1]
    with Tap() as tap:
        for number, place in enumerate(places):
            path.write_bytes(whole[:place])
            tap.client.load(Load(id=f"l{number}", path=str(path), threads=1))
            failed = tap.end(f"l{number}")
            assert isinstance(failed, Failed), place
            assert failed.kind is ErrorKind.MODEL_TRUNCATED, place
            assert failed.values["actual"] == place
            in_header = place <= 5000  # then nobody knows how long it should be
            assert int(failed.values["expected"]) > place or in_header, place
        tap.load(plain, threads=1)


def test_a_damaged_model(plain: Path, tmp_path: Path) -> None:
    whole = bytearray(plain.read_bytes())
    whole[16:24] = (3).to_bytes(8, "little")  # fewer entries in the header than there are
    path = tmp_path / "damaged.gguf"
    path.write_bytes(whole)
    assert failure(path).kind is ErrorKind.MODEL_DAMAGED


def test_an_architecture_that_nobody_knows(plain: Path, tmp_path: Path) -> None:
    path = tmp_path / "new.gguf"
    path.write_bytes(plain.read_bytes().replace(b"llama", b"lamma"))
    failed = failure(path)
    assert (failed.kind, failed.values["architecture"]) == (ErrorKind.MODEL_UNSUPPORTED, "lamma")


def test_a_model_for_embeddings(tmp_path: Path) -> None:
    failed = failure(tiny_models.write_embedding(tmp_path / "embedding.gguf"))
    assert (failed.kind, failed.values["architecture"]) == (ErrorKind.MODEL_NOT_FOR_TEXT, "bert")


def test_a_context_that_does_not_fit_into_memory(plain: Path) -> None:
    failed = failure(plain, context=2_000_000_000)
    assert failed.kind is ErrorKind.MODEL_TOO_LARGE
    assert failed.values["needed"] > failed.values["free"] > 0


def test_a_model_on_which_the_library_gives_up(tmp_path: Path) -> None:
    failed = failure(tiny_models.write_aborting(tmp_path / "aborting.gguf"))
    assert failed.kind is ErrorKind.ENGINE_CRASHED


def test_random_damage_never_leaves_a_load_without_an_answer(plain: Path, tmp_path: Path) -> None:
    whole = plain.read_bytes()
    dice = random.Random(3)
    path = tmp_path / "mutant.gguf"
    outcomes = set()
    for _ in range(12):
        mutant = bytearray(whole)
        for _ in range(3):
            mutant[dice.randrange(24, 4000)] = dice.randrange(256)
        path.write_bytes(mutant)
        with Tap() as tap:
            tap.client.load(Load(id="l", path=str(path), threads=1))
            event = tap.wait(lambda event: getattr(event, "id", "") == "l" and not isinstance(event, Loading))
            outcomes.add(type(event).__name__)
    assert outcomes <= {"Failed", "Loaded"}


def test_a_missing_library_is_told_apart(plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(tmp_path))
    with Tap(log=tmp_path / "log") as tap:
        tap.client.load(Load(id="l", path=str(plain)))
        failed = tap.end("l")
        assert isinstance(failed, Failed)
        assert failed.kind is ErrorKind.ENGINE_MISSING
        assert tap.wait(lambda event: isinstance(event, EngineEnded)).outcome.code == 70


# ---------------------------------------------------------------- models that answer


def test_what_a_model_says_arrives_letter_by_letter(tmp_path: Path) -> None:
    """Half a character in one token, a stop string and a mark cut in two."""
    lamp = "灯".encode()
    parts = ["<thi", "nk>well", "</th", "ink>\n\nThe ", lamp[:1], lamp[1:] + b" is", " lit. EN", "D of it"]
    path = tiny_models.write_script(tmp_path / "script.gguf", parts)
    with Tap() as tap:
        tap.load(path, threads=1)
        identifier = tap.start(
            "x", sampling=GREEDY, marks=(Marks(start="<think>", end="</think>"),), stop=("END",), max_tokens=50
        )
        end = tap.end(identifier)
        assert isinstance(end, Finished)
        assert (tap.text(identifier), end.reason, end.stop) == ("The 灯 is lit. ", "stop", "END")
        assert "".join(event.reasoning for event in tap.of(identifier) if hasattr(event, "reasoning")) == "well"


def test_unloading_gives_the_memory_back(plain: Path) -> None:
    me = psutil.Process()
    before = me.memory_info().rss
    pids = []
    for _ in range(3):
        with Tap() as tap:
            tap.load(plain, threads=1, context=16384)
            tap.end(tap.start("the lamp", sampling=GREEDY, max_tokens=5))
            assert tap.client.pid is not None
            pids.append(tap.client.pid)
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert me.memory_info().rss - before < 20_000_000


def test_the_program_itself_loads_no_native_library(plain: Path) -> None:
    code = f"""
import sys, threading
from assistant.engine.client import EngineClient
from assistant.engine.messages import Load, Loaded
done = threading.Event()
client = EngineClient(lambda event: isinstance(event, Loaded) and done.set())
client.load(Load(id="l", path={str(plain)!r}, threads=1))
assert done.wait(60)
client.close(5)
assert not {{"numpy", "llama_cpp", "PySide6"}} & set(sys.modules), sorted(sys.modules)
"""
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code], check=True, timeout=90, cwd=root)
