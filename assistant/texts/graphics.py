"""Whether a graphics card helps, and what to do where it could and does not."""

from __future__ import annotations

from collections.abc import Collection

from assistant.texts.catalogue import tr

_CARDS = {"cuda": "NVIDIA", "metal": "Apple", "vulkan": "AMD"}


def sentence(built_with: Collection[str], missing: str) -> str:
    """One or two sentences about this computer.

    :param built_with: kinds of graphics cards that the engine can use.
    :param missing: the backend that it would have to be built with; empty: none would help.
    """
    if built_with:
        return tr("The engine was built to use graphics cards ({kinds}).", kinds=", ".join(sorted(built_with)))
    if missing:
        return tr(
            "This computer has a graphics card ({maker}) that the engine was not built for. To have it used, close "
            "Lamplight and run “{command}” once in the folder that it was installed from.",
            maker=_CARDS.get(missing, missing),
            command=command(missing),
        )
    return tr("The engine uses the processor; no graphics card that would help was found.")


def command(backend: str) -> str:
    """How the engine is built for a graphics card, or fetched where there is a ready-made build."""
    return f"python3 packaging/run.py --backend {backend}"
