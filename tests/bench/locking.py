"""The script lock with the real engine: what gets through, how much of it is in the language's script, what it costs.

Everything that could let a character slip is made worse than in use: temperature 1.5, once as usual and once without
any cut of unlikely tokens, with no end of text, on the starter and on random models of 262,144 tokens, one of them with
tokens that begin and end anywhere within characters.
"""

from __future__ import annotations

import statistics
import time
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import Path

from assistant.base.scripts import only_traditional
from assistant.engine.backend import Chooser
from assistant.engine.llama_backend import LlamaBackend, open_llama
from assistant.engine.messages import Generate, Load, Sampling, ScriptLock
from assistant.engine.sampling import resolve
from assistant.tasks.foreign import free_signs, free_words
from tests.bench import workload
from tests.bench.ours import Engine
from tests.bench.setting import Setting
from tests.bench.stats import Row
from tests.fakes import tiny_models

TOKENS = 20000
LANGUAGES = {
    "zh-Hans": "灯在桌上。她又读了一遍信，写了回信。",
    "en": "The lamp stands on the desk. She reads the letter.",
}
SOURCES = {
    "zh-Hans": "On 3 May Anna took 12 cm of tape to London; `run --fast {name}` came from GitHub.",
    "en": "5 月 3 日，安娜带 12 cm 胶带去了伦敦；`run --fast {name}` 来自 GitHub。",
}
"""What has words that a lock lets through: what they cost counts, too."""
_AT_ONCE = 8
_ROOM = 1536  # cells of one of them
_SECONDS = 1200.0  # until all of them have ended: counting needs no quiet machine
_HOT = (
    {"temperature": 1.5},
    {"temperature": 1.5, "top_k": 0, "top_p": 1.0, "min_p": 0.0},
)
_NAMES = {"zh-Hans": ("CJK UNIFIED", "IDEOGRAPHIC"), "en": ("LATIN",)}


def lock(setting: Setting) -> list[Row]:
    """For each model and language: characters outside the lock, share of the language's letters."""
    rows = []
    for name, path in _models(setting):
        with Engine(path, threads=setting.threads, context=_AT_ONCE * _ROOM, sequences=_AT_ONCE) as engine:
            for language in LANGUAGES:
                setting.say(f"  {name}, {language}")
                rows += _inside(setting, engine, f"{name}, {language}", language)
    return rows


def cost(setting: Setting) -> list[Row]:
    """For each model and language: time of a token with the lock and without."""
    rows = []
    for name, path in _models(setting):
        for language in LANGUAGES:
            setting.say(f"  {name}, {language}")
            rows.append(_cost(setting, path, f"{name}, {language}", language))
    return rows


def _models(setting: Setting) -> Iterable[tuple[str, Path]]:
    yield "starter", setting.model
    yield "262,144 tokens, SentencePiece", tiny_models.write_large_vocabulary(setting.scratch / "sp.gguf", mixed=True)
    yield "262,144 tokens, byte level", tiny_models.write_torn_vocabulary(setting.scratch / "bytes.gguf")


def _lock(language: str) -> ScriptLock:
    """The lock that a translation of the language's text has, but for its words."""
    return ScriptLock(language=language, signs=free_signs(LANGUAGES[language]))


def _inside(setting: Setting, engine: Engine, name: str, language: str) -> list[Row]:
    """What comes out, and what of it should not have."""
    total = 400 if setting.quick else TOKENS
    each = total // (_AT_ONCE * len(_HOT))
    texts = []
    for number, wild in enumerate(_HOT):
        runs = [
            engine.start(
                LANGUAGES[language],
                tokens=each,
                sampling=Sampling(seed=100 * number + index + 1, **wild),  # type: ignore[arg-type]
                bulk=True,
                lock=_lock(language),
            )
            for index in range(_AT_ONCE)
        ]
        texts.append("\n".join("".join(run.result(timeout=_SECONDS).text) for run in runs))
    text = "\n".join(texts)
    found = outside(text, language)
    own = sum(is_own(character, language) for character in text)
    letters = sum(unicodedata.category(character)[0] in "LM" or character == "〇" for character in text)
    visible = [character for character in text if not character.isspace()]
    note = f"{len(text)} characters" + (f", for example {found[:5]!a}" if found else "")
    shares = [own_share(part, language) for part in texts]
    about = f"cut as usual {shares[0]:.2f}, uncut {shares[1]:.2f}; the rest are digits, punctuation and symbols"
    setting.say(
        f"    outside {len(found)}, letters {own / max(1, letters):.3f}, visible {own / max(1, len(visible)):.3f}"
    )
    return [
        Row(f"characters outside the lock in {total} tokens: {name}", len(found), "at most", 0.0, note=note),
        Row(f"letters that are in the script: {name}", own / max(1, letters), "at least", 0.9),
        Row(
            f"letters of the script among all visible characters: {name}",
            own / max(1, len(visible)),
            "at least",
            0.9,
            note=about,
        ),
    ]


def _cost(setting: Setting, model: Path, name: str, language: str) -> Row:
    """Time of a token with the lock against one without: what choosing costs more, on top of a decode.

    Both sides choose from the same logits of one locked text, in turn first and second, each request for as many tokens
    as a translated sentence has: what a lock costs to make is shared out among them. All of it is the processor time of
    this thread, so that neither what else the machine does nor what a decode happens to take falls on one side.
    """
    answers, tokens = (1, 32) if setting.quick else (6, 64)
    hot = resolve(Sampling(temperature=1.5, seed=1), Sampling())
    backend = open_llama(
        Load(id="cost", path=str(model), context=4096, sequences=1, threads=setting.threads, gpu_layers=0),
        lambda _: True,
    )
    lock = ScriptLock(language=language, signs=free_signs(SOURCES[language]), words=free_words(SOURCES[language]))
    requests = [Generate(id="cost", prompt=(), lock=one) for one in (None, lock)]
    backend.chooser(requests[1], hot, []).close()  # the tables of a language are made once
    rounds: list[tuple[float, ...]] = []
    setting.say("    microseconds of a decode, of choosing without and with the lock")
    for _ in range(setting.rounds):
        parts = [_answer(backend, requests, hot, tokens, seed=index) for index in range(answers)]
        rounds.append(tuple(statistics.mean(values) for values in zip(*parts, strict=True)))
        setting.say("    {:.0f}  {:.1f}  {:.1f}".format(*rounds[-1]))
    backend.close()
    decode, plain, locked = (statistics.median(values) for values in zip(*rounds, strict=True))
    ratio = statistics.median((step + with_it) / (step + without) for step, without, with_it in rounds)
    note = f"choosing {plain:.0f} and {locked:.0f} us beside {decode:.0f} us"
    names = ("decode_us", "plain_us", "locked_us")
    samples = dict(zip(names, zip(*rounds, strict=True), strict=True))
    return Row(f"time per token with the lock / without: {name}", ratio, "at most", 1.03, note=note, samples=samples)


def _answer(
    backend: LlamaBackend, requests: Sequence[Generate], sampling: Sampling, tokens: int, *, seed: int
) -> tuple[float, ...]:
    """Microseconds of this thread for one token: a decode (the median), choosing for each of the requests."""
    prompt = list(workload.tokens(64, seed=seed))
    spent = [0, 0]
    choosers: list[Chooser] = []
    for side, request in enumerate(requests):
        began = time.thread_time_ns()
        choosers.append(backend.chooser(request, sampling, prompt))
        spent[side] += time.thread_time_ns() - began
    backend.truncate(0, 0)
    backend.clear()
    backend.add(0, prompt, 0, output=True)
    backend.decode()
    steps: list[int] = []
    token = prompt[-1]
    for number in range(tokens):
        began = time.thread_time_ns()
        backend.step(0, token, len(prompt) + number)
        steps.append(time.thread_time_ns() - began)
        for side in (number % 2, 1 - number % 2):
            began = time.thread_time_ns()
            chosen = choosers[side].choose(backend, 0)
            spent[side] += time.thread_time_ns() - began
            token = chosen if side else token
    for chooser in choosers:
        chooser.close()
    return statistics.median(steps) / 1e3, *(one / tokens / 1e3 for one in spent)


# ---------------------------------------------------------------- the judge: Unicode's names, not the lock's tables


def is_own(character: str, language: str) -> bool:
    """Whether this is a letter (or a mark on one) that the language is written with."""
    name, category = unicodedata.name(character, ""), unicodedata.category(character)
    if category[0] == "M":
        return language == "en" and name.startswith("COMBINING")
    if category[0] != "L" and character != "〇":
        return False
    return name.startswith(_NAMES[language]) and not (language == "zh-Hans" and character in only_traditional())


def outside(text: str, language: str) -> list[str]:
    """Letters and marks of other scripts, the other way of writing Chinese, and what no text has."""
    return [character for character in text if _is_outside(character, language)]


def _is_outside(character: str, language: str) -> bool:
    category = unicodedata.category(character)
    if category in ("Co", "Cn", "Cs") or character == "\ufffd" or (category == "Cc" and character not in "\t\n\r"):
        return True
    name = unicodedata.name(character, "")
    if character in "ªºʻʼⁱⁿ" or name.startswith(("VARIATION SELECTOR", "COMBINING ENCLOSING")):
        return False
    return category[0] in "LM" and not is_own(character, language) and character != "\u2139"


def own_share(text: str, language: str) -> float:
    """Letters of the language among all characters that can be seen."""
    visible = [character for character in text if not character.isspace()]
    return sum(is_own(character, language) for character in visible) / max(1, len(visible))
