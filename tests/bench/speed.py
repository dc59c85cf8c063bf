"""How fast: writing, overhead per token, reading, the next turn, eight at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from assistant.engine.messages import Counts, Piece
from tests.bench import rivals, trace, workload
from tests.bench.ours import GREEDY, USUAL, Engine, Run
from tests.bench.rivals import LlamaServer
from tests.bench.setting import CONTEXT, Setting
from tests.bench.stats import Row, Samples, ratio_row

_WARM = 1000
"""Number of a round for nothing: memory is touched for the first time."""


def ids(tokens: tuple[int, ...]) -> tuple[Piece, ...]:
    """A prompt of exactly these tokens."""
    return (Piece(text="", ids=tokens),)


def writing(setting: Setting) -> list[Row]:
    """Tokens per second in the client against llama-bench's loop without sampling, at two depths."""
    rows = []
    with Engine(setting.model, threads=setting.threads, context=CONTEXT) as engine:
        for depth in (256,) if setting.quick else (512, 2048):
            prompt = ids(workload.tokens(depth, seed=depth))
            # One token more than llama-bench writes: the first comes out of reading the prompt.
            tokens = setting.answer + 1
            engine.generate(prompt, tokens=8, key="depth")

            def greedy(_: int, prompt: tuple[Piece, ...] = prompt, tokens: int = tokens) -> float:
                return engine.generate(prompt, tokens=tokens, sampling=GREEDY, key="depth").speed

            def usual(_: int, prompt: tuple[Piece, ...] = prompt, tokens: int = tokens) -> float:
                return engine.generate(prompt, tokens=tokens, sampling=USUAL, key="depth").speed

            def bench(_: int, depth: int = depth) -> float:
                return rivals.llama_bench(
                    setting.native, setting.model, threads=setting.threads, generate=setting.answer, depth=depth
                )

            setting.say(f"  writing at depth {depth}: greedy, usual sampling, llama-bench")
            ours, sampled, theirs = setting.interleave(greedy, usual, bench)
            for name, side in (("greedy", ours), ("usual sampling", sampled)):
                measure = f"tokens per second, {name}, at depth {depth} / llama-bench"
                rows.append(ratio_row(measure, side, theirs, bound="at least", reach=0.95))
            engine.forget("depth")
    return rows


def writing_beside_server(setting: Setting) -> list[Row]:
    """For information: the same against llama-server's stream over loopback."""
    prompt = workload.tokens(512, seed=77)
    tokens = setting.answer + 1
    with (
        Engine(setting.model, threads=setting.threads, context=CONTEXT) as engine,
        LlamaServer(
            setting.native, setting.model, threads=setting.threads, context=CONTEXT, slots=1, unified=True
        ) as server,
    ):
        setting.say("  writing: ours, llama-server")
        engine.generate(ids(prompt), tokens=8, key="same")
        server.complete(prompt, tokens=8)

        def theirs(_: int) -> float:
            arrivals = server.complete(prompt, tokens=tokens).arrivals
            return (len(arrivals) - 1) / (arrivals[-1] - arrivals[0])

        def ours(_: int) -> float:
            return engine.generate(ids(prompt), tokens=tokens, key="same").speed

        return [ratio_row("tokens per second, greedy / llama-server's stream", *setting.interleave(ours, theirs),
                          bound="", reach=0.0)]  # fmt: skip


def overhead(setting: Setting) -> list[Row]:
    """Time between two ``llama_decode`` of one answer, around token 100 and around token 2000 (means of 100)."""
    late_token = 500 if setting.quick else 2000
    prompt = ids(workload.tokens(16, seed=5))
    works: list[float] = []

    def measure(number: int) -> list[trace.Gap]:
        path = setting.scratch / f"trace{number}"
        with Engine(setting.model, threads=setting.threads, context=4096, sequences=1, traced=path) as engine:
            engine.generate(prompt, tokens=late_token + 60, sampling=USUAL)
        return trace.gaps(trace.read(path))

    found: dict[int, list[trace.Gap]] = {}

    def around(token: int, number: int) -> float:
        if number not in found:  # both sides are parts of one answer
            found[number] = measure(number)
            works.append(sum(gap.work for gap in found[number]) / len(found[number]) * 1e6)
        return sum(gap.wall for gap in found[number][token - 50 : token + 50]) / 100 * 1e6

    def early(number: int) -> float:
        return around(100, number)

    def late(number: int) -> float:
        return around(late_token, number)

    setting.say(f"  overhead per token around token 100 and {late_token} (microseconds)")
    at_first, at_last = setting.interleave(early, late)
    allowed = max(1.2, (at_first.median + 20) / at_first.median)
    work = Samples.of(works)
    note = f"{at_first.median:.0f} us at 100, {at_last.median:.0f} us at {late_token}; 1.2 or 20 us more"
    samples = {"early_us": at_first.values, "late_us": at_last.values}
    ratio = at_last.median / at_first.median
    measure_name = f"overhead per token at token {late_token} / at token 100"
    return [
        Row(measure_name, ratio, "at most", allowed, note=note, samples=samples),
        Row("processor time of the engine's loop per token", work.median, unit="us", samples={"us": work.values}),
    ]


def reading(setting: Setting) -> list[Row]:
    """Tokens per second from the request to the first token in the client, of prompts never seen before."""
    rows = []
    with Engine(setting.model, threads=setting.threads, context=CONTEXT) as engine:
        engine.generate(ids(workload.tokens(64, seed=1)), tokens=4, key="warm")
        engine.forget("warm")
        for size in (256,) if setting.quick else (512, 2048):

            def ours(number: int, size: int = size) -> float:
                prompt = workload.tokens(size, seed=size * 100 + number)
                run = engine.generate(ids(prompt), tokens=1, key="read")
                engine.forget("read")
                return size / run.first_token

            def theirs(_: int, size: int = size) -> float:
                return rivals.llama_bench(setting.native, setting.model, threads=setting.threads, prompt=size)

            setting.say(f"  reading {size} tokens: ours, llama-bench")
            samples = setting.interleave(ours, theirs)
            rows.append(ratio_row(f"reading {size} tokens / llama-bench", *samples, bound="at least", reach=0.95))
    return rows


def next_turn(setting: Setting) -> list[Row]:
    """First token of a follow-up after a long conversation, against llama-server with its prompt cache."""
    turns, words, answer = (4, 60, 16) if setting.quick else (12, 112, 48)
    text = workload.conversation(turns, words, seed=3)
    with (
        Engine(setting.model, threads=setting.threads, context=CONTEXT) as engine,
        LlamaServer(
            setting.native, setting.model, threads=setting.threads, context=CONTEXT, slots=1, unified=True
        ) as server,
    ):
        setting.say("  reading the conversation on both sides")
        pieces = [Piece(text=text, trusted=True)]
        run = engine.generate(pieces, tokens=answer, key="talk")
        reply = server.complete(text, tokens=answer)
        size = run.finished.tokens.prompt if run.finished else 0
        said = _answer_piece(run)
        ours_follow, theirs_follow = workload.follow_ups(4), workload.follow_ups(4)
        their_text = text + reply.text

        def ours(_: int) -> float:
            nonlocal said, run
            pieces.extend([said, Piece(text=next(ours_follow), trusted=True)])
            run = engine.generate(pieces, tokens=answer, key="talk")
            said = _answer_piece(run)
            return run.first_token * 1000

        def theirs(_: int) -> float:
            nonlocal their_text, reply
            their_text += next(theirs_follow)
            reply = server.complete(their_text, tokens=answer)
            their_text += reply.text
            return reply.first_token * 1000

        setting.say("  first token of a follow-up: ours, llama-server (milliseconds)")
        samples = setting.interleave(ours, theirs)
        counts = run.finished.tokens if run.finished else None
        read = counts.prompt - counts.cached if counts else 0
        their_read = reply.timings.get("prompt_n", 0)
        note = f"milliseconds after {size} tokens; read anew at the end: {read} and {their_read:.0f}"
        measure = "first token of a follow-up / llama-server"
        return [ratio_row(measure, *samples, bound="at most", reach=1.0, note=note)]


def _answer_piece(run: Run) -> Piece:
    assert run.finished is not None
    return Piece(text="".join(run.text), ids=run.finished.ids)


def eight_at_once(setting: Setting) -> list[Row]:
    """Eight requests together: all written tokens by the time from the first request to the last end.

    What sends so many at once in the product are jobs (the parts of a document, of a translation), and those are bulk
    requests. The same eight are also sent as what somebody waits for, such as the sentences of a text that is being
    typed.
    """
    count, size, tokens = 8, 64, setting.answer
    common = {"threads": setting.threads, "context": CONTEXT, "slots": count}
    with (
        Engine(setting.model, threads=setting.threads, context=CONTEXT, sequences=count) as engine,
        LlamaServer(setting.native, setting.model, unified=True, **common) as unified,
        LlamaServer(setting.native, setting.model, unified=False, **common) as split,
    ):

        def prompts(number: int) -> list[tuple[int, ...]]:
            return [workload.tokens(size, seed=9000 + 10 * number + index) for index in range(count)]

        def speed(seconds: float) -> float:
            return count * tokens / seconds

        def parts(number: int) -> float:
            return speed(_together(engine, prompts(number), tokens=tokens, bulk=True))

        def waited_for(number: int) -> float:
            # Others of the same length: what the parts have left in the memory must save nothing here.
            return speed(_together(engine, prompts(number + 500), tokens=tokens, bulk=False))

        def bench(_: int) -> float:
            return speed(sum(rivals.batched_bench(
                setting.native, setting.model, threads=setting.threads, prompt=size, generate=tokens, parallel=count
            )))  # fmt: skip

        def server(side: LlamaServer) -> Callable[[int], float]:
            return lambda number: speed(_served(side, prompts(number), tokens=tokens))

        sides = (parts, waited_for, server(unified), server(split))
        for side in sides:
            side(_WARM)
        setting.say("  eight at once: parts, waited for, llama-server -kvu, -no-kvu, llama-batched-bench (tokens/s)")
        own, shared, with_unified, with_split, batched = setting.interleave(*sides, bench)
    better, note = _better(with_unified, with_split, of=max)
    return [
        ratio_row("eight requests at once / llama-server", own, better, bound="at least", reach=1.0, note=note),
        ratio_row("eight requests at once / llama-batched-bench", own, batched, bound="", reach=0.0),
        ratio_row("eight waited for / llama-server", shared, better, bound="at least", reach=1.0, note=note),
    ]


def job(setting: Setting) -> list[Row]:
    """A job of eight parts with the same head (the instructions), from the first request to the last end."""
    count, head, own, tokens = 8, 160, 256, setting.answer
    common = {"threads": setting.threads, "context": CONTEXT, "slots": count}
    reads: list[float] = []
    by_mean: list[float] = []
    with (
        Engine(setting.model, threads=setting.threads, context=CONTEXT, sequences=count) as engine,
        LlamaServer(setting.native, setting.model, unified=True, **common) as unified,
        LlamaServer(setting.native, setting.model, unified=False, **common) as split,
    ):

        def prompts(number: int) -> list[tuple[int, ...]]:
            shared = workload.tokens(head, seed=500 + number)
            return [(*shared, *workload.tokens(own, seed=5000 + 10 * number + index)) for index in range(count)]

        def ours(number: int) -> float:
            counts: list[Counts] = []
            seconds = _together(engine, prompts(number), tokens=tokens, bulk=True, counts=counts)
            reads.append(sum(each.prompt - each.cached for each in counts))
            return seconds

        def predicted(_: int) -> float:
            reading, writing = rivals.batched_bench(
                setting.native, setting.model, threads=setting.threads, prompt=head + own, generate=tokens,
                parallel=count,
            )  # fmt: skip
            # It reads the head eight times, a job once: what seven heads take is taken off. By the mean token the rest
            # would be too cheap, since what stands behind the head looks back at more; that is told beside.
            heads = rivals.batched_bench(
                setting.native, setting.model, threads=setting.threads, prompt=head, generate=1, parallel=count
            )[0]
            by_mean.append(reading * (head + count * own) / (count * (head + own)) + writing)
            return reading - heads * (count - 1) / count + writing

        def server(side: LlamaServer) -> Callable[[int], float]:
            return lambda number: _served(side, prompts(number), tokens=tokens)

        for side in (ours, server(unified), server(split)):
            side(_WARM)
        reads.clear()
        setting.say("  a job: ours, predicted by llama-batched-bench, llama-server -kvu, -no-kvu (seconds)")
        sides = setting.interleave(ours, predicted, server(unified), server(split))
    wall, expected, with_unified, with_split = sides
    better, note = _better(with_unified, with_split, of=min)
    naive = f"{wall.median / Samples.of(by_mean).median:.2f} where each token read counts as the mean one"
    once = Samples.of([read / (head + count * own) for read in reads])
    return [
        ratio_row("a job of 8 parts / predicted by llama-batched-bench", wall, expected, bound="at most", reach=1.1,
                  note=naive),
        ratio_row("a job of 8 parts / llama-server", wall, better, bound="at most", reach=1.0, note=note),
        Row("tokens read for a job / head once and each part once", once.median, "at most", 1.02,
            samples={"ratio": once.values}),
    ]  # fmt: skip


def _together(
    engine: Engine, prompts: list[tuple[int, ...]], *, tokens: int, bulk: bool, counts: list[Counts] | None = None
) -> float:
    """Seconds until all of these requests, sent at once, have their ends; ``counts`` takes their tokens."""
    begin = time.perf_counter()
    runs = [engine.start(ids(prompt), tokens=tokens, bulk=bulk) for prompt in prompts]
    ended = max(run.result().ended for run in runs)
    if counts is not None:
        counts.extend(run.finished.tokens for run in runs if run.finished)
    return ended - begin


def _served(server: LlamaServer, prompts: list[tuple[int, ...]], *, tokens: int) -> float:
    """The same of a llama-server."""

    def one(prompt: tuple[int, ...]) -> None:
        server.complete(prompt, tokens=tokens)

    threads = [threading.Thread(target=one, args=(prompt,)) for prompt in prompts]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begin


def _better(unified: Samples, split: Samples, *, of: Callable[..., tuple[Samples, str]]) -> tuple[Samples, str]:
    """llama-server with its better setting, and which one that is."""
    better, name = of((unified, "-kvu"), (split, "-no-kvu"), key=lambda side: side[0].median)
    other = split if better is unified else unified
    return better, f"better with {name}; other {other.median:.4g}"
