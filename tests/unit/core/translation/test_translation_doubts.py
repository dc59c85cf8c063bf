"""How sure a model was of a segment and of its words, told by its tokens."""

from __future__ import annotations

import pytest

from assistant.core.translation.confidence import doubts
from assistant.documents.segments import ALONE, CLOSE, OPEN
from assistant.engine.messages import Step


def steps(*tokens: tuple[str, float]) -> tuple[str, tuple[Step, ...]]:
    """The answer that these tokens make, and they."""
    found, at = [], 0
    for number, (text, chance) in enumerate(tokens):
        found.append(Step(token=number, text=text, probability=chance, at=at))
        at += len(text)
    return "".join(text for text, _ in tokens), tuple(found)


def words(target: str, unsure: tuple[tuple[int, int, float], ...]) -> list[tuple[str, float]]:
    return [(target[start:end], chance) for start, end, chance in unsure]


def test_the_confidence_is_the_geometric_mean() -> None:
    answer, tokens = steps(("The", 0.9), (" lamp", 0.4), (".", 1.0))
    confidence, unsure = doubts(answer, tokens, "The lamp.")
    assert confidence == pytest.approx((0.9 * 0.4 * 1.0) ** (1 / 3), abs=1e-4)
    assert words("The lamp.", unsure) == [("lamp", 0.4)]


def test_a_word_of_several_tokens_is_as_probable_as_all_of_them() -> None:
    answer, tokens = steps(("light", 0.7), ("house", 0.7), (" keeper", 0.6))
    _, unsure = doubts(answer, tokens, answer)
    assert words(answer, unsure) == [("lighthouse", 0.49)]


def test_chinese_has_runs_of_characters() -> None:
    answer, tokens = steps(("镇上", 0.9), ("的", 0.8), ("古", 0.3), ("老灯", 0.2), ("亮", 0.7), ("。", 0.1))
    _, unsure = doubts(answer, tokens, answer)
    assert words(answer, unsure) == [("古老灯", 0.2)]  # a mark at the end is no word


def test_characters_of_one_token_count_once() -> None:
    answer, tokens = steps(
        ("港口", 0.6),
    )
    assert doubts(answer, tokens, answer) == (0.6, ())


def test_tags_become_codes_and_the_words_stay_where_they_are() -> None:
    answer, tokens = steps(("The", 0.9), (" <1>", 1.0), ("lamp", 0.2), ("</1>", 1.0), (" is", 0.9), (" on<2/>", 0.3))
    target = f"The {chr(OPEN)}lamp{chr(CLOSE)} is on{chr(ALONE)}"
    _, unsure = doubts(answer, tokens, target)
    assert words(target, unsure) == [("lamp", 0.2), ("on", 0.3)]


def test_what_was_taken_off_is_no_doubt() -> None:
    answer, tokens = steps(("Translation:", 0.1), (" ", 1.0), ("Die", 0.9), (" Lampe", 0.3))
    _, unsure = doubts(answer, tokens, "Die Lampe")
    assert words("Die Lampe", unsure) == [("Lampe", 0.3)]


def test_only_what_was_written_anew_is_told() -> None:
    target = "Die alte Lampe"
    answer, tokens = steps((" alte", 0.3), (" Lampe", 0.9))
    confidence, unsure = doubts(answer, tokens, target, start=3)
    assert confidence == pytest.approx((0.3 * 0.9) ** 0.5, abs=1e-4)
    assert words(target, unsure) == [("alte", 0.3)]


def test_without_tokens_nothing_is_known() -> None:
    assert doubts("text", (), "text") == (0.0, ())
    reasoning = Step(token=1, text="hm", probability=0.1, at=0, reasoning=True)
    assert doubts("text", (reasoning,), "text") == (0.0, ())


def test_a_probability_of_nothing_is_survived() -> None:
    confidence, _ = doubts("a", steps(("a", 0.0))[1], "a")
    assert 0.0 <= confidence < 0.001
