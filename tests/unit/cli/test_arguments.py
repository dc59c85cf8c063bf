"""The arguments of the contract."""

from __future__ import annotations

import re
from gettext import NullTranslations

import pytest

from assistant.cli import parser
from assistant.cli.arguments import wrapped
from assistant.cli.terminal import width
from assistant.texts import LANGUAGES, catalogue, set_language


def parsed(*arguments: str) -> dict[str, object]:
    return vars(parser.build().parse_args(arguments))


def test_chat() -> None:
    assert parsed("chat") == {
        "command": "chat", "text": None, "model": None, "system": None, "temperature": None, "max_tokens": None,
        "seed": None, "raw": False, "show_reasoning": False, "json": False,
    }  # fmt: skip
    given = parsed("chat", "--model", "qwen", "--system", "Be brief.", "--temperature", "0.7", "--max-tokens", "50",
                   "--seed", "7", "--raw", "--json", "Hello")  # fmt: skip
    assert given == {
        "command": "chat", "text": "Hello", "model": "qwen", "system": "Be brief.", "temperature": 0.7,
        "max_tokens": 50, "seed": 7, "raw": True, "show_reasoning": False, "json": True,
    }  # fmt: skip
    assert parsed("chat", "-")["text"] == "-"


def test_each_command_stands_beside_what_it_is_for() -> None:
    lines = parser.build().format_help().splitlines()
    for command in ("summarize", "translate", "doctor"):
        assert any(re.fullmatch(rf" +{command} {{2,}}\S.*", line) for line in lines), command


def test_models() -> None:
    assert parsed("models", "list", "--json")["json"] is True
    added = parsed("models", "import", "a.gguf", "--copy")
    assert (added["action"], added["path"], added["copy"], added["link"]) == ("import", "a.gguf", True, False)
    assert parsed("models", "where")["action"] == "where"


@pytest.mark.parametrize("command", ["bench", "doctor"])
def test_commands_without_much_to_say(command: str) -> None:
    assert parsed(command, "--json")["json"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("dance",), ("chat", "a", "b"), ("chat", "--temperature", "hot", "a"),
        ("chat", "--temperature", "nan", "a"), ("chat", "--temperature", "-1", "a"),
        ("chat", "--max-tokens", "0", "a"), ("chat", "--seed", "-1", "a"), ("chat", "--seed", "1.5", "a"), ("models",),
        ("models", "import"), ("models", "import", "a", "--link", "--copy"),
        ("bench", "x"),
    ],
)  # fmt: skip
def test_wrong_usage_is_code_2(arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parsed(*arguments)
    assert left.value.code == 2
    assert capsys.readouterr().err.startswith("usage: lamplight")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "arguments", [(), ("chat",), ("translate",), ("models",), ("models", "import"), ("bench",), ("doctor",)]
)
def test_help_is_there_in_every_language(
    arguments: tuple[str, ...], language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    set_language(language)
    with pytest.raises(SystemExit) as left:
        parsed(*arguments, "--help")
    assert left.value.code == 0
    assert "lamplight" in capsys.readouterr().out


def test_the_help_of_translate_tells_where_the_windows_words_are_exported(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("translate", "--help")
    told = " ".join(capsys.readouterr().out.split())
    assert all(f"exported under “{window}” there" in told for window in ("Glossaries", "Translation memory"))


def test_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("--help")
    shown = " ".join(capsys.readouterr().out.split())
    for code in ("0 done", "1 failed", "2 wrong usage", "3 no such model", "4 the model cannot be loaded",
                 "5 the input cannot be read", "130 stopped"):  # fmt: skip
        assert code in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parsed("--version")
    assert left.value.code == 0
    assert capsys.readouterr().out.startswith("Lamplight ")


def test_the_help_is_in_chinese_down_to_its_headings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    set_language("zh_CN")
    told = parser.build().format_help()
    assert told.startswith("用法：lamplight [-h]")
    assert "\n选项:\n" in told
    assert not [word for word in ("usage", "positional", "options", "show") if word in told]
    assert max(width(line) for line in told.splitlines()) <= 80


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "COMMAND"),
        (("dance",), "'dance' IS NOT ONE OF THESE: 'chat'"),
        (("translate", "a.txt"), "MISSING ARGUMENTS: --to"),
        (("translate", "a.txt", "--to"), "--to"),
        (("translate", "a.txt", "--to", "de", "--format", "doc"), "'doc'"),
        (("translate", "a.txt", "b.txt", "--to", "de"), "b.txt"),
        (("translate", "a.txt", "--to", "de", "--re"), "--restart"),
        (("summarize",), "FILE"),
        (("chat", "--temperature", "hot", "a"), "hot"),
        (("chat", "--max-tokens", "0", "a"), "“0”"),
        (("chat", "--raw=yes", "a"), "'yes'"),
        (("models", "search"), "TEXT"),
        (("models", "import"), "PATH"),
        (("models", "import", "a", "--link", "--copy"), "--link"),
    ],
)
def test_what_is_wrong_with_an_argument_is_said_in_the_programs_language(
    arguments: tuple[str, ...], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every word that is no argument goes through the catalogue: this one has nothing but capitals."""
    monkeypatch.setattr(catalogue, "_catalogue", Loud())
    with pytest.raises(SystemExit) as left:
        parsed(*arguments)
    assert left.value.code == 2
    *usage, told = capsys.readouterr().err.splitlines()
    assert usage[0].startswith("USAGE: lamplight")
    assert words in told
    english = ("argument", "invalid", "choose", "required", "following", "expected", "ignored", "error", "ambiguous")
    assert not [word for word in english if word in told]


class Loud(NullTranslations):
    """Has every sentence in capitals, but for what is filled in."""

    def gettext(self, message: str) -> str:
        return re.sub(r"%\(\w+\)[sr]|%[sr]|\{\w+\}|[^%{]+", lambda found: _loud(found[0]), message)


def _loud(piece: str) -> str:
    return piece if piece.startswith(("%", "{")) else piece.upper()


def test_lines_end_between_words_and_beside_wide_characters() -> None:
    assert list(wrapped("one two three", 8)) == ["one two", "three"]
    assert list(wrapped("请重新加载 GGUF，然后再试。", 10)) == ["请重新加载", "GGUF，然后", "再试。"]
    assert list(wrapped("退出码：5\u2009输入无法读取。", 11)) == ["退出码：", "5\u2009输入无法", "读取。"]
    assert list(wrapped("", 10)) == []


@pytest.mark.parametrize("given", ["chat --nonsense", "models list one two"])
def test_what_is_unknown_is_told_with_the_usage_of_its_command(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed(*given.split())
    usage, *_, said = capsys.readouterr().err.splitlines()
    command = " ".join(word for word in given.split() if word in ("chat", "models", "list"))
    assert usage.startswith(f"usage: lamplight {command} [-h]")
    assert said == f"lamplight {command}: unrecognized arguments: {given.removeprefix(command + ' ')}"
