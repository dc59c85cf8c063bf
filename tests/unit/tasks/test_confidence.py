"""How sure a model was of the words of a translation."""

from __future__ import annotations

import pytest

from assistant.engine.messages import Step
from assistant.tasks.confidence import Confidence, confidence
from tests.fakes.codes import coded


def steps(*tokens: tuple[str, float], reasoning: bool = False) -> tuple[list[Step], str]:
    found, at = [], 0
    for text, probability in tokens:
        found.append(Step(token=0, text=text, probability=probability, at=at, reasoning=reasoning))
        at += len(text)
    return found, "".join(text for text, _ in tokens)


def test_the_share_is_the_geometric_mean_of_what_is_in_the_translation() -> None:
    given, answer = steps(("Die", 0.9), (" Lampe", 0.4), ("</end>", 0.1))
    assert confidence(given, answer, "Die Lampe").share == pytest.approx((0.9 * 0.4) ** 0.5)


def test_a_word_of_several_tokens_is_as_probable_as_all_of_them() -> None:
    given, answer = steps(("Die", 0.9), (" grü", 0.6), ("ne", 0.7), (" Lampe", 0.9))
    found = confidence(given, answer, "Die grüne Lampe")
    assert found.unsure == ((4, 9, pytest.approx(0.42)),)


def test_chinese_words_are_as_the_tokens_cut_them() -> None:
    given, answer = steps(("那盏", 0.9), ("绿色", 0.3), ("的", 0.9), ("灯", 0.2), ("亮了", 0.9))
    found = confidence(given, answer, "那盏绿色的灯亮了")
    assert [(start, end) for start, end, _ in found.unsure] == [(2, 4), (5, 6)]


def test_a_character_of_several_tokens_has_all_of_them() -> None:
    given = [Step(token=n, text=text, probability=p, at=at) for n, (text, p, at) in enumerate(
        [("亮", 0.9, 0), ("", 0.8, 1), ("", 0.7, 1), ("灯", 0.8, 1), ("。", 0.9, 2)])]  # fmt: skip
    found = confidence(given, "亮灯。", "亮灯。")
    assert found.unsure == ((1, 2, pytest.approx(0.448)),)


def test_tags_and_what_was_taken_off_do_not_count() -> None:
    given, answer = steps(
        ("Sure: ", 0.01), ("按", 0.9), ("<1>", 0.02), ("保存", 0.3), ("</", 0.1), ("1>", 0.1), ("键", 0.9)
    )
    found = confidence(given, answer, coded("按{1保存}1键"))
    assert found.share == pytest.approx((0.9 * 0.3 * 0.9) ** (1 / 3))
    assert found.unsure == ((2, 4, pytest.approx(0.3)),)


def test_around_what_was_put_right_the_rest_is_still_known() -> None:
    given, answer = steps(("Es", 0.9), (" hat", 0.2), (" 1,000", 0.9), (" Seiten", 0.3))
    found = confidence(given, answer, "Es hat 1.000 Seiten")
    assert [(start, end) for start, end, _ in found.unsure] == [(3, 6), (13, 19)]


def test_reasoning_does_not_count() -> None:
    thought, _ = steps(("hm", 0.01), reasoning=True)
    given, answer = steps(("Ja", 0.9))
    assert confidence([*thought, *given], answer, "Ja").share == pytest.approx(0.9)


@pytest.mark.parametrize("target", ["", "etwas ganz anderes", coded("@1")])
def test_of_a_text_that_the_model_did_not_write_nothing_is_known(target: str) -> None:
    given, answer = steps(("Ja", 0.9))
    assert confidence(given, answer, target) == Confidence()
    assert confidence([], "", target) == Confidence()


def test_an_impossible_token_leaves_a_number() -> None:
    given, answer = steps(("Ja", 0.0), (" doch", 1.0))
    assert 0 < confidence(given, answer, "Ja doch").share < 0.01
