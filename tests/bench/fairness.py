"""How patient: pauses beside a long prompt, a chat beside a bulk job, Stop, loading and unloading, memory."""

from __future__ import annotations

import os
import time

import psutil

from tests.bench import workload
from tests.bench.ours import Engine, EngineError, Run
from tests.bench.rivals import LlamaServer
from tests.bench.setting import CONTEXT, Setting, proportional_memory
from tests.bench.speed import ids
from tests.bench.stats import Row, Samples


def pause_beside_long_prompt(setting: Setting) -> list[Row]:
    """The longest pause of a running answer while another prompt enters."""
    pauses, beside, alone = [], [], []
    with Engine(setting.model, threads=setting.threads, context=CONTEXT) as engine:
        setting.say(f"  longest pause (ms) of an answer while {setting.long_prompt} tokens enter, its speed meanwhile")
        for number in range(setting.rounds):
            answer = engine.start(ids(workload.tokens(64, seed=number)), tokens=3000, key="answer")
            _until(answer, tokens=40)
            begin = time.perf_counter()
            alone.append(answer.speed)
            other = engine.start(ids(workload.tokens(setting.long_prompt, seed=100 + number)), tokens=1, key="long")
            other.result()
            pauses.append(answer.longest_pause(begin, other.ended) * 1000)
            beside.append(answer.speed_between(begin, other.ended))
            engine.stop(answer)
            engine.forget("answer", "long")
            setting.say(f"    {pauses[-1]:.0f}  {beside[-1]:.0f} (alone {alone[-1]:.0f})  {other.first_token:.1f} s")
    pause, slowed = Samples.of(pauses), Samples.of(beside)
    before = Samples.of(alone).median
    note = f"worst {pause.spread[1]:.0f} ms; {slowed.median:.0f} tokens/s meanwhile, {before:.0f} before"
    return [
        Row(
            f"longest pause of an answer while {setting.long_prompt} tokens enter",
            pause.median,
            "at most",
            150,
            "ms",
            note,
            {"pause_ms": pause.values, "tokens_per_second": slowed.values},
        )
    ]


def _until(run: Run, *, tokens: int) -> None:
    end = time.monotonic() + 60
    while not run.arrivals or run.arrivals[-1][1] < tokens:
        if run.done.is_set() or time.monotonic() > end:
            raise EngineError(f"{run.id} wrote less than {tokens} tokens: {run.failed}")
        time.sleep(0.005)


def chat_beside_job(setting: Setting) -> list[Row]:
    """Speed and first token of a chat while an eight-part bulk job runs, against the chat alone."""
    count, size = 8, 200
    tokens = setting.answer
    shares, alone, beside, waits = [], [], [], []
    with Engine(setting.model, threads=setting.threads, context=CONTEXT) as engine:
        setting.say("  chat alone, chat beside an 8-part job (tokens/s), its first token (ms)")
        for number in range(setting.rounds):
            question = ids(workload.tokens(64, seed=7000 + number))
            alone.append(engine.generate(question, tokens=tokens, key="chat").speed)
            engine.forget("chat")
            job = [
                engine.start(ids(workload.tokens(size, seed=8000 + 10 * number + part)), tokens=600, bulk=True)
                for part in range(count)
            ]
            for part in job[:2]:
                _until(part, tokens=8)
            run = engine.generate(question, tokens=tokens, key="chat")
            beside.append(run.speed)
            waits.append(run.first_token * 1000)
            shares.append(beside[-1] / alone[-1])
            for part in job:
                if not part.done.is_set():
                    engine.stop(part)
            engine.forget("chat")
            setting.say(f"    {alone[-1]:.0f}  {beside[-1]:.0f}  {waits[-1]:.0f}")
    share = Samples.of(beside).median / Samples.of(alone).median
    note = f"rounds {min(shares):.2f} to {max(shares):.2f}; first token after {Samples.of(waits).median:.0f} ms"
    samples = {"alone": tuple(alone), "beside": tuple(beside), "first_token_ms": tuple(waits)}
    return [Row("a chat beside an 8-part job / alone", share, "at least", 0.5, "", note, samples)]


def stop(setting: Setting) -> list[Row]:
    """Stop while a long prompt is read: from the wish to the end in the client."""
    prompt = workload.tokens(setting.long_prompt, seed=11)
    after = [0.05, 0.2, 0.5, 1.0, 1.7, 0.35, 0.7][: max(5, setting.rounds)]
    delays = []
    with Engine(setting.model, threads=setting.threads, context=CONTEXT) as engine:
        for index, seconds in enumerate(after):
            run = engine.start(ids((*workload.tokens(4, seed=index), *prompt)), tokens=8, key="stop")
            time.sleep(seconds)
            delays.append(engine.stop(run) * 1000)
            engine.forget("stop")
            # The others are unharmed: the next request works.
            engine.generate(ids(prompt[:32]), tokens=4, key="next")
    ours = Samples.of(delays)
    theirs = _server_stop(setting, prompt)
    note = f"median {ours.median:.1f} ms of {len(delays)}; llama-server: {theirs.median:.0f} ms until it serves again"
    samples = {"ours_ms": ours.values, "server_ms": theirs.values}
    measure = f"Stop while reading {setting.long_prompt} tokens, worst"
    return [Row(measure, ours.spread[1], "at most", 50, "ms", note, samples)]


def _server_stop(setting: Setting, prompt: tuple[int, ...]) -> Samples:
    times = []
    with LlamaServer(
        setting.native, setting.model, threads=setting.threads, context=CONTEXT, slots=1, unified=True
    ) as server:
        for index, seconds in enumerate((0.2, 0.5, 1.0)):
            times.append(server.abandon((*workload.tokens(4, seed=index), *prompt), after=seconds) * 1000)
    return Samples.of(times)


def loading(setting: Setting) -> list[Row]:
    """Stop while the model is loaded, the load itself, and what is left after unloading."""
    cancels, loads, unloads = [], [], []
    me = psutil.Process()
    before = me.memory_info().rss
    for number in range(setting.rounds):
        engine = Engine(setting.model, threads=setting.threads, context=CONTEXT)
        run = engine.start_loading().result(timeout=120)
        loads.append((run.ended - run.sent) * 1000)
        pid = engine.client.pid
        unloads.append(engine.close() * 1000)
        if pid is not None and psutil.pid_exists(pid):
            raise EngineError("the child is still there after unloading")
        cancels.extend(_cancelled_load(setting, number))
    grown = (me.memory_info().rss - before) / 2**20
    cancel = Samples.of(cancels) if cancels else None
    note = f"median {cancel.median:.0f} ms of {len(cancels)}" if cancel else "every load was faster than its cancel"
    left = f"the program itself grew by {grown:.1f} MiB over all loads"
    load, unload = Samples.of(loads), Samples.of(unloads)
    worst = cancel.spread[1] if cancel else None
    return [
        Row("stop of a load, worst", worst, "at most", 100, "ms", note, {"ms": tuple(cancels)}),
        Row("load until the first request can be sent", load.median, unit="ms", samples={"ms": load.values}),
        Row("unload until the child is gone", unload.median, unit="ms", note=left, samples={"ms": unload.values}),
    ]


def _cancelled_load(setting: Setting, number: int) -> list[float]:
    """Milliseconds from the wish to stop a load to its end; empty if the load was done first."""
    engine = Engine(setting.model, threads=setting.threads, context=CONTEXT)
    try:
        run = engine.start_loading()
        if number % 2:
            run.progressed.wait(30)  # in the middle of reading the file
        else:
            time.sleep(0.05 + 0.05 * number)  # while the child starts
        begin = time.perf_counter()
        engine.client.cancel("load")
        if not run.done.wait(30):
            raise EngineError("a stopped load did not end")
        return [(run.ended - begin) * 1000] if run.failed is not None else []
    finally:
        engine.close()


def memory(setting: Setting) -> list[Row]:
    """Memory of the child and of llama-server after the same work, one after the other so that nothing is shared."""
    prompt = workload.tokens(512, seed=21)
    with Engine(setting.model, threads=setting.threads, context=CONTEXT, sequences=8) as engine:
        engine.generate(ids(prompt), tokens=32)
        pid = engine.client.pid
        ours = proportional_memory(pid) if pid is not None else 0.0
    with LlamaServer(
        setting.native, setting.model, threads=setting.threads, context=CONTEXT, slots=8, unified=True
    ) as server:
        server.complete(prompt, tokens=32)
        theirs = proportional_memory(server.pid)
    note = f"{ours:.0f} MiB / {theirs:.0f} MiB, difference {ours - theirs:.0f} MiB"
    kind = "PSS" if os.name == "posix" else "USS"
    return [Row(f"memory of the child / llama-server ({kind})", ours / theirs, note=note,
                samples={"ours": (ours,), "theirs": (theirs,)})]  # fmt: skip
