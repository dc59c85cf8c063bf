"""Lamplight beside llama.cpp's own programs, in one run: ``python -m tests.bench``.

Builds llama-bench, llama-batched-bench and llama-server from the source distribution of the installed llama-cpp-python
(5 to 8 minutes the first time, kept in ``tests/bench/.build``), checks that both libraries were compiled alike, then
measures both sides in turn (A B A B, ``--rounds`` times) on the same model with the same threads, depths and answer
lengths (end of text ignored), flash attention and cache types as they come on both sides. Prints a table and writes
everything, raw samples included, to ``tests/bench/results/``. What is not reached is said plainly, and the exit code
is 1 then.

Needs the test extras, CMake and a C++ compiler, and a machine that does nothing else: a round during which others kept
more than a quarter of a core busy is done again (all sides of it, ``--retries`` times at most, and said).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.bench import download, estimates, faces, fairness, locking, memory, native, speed, together
from tests.bench.setting import Setting, circumstances, loaded_machine, only_benchmark
from tests.bench.stats import Row, table, write_results

RESULTS = Path(__file__).resolve().parent / "results"
_ROOT = Path(__file__).resolve().parents[2]
_STARTER = "SmolLM2-135M-Instruct.Q4_1.gguf"

MEASURES: dict[str, Callable[[Setting], list[Row]]] = {
    "writing": speed.writing,
    "writing-server": speed.writing_beside_server,
    "overhead": speed.overhead,
    "reading": speed.reading,
    "next-turn": speed.next_turn,
    "eight": speed.eight_at_once,
    "parts": speed.job,
    "together": together.side_by_side,
    "lock": locking.lock,
    "lock-cost": locking.cost,
    "pause": fairness.pause_beside_long_prompt,
    "job": fairness.chat_beside_job,
    "stop": fairness.stop,
    "loading": fairness.loading,
    "memory": fairness.memory,
    "fit": memory.estimate,
    "window": faces.window,
    "transcript": faces.transcript,
    "live": faces.live,
    "download": download.download,
    "estimate": estimates.estimates,
}
ALONE = frozenset({"estimate", "together", "lock", "lock-cost", "window", "transcript", "live", "download"})
"""Measures that need none of llama.cpp's own programs beside them."""


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    if options.list:
        _say("\n".join(MEASURES))
        return 0
    model = options.model or starter()
    if model is None or not model.is_file():
        _say("No model: name a GGUF file with --model, or one in LAMPLIGHT_TEST_STARTER.")
        return 2
    threads = options.threads or psutil.cpu_count(logical=False) or 1
    names = options.only or list(MEASURES)
    installed = native.system_info(None)
    if ALONE.issuperset(names):
        tools, theirs = native.Native(Path()), installed
    else:
        _say("building llama.cpp's own programs (minutes the first time)")
        tools = native.build()
        theirs = native.system_info(tools)
    if theirs != installed:
        _say(f"The two libraries are not compiled alike:\n  {theirs}\n  {installed}")
    with only_benchmark(native.BUILD_ROOT / "lock", _say), tempfile.TemporaryDirectory() as scratch:
        setting = Setting(
            model=model,
            native=tools,
            threads=threads,
            rounds=options.rounds or (2 if options.quick else 5),
            quick=options.quick,
            scratch=Path(scratch),
            say=_say,
            retries=0 if options.quick else options.retries,
        )
        rows, noise = measure(setting, names)
    about = circumstances(model, threads, installed, equal=theirs == installed)
    about.update(rounds=setting.rounds, quick=setting.quick, others_cpu=noise)
    path = RESULTS / f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.json"
    write_results(path, rows, about)
    _say("")
    _say(table(rows))
    _say("")
    _say(f"{model.name}, {threads} threads, {setting.rounds} rounds; {path.relative_to(_ROOT)}")
    return 1 if any(row.ok is False for row in rows) else 0


def measure(setting: Setting, names: list[str]) -> tuple[list[Row], dict[str, float]]:
    """The rows of the named measures, and for each how many cores others kept busy meanwhile.

    A measure that fails gives a row that says so.
    """
    rows: list[Row] = []
    noise: dict[str, float] = {}
    for name in names:
        _say(name)
        with loaded_machine() as noted:
            try:
                rows += MEASURES[name](setting)
            except Exception as error:  # whatever one measure meets, the others still count
                traceback.print_exc()
                rows.append(Row(name, None, "at least", 0.0, note=f"failed: {type(error).__name__}: {error}"[:300]))
        noise[name] = noted["others_cpu"]
        _say(f"    {noted['seconds']:.0f} s, others kept {noted['others_cpu']:.2f} cores busy")
    return rows, noise


def starter() -> Path | None:
    """The starter model where the tests keep it."""
    named = os.environ.get("LAMPLIGHT_TEST_STARTER")
    path = Path(named) if named else _ROOT / ".venv" / "starter" / _STARTER
    return path if path.is_file() else None


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="a GGUF file; otherwise the starter model")
    parser.add_argument("--threads", type=int, default=0, help="on both sides; otherwise the physical cores")
    parser.add_argument("--rounds", type=int, default=0, help="of each comparison; otherwise 5")
    parser.add_argument("--retries", type=int, default=10, help="of noisy rounds in each comparison; otherwise 10")
    parser.add_argument("--quick", action="store_true", help="short, to see whether everything works")
    parser.add_argument("--only", nargs="+", choices=list(MEASURES), metavar="NAME", help="these measures; see --list")
    parser.add_argument("--list", action="store_true", help="name the measures")
    return parser.parse_args(arguments)


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # the servers that were started go, too
    sys.exit(main())
