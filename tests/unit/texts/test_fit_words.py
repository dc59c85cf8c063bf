"""Each verdict is one sentence that names what it is about."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from assistant.library.advice import Grade, Verdict
from assistant.texts import fit

GB = 10**9
PLAIN = Verdict(
    Grade.WELL,
    needed=4 * GB,
    free=10 * GB,
    total=14 * GB,
    context=8192,
    largest=30000,
    layers=33,
    disk_needed=5 * GB,
    disk_free=2 * GB,
)


def no(cause: str, **values: object) -> Verdict:
    return replace(PLAIN, grade=Grade.NO, cause=cause, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("verdict", "label", "words"),
    [
        (PLAIN, "fits well", ["Fits well", "4.0 GB", "8,192 tokens", "10.0 GB"]),
        (replace(PLAIN, gpu_layers=33, device="Card", on_gpu=4 * GB), "fits well", ["all of it", "Card", "4.0 GB"]),
        (replace(PLAIN, gpu_layers=20, device="Card"), "fits well", ["20 of 33 layers", "Card", "4.0 GB"]),
        (replace(PLAIN, grade=Grade.TIGHT, needed=9 * GB), "fits tightly", ["tightly", "9.0 GB", "10.0 GB"]),
        (no("memory", needed=12 * GB, largest=0), "does not fit", ["now", "12.0 GB", "10.0 GB", "close"]),
        (no("memory", needed=20 * GB, largest=0), "does not fit", ["20.0 GB", "14.0 GB"]),
        (no("memory", needed=12 * GB, context=65536), "does not fit", ["65,536 tokens", "30,000 tokens"]),
        (no("disk"), "does not fit", ["disk", "5.0 GB", "2.0 GB"]),
        (no("architecture", architecture="qwen9"), "cannot run", ["qwen9"]),
        (no("architecture"), "cannot run", ["kind"]),
        (no("not_text"), "cannot run", ["writes text"]),
        (no("split"), "cannot run", ["parts"]),
        (no("damaged"), "cannot run", ["damaged"]),
        (no("strange"), "cannot run", ["newer"]),
        (replace(PLAIN, grade=Grade.UNKNOWN, cause="size"), "not known", ["not known"]),
    ],
)
def test_a_verdict_in_words(verdict: Verdict, label: str, words: list[str]) -> None:
    sentence = fit.sentence(verdict)
    assert fit.label(verdict) == label
    assert all(word in sentence for word in words), sentence
    assert sentence.endswith(".")
    assert sentence.count(". ") == 0
    assert "{" not in sentence


def test_every_cause_has_words_of_its_own() -> None:
    causes = ("memory", "disk", "architecture", "not_text", "split", "damaged", "strange", "not_model")
    sentences = [fit.sentence(no(cause)) for cause in causes]
    assert all(one != other for one, other in itertools.combinations(sentences, 2))


def test_reasons() -> None:
    reasons = ("top", "memory", "speed", "disk", "tight", "none")
    sentences = [fit.reason(value) for value in reasons]
    assert len(set(sentences)) == len(reasons)
    assert all(sentence.endswith(".") for sentence in sentences)
