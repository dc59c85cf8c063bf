"""The long answers that the window is fed with: 64,000 characters of every kind of text that is laid out differently.

No Qt in here: the engine that writes them (``paced_engine.py``) is a child of its own.
"""

from __future__ import annotations

CHARACTERS = 64_000
TOKENS_PER_SECOND = 500
CHARACTERS_PER_TOKEN = 4

_MIXED = """## Part {n}

Reading a **large** file is mostly about *not* reading it at once. There are three good ways, and which one fits depends
on what you want to do with the rows; see the [documentation](https://docs.python.org/3/) for `csv.reader`.

```python
def total(path: str) -> dict[str, float]:
    \"\"\"Sum the column 'amount' for each 'city'.\"\"\"
    sums: dict[str, float] = defaultdict(float)
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):  # one row at a time
            sums[row["city"]] += float(row["amount"])
    return dict(sums)
```

- Open the file with `newline=""`, or quoted line breaks are lost.
- Numbers arrive as text:
  - `float("1.5")` works,
  - `float("1,5")` does not.

| Way | Memory | Speed |
|:----|------:|------:|
| `csv` | 10 MB | 1× |
| pandas | 300 MB | **6×** |

> 递归就是“函数自己调用自己”。要理解它，只需记住两点：**基本情况**和**递归步骤。**没有基本情况，程序就不会停下来。

"""
_PROSE = """Part {n} is about the harbour. In the morning the boats come in, one after the other, and everybody who can
carry something is on the quay; by noon it is **quiet** again, and the only sound is that of the *ropes*. Nobody has
ever written down how many people live here, but the list of those who went to sea fills two books.

"""
_CHINESE = """第{n}节：天刚亮，渔船一条接一条地回港，能搬东西的人都站在码头上；到了中午，**四周又安静下来**，\
只听见缆绳的声音。没有人写下这里究竟住着多少人，不过出海的人的名单足足写满了两本书。老人说，灯塔的灯是1911年点亮的，从那以后再也没有灭过。

"""
_ROWS = "".join(f"| item {row} of the list | **{row * 37}** | `sum({row})` | 第{row}行 |\n" for row in range(12))
_TABLE = "Table {n}:\n\n| What | Amount | How | 说明 |\n|:-----|------:|:----|:---|\n" + _ROWS + "\n"

KINDS = {
    "mixed": "".join(_MIXED.format(n=number) for number in range(80)),
    "prose": "".join(_PROSE.format(n=number) for number in range(200)),
    "Chinese": "".join(_CHINESE.format(n=number) for number in range(600)),
    "tables": "".join(_TABLE.format(n=number) for number in range(120)),
    "one block of code": "```python\n" + "    total += float(row['amount'])  # one row at a time\n" * 1400,
    "one paragraph": "A sentence of an answer that never breaks its line, " * 1400,
    "one list": "- an item with **bold** text in it\n" * 2000,
}


def answer(kind: str) -> str:
    """The answer of this kind, to the character."""
    return KINDS[kind][:CHARACTERS]
