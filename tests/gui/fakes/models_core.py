"""The parts of the core that the models pane talks to, without network, disk or waiting: tests answer by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.events import DownloadsChanged, ModelsChanged
from assistant.core.market import Offer, RepoView, VariantView
from assistant.core.network import Entry, TokenKept
from assistant.library.advice import Grade, Machine, Verdict
from assistant.library.catalogue import catalogue, recommend
from assistant.library.downloads import DownloadItem, Part, State
from assistant.library.elsewhere import Elsewhere
from assistant.library.hub import Variant
from assistant.library.index import HeaderFacts
from assistant.net.messages import Found, Place, RemoteFile, RepoFacts, RepoRow
from assistant.storage.model_settings import ModelOptions

GB = 10**9
MACHINE = Machine(ram_total=16 * GB, ram_free=10 * GB, gpus=(), disk_free=100 * GB, threads=8)
HOSTILE = "evil\u202egpj.exe\x1b[31m<img src=file:///dev/zero>&amp;"


def verdict(size: int, *, context: int = 0, machine: Machine = MACHINE) -> Verdict:
    """A verdict from the size alone: more than 10 GB does not fit, more than 7 fits tightly."""
    needed = size + (context or 8192) * 60_000
    grade = Grade.WELL if needed < 0.7 * machine.ram_free else Grade.TIGHT if needed < machine.ram_free else Grade.NO
    return Verdict(
        grade=grade, cause="memory" if grade is Grade.NO else "", needed=needed, free=machine.ram_free,
        total=machine.ram_total, context=context or 8192, largest=32768, disk_needed=size, disk_free=machine.disk_free,
    )  # fmt: skip


def repo_facts(
    repo: str = "unsloth/Qwen3.5-4B-GGUF", *, gated: bool = False, source: str = "huggingface.co"
) -> RepoFacts:
    return RepoFacts(
        id="", repo=repo, revision="a" * 40, gated=gated, licence="apache-2.0", architecture="qwen35", context=262144,
        parameters=4_000_000_000, downloads=1_234_567, likes=321, modified="2026-10-02T10:00:00Z",
        base_model="Qwen/Qwen3.5-4B", link=f"https://huggingface.co/{repo}", source=source,
    )  # fmt: skip


def repo_view(
    repo: str = "unsloth/Qwen3.5-4B-GGUF", *, gated: bool = False, context: int = 0, source: str = "huggingface.co"
) -> RepoView:
    """A repository with eight quantizations, one of them in parts."""
    sizes = {
        "Q2_K": 1.7,
        "Q3_K_M": 2.2,
        "Q4_K_M": 2.74,
        "Q5_K_M": 3.2,
        "Q6_K": 3.6,
        "Q8_0": 4.6,
        "BF16": 8.6,
        "F32": 17.2,
    }
    views = []
    for label, size in sizes.items():
        count = 2 if label == "F32" else 1
        files = tuple(
            RemoteFile(name=f"m-{label}-{at}.gguf", size=int(size * GB / count), sha256=f"{label}-{at}")
            for at in range(count)
        )
        variant = Variant(label, files, int(size * GB), label, recommended=label == "Q4_K_M")
        views.append(VariantView(variant, verdict(variant.size, context=context)))
    return RepoView(repo_facts(repo, gated=gated, source=source), tuple(views))


def download(name: str = "Qwen3.5 4B", **changes: Any) -> DownloadItem:
    """A download in the middle."""
    part = Part(Place(repo="a/b", file="c.gguf"), size=2_740_000_000, file="c.gguf")
    item = DownloadItem(
        id=name, name=name, parts=(part,), size=2_740_000_000, done=1_150_000_000, state=State.DOWNLOADING,
        speed=12_300_000.0, left=129.0, source="huggingface.co",
    )  # fmt: skip
    return replace(item, **changes)


def found_elsewhere(count: int = 3) -> list[Elsewhere]:
    apps = ("ollama", "lmstudio", "huggingface", "jan")
    facts = HeaderFacts(architecture="llama", quantization="Q4_K_M", context_trained=131072, parameters=3_200_000_000)
    return [
        Elsewhere(apps[at % len(apps)], f"Llama 3.2 {at + 1}B", Path(f"/models/{at}/blob-{at}"), 2 * GB, facts)
        for at in range(count)
    ]


class FakeMarket:
    """``core.market``: the real catalogue on a computer with 16 GB; the Hub says what a test makes it say."""

    def __init__(self, core: FakeParts) -> None:
        self._core = core
        self.machine = MACHINE
        self.searches: list[tuple[str, str, str, Callable[[Any], None]]] = []
        self.looks: list[tuple[str, Callable[[Any], None]]] = []
        self.headers: list[tuple[str, Callable[[Any], None]]] = []
        self.headers_stopped: list[str] = []
        self.got: list[Any] = []
        self.cancelled = 0
        self.fails: AssistantError | None = None

    def catalogue(self, context: int = 0) -> list[Offer]:
        best = recommend(self.machine, "chat").best
        wanted = {row.catalogue: row.id for row in self._core.downloads.items}
        rests = {row.id for row in self._core.downloads.items if row.state in (State.PAUSED, State.FAILED)}
        waits = {row.id for row in self._core.downloads.items if row.state in (State.QUEUED, State.WAITING)}
        return [
            Offer(
                model,
                verdict(model.size, context=context, machine=self.machine),
                download=wanted.get(model.id, ""),
                stopped=wanted.get(model.id, "") in rests,
                waits=wanted.get(model.id, "") in waits,
                recommended_for=frozenset({"chat", "summarize"}) if best is model else frozenset(),
            )
            for model in catalogue()
        ]

    def recommend(self, task: str = "chat") -> Any:
        return recommend(self.machine, task)  # type: ignore[arg-type]

    def search(
        self, text: str, done: Callable[[Any], None], *, sort: str = "downloads", page: str = ""
    ) -> Callable[[], None]:
        self.searches.append((text, sort, page, done))

        def cancel() -> None:
            self.cancelled += 1

        return cancel

    def look(self, repo: str, done: Callable[[Any], None]) -> None:
        self.looks.append((repo, done))

    def header(self, view: RepoView, variant: Variant, done: Callable[[Any], None]) -> Callable[[], None]:
        self.headers.append((variant.label, done))
        return lambda: self.headers_stopped.append(variant.label)

    def for_context(self, view: RepoView, context: int) -> RepoView:
        judged = [replace(v, verdict=verdict(v.variant.size, context=context)) for v in view.variants]
        return replace(view, variants=tuple(judged))

    def header_for_context(self, view: Any, context: int) -> Any:
        return replace(view, verdict=replace(view.verdict, context=context))

    def get(self, what: Any) -> str:
        if self.fails is not None:
            raise self.fails
        self.got.append(what)
        row = isinstance(what, str)
        name = what if row else what[1].label
        parts = () if row else tuple(Part(Place(), file.size, file.sha256) for file in what[1].files)
        self._core.downloads.add(download(name, id=f"d-{name}", parts=parts, catalogue=what if row else ""))
        return f"d-{name}"

    def get_starter(self) -> str:
        return self.get("starter")

    def find(self, count: int = 30, *, following: str = "next") -> Found:
        """A page of a search."""
        start = 100 * len(self.searches)
        rows = [
            RepoRow(
                repo=f"owner{at}/Model-{start + at}-GGUF", downloads=10_000 * (count - at), likes=at,
                modified="2026-10-02T10:00:00Z", gated=at % 7 == 3,
            )
            for at in range(count)
        ]  # fmt: skip
        return Found(id="", repos=tuple(rows), next=following)


class FakeQueue:
    """``core.downloads.queue``: what is left of downloads that were given up."""

    def __init__(self) -> None:
        self.left: list[Any] = []

    def orphans(self) -> list[Any]:
        return list(self.left)

    def delete_orphan(self, orphan: Any) -> None:
        self.left.remove(orphan)


class FakeDownloads:
    """``core.downloads``."""

    def __init__(self, core: FakeParts) -> None:
        self.gated_resumed = 0
        self._core = core
        self.queue = FakeQueue()
        self.items: list[DownloadItem] = []
        self.asked: list[tuple[str, str]] = []

    def rows(self) -> list[DownloadItem]:
        return self.items

    def by_hashes(self) -> dict[str, str]:
        return {" ".join(part.sha256 for part in item.parts): item.id for item in self.items}

    def resume_gated(self) -> None:
        self.gated_resumed += 1

    def stopped(self) -> set[str]:
        return {row.id for row in self.rows() if row.state in (State.PAUSED, State.FAILED)}

    def add(self, *items: DownloadItem) -> None:
        self.items = [*self.items, *items]
        self._core.tell(DownloadsChanged())

    def change(self, item_id: str, **changes: Any) -> None:
        self.items = [replace(item, **changes) if item.id == item_id else item for item in self.items]
        self._core.tell(DownloadsChanged())

    def pause(self, item_id: str) -> None:
        self.asked.append(("pause", item_id))
        self.change(item_id, state=State.PAUSED, speed=0.0, left=-1.0)

    def resume(self, item_id: str) -> None:
        self.asked.append(("resume", item_id))
        self.change(item_id, state=State.DOWNLOADING)

    def cancel(self, item_id: str) -> None:
        self.asked.append(("cancel", item_id))
        self.items = [item for item in self.items if item.id != item_id]
        self._core.tell(DownloadsChanged())

    def pause_or_resume(self) -> bool | None:
        """One at a time is enough here."""
        for item in self.items:
            paused = item.state is State.PAUSED
            (self.resume if paused else self.pause)(item.id)
            return paused
        return None

    def first(self, item_id: str) -> None:
        self.asked.append(("first", item_id))
        self.items = sorted(self.items, key=lambda item: item.id != item_id)
        self._core.tell(DownloadsChanged())


class FakeShelf:
    """``core.models``: the real shelf, and what is new on top of it."""

    def __init__(self, core: FakeParts, real: Any) -> None:
        self._core = core
        self._real = real
        self.elsewhere_found: list[Elsewhere] = []
        self.removed: list[str] = []
        self.undone = 0
        self.instead: Any = None
        self.adopted: list[Elsewhere] = []
        self.verifying: tuple[str, Callable[[Any], None], Callable[[float], None]] | None = None
        self.moved: list[Path] = []
        self.tasks: dict[str, str] = {}
        self.own: dict[str, ModelOptions] = {}
        self.busy = False
        self.stopped: list[str] = []
        self.newer_found: Any = None
        self.origins: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def installed(self) -> list[Any]:
        return [model for model in self._real.installed() if model.key not in self.removed]

    def chosen(self) -> Any:
        return self._real.chosen()

    def elsewhere(self, done: Callable[[Any], None]) -> Callable[[], None]:
        done(self.elsewhere_found)
        return lambda: None

    def adopt(self, found: Elsewhere, done: Callable[[Any], None]) -> None:
        self.adopted.append(found)
        done(self.installed()[0])

    def remove(self, key: str, done: Callable[[Any], None]) -> None:
        if self.busy:
            done(AssistantError(ErrorKind.MODEL_BUSY, name=key))
            return
        self.removed.append(key)
        self._core.tell(ModelsChanged())
        done(SimpleNamespace(key=key, name=key, size=98_362_432, linked=False))

    def removals(self) -> list[Any]:
        return [SimpleNamespace(name=key) for key in self.removed]

    def stand_in(self, _removal: Any) -> Any:
        return self.instead

    def undo_remove(self, done: Callable[[Any], None]) -> None:
        self.undone += 1
        key = self.removed.pop()
        self._core.tell(ModelsChanged())
        done(next(model for model in self.installed() if model.key == key))

    def verify(self, key: str, done: Callable[[Any], None], progress: Callable[[float], None]) -> Callable[[], None]:
        self.verifying = (key, done, progress)
        return lambda: self.stopped.append(key)

    def by_origin(self) -> dict[str, str]:
        return self.origins

    def newer(self, _key: str, _facts: Any) -> Any:
        return self.newer_found

    def row(self, _model: Any) -> Any:
        return None

    def move_folder(
        self, path: Path, done: Callable[[Any], None], progress: Callable[[float], None]
    ) -> Callable[[], None]:
        progress(0.5)
        self.moved.append(path)
        done(path)
        return lambda: None

    def options(self, key: str) -> ModelOptions:
        return self.own.get(key, ModelOptions())

    def set_options(self, key: str, **changes: Any) -> None:
        self.own[key] = replace(self.options(key), **changes)

    def reset_options(self, key: str) -> None:
        self.own.pop(key, None)

    def default_for(self, task: str) -> Any:
        key = self.tasks.get(task, "")
        chosen = self._real.chosen() if task != "embed" else None
        return next((model for model in self.installed() if model.key == key), chosen)

    def choose_for(self, task: str, key: str) -> None:
        self.tasks[task] = key
        self._core.tell(ModelsChanged())


class FakeNetwork:
    """``core.network``."""

    offline_by_environment = ""
    refuses = False

    def __init__(self, core: FakeParts) -> None:
        self._core = core
        self.entries: list[Entry] = []
        self.exported: list[Path] = []
        self.tokens: list[str] = []
        self.where = "none"

    @property
    def offline(self) -> bool:
        return bool(self._core.real.settings["offline"]) or self.refuses

    def ledger(self) -> list[Entry]:
        return self.entries

    @property
    def ledger_changed(self) -> int:
        return len(self.entries)

    def export(self, path: Path) -> None:
        self.exported.append(path)

    def clear(self) -> None:
        self.entries = []

    def token(self, done: Callable[[Any], None]) -> None:
        done(TokenKept(id="", where=self.where, known=self.where != "none"))

    def set_token(self, token: str, done: Callable[[Any], None]) -> None:
        self.tokens.append(token)
        if " " in token.strip():
            done(AssistantError(ErrorKind.HUB_TOKEN, "not a token"))
            return
        self.where = "keyring" if token else "none"
        self.token(done)


class FakeMeasures:
    """``core.measures``."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.testing: tuple[str, Callable[[Any], None], Callable[[float], None]] | None = None

    def speed(self, key: str) -> Any:
        return self.known.get(key)

    def selftest(self, key: str, done: Callable[[Any], None], progress: Callable[[float], None]) -> Callable[[], None]:
        self.testing = (key, done, progress)
        return lambda: None

    def answer_changed(self, answer: Any) -> None:
        """An answer teaches nothing here."""

    def close(self) -> None:
        """There is nothing to keep."""


class FakeParts:
    """All of them, put into a real core in place of its own."""

    def __init__(self, core: Any) -> None:
        self.real = core
        self.downloads = FakeDownloads(self)
        self.market = FakeMarket(self)
        self.models = FakeShelf(self, core.models)
        self.network = FakeNetwork(self)
        self.measures = FakeMeasures()
        parts = {"downloads": self.downloads, "market": self.market, "network": self.network}
        core.models, core.measures, core.machine = self.models, self.measures, lambda: self.market.machine
        core.__class__ = type("CoreWithFakes", (type(core),), parts)  # these are properties of a real one

    def tell(self, event: object) -> None:
        self.real._emit(event)


def entry(**changes: Any) -> Entry:
    """A connection that was opened."""
    values = {
        "at": 1_790_000_000.0, "host": "huggingface.co", "port": 443, "why": "search", "method": "GET", "sent": 812,
        "received": 45_678, "seconds": 0.4, "outcome": "ok",
    }  # fmt: skip
    return Entry(**{**values, **changes})


def speed() -> Any:
    return SimpleNamespace(
        reading_short=412.0, reading_long=380.0, writing_near=41.3, writing_far=35.0, measured=True, tested_at=1.0
    )
