"""``lamplight doctor``: everything that a bug report needs, and a test that the engine really answers."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import Any

from assistant.base import certificates
from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import default_paths
from assistant.cli import failures, machine
from assistant.cli.session import Session
from assistant.cli.terminal import Terminal
from assistant.core import graphics
from assistant.core.answers import Answer
from assistant.library.models import InstalledModel
from assistant.storage.settings import SETTINGS
from assistant.tasks.chat import AnswerOptions, ChatTurn
from assistant.texts import errors, input_methods, tr, units
from assistant.texts import graphics as graphics_words

_QUESTION = "Say hello."
_TOKENS = 8
_LEAST_ROOM = 1 << 30  # bytes free where data lies
_SIZES = frozenset({"memory", "available", "free", "size"})
_PRIVATE_KINDS = frozenset({"text", "folder", "file", "address"})

Section = dict[str, Any]


class Doctor:
    """Collects sections and problems. A check that fails itself is a problem, never the end."""

    def __init__(self, terminal: Terminal, session: Session) -> None:
        self._terminal = terminal
        self._session = session
        self.sections: dict[str, Section] = {}
        self.problems: list[str] = []

    def examine(self) -> None:
        """Run every check."""
        checks: dict[str, Callable[[], Section]] = {
            "versions": self._versions,
            "machine": machine.system,
            "environment": machine.environment,
            "paths": self._paths,
            "libraries": self._libraries,
            "settings": self._settings,
            "network": self._network,
            "graphics": self._graphics,
            "models": self._models,
            "test": self._test,
        }
        for name, check in checks.items():
            self._terminal.progress(tr("Looking at {what}", what=name))
            try:
                self.sections[name] = check()
            except AssistantError as error:
                if error.kind is ErrorKind.CANCELLED:
                    raise
                self.sections[name] = {"error": error.kind.value}
                self.problems.append(errors.sentence(error))
            except Exception as error:
                self.sections[name] = {"error": machine.private(f"{type(error).__name__}: {error}")}
                self.problems.append(tr("{what} could not be looked at.", what=name))
        self._terminal.clear_progress()

    # ------------------------------------------------------------ the checks

    def _versions(self) -> Section:
        found = machine.versions()
        for name, version in found.items():
            if version == "missing":
                self.problems.append(tr("{name} is not installed.", name=name))
        return found

    def _paths(self) -> Section:
        paths = default_paths()
        found: Section = {}
        for name in ("config", "data", "models", "cache", "logs"):
            folder = getattr(paths, name)
            used = self._session.core.models.folder if name == "models" else folder
            state = machine.folder_state(used)
            found[name] = state if used == folder else {**state, "path": "(set)"}
            if state["writable"] == "false":
                self.problems.append(tr("The folder {path} cannot be written to.", path=state["path"]))
            elif int(state.get("free", _LEAST_ROOM)) < _LEAST_ROOM:
                free = units.size(int(state["free"]))
                self.problems.append(tr("Only {free} are free at {path}.", free=free, path=state["path"]))
        return found

    def _libraries(self) -> Section:
        lacking = machine.missing_libraries()
        for name, libraries in lacking.items():
            words = tr("{name} needs system libraries that are missing: {list}.", name=name, list=", ".join(libraries))
            self.problems.append(words)
        method = machine.unreachable_input_method()
        if method:
            self.problems.append(input_methods.unreachable(method))
        return {"missing": lacking, "input_method": method}

    def _settings(self) -> Section:
        """What differs from the defaults; texts, paths and addresses only by their key."""
        settings = self._session.core.settings
        changed: Section = {}
        for setting in SETTINGS:
            if not settings.is_default(setting.key):
                hidden = setting.kind in _PRIVATE_KINDS
                changed[setting.key] = "(set)" if hidden else settings[setting.key]
        if settings.problem is not None:
            self.problems.append(errors.sentence(settings.problem))
        return changed

    def _network(self) -> Section:
        """How the network may be used; addresses that are the user's own only by where they are set."""
        network = self._session.core.network
        setup = network.setup
        found: Section = {
            "offline": str(network.offline).lower(),
            "endpoint": machine.set_where(setup.endpoint, "HF_ENDPOINT"),
            "mirrors": ", ".join(setup.mirrors) if setup.fallback else "not used",
            "proxy": machine.set_where(setup.proxy, "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
            "certificates": machine.set_where(setup.certificates, *certificates.VARIABLES),
            "connections": str(len(network.ledger())),
        }
        gone = certificates.missing(setup.certificates, os.environ)
        if gone is not None:  # without its name
            variable = gone.values.get("variable")
            words = tr("The certificate file of the settings is not there.")
            if variable:
                words = tr("The certificates that {name} points to are not there.", name=variable)
            self.problems.append(words)
        return found

    def _graphics(self) -> Section:
        """Whether a graphics card is used, and what to do where one could be."""
        missing = graphics.missing_backend()
        return {
            "engine": ", ".join(sorted(graphics.built_with())) or "processor only",
            "cards": ", ".join(sorted(graphics.cards())),
            "advice": graphics_words.sentence(graphics.built_with(), missing) if missing else "",
        }

    def _models(self) -> Section:
        found: Section = {}
        for model in self._session.core.models.installed():
            error = model.error()
            found[model.key] = {
                "architecture": model.architecture,
                "quantization": model.quantization,
                "size": str(model.size),
                "chat": str(model.has_template).lower(),
                "embed": str(model.embeds).lower(),
                "problem": error.kind.value if error else "",
            }
            if error is not None:
                self.problems.append(errors.summary(error))
        return found

    def _test(self) -> Section:
        """One short answer, from the engine's start to its last token."""
        model = self._patient()
        turns = [ChatTurn("user", _QUESTION)]
        options = AnswerOptions(temperature=0.0, max_tokens=_TOKENS, raw=not model.has_template)
        answer = self._session.ask(model, turns, options)
        if answer.finish is not None and answer.finish.value == "cancelled":
            raise AssistantError(ErrorKind.CANCELLED)
        return self._tested(model, answer)

    def _patient(self) -> InstalledModel:
        """The starter where it is here, because what it should do is known; else the model that would answer."""
        usable = [model for model in self._session.core.models.installed() if model.usable]
        return next((model for model in usable if model.demo), None) or self._session.model(None)

    def _tested(self, model: InstalledModel, answer: Answer) -> Section:
        found: Section = {"model": model.key, "answered": str(answer.length > 0).lower()}
        if answer.error is not None:
            self.problems.append(errors.sentence(answer.error))
            found["error"] = answer.error.kind.value
            found["detail"] = machine.private(answer.error.detail[-2000:])
        elif not answer.length:
            self.problems.append(tr("The engine runs, but its answer was empty."))
        engine = self._session.core.engines.get(model.key)
        if engine is not None and engine.facts is not None:
            facts = engine.facts
            found.update(
                device=facts.device,
                threads=str(facts.threads),
                gpu_layers=str(facts.gpu_layers),
                context=str(facts.context),
                memory=str(facts.memory),
                load_seconds=f"{facts.load_seconds:.2f}",
                **{f"engine: {name}": machine.private(version) for name, version in facts.versions.items()},
            )
        if answer.seconds.writing > 0:
            found["tokens_per_second"] = f"{answer.speed:.1f}"
        return found


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Examine and show; exit code 1 when something is wrong."""
    doctor = Doctor(terminal, session)
    doctor.examine()
    if arguments.json:
        terminal.write_json({"problems": doctor.problems, **doctor.sections})
    else:
        terminal.write(as_text(doctor.sections, doctor.problems))
    return failures.FAILED if doctor.problems else failures.DONE


def as_text(sections: dict[str, Section], problems: list[str]) -> str:
    """Everything as indented lines, problems last, where a person looks first."""
    lines: list[str] = []
    for name, section in sections.items():
        lines.append(name)
        lines.extend(_indented(section, 1) or ["  -"])
        lines.append("")
    lines.append(tr("Problems") if problems else tr("No problems found."))
    lines.extend(f"  {problem}" for problem in problems)
    return "\n".join(lines) + "\n"


def _indented(section: Section, depth: int) -> list[str]:
    lines = []
    for key, value in section.items():
        if value in ("", {}, []):
            continue
        if isinstance(value, dict):
            lines.append("  " * depth + key)
            lines.extend(_indented(value, depth + 1))
        else:
            lines.append(f"{'  ' * depth}{key}: {_shown(key, value, section)}")
    return lines


def _shown(key: str, value: Any, section: Section) -> str:
    """A value as a person reads it."""
    if key in _SIZES and str(value).isdigit():
        return units.size(int(value))
    if key == "there" and value == "false" and section.get("writable") == "true":  # nothing is wrong
        return tr("not yet, it is made when it is first needed")
    return ", ".join(value) if isinstance(value, list) else str(value)
