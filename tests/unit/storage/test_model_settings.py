"""Options of single models: what is set stays, what is not set is open, and no file is a reason not to start."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.storage import jsonfile
from assistant.storage.model_settings import NO_TEMPLATE, OPTIONS, ModelOptions, ModelSettings

EVERYTHING: dict[str, Any] = {
    "context": 16384, "gpu_layers": -1, "threads": 0, "cache_type": "q8_0", "template": NO_TEMPLATE,
    "system_prompt": "Answer in 中文 😀.", "thinking": "off", "temperature": 0.5, "top_k": 20, "top_p": 0.9,
    "min_p": 0.05, "repeat_penalty": 1.1, "presence_penalty": 1.5, "frequency_penalty": -0.5,
}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "models.json"


def content(path: Path) -> dict[str, Any]:
    found = json.loads(path.read_bytes())
    assert isinstance(found, dict)
    return found


def test_every_option_is_declared_and_open_at_first(path: Path) -> None:
    assert set(OPTIONS) == {field.name for field in fields(ModelOptions)} == set(EVERYTHING)
    settings = ModelSettings(path)
    assert settings.get("a") == ModelOptions()
    assert all(value is None for value in vars(settings.get("a")).values())
    assert settings.problem is None
    assert not path.exists()


def test_what_is_set_for_one_model_stays_with_it(path: Path) -> None:
    settings = ModelSettings(path)
    assert settings.set("模型", **EVERYTHING) == ModelOptions(**EVERYTHING)
    settings.set("other", temperature=1, template="")
    for one in (settings, ModelSettings(path)):
        assert one.get("模型") == ModelOptions(**EVERYTHING)
        assert one.get("other") == ModelOptions(temperature=1.0, template="")
        assert one.get("third") == ModelOptions()
    settings.set("模型", temperature=None, context=None)
    expected = {**EVERYTHING, "temperature": None, "context": None}
    assert ModelSettings(path).get("模型") == ModelOptions(**expected)
    assert "temperature" not in content(path)["models"]["模型"]


def test_reset_and_forget(path: Path) -> None:
    settings = ModelSettings(path)
    settings.set("a", **EVERYTHING)
    settings.set("b", top_k=5)
    settings.reset("a")
    assert content(path)["models"] == {"b": {"top_k": 5}}
    settings.forget("b")
    settings.forget("never heard of")
    assert content(path)["models"] == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("context", -1), ("context", 4096.0), ("context", True), ("gpu_layers", -2), ("threads", 257),
        ("cache_type", "f32"), ("cache_type", 5), ("template", 5), ("template", "x" * 201), ("thinking", "maybe"),
        ("system_prompt", "a\0b"), ("system_prompt", "\ud800"), ("temperature", float("nan")), ("temperature", 2.1),
        ("temperature", "1"), ("top_p", 1.1), ("top_k", -1), ("min_p", float("inf")),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_and_changes_nothing(name: str, value: object, path: Path) -> None:
    settings = ModelSettings(path)
    settings.set("a", top_k=5)
    before = path.read_bytes()
    with pytest.raises(AssistantError) as caught:
        settings.set("a", **{"min_p": 0.1, name: value})
    assert (caught.value.kind, caught.value.values["key"]) == (ErrorKind.SETTING_INVALID, name)
    assert path.read_bytes() == before
    assert settings.get("a") == ModelOptions(top_k=5)


def test_an_option_that_nobody_has_declared_is_a_defect(path: Path) -> None:
    with pytest.raises(KeyError):
        ModelSettings(path).set("a", colour="red")


def test_what_this_version_does_not_know_stays_in_the_file(path: Path) -> None:
    path.parent.mkdir()
    kept = {
        "version": 7,
        "future": [1, 2],
        "models": {"a": {"top_k": 5, "future": {"x": 1}, "temperature": "hot"}, "odd": 5, "b": {"later": True}},
    }
    path.write_text(json.dumps(kept))
    settings = ModelSettings(path)
    assert settings.problem is None
    assert settings.get("a") == ModelOptions(top_k=5)
    assert settings.get("odd") == ModelOptions()
    settings.set("a", min_p=0.5)
    settings.set("odd", top_k=1)
    kept["models"]["a"]["min_p"] = 0.5  # type: ignore[index]
    kept["models"]["odd"] = {"top_k": 1}  # type: ignore[index]
    assert content(path) == kept
    settings.reset("b")
    assert content(path)["models"]["b"] == {"later": True}
    settings.forget("b")
    assert "b" not in content(path)["models"]


@pytest.mark.parametrize("damage", [b"", b"not json", b"[]", b'{"models": 5}', b"\xff\xfe", b"[" * 100_000, b"\0" * 99])
def test_a_damaged_file_is_kept_aside(damage: bytes, path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    settings = ModelSettings(path)
    assert settings.problem is not None
    assert (settings.problem.kind, settings.problem.values["name"]) == (ErrorKind.FILE_UNREADABLE, "models.json")
    assert settings.get("a") == ModelOptions()
    settings.set("a", top_k=5)
    assert settings.problem is None
    (aside,) = path.parent.glob("models.damaged-*.json")
    assert aside.read_bytes() == damage
    assert ModelSettings(path).get("a") == ModelOptions(top_k=5)


def test_a_folder_that_cannot_be_written_keeps_changes_until_it_can(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no")

    settings = ModelSettings(path)
    with monkeypatch.context() as broken:
        broken.setattr(jsonfile, "write_atomic", refuse)
        settings.set("a", top_k=5)
        settings.set("b", top_k=6)
        assert settings.problem is not None
        assert settings.problem.kind is ErrorKind.READ_ONLY
        assert settings.get("a") == ModelOptions(top_k=5)
    ModelSettings(path).set("c", top_k=7)  # another program
    settings.set("b", min_p=0.1)
    assert settings.problem is None
    again = ModelSettings(path)
    assert [again.get(key).top_k for key in "abc"] == [5, 6, 7]


def test_a_file_that_cannot_be_read_now_is_not_written_over(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ModelSettings(path).set("a", top_k=5)
    before = path.read_bytes()

    def refuse(_: Path) -> None:
        raise PermissionError(13, "no")

    with monkeypatch.context() as broken:
        broken.setattr(jsonfile, "read_json_object", refuse)
        settings = ModelSettings(path)
        assert settings.problem is not None
        settings.set("b", top_k=6)
    (aside,) = path.parent.glob("models.damaged-*.json")
    assert aside.read_bytes() == before


def test_two_programs_do_not_lose_each_others_changes(path: Path) -> None:
    window, line = ModelSettings(path), ModelSettings(path)
    line.set("a", top_k=5)
    window.set("b", top_k=6)
    window.set("a", min_p=0.2)
    assert ModelSettings(path).get("a") == ModelOptions(top_k=5, min_p=0.2)
    line.forget("b")
    window.set("c", top_k=1)
    assert set(content(path)["models"]) == {"a", "c"}
