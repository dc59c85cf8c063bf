"""How a child ended, and what that means for a request."""

from __future__ import annotations

import signal

import pytest

from assistant.base.errors import ErrorKind
from assistant.process import EXIT_NO_LIBRARY, Ending, Outcome
from assistant.process.outcome import outcome_of


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome(Ending.HUNG), ErrorKind.ENGINE_HUNG),
        (Outcome(Ending.FAILED_TO_START), ErrorKind.ENGINE_MISSING),
        (Outcome(Ending.CRASHED, EXIT_NO_LIBRARY), ErrorKind.ENGINE_MISSING),
        (Outcome(Ending.CRASHED, -4), ErrorKind.ENGINE_CPU),  # SIGILL
        (Outcome(Ending.CRASHED, 0xC000001D), ErrorKind.ENGINE_CPU),
        (Outcome(Ending.CRASHED, 0xC0000017), ErrorKind.ENGINE_MEMORY),
        (Outcome(Ending.KILLED, -9), ErrorKind.ENGINE_MEMORY),
        (Outcome(Ending.CRASHED, -11), ErrorKind.ENGINE_CRASHED),
        (Outcome(Ending.CRASHED, 0xC0000005), ErrorKind.ENGINE_CRASHED),
        (Outcome(Ending.BABBLED, -9), ErrorKind.ENGINE_CRASHED),
        (Outcome(Ending.CRASHED, 0), ErrorKind.ENGINE_CRASHED),
    ],
)
def test_each_end_has_its_error(outcome: Outcome, kind: ErrorKind) -> None:
    assert outcome.kind is kind


def test_an_end_that_was_asked_for_is_expected_whatever_its_code() -> None:
    assert outcome_of(0, closing=True).expected
    assert outcome_of(-15, closing=True).expected
    assert not outcome_of(0, closing=False).expected


def test_a_kill_from_outside_is_told_from_a_crash() -> None:
    assert outcome_of(-9, closing=False).ending is (Ending.KILLED if hasattr(signal, "SIGKILL") else Ending.CRASHED)
    assert outcome_of(-11, closing=False).ending is Ending.CRASHED
    assert outcome_of(3, closing=False).ending is Ending.CRASHED


def test_signals_have_names() -> None:
    assert Outcome(Ending.CRASHED, -11).signal_name == "SIGSEGV"
    assert Outcome(Ending.CRASHED, -99).signal_name == "signal 99"
    assert Outcome(Ending.CRASHED, 1).signal_name == ""
    assert Outcome(Ending.CRASHED).signal_name == ""


def test_codes_are_said_as_one_can_look_them_up() -> None:
    codes = {-7: "SIGBUS", 1: "1", 0xC0000005: "0xC0000005", None: ""}
    assert {code: Outcome(Ending.CRASHED, code).code_name for code in codes} == codes
