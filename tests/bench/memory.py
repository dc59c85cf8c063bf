"""What we say a model will need, beside what its engine then holds: contexts, types of cache, families of models."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from assistant.library import fit
from assistant.library.gguf import read_header
from tests.bench import workload
from tests.bench.ours import Engine
from tests.bench.setting import Setting, proportional_memory
from tests.bench.speed import ids
from tests.bench.stats import Row
from tests.fakes.hollow_models import GEOMETRIES, write_hollow

REACH = 0.10
"""The largest error that is good enough, as a share of what is really held."""
_MIB = 1 << 20
_FULL_SECONDS = 1200.0  # for 32,768 tokens on a slow machine
CacheType = Literal["f16", "q8_0"]
CONTEXTS = (2048, 4096, 8192, 16384, 32768)
_LONG: tuple[tuple[int, CacheType], ...] = ((4096, "f16"), (32768, "f16"), (32768, "q8_0"))
_FILLED = 8192  # tokens


def estimate(setting: Setting) -> list[Row]:
    """One row for each model, context and type of cache; the process is measured after a long prompt."""
    setting.say("  estimated / held (MiB)")
    rows = []
    for name, path, context, cache_type, prompt in _cases(setting):
        needed = fit.memory_needed(read_header(path), context, cache_type) / _MIB
        real = _held(setting, path, context, cache_type, prompt)
        error = needed / real - 1
        setting.say(f"    {name}: {needed:.0f} / {real:.0f}  {error:+.1%}")
        rows.append(
            Row(
                f"memory estimate, {name}",
                abs(error),
                "at most",
                REACH,
                note=f"{needed:.0f} of {real:.0f} MiB, {error:+.1%}",
                samples={"estimated": (needed,), "held": (real,)},
            )
        )
    worst = max(row.got or 0.0 for row in rows)
    return [*rows, Row("memory estimate, worst of all", worst, "at most", REACH)]


def _cases(setting: Setting) -> Iterator[tuple[str, Path, int, CacheType, int]]:
    """Name, file, context, type of cache, and tokens of the prompt.

    A prompt of one step touches nearly everything. With Gemma's windows the cache of a long context is so small that
    what is computed about the whole of it counts, so that it has to be full; beside a cache of q8_0, where that would
    take ten minutes, a shorter one is filled.
    """
    # A copy of its own: of a file that other programs have mapped, only a share would be counted.
    own = Path(shutil.copy(setting.model, setting.scratch))
    trained = read_header(own).context_length
    contexts = [context for context in CONTEXTS if context <= trained]
    types: tuple[CacheType, ...] = ("f16", "q8_0")
    for context in contexts[:1] if setting.quick else contexts:
        for cache_type in types:
            prompt = min(context - 64, setting.long_prompt)
            yield f"{own.stem} {context} {cache_type}", own, context, cache_type, prompt
    for name, geometry in GEOMETRIES.items():
        path = write_hollow(setting.scratch / f"{name}.gguf", geometry)
        for longest, cache_type in _LONG[: 1 if setting.quick else None]:
            context = _FILLED if geometry.window and cache_type == "q8_0" else longest
            prompt = context - 64 if geometry.window else 600
            yield f"{name} {context} {cache_type}", path, context, cache_type, prompt
        path.unlink()


def _held(setting: Setting, path: Path, context: int, cache_type: CacheType, prompt: int) -> float:
    """MiB of an engine's process that has read a prompt of so many tokens."""
    with Engine(path, threads=setting.threads, context=context, cache_type=cache_type) as engine:
        engine.start(ids(workload.tokens(prompt, seed=31)), tokens=8).result(timeout=_FULL_SECONDS)
        assert engine.client.pid is not None
        return proportional_memory(engine.client.pid)
