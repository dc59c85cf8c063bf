"""Every failure has the contract's exit code and shape."""

from __future__ import annotations

import io
import json

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.cli import failures
from assistant.cli.terminal import Terminal
from assistant.texts.errors import sentence


@pytest.mark.parametrize("kind", ErrorKind, ids=lambda kind: kind.value)
def test_every_failure_has_a_code_of_the_contract(kind: ErrorKind) -> None:
    for loading in (True, False):
        assert failures.exit_code(AssistantError(kind), loading=loading) in (1, 2, 3, 4, 5, 130)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (ErrorKind.INTERNAL, 1), (ErrorKind.NO_TEMPLATE, 1), (ErrorKind.CONTEXT_FULL, 1), (ErrorKind.DISK_FULL, 1),
        (ErrorKind.INPUT_EMPTY, 2), (ErrorKind.NO_SUCH_MODEL, 3), (ErrorKind.NO_MODEL, 3),
        (ErrorKind.HUB_NOT_FOUND, 3), (ErrorKind.HUB_DAMAGED, 4),
        (ErrorKind.MODEL_DAMAGED, 4), (ErrorKind.MODEL_TOO_LARGE, 4), (ErrorKind.MODEL_MISSING, 4),
        (ErrorKind.ENGINE_MISSING, 4), (ErrorKind.FILE_UNREADABLE, 5), (ErrorKind.FILE_MISSING, 5),
        (ErrorKind.CANCELLED, 130),
    ],
)  # fmt: skip
def test_codes(kind: ErrorKind, code: int) -> None:
    assert failures.exit_code(AssistantError(kind)) == code


@pytest.mark.parametrize("kind", [kind for kind in ErrorKind if kind.name.startswith("DOCUMENT_")])
def test_no_document_that_cannot_be_read_is_another_failure(kind: ErrorKind) -> None:
    assert failures.exit_code(AssistantError(kind)) == 5


def test_an_engine_that_dies_while_loading_could_not_load_the_model() -> None:
    error = AssistantError(ErrorKind.ENGINE_CRASHED, code="SIGABRT")
    assert failures.exit_code(error, loading=True) == 4
    assert failures.exit_code(error) == 1


def test_a_failure_is_one_sentence_on_standard_error() -> None:
    out, err = io.StringIO(), io.StringIO()
    error = AssistantError(ErrorKind.NO_SUCH_MODEL, name="x")
    assert failures.tell(Terminal(out=out, err=err), error, as_json=False) == 3
    assert out.getvalue() == ""
    assert err.getvalue() == f"lamplight: {sentence(error)}\n"


def test_a_failure_as_json_holds_kind_and_message() -> None:
    out, err = io.StringIO(), io.StringIO()
    error = AssistantError(ErrorKind.MODEL_DAMAGED, "details", name="x")
    assert failures.tell(Terminal(out=out, err=err), error, as_json=True) == 4
    assert json.loads(out.getvalue()) == {"error": {"kind": "model_damaged", "message": sentence(error)}}
    assert err.getvalue() == ""


def test_a_base_model_leads_to_raw() -> None:
    err = io.StringIO()
    error = AssistantError(ErrorKind.NO_TEMPLATE, name="x")
    assert failures.tell(Terminal(out=io.StringIO(), err=err), error, as_json=False) == 1
    assert "base model" in err.getvalue()
    assert "--raw" in err.getvalue()
