"""What is read and written in the measurements: always the same for the same number, on both sides."""

from __future__ import annotations

import random
from collections.abc import Iterator

_WORDS = """
the of and to in that is was for it with as his on be at by had not are but from or have an they which one you
were all her she there would their we him been has when who will no more if out so up said what its about than
into them can only other time new some could these two may first then do any like my now over such our man me
even most made after also did many off before must well back through years much where your way down should
because long each just state those people too mr how little good world make very year still see own work men
day get here old life both between being under three never know same last another while us might great go come
since against right came take used himself few house american use place during high without again home around
small however found thought went part once general upon school every
""".split()  # noqa: SIM905 - a list of so many words is nothing to read

LOW_TOKEN, HIGH_TOKEN = 1000, 40000
"""Ordinary tokens of the starter's vocabulary, and of every other that is used here."""


def tokens(count: int, seed: int) -> tuple[int, ...]:
    """``count`` ordinary tokens, as llama-bench reads random ones."""
    dice = random.Random(seed)
    return tuple(dice.randrange(LOW_TOKEN, HIGH_TOKEN) for _ in range(count))


def prose(words: int, seed: int) -> str:
    """``words`` frequent English words in sentences: about as many tokens."""
    dice = random.Random(seed)
    sentences = []
    left = words
    while left > 0:
        length = min(left, dice.randint(6, 18))
        sentence = " ".join(dice.choices(_WORDS, k=length))
        sentences.append(sentence[0].upper() + sentence[1:] + ".")
        left -= length
    return " ".join(sentences)


def turn(role: str, text: str) -> str:
    """One turn as ChatML, which the starter was trained on."""
    return f"<|im_start|>{role}\n{text}<|im_end|>\n"


def conversation(turns: int, words: int, seed: int) -> str:
    """``turns`` questions and answers of ``words`` words each, a last question, and where its answer begins."""
    text = turn("system", "You are a helpful assistant.")
    for number in range(turns):
        text += turn("user", prose(words, seed * 1000 + 2 * number))
        text += turn("assistant", prose(words, seed * 1000 + 2 * number + 1))
    return text + turn("user", "And what happened then? Tell me everything that you know about it.") + OPENING


OPENING = "<|im_start|>assistant\n"


def follow_ups(seed: int) -> Iterator[str]:
    """What is added after an answer: its end, a short question, and the next answer's opening."""
    number = 0
    while True:
        yield "<|im_end|>\n" + turn("user", prose(16, seed * 1000 + number)) + OPENING
        number += 1
