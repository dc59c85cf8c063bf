"""What the JSON objects of all tasks hold: what the contract says of answers, summaries and translations alike."""

from __future__ import annotations

from typing import Any, Protocol


class Tokens(Protocol):
    """How many tokens there were; ``cached``: of the prompt, those that did not have to be read again."""

    @property
    def prompt(self) -> int: ...
    @property
    def cached(self) -> int: ...
    @property
    def generated(self) -> int: ...


def written(
    text: str, *, model: str, finish: str, tokens: Tokens, seconds: dict[str, float | None], reasoning: str = ""
) -> dict[str, Any]:
    """What a model has written.

    :param model: its name; ``finish``: why it ended, empty: it came to its end.
    :param seconds: as ``seconds_of`` tells them, and what a task knows beside.
    """
    return {
        "text": text,
        "reasoning": reasoning,
        "model": model,
        "finish": finish or "end",
        "tokens": {"prompt": tokens.prompt, "cached": tokens.cached, "generated": tokens.generated},
        "seconds": seconds,
    }


def seconds_of(*, load: float, first_token: float, total: float) -> dict[str, float | None]:
    """Where the time went: loading the model, up to the first token of all, and everything together."""
    return {"load": round(load, 4), "first_token": round(first_token, 4), "total": round(total, 4)}


def promised(seconds: float | None) -> dict[str, float | None]:
    """What a plan said that it would take; None: that was not known."""
    return {"promised": round(seconds, 1) if seconds is not None else None}
