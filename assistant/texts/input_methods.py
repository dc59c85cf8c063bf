"""What is said of an input method that cannot reach the window."""

from __future__ import annotations

from assistant.texts.catalogue import tr


def unreachable(name: str) -> str:
    """What to tell a user of the input method ``name`` who could not type Chinese into the window."""
    if name == "ibus":
        return tr("Your input method is ibus, of which Qt was not told. Start Lamplight with QT_IM_MODULE=ibus.")
    if name.startswith("fcitx"):
        return tr(
            "Your input method is fcitx, which the window cannot reach by itself. Start Lamplight with "
            "QT_IM_MODULE=ibus (fcitx answers to that too), or in a Wayland session with QT_QPA_PLATFORM=wayland."
        )
    return tr(
        "Your input method is {name}, which the window cannot reach. Use ibus or fcitx and start Lamplight with "
        "QT_IM_MODULE=ibus, or start it in a Wayland session with QT_QPA_PLATFORM=wayland.",
        name=name,
    )
