"""Whether a text that is still being written only repeats itself."""

from __future__ import annotations

import pytest

from assistant.documents.repetition import goes_in_circles, without_loops

SAID = "The costs rose in the spring of that year. "
GESAGT = "春天的时候这个城市的成本上升了不少。"


@pytest.mark.parametrize(
    "text",
    [
        SAID * 3 + "And",
        f"It began in May. {SAID}Nobody knew. {SAID}Then it rained. {SAID}So",
        GESAGT * 3 + "后来",
        "It began in May, and the company grew " + "and the company grew " * 9,
        "我们看到公司不断发展壮大，" + "公司不断发展壮大，" * 12,
        "Well " + "ha " * 70,
    ],
)
def test_it_goes_in_circles_and_the_whole_text_will_be_called_a_loop(text: str) -> None:
    assert goes_in_circles(text)
    assert without_loops(text)[1] == 2
    assert without_loops(text + " " + SAID)[1] == 2 or text.endswith("ha ")


@pytest.mark.parametrize(
    "text",
    [
        "",
        SAID * 2 + "And then",
        SAID * 2 + SAID.rstrip(". "),  # which may go on: "of that year, and fell again"
        "Yes. " * 12,
        "| --- " * 60,
        "| Day | Closed |\n| --- | --- |\n" + "| Monday | no |\n" * 6,
        "".join(f"- In {year} the town paid {year * 3} dollars for the bridge over the river.\n" for year in range(30)),
    ],
)
def test_what_may_still_become_a_good_text_does_not(text: str) -> None:
    assert not goes_in_circles(text)
