"""Translations by a model that misbehaves, checked in a real child: nothing that is wrong is silent."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from assistant.base.errors import AssistantError
from assistant.core.translation.views import Exported, JobState, SegmentState, SegmentView
from assistant.documents.segments import is_code
from assistant.engine.messages import FinishReason
from assistant.tasks.chat import ChatTurn
from assistant.tasks.translation import TranslateOptions
from tests.fakes.misbehaving_translator import MISBEHAVIOURS, REPEATING, Misbehaviour
from tests.fakes.summaries import Answered
from tests.fakes.translated import Translated, good
from tests.fakes.translation_desk import TranslationDesk
from tests.fakes.translators import sentence, story, text_of

CHINESE = TranslateOptions(target="zh-Hans", source="en")


@pytest.fixture
def desk() -> Iterator[TranslationDesk]:
    desk = TranslationDesk(children=True)
    yield desk
    desk.close()


def plain() -> list[Translated]:
    """Translations that can be strings of a program: in one line and without markup."""
    return [one for one in good("en-zh") if not any(map(is_code, one.before)) and "\n" not in one.before]


@dataclass
class Hostile:
    """A model that misbehaves with each text in its own way, so many ``times``."""

    ways: dict[str, tuple[Translated, Misbehaviour]]
    times: int
    asked: Counter[str] = field(default_factory=Counter)

    def __call__(self, turns: Sequence[ChatTurn], most: int) -> Answered:
        one, how = self.ways[text_of(turns)]
        self.asked[one.before] += 1
        if self.asked[one.before] > self.times:
            return one.after, FinishReason.END
        return how.spoil(one), FinishReason(how.finish)


def ways() -> dict[str, tuple[Translated, Misbehaviour]]:
    """For each way to misbehave a text that can be spoilt by it."""
    found: dict[str, tuple[Translated, Misbehaviour]] = {}
    for how in (*MISBEHAVIOURS, *REPEATING):
        one = next((one for one in plain() if one.before not in found and how.spoil(one) != one.after), None)
        if one is not None:
            found[one.before] = (one, how)
    return found


def translated(desk: TranslationDesk, hostile: Hostile) -> list[SegmentView]:
    strings = {f"key{number}": text for number, text in enumerate(hostile.ways)}
    desk.engines.options["model"] = hostile
    document = desk.read(name="strings.json", data=json.dumps(strings, ensure_ascii=False).encode())
    assert [segment.text for segment in document.segments] == list(hostile.ways)
    view = desk.made(desk.begin(document.digest, CHINESE))
    assert (view.state, view.done) == (JobState.DONE, len(hostile.ways)), view.error
    return list(view.segments)


def test_what_was_wrong_once_is_redone(desk: TranslationDesk) -> None:
    hostile = Hostile(ways(), times=1)
    assert len(hostile.ways) > 30
    for segment in translated(desk, hostile):
        one, how = hostile.ways[segment.source]
        assert segment.target == one.after, how.name
        assert all(finding.mended or finding.minor for finding in segment.findings), how.name
        assert how.mendable or hostile.asked[one.before] == 2, how.name


def test_what_stays_wrong_is_marked(desk: TranslationDesk) -> None:
    hostile = Hostile(ways(), times=9)
    for segment in translated(desk, hostile):
        one, how = hostile.ways[segment.source]
        assert segment.target == one.after or segment.state is SegmentState.MARKED, how.name
        assert segment.target == one.after or any(not finding.mended for finding in segment.findings), how.name
    assert max(hostile.asked.values()) <= 3


def test_a_catalogue_says_which_of_its_strings_are_doubtful(desk: TranslationDesk, tmp_path: Path) -> None:
    desk.engines.options["model"] = lambda turns, most: ("现在保存 3 个文件。", FinishReason.END)
    data = b'msgid "Save all 74 files now."\nmsgstr ""\n'
    job = desk.begin(desk.read(name="a.po", data=data).digest, CHINESE)
    assert desk.made(job).segments[0].state is SegmentState.MARKED
    exported: list[Exported | AssistantError] = []
    desk.translations.export(job, tmp_path / "zh.po", exported.append)
    desk.wait(lambda: bool(exported))
    assert exported == [Exported(0, 1)]
    assert (tmp_path / "zh.po").read_text("utf-8").startswith('#, fuzzy\nmsgid "Save all 74 files now."\n')


def test_a_child_that_is_killed_in_the_middle_costs_nothing(desk: TranslationDesk) -> None:
    desk.engines.options["seconds"] = 0.05
    document = desk.read(story(60))
    job = desk.begin(document.digest, TranslateOptions(target="zh-Hans"))
    for done in (8, 24, 40):
        desk.wait(lambda done=done: desk.translations.view(job).done >= done)
        for child in psutil.Process().children(recursive=True):
            child.send_signal(getattr(signal, "SIGKILL", signal.SIGTERM))
    view = desk.made(job)
    assert view.state is JobState.DONE, view.error
    assert [segment.target for segment in view.segments] == [sentence(number, "zh") for number in range(60)]
    assert {segment.state for segment in view.segments} == {SegmentState.DONE}


def test_what_is_typed_is_cut_and_checked_in_a_child(desk: TranslationDesk) -> None:
    for length in range(5, 90, 7):
        desk.translations.live(story(2)[:length], CHINESE)
        desk.pump()
    desk.translations.live(f"{sentence(0)} {sentence(1)}", CHINESE)
    desk.wait(lambda: desk.translations.view(0).state is JobState.DONE)
    assert [one.target for one in desk.translations.view(0).segments] == [sentence(0, "zh"), sentence(1, "zh")]
