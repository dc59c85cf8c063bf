"""Hints about models that are weak for a pair of languages."""

from __future__ import annotations

import pytest

from assistant.library.advice import Machine
from assistant.library.catalogue import entry
from assistant.library.translators import TranslatorHint, Weakness, better_translator, translator_hint
from assistant.texts.translators import hint

GIB = 1 << 30


def machine(ram: int, threads: int = 4) -> Machine:
    return Machine(ram_total=ram * GIB, ram_free=ram * GIB * 7 // 10, disk_free=200 * GIB, threads=threads)


def of(model: str, pair: tuple[str, str], ram: int = 16) -> TranslatorHint:
    row = entry(model)
    assert row is not None
    return translator_hint(row, pair, machine=machine(ram))


@pytest.mark.parametrize(
    ("model", "pair", "weakness"),
    [
        ("smollm2-135m-instruct", ("en", "zh-Hans"), Weakness.DEMO),
        ("smollm2-135m-instruct", ("en", "en-GB"), Weakness.DEMO),
        ("bge-m3", ("en", "zh-Hans"), Weakness.VECTORS),
        ("smollm2-360m-instruct", ("en", "zh-Hans"), Weakness.LANGUAGE),
        ("minicpm5-1b", ("zh-Hans", "fr"), Weakness.LANGUAGE),
        ("llama-3.2-3b", ("en", "ja"), Weakness.LANGUAGE),
        ("hy-mt2-1.8b", ("sv", "en"), Weakness.LANGUAGE),
        ("qwen3-0.6b", ("en", "zh-Hans"), Weakness.SMALL),
        ("qwen3.5-0.8b", ("de", "fr"), Weakness.SMALL),
        ("qwen3.5-0.8b", ("zh-Hans", "en"), Weakness.NONE),
        ("qwen3.5-4b", ("en", "sv"), Weakness.NONE),
        ("llama-3.2-3b", ("en", "fr"), Weakness.NONE),
        ("hy-mt2-1.8b", ("zh-Hant", "en"), Weakness.NONE),
        ("hy-mt2-1.8b", ("fil", "zh-Hans"), Weakness.NONE),
        ("translategemma-4b", ("en", "sv"), Weakness.NONE),
        ("qwen3.5-4b", ("", "zh-Hans"), Weakness.NONE),
    ],
)
def test_what_is_known_of_the_catalogue(model: str, pair: tuple[str, str], weakness: Weakness) -> None:
    assert of(model, pair).weakness is weakness


def test_the_languages_that_a_model_is_not_known_for_are_named() -> None:
    assert of("minicpm5-1b", ("zh-Hans", "fr")).languages == ("fr",)
    assert of("minicpm5-1b", ("de", "fr")).languages == ("de", "fr")


def test_a_good_model_gets_no_advice() -> None:
    assert of("hy-mt2-1.8b", ("en", "zh-Hans")) == TranslatorHint()


@pytest.mark.parametrize(
    ("values", "weakness"),
    [
        ({"demo": True}, Weakness.DEMO),
        ({"embeds": True, "has_template": False}, Weakness.VECTORS),
        ({"has_template": False}, Weakness.BASE),
        ({"parameters": 500_000_000}, Weakness.SMALL),
        ({"parameters": 1_000_000_000}, Weakness.NONE),
        ({"parameters": 500_000_000, "translator": True}, Weakness.NONE),
        ({"has_template": False, "translator": True}, Weakness.NONE),
        ({}, Weakness.NONE),
    ],
)
def test_a_model_that_is_not_in_the_catalogue_is_judged_by_its_file(values: dict[str, int], weakness: Weakness) -> None:
    assert translator_hint(None, ("en", "zh-Hans"), machine=machine(16), **values).weakness is weakness  # type: ignore[arg-type]


def test_a_small_unknown_model_may_know_english_and_chinese_better_than_others() -> None:
    assert translator_hint(None, ("en", "de"), machine=machine(16), parameters=10**9).weakness is Weakness.SMALL


def test_the_better_model_was_made_for_translating_knows_both_languages_and_runs_here() -> None:
    for ram in (4, 8, 16, 64):
        better = better_translator(("en", "zh-Hans"), machine(ram))
        assert better is not None
        assert "translate" in better.tasks
    large = better_translator(("en", "zh-Hans"), machine(64, threads=64))
    assert large is not None
    assert large.id == "hy-mt2-30b-a3b"
    swedish = better_translator(("en", "sv"), machine(16))
    assert swedish is not None
    assert swedish.id == "translategemma-4b"
    small = better_translator(("en", "sv"), machine(4))
    assert small is not None
    assert small.language_count > 100


def test_where_nothing_fits_nothing_is_recommended() -> None:
    assert better_translator(("en", "zh-Hans"), Machine(ram_total=GIB, ram_free=GIB // 4, disk_free=200 * GIB)) is None


def test_a_model_is_not_recommended_in_its_own_place() -> None:
    found = of("qwen3.5-2b", ("tlh", "en"), 4)
    assert found.better is None or found.better.id != "qwen3.5-2b"


def test_every_weakness_has_its_words() -> None:
    said = {weakness: hint(weakness, languages=("French", "German")) for weakness in Weakness}
    assert said.pop(Weakness.NONE) == ""
    assert all(said.values())
    assert len(set(said.values())) == len(said)
    assert "French and German" in said[Weakness.LANGUAGE]
    assert hint("demo", better="Hy-MT2 1.8B").endswith(" Hy-MT2 1.8B would translate better.")
