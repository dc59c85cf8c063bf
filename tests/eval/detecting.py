"""How well the language of single sentences is told, on the fixed set of ``languages/sentences.tsv``."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from assistant.documents.detection import detect_languages
from assistant.documents.segments import Guess

LEAST = 0.95
"""The share of the sentences that must be told."""
_SET = Path(__file__).resolve().parent / "languages" / "sentences.tsv"


@dataclass(frozen=True)
class Sentence:
    """``language``: BCP 47; ``origin``: ``own`` or ``django``."""

    language: str
    origin: str
    text: str


@dataclass(frozen=True)
class Told:
    """What came of a sentence. ``milliseconds``: of the processor."""

    sentence: Sentence
    guesses: tuple[Guess, ...]
    milliseconds: float

    @property
    def right(self) -> bool:
        return bool(self.guesses) and self.guesses[0].language == self.sentence.language


def sentences() -> list[Sentence]:
    return [Sentence(*line.split("\t")) for line in _SET.read_text("utf-8").splitlines()]


def tell(rows: Iterable[Sentence]) -> list[Told]:
    """Each sentence by itself; the model is loaded before the clock starts."""
    detect_languages(["The model is loaded with the first sentence."])
    results = []
    for row in rows:
        start = time.thread_time()
        (guesses,) = detect_languages([row.text])
        results.append(Told(row, guesses, (time.thread_time() - start) * 1000))
    return results


def share(results: Sequence[Told]) -> float:
    """How many were told, as a part of 1."""
    return sum(one.right for one in results) / len(results)


def table(results: Sequence[Told]) -> str:
    """A line for each language, what was wrong, and the sums."""
    lines = [f"{'language':<10}{'right':>8}{'of':>5}{'letters':>9}{'share':>7}"]
    for language in dict.fromkeys(one.sentence.language for one in results):
        own = [one for one in results if one.sentence.language == language]
        shares = [one.guesses[0].share for one in own if one.right]
        letters = median(len(one.sentence.text) for one in own)
        right = sum(one.right for one in own)
        lines.append(f"{language:<10}{right:>8}{len(own):>5}{letters:>9.0f}{median(shares or [0]):>7.2f}")
    for one in results:
        if not one.right:
            said = ", ".join(f"{guess.language} {guess.share:.2f}" for guess in one.guesses) or "nothing"
            lines.append(f"    {one.sentence.language}: {said}: {one.sentence.text}")
    times = sorted(one.milliseconds for one in results)
    lines.append(f"{share(results):.1%} of {len(results)}; {median(times):.2f} ms each, the worst {times[-1]:.2f} ms")
    return "\n".join(lines)
