"""What all measurements share: the model, the programs to compare with, and how often to repeat."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

import psutil

from tests.bench.native import Native
from tests.bench.stats import Samples

CONTEXT = 8192
"""Tokens of context on both sides."""
NOISE = 0.25
"""Cores that others may keep busy during a round; noisier rounds are done again, for all sides alike."""

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """How to measure.

    :ivar rounds: of each interleaved comparison.
    :ivar quick: shorter answers, to see whether everything works; its numbers mean little.
    :ivar retries: rounds of one comparison that may be done again because the machine had other work.
    :ivar say: takes lines about the progress.
    """

    model: Path
    native: Native
    threads: int
    rounds: int
    quick: bool
    scratch: Path
    say: Callable[[str], None]
    retries: int = 10

    @property
    def answer(self) -> int:
        """Tokens of an ordinary answer."""
        return 32 if self.quick else 128

    @property
    def long_prompt(self) -> int:
        """Tokens of the prompt that is long enough to be in everybody's way."""
        return 1000 if self.quick else 4000

    def interleave(self, *sides: Callable[[int], float]) -> list[Samples]:
        """Call the sides in turn and collect what each returns. Sides take the number of the round.

        Every round begins with the next side, A B C then B C A: who comes behind a pause finds a cooler machine.
        """
        rounds: list[list[float]] = []
        retries = self.retries
        number = 0
        while len(rounds) < self.rounds:
            with loaded_machine() as noted:
                values = [0.0] * len(sides)
                for turn in range(len(sides)):
                    which = (number + turn) % len(sides)
                    values[which] = sides[which](number)
            number += 1
            noisy = noted["others_cpu"] > NOISE
            line = "    " + "  ".join(f"{value:.4g}" for value in values)
            if noisy and retries:
                retries -= 1
                self.say(f"{line}  (again: others kept {noted['others_cpu']:.2f} cores busy)")
                continue
            self.say(line + (f"  (noisy: {noted['others_cpu']:.2f} cores)" if noisy else ""))
            rounds.append(values)
        return [Samples.of(collected) for collected in zip(*rounds, strict=True)]


@contextmanager
def only_benchmark(lock: Path, say: Callable[[str], None]) -> Iterator[None]:
    """Wait until no other benchmark runs on this machine: two at once would measure each other (not on Windows)."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another benchmark to end")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def proportional_memory(pid: int) -> float:
    """Memory of a process in MiB with shared pages divided among those who share them (elsewhere than Linux: USS)."""
    full = psutil.Process(pid).memory_full_info()
    return float(getattr(full, "pss", full.uss)) / 2**20


@contextmanager
def loaded_machine() -> Iterator[dict[str, float]]:
    """Notes how busy the rest of the machine was: yields a dictionary that is filled at the end."""
    noted: dict[str, float] = {}
    me = psutil.Process()
    begin, machine, own = time.monotonic(), psutil.cpu_times(), _own_cpu(me)
    yield noted
    seconds = time.monotonic() - begin
    after = psutil.cpu_times()
    busy = sum(after) - sum(machine) - (after.idle - machine.idle)
    noted["seconds"] = round(seconds, 1)
    noted["others_cpu"] = round(max(0.0, busy - (_own_cpu(me) - own)) / seconds, 3)


def _own_cpu(process: psutil.Process) -> float:
    """Processor seconds of this process and its children, those that ended included."""
    times = process.cpu_times()
    total = times.user + times.system + times.children_user + times.children_system
    for child in process.children(recursive=True):
        try:
            own = child.cpu_times()
            total += own.user + own.system
        except psutil.Error:
            continue
    return total


def circumstances(model: Path, threads: int, system_info: str, *, equal: bool) -> dict[str, Any]:
    """What one must know to read the numbers."""
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": _commit(),
        "model": model.name,
        "threads": threads,
        "cores": psutil.cpu_count(logical=False),
        "memory": psutil.virtual_memory().total,
        "machine": platform.machine(),
        "system": platform.system(),
        "python": platform.python_version(),
        "llama_cpp_python": metadata.version("llama-cpp-python"),
        "system_info": system_info,
        "same_system_info": equal,
        "load_average": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
    }


def _commit() -> str:
    if shutil.which("git") is None:
        return ""
    root = Path(__file__).resolve().parents[2]
    result = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return result.stdout.strip()
