"""How a model is to be loaded: settings, memory, and what is loaded already."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.inbox import Inbox
from assistant.core.shelf import Shelf
from assistant.library import fit
from assistant.library.models import InstalledModel, Models
from assistant.storage.settings import Settings
from tests.fakes import tiny_models


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    folder = tmp_path / "models"
    folder.mkdir()
    tiny_models.write_plain(folder / "m.gguf")
    settings = Settings(tmp_path / "settings.json")
    return Shelf(Models(folder, folder / "index.json"), settings, Inbox(lambda: None), changed=lambda: None)


def only(shelf: Shelf) -> InstalledModel:
    (model,) = shelf.read()
    return model


def test_a_loaded_model_is_not_weighed_against_the_memory_it_holds(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = only(shelf)
    first = shelf.plan(model)
    monkeypatch.setattr(fit, "free_memory", lambda: 1000)
    with pytest.raises(AssistantError) as caught:
        shelf.plan(model)
    assert caught.value.kind is ErrorKind.MODEL_TOO_LARGE
    assert shelf.plan(model, loaded=first, spare=first.needed) == first


def test_scarce_memory_does_not_shrink_a_context_that_is_there(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    model = only(shelf)
    first = shelf.plan(model)
    assert first.context == tiny_models.CONTEXT
    monkeypatch.setattr(fit, "free_memory", lambda: fit.memory_needed(model, tiny_models.CONTEXT) - 1)
    assert shelf.plan(model).context < tiny_models.CONTEXT
    assert shelf.plan(model, loaded=first, spare=1).context == tiny_models.CONTEXT


def test_a_context_that_somebody_had_set_goes_with_the_wish(shelf: Shelf) -> None:
    model = only(shelf)
    usual = shelf.plan(model)
    shelf._settings.set("context", 2048)
    small = shelf.plan(model, loaded=usual)
    assert small.context == 2048
    shelf._settings.set("context", 0)
    assert shelf.plan(model, loaded=small) == usual


def test_the_user_can_insist(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    model = only(shelf)
    monkeypatch.setattr(fit, "free_memory", lambda: 0)
    shelf.load_anyway(model.key)
    assert shelf.plan(model).needed > 0


def test_what_is_known_to_be_wrong_is_told_with_its_values(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "models" / "m.gguf"
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(AssistantError) as caught:
        shelf.plan(only(shelf))
    assert caught.value.kind is ErrorKind.MODEL_TRUNCATED
    assert set(caught.value.values) == {"name", "expected", "actual"}


def test_another_file_in_the_place_of_a_model_is_loaded_anew(shelf: Shelf, tmp_path: Path) -> None:
    first = shelf.plan(only(shelf))
    assert shelf.plan(only(shelf)) == first
    tiny_models.write_base(tmp_path / "models" / "m.gguf")
    assert shelf.plan(only(shelf)) != first
