"""The benchmark's own arithmetic: quick, on every run. The measurements themselves run with ``-m bench``."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from assistant.engine.messages import FinishReason, Generate, Piece
from tests.bench import paced_engine, trace, workload
from tests.bench.__main__ import main
from tests.bench.answers import CHARACTERS, CHARACTERS_PER_TOKEN, KINDS, TOKENS_PER_SECOND, answer
from tests.bench.faces import parse_row, parse_rows
from tests.bench.native import FLAGS, Native, NativeBuildError, source_folder
from tests.bench.ours import Run
from tests.bench.rivals import RivalError, parse_batched_bench, parse_llama_bench
from tests.bench.setting import Setting, only_benchmark
from tests.bench.stats import Row, Samples, number, ratio_row, table, write_results


def test_llama_bench_says_its_speed() -> None:
    text = json.dumps([{"n_gen": 32, "avg_ts": 70.5, "samples_ts": [70.0, 71.0]}, {"samples_ts": [12.0]}])
    assert parse_llama_bench(text) == [70.5, 12.0]


@pytest.mark.parametrize("text", ["", "error: no such model", "[{}]", '[{"samples_ts": []}]', "3"])
def test_llama_bench_that_says_something_else_is_an_error(text: str) -> None:
    with pytest.raises(RivalError):
        parse_llama_bench(text)


def test_batched_bench_says_its_times() -> None:
    line = '{"n_kv_max": 768, "pp": 64, "pl": 8, "t_pp": 1.5, "t_tg": 2.5, "speed_tg": 102.4, "gpu": "none"}'
    numbers = parse_batched_bench(f"loading\n{line}\n")
    assert numbers["t_pp"] == 1.5
    assert numbers["pl"] == 8
    with pytest.raises(RivalError):
        parse_batched_bench("loading\n")


def test_medians_and_quantiles() -> None:
    samples = Samples.of([5, 1, 3])
    assert samples.median == 3
    assert samples.spread == (1, 5)
    assert Samples.of(range(1, 101)).quantile(0.99) == 99
    assert Samples.of([7]).quantile(0.5) == 7


@pytest.mark.parametrize(
    ("bound", "got", "ok"),
    [("at least", 0.95, True), ("at least", 0.949, False), ("at most", 50.0, True), ("at most", 50.1, False),
     ("at least", None, False), ("", 3.0, None)],
)  # fmt: skip
def test_a_number_is_reached_or_not(bound: str, got: float | None, ok: bool | None) -> None:
    row = Row("x", got, bound, 50.0 if bound == "at most" else 0.95)  # type: ignore[arg-type]
    assert row.ok is ok


def test_a_ratio_is_of_medians_and_shows_its_rounds() -> None:
    row = ratio_row("x", Samples.of([90, 100, 110]), Samples.of([100, 50, 110]), reach=0.95, bound="at least")
    assert row.got == pytest.approx(1.0)
    assert "0.90 to 2.00" in row.note
    assert row.samples["ours"] == (90, 100, 110)


def test_the_table_says_what_is_not_reached() -> None:
    rows = [Row("fast", 0.5, "at least", 0.95), Row("slow", 12.34, "at most", 50, "ms"), Row("known", 123.4, unit="ms")]
    lines = table(rows).splitlines()
    assert len(lines) == 5
    assert "NOT REACHED" in lines[2]
    assert "at most 50.0 ms" in lines[3]
    assert "12.3 ms" in lines[3]
    assert len({line.rindex("|", 0, len(line) - 1) for line in lines}) == 1


def test_numbers_keep_three_digits() -> None:
    assert [number(value) for value in (0.9512, 12.34, 1234.5)] == ["0.95", "12.3", "1234"]
    assert number(3, "ms") == "3.00 ms"
    assert number(None) == "none"


def test_results_hold_the_raw_samples(tmp_path: Path) -> None:
    path = tmp_path / "results" / "one.json"
    write_results(path, [Row("x", 1.0, "at most", 2.0, samples={"a": (1.0, 2.0)})], {"threads": 2})
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["circumstances"] == {"threads": 2}
    assert data["rows"][0]["samples"] == {"a": [1.0, 2.0]}
    assert data["rows"][0]["ok"] is True


def test_rows_of_the_windows_measurements() -> None:
    printed = """
.{"measure": "window", "got": 1.7, "bound": "at most", "reach": 2.0, "note": "bare 0.2 s"}
1 passed {not json
{"longest gap": {"got": 61, "reach": 50, "unit": "ms", "share_of_a_core": 0.4}, "other": 3}
"""
    first, second = parse_rows(printed)
    assert (first.measure, first.got, first.ok, first.note) == ("window", 1.7, True, "bare 0.2 s")
    assert (second.measure, second.unit, second.ok) == ("longest gap", "ms", False)
    assert second.note == "share of a core 0.4"
    assert parse_row({"measure": "known", "got": 3}).ok is None
    assert parse_row({"measure": "lost", "got": None, "reach": 5}).ok is False
    with pytest.raises(ValueError, match="bound"):
        parse_row({"measure": "x", "got": 1, "bound": "about", "reach": 1})


def test_overhead_is_between_two_single_tokens() -> None:
    ms = 1_000_000
    spans = [(0, 50, 64), (60, 70, 1), (71, 80, 8), (90, 100, 1), (101, 110, 1), (113, 120, 1)]
    calls = [trace.Call(begin * ms, end * ms, begin * ms // 2, end * ms // 2, tokens) for begin, end, tokens in spans]
    gaps = trace.gaps(calls)
    assert [gap.wall for gap in gaps] == pytest.approx([0.001, 0.003])
    assert [gap.work for gap in gaps] == pytest.approx([0.0005, 0.0015])
    assert trace.gaps([]) == []


def test_a_trace_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "trace"
    assert trace.command(path)[-1] == str(path)
    assert trace.read(path) == []


def test_the_workload_is_always_the_same() -> None:
    assert workload.tokens(5, seed=1) == workload.tokens(5, seed=1) != workload.tokens(5, seed=2)
    text = workload.conversation(2, 30, seed=1)
    assert text == workload.conversation(2, 30, seed=1)
    assert text.count("<|im_start|>user") == 3
    assert text.endswith(workload.OPENING)
    follow = workload.follow_ups(1)
    assert next(follow) != next(follow)
    assert len(workload.prose(40, seed=3).split()) == 40


def test_a_folder_without_llama_cpp_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAMPLIGHT_SDIST", str(tmp_path))
    with pytest.raises(NativeBuildError):
        source_folder()
    assert "-DBUILD_SHARED_LIBS=ON" in FLAGS


def a_run() -> Run:
    return Run("run", sent=10.0, arrivals=[(10.5, 1), (10.6, 2), (11.1, 12), (11.2, 13), (12.5, 21)])


def test_a_run_counts_from_delivery_to_delivery() -> None:
    run = a_run()
    assert run.first_token == pytest.approx(0.5)
    assert run.speed == pytest.approx(10.0)
    assert run.speed_between(10.6, 11.15) == pytest.approx(20.0)
    assert run.speed_between(10.7, 11.0) == 0.0


def test_the_longest_pause_counts_the_edges_too() -> None:
    run = a_run()
    assert run.longest_pause(10.5, 11.2) == pytest.approx(0.5)
    assert run.longest_pause(11.0, 12.0) == pytest.approx(0.8)


def test_a_benchmark_is_alone_and_lets_the_next_one_in(tmp_path: Path) -> None:
    said: list[str] = []
    order: list[str] = []
    waiting = threading.Event()

    def tell(line: str) -> None:
        said.append(line)
        waiting.set()

    def other() -> None:
        with only_benchmark(tmp_path / "build" / "lock", tell):
            order.append("second")

    thread = threading.Thread(target=other)
    with only_benchmark(tmp_path / "build" / "lock", said.append):
        thread.start()
        if sys.platform != "win32":
            assert waiting.wait(20)  # it has found the door closed
            order.append("first")
    thread.join(20)
    assert order == (["second"] if sys.platform == "win32" else ["first", "second"])
    assert len(said) == (0 if sys.platform == "win32" else 1)


@pytest.mark.parametrize("kind", KINDS)
def test_the_paced_engine_writes_each_answer_at_its_pace(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(paced_engine.time, "monotonic", lambda: now)
    frame = Piece(text="user:", trusted=True)
    writing = paced_engine.Writing(Generate(id="r", prompt=(frame, Piece(text=kind), frame)))
    said = [writing.more()]
    assert said[0].text == ""
    now += 2.0
    said.append(writing.more())
    assert said[1].count == 2 * TOKENS_PER_SECOND
    now += 60.0
    assert not writing.done
    said.append(writing.more())
    assert writing.done
    assert len(answer(kind)) == CHARACTERS
    assert "".join(part.text for part in said) == answer(kind)
    assert len(writing.finished(FinishReason.END).answer_ids) == CHARACTERS // CHARACTERS_PER_TOKEN


def setting(tmp_path: Path, rounds: int, retries: int) -> tuple[Setting, list[str]]:
    lines: list[str] = []
    nowhere = Native(tmp_path)
    return Setting(tmp_path / "m.gguf", nowhere, 1, rounds, True, tmp_path, lines.append, retries), lines


def test_sides_take_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    busy = iter([0.0, 0.9, 0.1])

    @contextmanager
    def machine() -> Iterator[dict[str, float]]:
        yield {"others_cpu": next(busy)}

    monkeypatch.setattr("tests.bench.setting.loaded_machine", machine)
    calls: list[tuple[str, int]] = []

    def side(name: str, number: int) -> float:
        calls.append((name, number))
        return float(number)

    measured, lines = setting(tmp_path, rounds=2, retries=1)
    first, second = measured.interleave(lambda n: side("a", n), lambda n: side("b", n))
    assert calls == [("a", 0), ("b", 0), ("b", 1), ("a", 1), ("a", 2), ("b", 2)]  # each begins every other round
    assert first.values == second.values == (0.0, 2.0)  # the noisy round was done again, both sides of it
    assert "again" in lines[1]


def test_a_machine_that_never_rests_is_measured_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def machine() -> Iterator[dict[str, float]]:
        yield {"others_cpu": 1.5}

    monkeypatch.setattr("tests.bench.setting.loaded_machine", machine)
    measured, lines = setting(tmp_path, rounds=2, retries=3)
    (samples,) = measured.interleave(float)
    assert samples.values == (3.0, 4.0)
    assert "noisy" in lines[-1]


@pytest.mark.bench
@pytest.mark.timeout(1800)
def test_the_benchmark_runs(starter_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--quick", "--model", str(starter_path), "--only", "reading", "overhead", "stop", "loading"])
    printed = capsys.readouterr().out
    assert code in (0, 1), "1 only says that a number was not reached, which a busy machine may cause"
    assert "failed:" not in printed
    assert printed.count("| ") > 20
