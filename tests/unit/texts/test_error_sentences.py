"""Every kind of error has words, with its values and without them, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assistant.base import errors as base_errors
from assistant.base.errors import AssistantError, ErrorKind
from assistant.texts import LANGUAGES, set_language
from assistant.texts.errors import hint, sentence, summary
from assistant.worker.limits import slow
from assistant.worker.messages import ReadDocument, ReadSegments

SAMPLES = {
    "name": "Qwen3.5-4B", "architecture": "clip", "expected": 2_740_937_888, "actual": 1_000_000_000,
    "needed": 6_100_000_000, "free": 4_200_000_000, "code": "SIGSEGV", "seconds": 15, "available": 8192,
    "capability": "embed", "size": 2_000_000, "limit": 1_000_000, "key": "theme", "value": "purple",
    "host": "hub.example", "proxy": "http://proxy.example:3128", "status": 503, "folder": "models",
    "pages": 12, "format": "pdf", "new": "DOCX",
}  # fmt: skip


def test_a_model_that_is_too_small_is_said_to_be_it_and_no_setting_is_offered() -> None:
    error = AssistantError(ErrorKind.CONTEXT_FULL, needed=659, available=256, most=128)
    assert sentence(error) == (
        "The model is too small for this: it was made for 128 tokens at a time, and 659 tokens are needed. "
        "Choose another model."
    )
    assert "enlarge the context" in hint(AssistantError(ErrorKind.CONTEXT_FULL, needed=659, available=256))


def test_what_can_be_no_token_was_refused_by_nobody() -> None:
    assert sentence(AssistantError(ErrorKind.HUB_TOKEN)).startswith("This cannot be an access token.")
    assert "hub does not accept" in sentence(AssistantError(ErrorKind.HUB_TOKEN, host="hub"))


def test_a_text_that_takes_too_long_need_not_be_saved_as_text() -> None:
    texts = (ReadSegments(id="1"), ReadDocument(id="1", store="", path="/A.TXT"), ReadSegments(id="1", name="a.md"))
    slides = ReadDocument(id="1", store="", path="/tmp/text", name="a.pptx")
    hints = [hint(AssistantError(kind, **values)) for kind, values in (slow(one, 18.0) for one in (*texts, slides))]
    split = "Split it into smaller documents."
    assert hints == [split, split, split, "Save it as text, or split it into smaller documents."]


def documented_values() -> dict[ErrorKind, tuple[str, ...]]:
    """Kind to the names in the brackets of its comment in base/errors.py."""
    source = Path(base_errors.__file__).read_text(encoding="utf-8")
    found = {}
    for value, comment in re.findall(r'^    [A-Z_]+ = "(\w+)"(?:  # (.*))?$', source, re.MULTILINE):
        names = re.match(r"\(([\w, ]+)\)", comment)
        found[ErrorKind(value)] = tuple(names[1].split(", ")) if names else ()
    return found


DOCUMENTED = documented_values()


def test_every_kind_is_documented_where_it_is_declared() -> None:
    assert set(DOCUMENTED) == set(ErrorKind)
    assert DOCUMENTED[ErrorKind.MODEL_TOO_LARGE] == ("name", "needed", "free")
    assert {name for names in DOCUMENTED.values() for name in names} <= set(SAMPLES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ErrorKind, ids=lambda kind: kind.value)
def test_every_kind_has_a_whole_sentence(kind: ErrorKind, language: str) -> None:
    set_language(language)
    values = {name: SAMPLES[name] for name in DOCUMENTED[kind]}
    for error in (AssistantError(kind, **values), AssistantError(kind), AssistantError(kind, "details", **values)):
        words = sentence(error)
        assert words[-1] in ".。”"
        assert "{" not in words
        assert "None" not in words
        assert "  " not in words
        assert "!" not in words
        assert len(words) < 300


@pytest.mark.parametrize("kind", [kind for kind, names in DOCUMENTED.items() if "name" in names], ids=str)
def test_the_name_is_told_where_it_is_known(kind: ErrorKind) -> None:
    assert "Qwen3.5-4B" in sentence(AssistantError(kind, name="Qwen3.5-4B"))


def test_sizes_are_told_as_people_read_them() -> None:
    error = AssistantError(ErrorKind.MODEL_TOO_LARGE, name="Big", needed=6_100_000_000, free=4_200_000_000)
    assert summary(error) == "Big needs 6.1 GB of memory, 4.2 GB are free."
    assert hint(error) == "Close something, choose a smaller context or model, or load anyway."
    assert sentence(error) == f"{summary(error)} {hint(error)}"


def test_the_ways_a_model_file_can_be_wrong_are_told_apart() -> None:
    kinds = [kind for kind in ErrorKind if kind.value.startswith("model_")]
    assert len({summary(AssistantError(kind, name="X")) for kind in kinds}) == len(kinds)


def test_braces_in_a_name_are_only_text() -> None:
    assert "{0.__class__}" in sentence(AssistantError(ErrorKind.MODEL_DAMAGED, name="{0.__class__}"))


def test_parts_that_are_missing_are_named() -> None:
    error = AssistantError(ErrorKind.MODEL_MISSING, name="Big", part="Big-00002-of-00003.gguf")
    assert "Big-00002-of-00003.gguf" in sentence(error)


def test_a_part_that_was_renamed_is_told_from_one_that_is_missing() -> None:
    said = sentence(AssistantError(ErrorKind.MODEL_MISSING, name="mine.gguf", part="3"))
    assert "a model in 3 files" in said
    assert "missing" not in said


@pytest.mark.parametrize(("name", "ending"), [("readme.md", True), ("page.GGUF", False)])
def test_only_what_ends_in_something_else_is_told_how_models_end(name: str, ending: bool) -> None:
    said = sentence(AssistantError(ErrorKind.MODEL_NOT_A_MODEL, name=name))
    assert said.endswith("end in .gguf.") is ending


def test_the_folder_that_cannot_be_written_is_named_where_it_is_known() -> None:
    assert sentence(AssistantError(ErrorKind.READ_ONLY)).startswith("The folder cannot")
    assert "/media/disk/models" in sentence(AssistantError(ErrorKind.READ_ONLY, folder="/media/disk/models"))


def test_what_a_name_could_mean_is_told() -> None:
    error = AssistantError(ErrorKind.NO_SUCH_MODEL, name="Qwen", candidates="Qwen3, Qwen3.5")
    assert "Qwen3, Qwen3.5" in sentence(error)


def test_a_templates_own_words_are_repeated_unless_they_are_long() -> None:
    assert "System role not supported" in sentence(
        AssistantError(ErrorKind.TEMPLATE_REFUSED, "System role not supported")
    )
    assert len(sentence(AssistantError(ErrorKind.TEMPLATE_REFUSED, "x" * 5000))) < 200


def test_hostile_values_do_not_break_a_sentence() -> None:
    error = AssistantError(ErrorKind.MODEL_TOO_LARGE, name=None, needed="many", free=-5)
    assert sentence(error).startswith("The model needs more memory")
