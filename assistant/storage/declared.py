"""Every setting, declared once: the settings page, its search, the checks and the defaults come from here.

Labels, helps, choices, units and search words are English msgids; a face shows ``tr(setting.label)``.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.languages import own_name

Kind = Literal["bool", "int", "float", "choice", "text", "folder", "file", "address"]


def mark(message: str) -> str:
    """The message itself. Marks a literal for extraction; it is translated where it is shown."""
    return message


@dataclass(frozen=True)
class Setting:
    """One setting.

    :ivar key: its name in the file and in code.
    :ivar default: its value when none is set. None: there may be no value, and something else decides.
    :ivar page: the page that shows it; empty: it is not shown.
    :ivar choices: for ``choice``: value and label.
    :ivar minimum: and ``maximum``: bounds of a number, or of the length of a text (characters).
    :ivar unit: shown after a number.
    :ivar least: what the minimum is called, where it is more than a number ("Automatic").
    :ivar words: more words under which the search finds it.
    :ivar schemes: for ``address``: what may stand before ``://``; the first is meant where nothing does. On this
        computer itself http is fine, too.
    :ivar restart: ``engine``: the model has to be loaded again before it has an effect.
    """

    key: str
    kind: Kind
    default: object
    page: str = ""
    label: str = ""
    help: str = ""
    choices: tuple[tuple[object, str], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    unit: str = ""
    least: str = ""
    words: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    restart: Literal["", "engine"] = ""

    def check(self, value: object) -> object:
        """``value`` in the form that is kept (a whole number becomes a float where one is declared).

        :raises AssistantError: SETTING_INVALID.
        """
        if value is None and self.default is None:
            return None
        fine, result = _CHECKS[self.kind](self, value)
        if not fine:
            shown = value if isinstance(value, str) else repr(value)
            raise AssistantError(ErrorKind.SETTING_INVALID, key=self.key, value=shown[:80])
        return result


def _check_bool(_setting: Setting, value: object) -> tuple[bool, object]:
    return isinstance(value, bool), value


def _check_int(setting: Setting, value: object) -> tuple[bool, object]:
    return isinstance(value, int) and not isinstance(value, bool) and _within(setting, value), value


def _check_float(setting: Setting, value: object) -> tuple[bool, object]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False, value
    if isinstance(value, float) and not math.isfinite(value):
        return False, value
    return (True, float(value)) if _within(setting, value) else (False, value)


def _check_choice(setting: Setting, value: object) -> tuple[bool, object]:
    # By type too: True equals 1, and 2048.0 equals 2048.
    return any(type(value) is type(known) and value == known for known, _ in setting.choices), value


def _check_text(setting: Setting, value: object) -> tuple[bool, object]:
    if not isinstance(value, str) or "\0" in value or not _within(setting, len(value)):
        return False, value
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False, value
    return True, value


def _check_folder(setting: Setting, value: object) -> tuple[bool, object]:
    fine, value = _check_text(setting, value)
    return fine and (value == "" or Path(str(value)).is_absolute()), value


def _check_file(setting: Setting, value: object) -> tuple[bool, object]:
    """A whole path. Whether there is such a file is for whoever sets it: a disk may be unplugged for a while."""
    return _check_folder(setting, value)


def _check_address(setting: Setting, value: object) -> tuple[bool, object]:
    fine, value = _check_text(setting, value)
    if not fine or not isinstance(value, str):
        return False, value
    value = value.strip()
    return value == "" or _is_address(value, setting.schemes), value


def _is_address(text: str, schemes: tuple[str, ...]) -> bool:
    """Can it be an address: one of the schemes, a host, perhaps a port and a path, and nothing else?"""
    try:
        parts = urlsplit(text if "://" in text else f"{schemes[0]}://{text}")
        host, port = parts.hostname or "", parts.port
    except ValueError:  # brackets that do not match, a port that is no number
        return False
    here = host in ("localhost", "::1") or host.startswith("127.")
    scheme = parts.scheme in schemes or (here and parts.scheme == "http")
    whole = not (parts.query or parts.fragment) and not any(character.isspace() for character in text)
    named = bool(re.fullmatch(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*", host))
    return scheme and whole and named and port != 0


def _within(setting: Setting, number: float) -> bool:
    above = setting.minimum is None or number >= setting.minimum
    return above and (setting.maximum is None or number <= setting.maximum)


_CHECKS = {
    "bool": _check_bool,
    "int": _check_int,
    "float": _check_float,
    "choice": _check_choice,
    "text": _check_text,
    "folder": _check_folder,
    "file": _check_file,
    "address": _check_address,
}

PAGES: tuple[tuple[str, str], ...] = (
    ("general", mark("General")),
    ("chat", mark("Chat")),
    ("translate", mark("Translate")),
    ("models", mark("Models")),
    ("connections", mark("Connections")),
    ("engine", mark("Memory and speed")),
    ("privacy", mark("Privacy and safety")),
)
"""The pages in their order: id and label."""

_LANGUAGES = "zh-Hans en zh-Hant ja ko de fr es pt it nl pl ru uk tr ar vi"
LANGUAGES: tuple[tuple[object, str], ...] = tuple((tag, own_name(tag)) for tag in _LANGUAGES.split())
"""BCP 47, and the language's own name, which is the same in every language of the window."""

SETTINGS: tuple[Setting, ...] = (
    Setting(
        "language",
        "choice",
        "auto",
        "general",
        mark("Language"),
        mark("The language of the program. Answers come in the language that you write in."),
        choices=(("auto", mark("As the system")), ("en", "English"), ("zh_CN", "简体中文")),
        words=(mark("translation"), "English", "中文"),
    ),
    Setting(
        "theme",
        "choice",
        "system",
        "general",
        mark("Theme"),
        mark("Light, dark, or whatever the system uses."),
        choices=(("system", mark("As the system")), ("light", mark("Light")), ("dark", mark("Dark"))),
        words=(mark("colours"), mark("night"), mark("appearance")),
    ),
    Setting(
        "text_size",
        "int",
        100,
        "general",
        mark("Size of text"),
        mark("Makes all text larger or smaller; 100 % is the size that the system uses."),
        minimum=80,
        maximum=200,
        step=10,
        unit="%",
        words=(mark("zoom"), mark("font"), mark("large")),
    ),
    Setting(
        "send_with_enter",
        "bool",
        True,
        "chat",
        mark("Enter sends the message"),
        mark("Shift+Enter starts a new line. When this is off, Enter starts a new line and Ctrl+Enter sends."),
        words=(mark("key"), mark("return")),
    ),
    Setting(
        "system_prompt",
        "text",
        "",
        "chat",
        mark("Instructions for new conversations"),
        mark("What every new conversation tells the model first, for example how to answer."),
        maximum=100_000,
        words=(mark("system prompt"), mark("role"), mark("tone")),
    ),
    Setting(
        "temperature",
        "float",
        None,
        "chat",
        mark("Temperature"),
        mark("Low values give predictable answers, high ones surprising answers. Empty: what the model suggests."),
        minimum=0.0,
        maximum=2.0,
        step=0.05,
        words=(mark("creativity"), mark("sampling"), mark("random")),
    ),
    Setting(
        "max_tokens",
        "int",
        0,
        "chat",
        mark("Longest answer"),
        mark("An answer is cut after this many tokens."),
        minimum=0,
        maximum=131_072,
        step=256,
        unit=mark("tokens"),
        least=mark("No limit"),
        words=(mark("length"), mark("limit")),
    ),
    Setting(
        "thinking",
        "choice",
        "auto",
        "chat",
        mark("Thinking before the answer"),
        mark("For models that can reason first. Thinking takes longer and often gives better answers."),
        choices=(("auto", mark("As the model suggests")), ("on", mark("On")), ("off", mark("Off"))),
        words=(mark("reasoning"),),
    ),
    Setting(
        "translate_first",
        "choice",
        "zh-Hans",
        "translate",
        mark("Your language"),
        mark("A text in the other one of these two languages is translated into this one."),
        choices=LANGUAGES,
        words=(mark("pair"), mark("into")),
    ),
    Setting(
        "translate_second",
        "choice",
        "en",
        "translate",
        mark("The other language"),
        mark("A text in your language is translated into this one."),
        choices=LANGUAGES,
        words=(mark("pair"), mark("into")),
    ),
    Setting(
        "translate_live",
        "bool",
        False,
        "translate",
        mark("Translate while you type"),
        mark("What you write is translated a moment after you stop typing. Nothing of it is kept in the history."),
        words=(mark("live"), mark("automatic")),
    ),
    Setting(
        "translate_live_delay",
        "float",
        0.8,
        "translate",
        mark("Pause before that"),
        mark("How long you have to stop typing before the text is translated."),
        minimum=0.2,
        maximum=5.0,
        step=0.1,
        unit=mark("seconds"),
        words=(mark("live"), mark("delay")),
    ),
    Setting(
        "models_folder",
        "folder",
        "",
        "models",
        mark("Folder for models"),
        mark("Where model files are kept. Empty: the usual place. Models that are already there are not moved."),
        maximum=4096,
        words=(mark("path"), mark("directory"), mark("disk")),
    ),
    Setting(
        "load_at_start",
        "bool",
        True,
        "models",
        mark("Load the model when Lamplight starts"),
        mark("The first answer comes sooner. Otherwise the model is loaded with the first message."),
        words=(mark("startup"), mark("preload")),
    ),
    Setting(
        "keep_loaded_minutes",
        "int",
        30,
        "models",
        mark("Keep an unused model in memory"),
        mark("After this time without a request its memory is given back."),
        minimum=0,
        maximum=1440,
        step=5,
        unit=mark("minutes"),
        least=mark("Until Lamplight is closed"),
        words=(mark("unload"), mark("idle")),
    ),
    Setting(
        "measure_models",
        "bool",
        True,
        "models",
        mark("Measure a new model by itself"),
        mark(
            "Once, for about 20 seconds while nothing else is done and the power is plugged in. Afterwards Lamplight "
            "can tell how long something will take."
        ),
        words=(mark("self-test"), mark("speed"), mark("seconds")),
    ),
    Setting("default_model", "text", "", maximum=1024),
    # The model of a task that is not chat; empty: the one that chats.
    Setting("model_summarize", "text", "", maximum=1024),
    Setting("model_translate", "text", "", maximum=1024),
    Setting("model_write", "text", "", maximum=1024),
    Setting("model_embed", "text", "", maximum=1024),
    Setting(
        "offline",
        "bool",
        False,
        "connections",
        mark("Stay offline"),
        mark("Refuses every connection, also for model downloads. Chatting never needs one."),
        words=(mark("network"), mark("internet"), mark("connection"), mark("privacy")),
    ),
    Setting(
        "hub_endpoint",
        "address",
        "",
        "connections",
        mark("Where models come from"),
        mark("The address of the Hub or of a mirror, for example https://hf-mirror.com. Empty: found automatically."),
        maximum=2048,
        words=("Hugging Face", "HF_ENDPOINT", mark("mirror"), mark("endpoint"), mark("download")),
        schemes=("https",),
    ),
    Setting(
        "hub_fallback",
        "bool",
        True,
        "connections",
        mark("Use a mirror when the Hub cannot be reached"),
        mark("What comes from a mirror is checked against the Hub's checksum where it is known."),
        words=(mark("mirror"), mark("fallback"), mark("download")),
    ),
    Setting(
        "proxy",
        "address",
        "",
        "connections",
        mark("Proxy"),
        mark("For example http://proxy.example:8080. Empty: what the system says."),
        maximum=2048,
        words=("HTTPS_PROXY", mark("network"), mark("company")),
        schemes=("http",),
    ),
    Setting(
        "certificates",
        "file",
        "",
        "connections",
        mark("Certificate file"),
        mark("A file (PEM) with certificates to trust, where a company's proxy brings its own. Empty: the system's."),
        maximum=4096,
        words=("CA", "TLS", "SSL", mark("proxy"), mark("company")),
    ),
    Setting(
        "memory_budget",
        "int",
        60,
        "engine",
        mark("Memory for models"),
        mark("The share of this computer's memory that loaded models may use together."),
        minimum=10,
        maximum=90,
        step=5,
        unit="%",
        words=("RAM", mark("budget")),
    ),
    Setting(
        "context",
        "choice",
        0,
        "engine",
        mark("Length of context"),
        mark("How much of a conversation the model can see at once, in tokens. More needs more memory."),
        choices=((0, mark("Automatic")), *((2**power, f"{2**power:,}") for power in range(11, 18))),
        words=(mark("window"), mark("memory"), mark("tokens")),
        restart="engine",
    ),
    Setting(
        "cache_type",
        "choice",
        "f16",
        "engine",
        mark("Precision of the context"),
        mark("8 bits need half the memory for a long context and cost a little quality and speed."),
        choices=(("f16", mark("16 bits")), ("q8_0", mark("8 bits"))),
        words=("KV", mark("cache"), mark("quantization")),
        restart="engine",
    ),
    Setting(
        "threads",
        "int",
        0,
        "engine",
        mark("Processor threads"),
        mark("How many processor cores the model uses."),
        minimum=0,
        maximum=256,
        step=1,
        least=mark("Automatic"),
        words=("CPU", mark("cores"), mark("speed")),
        restart="engine",
    ),
    Setting(
        "gpu_layers",
        "int",
        -1,
        "engine",
        mark("Layers on the graphics card"),
        mark("With 0, only the processor is used."),
        minimum=-1,
        maximum=999,
        step=1,
        least=mark("As many as fit"),
        words=("GPU", "CUDA", "Metal", "Vulkan"),
        restart="engine",
    ),
    Setting(
        "backups",
        "bool",
        True,
        "privacy",
        mark("Keep backups of conversations"),
        mark("Copies are kept on this computer in case the file is damaged. What you delete goes from them, too."),
        words=(mark("copy"), mark("restore"), mark("history")),
    ),
)
"""All of them, in the order of the pages."""
