"""What stands between words, clauses and remarks, in both languages."""

from __future__ import annotations

from assistant.texts import fit, lists, set_language


def test_english() -> None:
    assert lists.listed("one", "", "two") == "one, two"
    assert lists.clauses("40 %", "2 min left") == "40 %, 2 min left"
    assert lists.remarks("demo model", "in /models") == "demo model; in /models"
    assert lists.labelled("Qwen", "loading 40 %") == "Qwen: loading 40 %"
    assert lists.sentences("One.", "", "Two.") == "One. Two."
    assert lists.listed() == ""
    assert lists.ended("Qwen, 2.5 GB") == "Qwen, 2.5 GB."
    assert lists.relisted("one, two") == "one, two"


def test_chinese() -> None:
    set_language("zh_CN")
    assert lists.listed("对话", "", "翻译") == "对话、翻译"
    assert lists.clauses("40%", "还需 2 分钟") == "40%，还需 2 分钟"
    assert lists.remarks("演示模型", "在 /models") == "演示模型；在 /models"
    assert lists.labelled("Qwen", "加载中") == "Qwen：加载中"
    assert lists.sentences("一。", "", "二。") == "一。二。"
    assert lists.ended("Qwen，2.5 GB") == "Qwen，2.5 GB。"
    assert lists.relisted("Q4_K_M, Q8_0") == "Q4_K_M、Q8_0"
    assert lists.listed(*(fit.task(name) for name in ("chat", "chinese", "fast"))) == "对话、中文、快速"


def test_a_task_that_is_not_known_keeps_its_name() -> None:
    assert fit.task("juggle") == "juggle"
