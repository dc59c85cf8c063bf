"""Settings: declared once, checked, written with each change, never a reason not to start."""

from __future__ import annotations

import json
import os
import random
import threading
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage.settings import PAGES, SETTINGS, Settings, declared

EXPECTED_KEYS = {
    "language", "theme", "text_size", "send_with_enter", "models_folder", "memory_budget", "threads", "context",
    "gpu_layers", "cache_type", "keep_loaded_minutes", "offline", "system_prompt", "temperature", "max_tokens",
    "thinking", "default_model", "load_at_start", "backups",
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def content(path: Path) -> dict[str, object]:
    found = json.loads(path.read_bytes())
    assert isinstance(found, dict)
    return found


# ---------------------------------------------------------------- the declarations


def test_every_setting_is_declared_once_with_a_valid_default() -> None:
    keys = [setting.key for setting in SETTINGS]
    assert len(keys) == len(set(keys))
    assert set(keys) >= EXPECTED_KEYS
    for setting in SETTINGS:
        assert setting.check(setting.default) == setting.default


def test_shown_settings_have_words_and_a_page() -> None:
    pages = [page for page, _ in PAGES]
    for setting in SETTINGS:
        if setting.page:
            assert setting.page in pages
            assert setting.label
            assert setting.help.endswith(".")
            assert setting.words
        assert bool(setting.choices) == (setting.kind == "choice")
    assert [page for page in pages if page in {setting.page for setting in SETTINGS}] == pages


def test_settings_are_in_the_order_of_the_pages() -> None:
    pages = [page for page, _ in PAGES]
    shown = [pages.index(setting.page) for setting in SETTINGS if setting.page]
    assert shown == sorted(shown)


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("offline", [True, False], [1, 0, "true", None]),
        ("threads", [0, 8, 256], [-1, 257, 1.0, True, "4", None]),
        ("text_size", [80, 100, 200], [79, 201, 100.0, True, "100"]),
        ("temperature", [None, 0, 0.7, 2], [-0.1, 2.1, float("nan"), float("inf"), True, "hot"]),
        ("theme", ["dark", "system"], ["Dark", "", None, 1]),
        ("context", [0, 2048, 131072], [1, 2048.0, True, "2048"]),
        ("system_prompt", ["", "请用中文。", "x" * 100_000], ["x" * 100_001, "a\0b", "\ud800", 3, None]),
        (
            "hub_endpoint",
            [
                "",
                "hf-mirror.com",
                "https://hf-mirror.com/hub",
                "http://127.0.0.1:8000",
                "http://localhost",
                "https://[::1]:8",
            ],
            [
                "http://hf-mirror.com",
                "ftp://hf.example",
                "not an address",
                "https://",
                "https://h:port",
                "https://[",
                "a?b",
                1,
            ],
        ),
        (
            "proxy",
            ["", "proxy:3128", "http://proxy.example:8080", "http://me:word@proxy.example:8080", "192.168.0.1:1"],
            ["socks5://proxy:1", "proxy 1", "http://proxy:99999", "http://", "-- none --", None],
        ),
        ("certificates", ["", str(Path("/ca.pem").absolute())], ["ca.pem", "a\0", 5]),
        ("models_folder", ["", str(Path("/models").absolute())], ["models", "./here", "a\0", 5]),
    ],
)
def test_values_are_checked(path: Path, key: str, good: list[object], bad: list[object]) -> None:
    settings = Settings(path)
    for value in good:
        settings.set(key, value)
        assert settings[key] == value
        assert Settings(path)[key] == value
    before = path.read_bytes()
    for value in bad:
        with pytest.raises(AssistantError) as caught:
            settings.set(key, value)
        assert caught.value.kind is ErrorKind.SETTING_INVALID
        assert caught.value.values["key"] == key
    assert path.read_bytes() == before


def test_a_whole_number_becomes_the_float_that_is_declared(path: Path) -> None:
    settings = Settings(path)
    settings.set("temperature", 1)
    assert type(settings["temperature"]) is float


def test_an_unknown_key_is_a_defect_of_ours(path: Path) -> None:
    settings = Settings(path)
    with pytest.raises(KeyError):
        settings.set("no_such_key", 1)
    with pytest.raises(KeyError):
        settings["no_such_key"]
    with pytest.raises(KeyError):
        declared("no_such_key")


# ---------------------------------------------------------------- the file


def test_nothing_is_written_before_something_is_set(path: Path) -> None:
    settings = Settings(path)
    assert settings["theme"] == "system"
    assert settings.problem is None
    assert not path.exists()


def test_only_what_was_set_is_in_the_file(path: Path) -> None:
    settings = Settings(path)
    settings.set("theme", "dark")
    assert content(path) == {"theme": "dark"}
    assert not settings.is_default("theme")
    settings.reset("theme")
    assert content(path) == {}
    assert settings.is_default("theme")


def test_listeners_hear_what_changed(path: Path) -> None:
    heard: list[frozenset[str]] = []
    settings = Settings(path, heard.append)
    settings.set("theme", "dark")
    settings.set("theme", "dark")
    settings.set("offline", False)  # its default: written, but no other value
    settings.set("threads", 4)
    settings.reset()
    assert heard == [{"theme"}, {"threads"}, {"theme", "threads"}]


def test_keys_of_another_version_survive(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"from_the_future": {"a": [1, "\\ud800"]}, "theme": "dark"}', encoding="ascii")
    settings = Settings(path)
    settings.set("threads", 2)
    settings.reset()
    assert content(path) == {"from_the_future": {"a": [1, "\ud800"]}}


def test_one_bad_value_does_not_spoil_the_others(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"theme": "dark", "threads": "many", "temperature": NaN}', encoding="utf-8")
    settings = Settings(path)
    assert settings["theme"] == "dark"
    assert settings["threads"] == 0
    assert settings["temperature"] is None
    assert settings.problem is None


def test_what_another_process_wrote_is_not_written_over(path: Path) -> None:
    heard: list[frozenset[str]] = []
    ours = Settings(path, heard.append)
    ours.set("theme", "dark")
    theirs = Settings(path)
    theirs.set("threads", 3)
    theirs.set("theme", "light")
    ours.set("offline", True)
    assert content(path) == {"theme": "light", "threads": 3, "offline": True}
    assert heard[-1] == {"theme", "threads", "offline"}


# ---------------------------------------------------------------- trouble


@pytest.mark.parametrize(
    "damage",
    [b"", b"\0" * 300, b"{", b"[]", b'"text"', b"null", b'{"a":}', b"\xff\xfe{}", b"[" * 100_000, b"1" * 9_000],
)
def test_a_damaged_file_is_kept_aside(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    settings = Settings(path)
    assert settings["theme"] == "system"
    assert settings.problem is not None
    assert settings.problem.kind is ErrorKind.FILE_UNREADABLE
    kept = list(path.parent.glob("settings.damaged-*.json"))
    assert [file.read_bytes() for file in kept] == [damage]
    settings.set("theme", "dark")
    assert settings.problem is None
    assert Settings(path)["theme"] == "dark"
    assert len(list(path.parent.glob("settings.damaged-*.json"))) == 1


def test_files_damaged_twice_in_a_second_are_both_kept(path: Path) -> None:
    path.parent.mkdir()
    for damage in (b"one", b"two"):
        path.write_bytes(damage)
        Settings(path)
    kept = {file.read_bytes() for file in path.parent.glob("settings.damaged-*.json")}
    assert kept == {b"one", b"two"}


def test_a_folder_in_the_place_of_the_file(path: Path) -> None:
    path.mkdir(parents=True)
    settings = Settings(path)
    assert settings.problem is not None
    settings.set("theme", "dark")
    assert Settings(path)["theme"] == "dark"


def test_a_file_in_the_place_of_the_folder(path: Path) -> None:
    path.parent.write_bytes(b"")
    settings = Settings(path)
    settings.set("theme", "dark")
    assert settings["theme"] == "dark"
    assert settings.problem is not None
    assert settings.problem.kind is ErrorKind.READ_ONLY


def test_a_pipe_in_the_place_of_the_file_does_not_wait(path: Path) -> None:
    path.parent.mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
    else:  # Windows has no pipes in folders; a folder is as little a file
        path.mkdir()
    done = threading.Event()
    threading.Thread(target=lambda: (Settings(path), done.set()), daemon=True).start()
    assert done.wait(10)


def test_a_change_that_could_not_be_saved_is_saved_with_the_next(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(path)
    settings.set("theme", "dark")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    with monkeypatch.context() as patch:
        patch.setattr("assistant.storage.jsonfile.write_atomic", refuse)
        settings.set("threads", 2)
        assert settings.problem is not None
        assert settings.problem.kind is ErrorKind.READ_ONLY
        assert settings["threads"] == 2
    assert content(path) == {"theme": "dark"}
    Settings(path).set("offline", True)  # somebody else writes meanwhile
    settings.set("threads", 2)  # the same value: another try
    assert settings.problem is None
    assert content(path) == {"theme": "dark", "threads": 2, "offline": True}


def test_a_file_that_cannot_be_read_now_is_not_written_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.parent.mkdir()
    path.write_text('{"theme": "dark"}', encoding="utf-8")

    def refuse(_: Path) -> dict[str, object]:
        raise OSError(5, "input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("assistant.storage.jsonfile.read_json_object", refuse)
        settings = Settings(path)
        assert settings.problem is not None
        assert path.exists()
        settings.set("threads", 2)
    kept = list(path.parent.glob("settings.damaged-*.json"))
    assert [file.read_text(encoding="utf-8") for file in kept] == ['{"theme": "dark"}']
    assert content(path) == {"threads": 2}


def mutated(good: bytes, chance: random.Random) -> bytes:
    """``good`` with a few bytes changed, cut, doubled or zeroed."""
    data = bytearray(good)
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(data)) if data else 0
        kind = chance.randrange(5)
        if kind == 0 and data:
            data[place] = chance.randrange(256)
        elif kind == 1:
            del data[place:]
        elif kind == 2:
            data[place:place] = data[place : place + chance.randrange(40)]
        elif kind == 3:
            data[place : place + 8] = bytes(8)
        else:
            data[place:place] = chance.choice([b"[", b"{", b"}", b'"', b"\\u", b"1e999", b"null", b"\xc3"])
    return bytes(data)


def test_five_hundred_mutated_files_start(path: Path) -> None:
    chance = random.Random(20_26)
    settings = Settings(path)
    settings.set("theme", "dark")
    settings.set("system_prompt", '请用中文 \\ "x"')
    settings.set("temperature", 0.7)
    settings.set("context", 4096)
    good = path.read_bytes()
    for number in range(500):
        path.write_bytes(mutated(good, chance))
        settings = Settings(path)
        for setting in SETTINGS:
            assert setting.check(settings[setting.key]) == settings[setting.key], number
        settings.set("threads", number % 7 + 1)
        assert settings.problem is None
        assert Settings(path)["threads"] == number % 7 + 1
