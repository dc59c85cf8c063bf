"""An answer that shuffles the same sentences is noticed soon, and what repeats itself with reason is let be."""

from __future__ import annotations

import itertools
import random

import pytest

from assistant.tasks.circling import Circling

SIX = [
    "The lamp by the window is lit before the guests arrive in the evening.",
    "Tea is poured for everyone who comes in from the cold street outside.",
    "Somebody asks how the harvest went and what the winter may bring this year.",
    "An old song is sung that nobody remembers the last verse of any more.",
    "The children fall asleep on the bench behind the warm kitchen stove.",
    "Late at night the last guest puts out the light and closes the door.",
]
CHINESE = [
    "客人到来之前，窗边的灯已经点亮了。", "给每一个从寒冷街上进来的人都倒上热茶。",
    "有人问起今年的收成和即将到来的冬天。", "大家唱起一首谁也记不得最后一段的老歌。",
    "孩子们在厨房温暖的炉子后面睡着了。", "夜深时最后一位客人熄了灯并关上了门。",
]  # fmt: skip


def stops_at(text: str, step: int = 160) -> int | None:
    """After how many characters the answer is stopped, None if it is not."""
    circling = Circling()
    for end in range(step, len(text) + step, step):
        if circling.goes_on(text[:end]):
            return min(end, len(text))
    return None


def shuffled(sentences: list[str], rounds: int, between: str, seed: int = 1) -> str:
    dice = random.Random(seed)
    return between.join(between.join(dice.sample(sentences, len(sentences))) for _ in range(rounds))


@pytest.mark.parametrize("between", [" ", "\n", "\n\n", "\n- ", "\n* **Note:** "])
@pytest.mark.parametrize("seed", range(5))
def test_the_same_sentences_in_ever_another_order(between: str, seed: int) -> None:
    one_round = len(between.join(SIX)) + len(between)
    at = stops_at(shuffled(SIX, 40, between, seed))
    assert at is not None
    assert 4 * one_round < at < 8 * one_round


def test_chinese_without_spaces() -> None:
    at = stops_at(shuffled(CHINESE, 40, ""))
    assert at is not None
    assert at < 8 * len("".join(CHINESE)) + 160


def test_any_choice_of_them_and_something_that_was_said_before() -> None:
    dice = random.Random(3)
    at = stops_at(" ".join([*(f"Point {n} has a reason of its own." for n in range(30)), *dice.choices(SIX, k=200)]))
    assert at is not None
    assert at < 8000


def test_pieces_of_any_size_come_to_the_same() -> None:
    text = shuffled(SIX, 12, " ")
    places = [stops_at(text, step) for step in (1, 7, 160, 1000)]
    assert None not in places
    assert max(places) - min(places) <= 1000  # type: ignore[type-var, operator]


# ---------------------------------------------------------------- what is let be

REFRAIN = "".join(
    f"Verse {n} tells of mile {n * 7}\n" + "Oh the lamp is lit tonight, my dear, oh the lamp is lit\n" * 2
    + "And the road is long, my love, and the road is long\n" + "Home, home, home we go, over hill and over dale\n"
    for n in range(60)
)  # fmt: skip
TABLE = "| question | answer |\n|---|---|\n" + "| Is the lamp by the window lit this evening again? | yes |\n" * 80
ROWS = "".join(f"Room {n % 9}: the lamp by the window is lit this evening again, entry {n}.\n" for n in range(200))
CODE = "".join(
    f"    def test_case_{n}(self):\n        response = self.client.get(self.url, headers=self.headers)\n"
    "        self.assertEqual(response.status_code, 200, msg=response.text)\n"
    "        self.assertIn('content', response.json().get('data').keys())\n"
    for n in range(80)
)  # fmt: skip
LIST = "".join(f"{n}. The following item is one of those that were asked for: {n * 3}.\n" for n in range(200))
NUMBERED = "".join(f"{n}. {SIX[n % 2]}\n" for n in range(1, 200))
WEEKS = "".join(
    f"Week {n}\nMonday: run for thirty minutes at an easy pace in the park.\nTuesday: rest and stretch for ten minutes"
    " before you go to bed.\nFriday: swim for half an hour and walk home afterwards.\n"
    for n in range(60)
)  # fmt: skip
STATES = [(f"the {what} is on", f"the {what} is off") for what in ("lamp", "bell", "radio", "alarm")]
CASES = "".join(
    f"If {', and '.join(case)}, then the door of the house stays closed for the night.\n"
    for case in itertools.product(*STATES)
) * 2  # fmt: skip
JUDGEMENTS = "".join(random.Random(7).choices(["Correct.\n", "Wrong.\n", "Not sure about it.\n"], (8, 1, 1), k=600))
THRICE = "\n\n".join(["\n".join(SIX)] * 3 + ["And so it was said three times, which is enough for everybody here."])
DIALOGUE = "".join(
    f"“How many lamps did you light in house {n}?”\n“I do not know, and I do not want to know it at all.”\n"
    "“Then you should go back to the street and count them again.”\n"
    for n in range(100)
)  # fmt: skip

ORDER_FORM = "<form>\n<table>\n" + (
    '  <tr>\n    <td><input type="text" name="item[]" placeholder="Name of the item" required></td>\n'
    '    <td><input type="number" name="quantity[]" min="1" value="1" required></td>\n'
    '    <td><input type="number" name="price[]" step="0.01" min="0" required></td>\n'
    '    <td><select name="unit[]"><option>piece</option><option>box</option></select></td>\n  </tr>\n'
) * 15 + "</table>\n</form>\n"  # fmt: skip
BOOTSTRAP = (
    '<div class="row mb-3">\n  <label for="field" class="col-sm-2 col-form-label">Field</label>\n'
    '  <div class="col-sm-10">\n    <input type="text" class="form-control" id="field" aria-describedby="help">\n'
    '    <small id="help" class="form-text text-muted">We never share what you write here with anybody. It stays on'
    " this computer until you take it away. Ask us whenever you have questions about it.</small>\n  </div>\n</div>\n"
) * 20
LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor. Ut enim ad minim veniam, quis"
    " nostrud exercitation ullamco laboris nisi. Duis aute irure dolor in reprehenderit in voluptate velit esse. "
    "Excepteur sint occaecat cupidatat non proident, sunt in culpa qui officia."
)
JSON = "[\n" + f'  {{\n    "title": "Item",\n    "text": "{LOREM}",\n    "price": 9.99\n  }},\n' * 15 + "]\n"
JSON_LINE = "[" + f'{{"title": "Item", "text": "{LOREM}"}}, ' * 15 + "]"
STRINGS = "[\n" + f'  "{LOREM}",\n' * 15 + "]\n"
KINDS = ["0, 0, 0, 0, 0, 0, 0, 0", "1, 0, 0, 0, 0, 0, 0, 1", "1, 1, 0, 0, 0, 0, 1, 1", "1, 1, 1, 1, 1, 1, 1, 1"]
TILES = "int map[64][8] = {\n" + "".join(f"    {{{KINDS[n * 7 % 4]}}},\n" for n in range(64)) + "};\n"
TILES_PLAIN = "".join(f"{KINDS[n * 7 % 4]},\n" for n in range(64))


@pytest.mark.parametrize("fence", ["", "```", "~~~~"], ids=["bare", "backticks", "tildes"])
@pytest.mark.parametrize(
    "text",
    [ORDER_FORM, BOOTSTRAP, JSON, JSON_LINE, STRINGS, TILES, TILES_PLAIN],
    ids=["order form", "bootstrap", "json", "json line", "strings", "tiles", "plain tiles"],
)
def test_code_and_data_of_the_same_lines(text: str, fence: str) -> None:
    answer = f"Here it is:\n\n{fence}html\n{text}{fence}\n" if fence else text
    assert stops_at(answer) is None
    assert stops_at(answer, 7) is None


def test_prose_between_fences_is_somebodys_data_and_after_them_is_none() -> None:
    data = f"   ```text\n{shuffled(SIX, 12, chr(10))}\n~~~\n``\n   ````\n"
    assert stops_at(data) is None
    assert stops_at(f"> {data}") is None
    for step in (1, 7, 160):
        assert stops_at(data + shuffled(SIX, 12, " "), step) is not None


@pytest.mark.parametrize(
    "text",
    [REFRAIN, TABLE, ROWS, CODE, LIST, NUMBERED, WEEKS, CASES, JUDGEMENTS, THRICE, DIALOGUE],
    ids=["refrain", "table", "rows", "code", "list", "numbered", "weeks", "cases", "judgements", "thrice", "dialogue"],
)
def test_what_repeats_itself_with_reason(text: str) -> None:
    assert stops_at(text) is None
    assert stops_at(text, 7) is None


def test_what_is_said_again_after_something_new_counts_anew() -> None:
    text = " ".join(
        f"{shuffled(SIX, 2, ' ', seed)} Chapter {seed} begins here, and it is another one than the last."
        for seed in range(9)
    )
    assert stops_at(text) is None


def test_a_long_answer_takes_no_more_time_than_its_length() -> None:
    """Each character is read once, however often one asks."""
    circling = Circling()
    text = "".join(f"Sentence {n} has a number and some words that all of them have.\n" for n in range(3000))
    heard: list[int] = []
    circling._hear = lambda sentence: heard.append(len(sentence))  # type: ignore[method-assign]
    for end in range(160, len(text), 160):
        circling.goes_on(text[:end])
    assert 2990 <= len(heard) <= 3000
