"""Real engines with a script lock at a hot temperature: nothing slips through, alone and beside others."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from assistant.engine.messages import Finished, Marks, Sampling, ScriptLock, Step, Tokens
from tests.fakes import tiny_models
from tests.fakes.engine_tap import Tap
from tests.fakes.tiny_vocabularies import spm_vocabulary, torn_vocabulary

HOT = Sampling(seed=1, temperature=1.5, top_k=0, top_p=1.0, min_p=0.0)
USUAL = Sampling(seed=2, temperature=1.5)
ENDLESS = {"ignore_end": True, "stop_loops": False}


@pytest.fixture(scope="module")
def torn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tokens of many scripts, cut within characters."""
    path = tmp_path_factory.mktemp("model") / "torn.gguf"
    return tiny_models.write_sliding(path, vocabulary=torn_vocabulary(6000), flat=True)


@pytest.fixture(scope="module")
def bytewise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SentencePiece, where most characters are spelled in single bytes."""
    path = tmp_path_factory.mktemp("model") / "bytewise.gguf"
    return tiny_models.write_sliding(path, vocabulary=spm_vocabulary(), flat=True)


def letters(text: str) -> set[str]:
    """The first word of the name of every letter."""
    return {unicodedata.name(one).split()[0] for one in text if unicodedata.category(one) in ("Lu", "Ll", "Lo")}


def steps_of(tap: Tap, identifier: str) -> list[Step]:
    return [step for event in tap.of(identifier) if isinstance(event, Tokens) for step in event.steps]


def is_clean(text: str) -> bool:
    return all(unicodedata.category(one)[0] in "LMNPSZ" or one in "\n\t\r" or ord(one) > 0x1FFF for one in text)


@pytest.mark.parametrize("model", ["torn", "bytewise"])
def test_answers_stay_in_their_scripts(model: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(model)
    with Tap() as tap:
        tap.load(path, threads=1)
        common = {"max_tokens": 250, **ENDLESS}
        chinese = [
            tap.start("灯", sampling=sampling, priority=priority, lock=ScriptLock(language="zh-Hans"), **common)
            for sampling, priority in ((HOT, "bulk"), (USUAL, "bulk"), (HOT, "interactive"))
        ]
        english = tap.start("lamp", sampling=HOT, lock=ScriptLock(language="en"), priority="bulk", **common)
        free = tap.start("lamp", sampling=HOT, priority="bulk", **common)
        ends = [tap.end(identifier) for identifier in (*chinese, english, free)]
        assert all(isinstance(end, Finished) and end.tokens.generated == 250 for end in ends)
        for identifier in chinese:
            text = tap.text(identifier)
            assert letters(text) - {"IDEOGRAPHIC"} == {"CJK"}
            assert "\ufffd" not in text
            assert is_clean(text)
        assert letters(tap.text(english)) == {"LATIN"}
        assert "\ufffd" not in tap.text(english)
        assert "\ufffd" in tap.text(free)  # without a lock this model writes anything at all


def test_words_of_other_scripts_come_whole(torn: Path) -> None:
    lock = ScriptLock(language="zh-Hans", words=("Lon", "Ж", "😀"))
    with Tap() as tap:
        tap.load(torn, threads=1)
        likely = dict.fromkeys((*b"LlOoNn",), 8.0)  # single bytes are the first tokens
        one = tap.start("灯", sampling=HOT, lock=lock, max_tokens=250, logit_bias=likely, **ENDLESS)
        end = tap.end(one)
        assert isinstance(end, Finished)
        words = "".join(sign if sign.isascii() and sign.isalpha() else " " for sign in tap.text(one)).lower().split()
        assert "lon" in words
        assert set(words[:-1]) == {"lon"}


def test_looking_inside_shows_what_the_model_itself_thinks(torn: Path) -> None:
    """The probabilities of steps are those before any lock."""
    with Tap() as tap:
        tap.load(torn, threads=1)
        locked = tap.start(
            "灯", sampling=HOT, lock=ScriptLock(language="zh-Hans"), max_tokens=8, alternatives=20, **ENDLESS
        )
        plain = tap.start("灯", sampling=HOT, max_tokens=1, alternatives=20, **ENDLESS)
        tap.end(locked)
        tap.end(plain)
        first = [steps_of(tap, identifier)[0] for identifier in (locked, plain)]
        assert [step.token for step in first[0].alternatives] == [step.token for step in first[1].alternatives]
        assert letters("".join(step.text for step in first[0].alternatives)) > {"CJK"}


def test_reasoning_is_free_and_the_answer_is_not(tmp_path: Path) -> None:
    """A model that says the same whatever it is asked: its reasoning is English, and the lock lets it be."""
    said = ("Hmq", "]]", "灯桌", "Zqx")
    path = tiny_models.write_script(tmp_path / "script.gguf", said)
    with Tap() as tap:
        tap.load(path, threads=1)
        marks = (Marks(start="[[", end="]]", opened=True),)
        lock = ScriptLock(language="zh-Hans")
        greedy = Sampling(temperature=0.0)
        one = tap.start("x", sampling=greedy, marks=marks, lock=lock, max_tokens=12)
        two = tap.start("x", sampling=greedy, marks=marks, max_tokens=12)
        tap.end(one)
        tap.end(two)
        reasoning = "".join(event.reasoning for event in tap.of(one) if isinstance(event, Tokens))
        assert reasoning == "Hmq"
        assert tap.text(two) == "灯桌Zqx"
        assert tap.text(one).startswith("灯桌")
        assert letters(tap.text(one)) == {"CJK"}


def test_the_starter_in_both_languages(starter_path: Path) -> None:
    with Tap() as tap:
        tap.load(starter_path, context=1024)
        for language, script in (("zh-Hans", "CJK"), ("en", "LATIN")):
            lock = ScriptLock(language=language)
            one = tap.start("灯在桌上。The lamp.", sampling=HOT, lock=lock, max_tokens=60, **ENDLESS)
            assert isinstance(tap.end(one), Finished)
            assert letters(tap.text(one)) == {script}
            assert "\ufffd" not in tap.text(one)
