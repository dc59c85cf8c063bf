"""The JSON object of a summary: of what each of its steps was made."""

from __future__ import annotations

from assistant.cli.summarize import as_object
from tests.fakes.answering_engines import turns_in
from tests.fakes.summaries import marks, material
from tests.fakes.summary_desk import another, story


def test_the_tree_says_what_each_step_was_made_of() -> None:
    with another(context=1024) as desk:
        document = desk.open(story(120))
        plan = desk.plan(document.digest)
        view = desk.end(desk.start(document.digest))
        found = as_object(document, view, plan)
        asked = [material(turns_in(request)) for request in desk.engine.generates]
    tree = found["tree"]
    assert plan.levels > 2
    assert [step["id"] for step in tree] == list(range(plan.steps))
    assert len({step["level"] for step in tree}) == plan.levels
    below = [number for step in tree for number in step["steps"]]
    assert sorted(below) == list(range(plan.steps - 1)), "each step goes into exactly one other, up to the last"
    assert [step["parts"] for step in tree[: plan.parts]] == [[number] for number in range(plan.parts)]
    for step in tree[plan.parts :]:
        told = set().union(*(marks(view.steps[number].text) for number in step["steps"]))
        assert told in [marks(text) for text in asked], "and it was given what the tree says"
        assert not step["parts"]


def test_what_goes_into_one_prompt_is_one_step() -> None:
    with another() as desk:
        document = desk.open(story(3))
        view = desk.end(desk.start(document.digest))
        found = as_object(document, view, desk.plan(document.digest))
    assert found["tree"] == [{"id": 0, "level": 0, "parts": [0], "steps": []}]
