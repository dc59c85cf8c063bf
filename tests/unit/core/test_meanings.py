"""Questions about a document that is longer than the context, where a model for embeddings is there to help."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.core import kept_files
from assistant.core.asking import Exchange
from assistant.core.documents import OpenDocument
from assistant.core.kept_files import take_over, thin_out
from assistant.core.load_plan import LoadPlan
from assistant.core.meanings import Embedder
from assistant.documents.vectors import Vectors, pack_vectors, unpack_vectors
from assistant.engine.messages import Embed, Embedded, Failed, FinishReason
from assistant.worker import meaning
from tests.fakes.answering_engines import AnsweringClient, turns_in
from tests.fakes.asked import Asked
from tests.fakes.summaries import material
from tests.fakes.summary_desk import SummaryDesk, another, story

NEEDLES = {"The cat slept in the boathouse.": "Where did the animal rest?", "小猫睡在船屋里。": "那只动物何处歇脚？"}
EMBEDDER = Embedder(LoadPlan("v", Path("v"), "Vectors", embeddings=True), "made", "Q: ", "P: ")


def vector(text: str) -> tuple[float, float]:
    """The needles and the questions about them point one way, everything else another."""
    like = any(words in text for pair in NEEDLES.items() for words in pair)
    return (1.0, 0.0) if like else (0.0, 1.0)


@pytest.fixture
def desk() -> Iterator[SummaryDesk]:
    desk = SummaryDesk(keep=False, held=True, context=4000, vector=vector)
    desk.core.asking.meanings.embedder = lambda language: EMBEDDER
    yield desk
    desk.close()


def open_with(desk: SummaryDesk, needle: str) -> OpenDocument:
    first, last = (story(100), story(100, start=100)) if needle.isascii() else (market(200), market(200, start=200))
    return desk.open(f"{first}\n\n{needle}\n\n{last}")


def market(count: int, start: int = 0) -> str:
    """As ``story``, in Chinese: no two days have much in common, and of many the word in the question is said."""
    goods = [first + last for first in "粮布瓷茶木药铁纸盐糖油酒鱼丝" for last in "商店行车税价库工"]
    days = (random.Random(day).sample(goods, 8) for day in range(start, start + count))
    return "\n\n".join(f"{'、'.join(day)}，动物不卖。" for day in days)


def clients(desk: SummaryDesk) -> tuple[AnsweringClient, AnsweringClient]:
    """The one that answers, and the one that makes vectors."""
    desk.wait(lambda: len(desk.engines.clients) == 2)
    chat, vectors = desk.engines.clients
    return chat, vectors


def answered(desk: SummaryDesk, asked: Asked) -> Any:
    """The end of a question whose prompt arrives, and the material in that."""
    desk.wait(lambda: asked.ends or (desk.engines.clients and desk.engines.clients[0].waiting))
    chat = desk.engines.clients[0]
    assert chat.waiting, asked.ends
    given = material(turns_in(chat.waiting[0]))
    chat.model = lambda turns, most: ("In the boathouse.", FinishReason.END)
    chat.answer()
    return asked.end(), given


def texts(client: AnsweringClient) -> list[str]:
    return [text for request in client.sent if isinstance(request, Embed) for text in request.texts]


def kept(desk: SummaryDesk, document: OpenDocument) -> Path:
    return desk.core.asking.meanings.place(document.digest, EMBEDDER)


@pytest.mark.parametrize(("needle", "question"), NEEDLES.items(), ids=["en", "zh"])
def test_a_passage_is_found_that_shares_no_word_with_the_question(
    desk: SummaryDesk, needle: str, question: str
) -> None:
    document = open_with(desk, needle)
    asked = Asked(desk, document.digest, question)
    answer, given = answered(desk, asked)
    assert needle in given
    assert (answer.meaning, answer.no_meaning, answer.error) == (1.0, None, None)
    _, vectors = clients(desk)
    assert vectors.load_message is not None
    assert vectors.load_message.embeddings
    first, *others = texts(vectors)
    assert first == f"Q: {question}"
    assert others
    assert all(text.startswith("P: ") for text in others)
    shares = [one.search for one in asked.grown if not one.text]
    looked = shares[: shares.index(1.0) + 1]
    assert looked[0] == 0
    assert len(looked) > 2
    assert looked == sorted(looked)
    # Without it the words do not lead there.
    desk.core.asking.meanings.embedder = lambda language: None
    answer, given = answered(desk, Asked(desk, document.digest, question))
    assert needle not in given
    assert (answer.meaning, answer.no_meaning) == (0.0, None)
    first, second = desk.core.asking.history(document.digest)
    assert (first.meaning, second.meaning) == (1.0, 0.0)


def test_no_passage_is_looked_at_twice_and_questions_before_count(desk: SummaryDesk) -> None:
    needle, question = next(iter(NEEDLES.items()))
    document = open_with(desk, needle)
    answered(desk, Asked(desk, document.digest, question))
    _, vectors = clients(desk)
    before = len(texts(vectors))
    asked = Asked(desk, document.digest, "And why?", history=[Exchange(question, "In the boathouse.")])
    _, given = answered(desk, asked)
    assert texts(vectors)[before:] == ["Q: And why?", f"Q: {question}"]
    assert needle in given


@pytest.mark.parametrize("keep", [False, True], ids=["passing", "kept"])
def test_the_next_program_goes_on_with_what_one_that_keeps_nothing_found(desk: SummaryDesk, keep: bool) -> None:
    """Each call on the command line is a program of its own; the window keeps what it was asked, and where."""
    needle, question = next(iter(NEEDLES.items()))
    document = open_with(desk, needle)
    answered(desk, Asked(desk, document.digest, question))
    path = kept(desk, document)
    desk.close()
    assert path.exists()
    assert document.text[:40].encode() not in path.read_bytes()
    with another(keep=keep, held=True, context=4000, vector=vector) as later:
        later.core.asking.meanings.embedder = lambda language: EMBEDDER
        again = open_with(later, needle)
        _, given = answered(later, Asked(later, again.digest, question))
        assert needle in given
        passages = [text for text in texts(clients(later)[1]) if text.startswith("P: ")]
        assert bool(passages) == keep


def test_of_what_is_kept_for_no_document_the_old_and_the_much_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "vectors"
    thin_out(folder)  # it is not there yet
    folder.mkdir()
    monkeypatch.setattr(kept_files, "_MOST_KEPT", 250)
    now = time.time()
    for number, age in enumerate((0, 5, 20, 10, 40)):
        path = folder / f"{number}.made.vectors"
        path.write_bytes(b"v" * 100)
        os.utime(path, (now - age * 86400, now - age * 86400))
    thin_out(folder)
    assert sorted(path.name[0] for path in folder.iterdir()) == ["0", "1"]
    monkeypatch.setattr(kept_files, "_LONGEST_KEPT", 3 * 86400.0)
    thin_out(folder)
    assert [path.name[0] for path in folder.iterdir()] == ["0"]


def test_a_document_that_is_divided_in_another_way_is_looked_at_anew(
    desk: SummaryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    needle, question = next(iter(NEEDLES.items()))
    document = open_with(desk, needle)
    answered(desk, Asked(desk, document.digest, question))
    before = unpack_vectors(kept(desk, document).read_bytes())
    monkeypatch.setattr(meaning, "_LONG", 200)
    _, given = answered(desk, Asked(desk, document.digest, question))
    after = unpack_vectors(kept(desk, document).read_bytes())
    assert needle in given
    assert before.division != after.division
    assert len(after.rows) > len(before.rows)


def test_no_model_is_loaded_where_there_are_no_passages(desk: SummaryDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    document = open_with(desk, next(iter(NEEDLES)))
    monkeypatch.setattr(meaning, "worth_knowing", lambda *_: ())
    answer, _ = answered(desk, Asked(desk, document.digest, "Where did the animal rest?"))
    assert (answer.meaning, answer.no_meaning, answer.error) == (0.0, None, None)
    assert len(desk.engines.clients) == 1


@pytest.mark.parametrize("damage", ["short", "turned", "other"])
def test_a_damaged_file_is_made_anew(desk: SummaryDesk, damage: str) -> None:
    needle, question = next(iter(NEEDLES.items()))
    document = open_with(desk, needle)
    answered(desk, Asked(desk, document.digest, question))
    path = kept(desk, document)
    good = path.read_bytes()
    vectors = unpack_vectors(good)
    turned = bytes([good[-1] ^ 1])
    other = pack_vectors(Vectors(1, dict.fromkeys(vectors.rows, b"\0\0\0\0"), vectors.division), 10_000)
    path.write_bytes({"short": good[:-1], "turned": good[:-1] + turned, "other": other}[damage])
    answer, given = answered(desk, Asked(desk, document.digest, question))
    assert answer.meaning
    assert needle in given
    assert unpack_vectors(path.read_bytes()) == vectors


def refuses(client: AnsweringClient, kind: ErrorKind) -> None:
    send = client.send

    def refusing(request: Any) -> None:
        if isinstance(request, Embed):
            client.sent.append(request)
            client.deliver(Failed(id=request.id, kind=kind))
        else:
            send(request)

    client.send = refusing  # type: ignore[method-assign]


@pytest.mark.parametrize("kind", [ErrorKind.NOT_SUPPORTED, ErrorKind.CONTEXT_FULL, ErrorKind.ENGINE_MEMORY])
def test_what_goes_wrong_leaves_the_words(desk: SummaryDesk, kind: ErrorKind) -> None:
    document = desk.open(story(200))
    desk.engines.options["auto_load"] = True
    answered(desk, Asked(desk, document.digest, "What happened to fact77 in 1577?"))
    kept(desk, document).unlink()
    refuses(clients(desk)[1], kind)
    answer, given = answered(desk, Asked(desk, document.digest, "What happened to fact77 in 1577?"))
    assert "fact77" in given
    assert answer.error is None
    assert not answer.meaning
    assert answer.no_meaning is not None
    assert answer.no_meaning.kind is kind
    last = desk.core.asking.history(document.digest)[-1]
    assert last.no_meaning is not None
    assert last.no_meaning.kind is kind


def test_a_model_that_dies_leaves_the_words(desk: SummaryDesk) -> None:
    document = desk.open(story(200))
    desk.engines.options["auto_load"] = True
    answered(desk, Asked(desk, document.digest, "Which town?"))
    kept(desk, document).unlink()
    _, vectors = clients(desk)
    send = vectors.send

    def dying(request: Any) -> None:
        if isinstance(request, Embed) and request.texts[0].startswith("P: "):
            vectors.die()
        else:
            send(request)

    vectors.send = dying  # type: ignore[method-assign]
    answer, given = answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    assert "fact77" in given
    assert answer.no_meaning is not None
    assert answer.no_meaning.kind is ErrorKind.ENGINE_CRASHED


def test_there_must_be_room_for_it_beside_the_model_that_answers(desk: SummaryDesk) -> None:
    large = replace(EMBEDDER, plan=replace(EMBEDDER.plan, needed=1 << 60))
    desk.core.asking.meanings.embedder = lambda language: large
    document = desk.open(story(200))
    answer, given = answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    assert "fact77" in given
    assert answer.no_meaning is not None
    assert answer.no_meaning.kind is ErrorKind.MODEL_TOO_LARGE
    assert answer.no_meaning.values["needed"] == 1 << 60
    assert len(desk.engines.clients) == 1


def test_a_model_that_cannot_be_planned_leaves_the_words(desk: SummaryDesk) -> None:
    def none_fits(language: str) -> Embedder:
        raise AssistantError(ErrorKind.MODEL_TOO_LARGE, name="Vectors", needed=2, free=1)

    desk.core.asking.meanings.embedder = none_fits
    document = desk.open(story(200))
    answer, _ = answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    assert answer.no_meaning is not None
    assert answer.no_meaning.kind is ErrorKind.MODEL_TOO_LARGE


def test_passages_of_too_many_tokens_are_looked_at_in_part(desk: SummaryDesk) -> None:
    needle, question = next(iter(NEEDLES.items()))
    document = open_with(desk, needle)
    answered(desk, Asked(desk, document.digest, question))
    kept(desk, document).unlink()
    _, vectors = clients(desk)
    send = vectors.send

    def short(request: Any) -> None:
        if isinstance(request, Embed) and max(map(len, request.texts)) > 310:
            vectors.deliver(Failed(id=request.id, kind=ErrorKind.CONTEXT_FULL))
        else:
            send(request)

    vectors.send = short  # type: ignore[method-assign]
    answer, _ = answered(desk, Asked(desk, document.digest, question))
    assert answer.meaning
    assert max(map(len, texts(vectors)[-50:])) <= 310


def test_one_question_takes_no_more_than_its_time_and_the_next_goes_on(desk: SummaryDesk) -> None:
    document = desk.open(story(200))
    now = [0.0]

    def clock() -> float:
        now[0] += 10.0
        return now[0]

    desk.core.asking.meanings.clock = clock
    answer, _ = answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    assert 0 < answer.meaning < 1
    first = set(unpack_vectors(kept(desk, document).read_bytes()).rows)
    answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    second = set(unpack_vectors(kept(desk, document).read_bytes()).rows)
    assert 0 < len(first) < len(second)
    assert first < second


@pytest.mark.parametrize("phase", ["list", "load", "embed"])
def test_stop_works_in_every_phase(desk: SummaryDesk, phase: str) -> None:
    document = desk.open(story(200))
    if phase == "list":
        desk.worker.held.add("ListPassages")
    client: AnsweringClient | None = None
    if phase == "embed":
        answered(desk, Asked(desk, document.digest, "Which town?"))
        kept(desk, document).unlink()
        client = clients(desk)[1]
        client.send = client.sent.append  # type: ignore[method-assign]
        client.sent.clear()
    asked = Asked(desk, document.digest, "What happened to fact77?")
    chat = desk.engines.clients[0] if desk.engines.clients else None
    if phase == "list":
        desk.wait(lambda: type(desk.worker.requests[-1]).__name__ == "ListPassages")
    elif phase == "load":
        desk.wait(lambda: desk.engines.clients)
        desk.engines.options["auto_load"] = False
        desk.wait(lambda: len(desk.engines.clients) == 2)
    else:
        assert client is not None
        desk.wait(lambda: client.sent)
    asked.stop()
    answer = asked.end()
    assert (answer.finish, answer.error, answer.text) == ("cancelled", None, "")
    if phase == "list":
        assert desk.worker.cancelled[-1:] == [desk.worker.requests[-1].id]
    if client is not None:
        assert client.cancelled == [client.sent[-1].id]
    desk.pump()
    assert len(asked.ends) == 1
    assert not (chat or desk.engines.clients[0]).waiting


def test_a_document_that_fits_needs_no_vectors(desk: SummaryDesk) -> None:
    document = desk.open("The lighthouse was built in 1911.")
    answer, _ = answered(desk, Asked(desk, document.digest, "When?"))
    assert answer.whole
    assert len(desk.engines.clients) == 1


def test_another_model_makes_vectors_of_its_own_which_take_the_place_of_the_first(desk: SummaryDesk) -> None:
    document = desk.open(story(200))
    answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    first = kept(desk, document)
    assert first.exists()
    desk.core.asking.meanings.embedder = lambda language: replace(EMBEDDER, fingerprint="other", passage="Other: ")
    answer, _ = answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    assert answer.meaning == 1
    assert [path.name for path in first.parent.glob("*.vectors")] == [f"{document.digest}.other.vectors"]
    assert desk.core.documents.place(document.digest, ".document").exists()


def test_vectors_go_where_their_document_goes(tmp_path: Path) -> None:
    apart, folder = tmp_path / "apart", tmp_path / "kept"
    apart.mkdir()
    for digest in ("a" * 32, "b" * 32):
        for ending in (".document", ".made.vectors"):
            (apart / f"{digest}{ending}").write_bytes(b"x")
    take_over(apart, folder, {"a" * 32})
    assert sorted(path.name for path in folder.iterdir()) == [f"{'a' * 32}.document", f"{'a' * 32}.made.vectors"]
    assert not apart.exists()


@pytest.mark.parametrize("count", [0, 3, 9])
def test_an_engine_that_answers_with_too_few_or_too_many_vectors_leaves_the_words(
    desk: SummaryDesk, count: int
) -> None:
    document = desk.open(story(200))
    answered(desk, Asked(desk, document.digest, "Which town?"))
    kept(desk, document).unlink()
    _, vectors = clients(desk)
    send = vectors.send

    def lying(request: Any) -> None:
        if isinstance(request, Embed):
            vectors.deliver(Embedded(id=request.id, count=count, dimensions=2, vectors=bytes(8)))
        else:
            send(request)

    vectors.send = lying  # type: ignore[method-assign]
    answer, given = answered(desk, Asked(desk, document.digest, "What happened to fact77?"))
    assert "fact77" in given
    assert answer.no_meaning is not None
    assert answer.no_meaning.kind is ErrorKind.INTERNAL
