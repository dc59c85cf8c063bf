"""A header is known after a few reads, and a hostile one ends soon."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.base.errors import AssistantError, ErrorKind
from assistant.library import remote
from assistant.library.fit import memory_needed
from assistant.library.gguf import read_header
from assistant.library.remote import RemoteHeader
from assistant.net.messages import BytesRead, RemoteFile
from tests.fakes import tiny_models
from tests.fakes.gguf_mutants import Mutator
from tests.unit.library.handmade import STRING, U16, Pair, Weights, model


class Server:
    """Answers what a ``RemoteHeader`` wants from files on the disk."""

    def __init__(self, header: RemoteHeader) -> None:
        self.header = header
        self.reads: list[tuple[str, int, int]] = []

    def run(self, folder: Path) -> None:
        while (wanted := self.header.wanted) is not None:
            assert len(self.reads) < 40
            content = (folder / wanted.file.name).read_bytes()
            part = content[wanted.start : wanted.start + wanted.length]
            self.reads.append((wanted.file.name, wanted.start, len(part)))
            with wanted.path.open("r+b" if wanted.path.exists() else "wb") as file:
                file.seek(wanted.start)
                file.write(part)
            self.header.feed(BytesRead(id="1", start=wanted.start, length=len(part), size=len(content)))


def look(folder: Path, *names: str, here: Path) -> tuple[RemoteHeader, Server]:
    here.mkdir(exist_ok=True)
    files = [RemoteFile(name=name, size=(folder / name).stat().st_size) for name in names]
    header = RemoteHeader(files, here)
    server = Server(header)
    server.run(folder)
    return header, server


def test_a_small_header_takes_one_read(tmp_path: Path) -> None:
    path = tiny_models.write_plain(tmp_path / "m.gguf")
    header, server = look(tmp_path, "m.gguf", here=tmp_path / "look")
    assert len(server.reads) == 1
    assert header.header is not None
    there, here = header.header, read_header(path)
    assert (there.size, there.architecture, there.tensors) == (here.size, here.architecture, here.tensors)
    assert memory_needed(there, 4096) == memory_needed(here, 4096)
    header.close()
    assert not list((tmp_path / "look").iterdir())


def test_a_large_vocabulary_takes_a_few_doublings_and_not_the_whole_file(tmp_path: Path) -> None:
    path = tiny_models.write_large_vocabulary(tmp_path / "m.gguf")
    header, server = look(tmp_path, "m.gguf", here=tmp_path / "look")
    assert header.header is not None
    assert header.header.tensors == read_header(path).tensors
    starts = [start for _, start, _ in server.reads]
    assert starts == [0, *(remote.FIRST << n for n in range(len(starts) - 1))]
    assert header.read < path.stat().st_size
    # What is there of the file is less than the file, and the header still knows its real size.
    assert header.header.size == path.stat().st_size > (tmp_path / "look" / "m.gguf").stat().st_size


def test_all_parts_are_looked_at(tmp_path: Path) -> None:
    split = {"split.count": Pair("split.count", U16, 2)}
    first = model(pairs=split, tensors=[Weights("token_embd.weight", [8, 100], 1)])
    blocks = [Weights(f"blk.{block}.attn_k.weight", [8, 4], 1) for block in (0, 1)]
    blocks.append(Weights("blk.1.ffn_up.weight", [8, 100_000], 1))
    second = model(pairs=split, tensors=blocks)
    for number, part in ((1, first), (2, second)):
        (tmp_path / f"m-0000{number}-of-00002.gguf").write_bytes(part.encode())
    names = [f"m-0000{number}-of-00002.gguf" for number in (1, 2)]
    header, server = look(tmp_path, *names, here=tmp_path / "look")
    assert header.header is not None
    assert [name for name, _, _ in server.reads] == names
    assert server.reads[0][2] == (tmp_path / names[0]).stat().st_size < remote.FIRST
    assert server.reads[1][2] == remote.LATER < (tmp_path / names[1]).stat().st_size
    assert {tensor.name for tensor in header.header.tensors} >= {"token_embd.weight", "blk.0.attn_k.weight"}


def test_a_header_without_an_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "FIRST", 1 << 10)
    monkeypatch.setattr(remote, "MOST", 1 << 14)
    long = model(pairs={"x": Pair("x", STRING, "a" * (1 << 15))}).encode()
    (tmp_path / "m.gguf").write_bytes(long + bytes(1 << 15))
    header = RemoteHeader([RemoteFile(name="m.gguf")], tmp_path / "look")
    (tmp_path / "look").mkdir()
    with pytest.raises(AssistantError) as caught:
        Server(header).run(tmp_path)
    assert caught.value.kind is ErrorKind.MODEL_DAMAGED
    assert header.read <= remote.MOST


def test_no_variant_of_a_good_file_is_read_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file says, the look ends, and ends as reading the whole file would."""
    monkeypatch.setattr(remote, "FIRST", 1 << 11)
    good = tiny_models.write_plain(tmp_path / "good.gguf")
    (tmp_path / "files").mkdir()
    for mutant in Mutator(good).mutants(150, seed=5):
        whole = tmp_path / "files" / "m.gguf"
        whole.write_bytes(mutant.content)
        try:
            read_header(whole)
            expected = None
        except AssistantError as error:
            expected = error.kind
        kind = None
        try:
            look(tmp_path / "files", "m.gguf", here=tmp_path / "look")
        except AssistantError as error:
            kind = error.kind
        assert (kind is None) == (expected is None), mutant.name
        shutil.rmtree(tmp_path / "look")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (BytesRead(id="1", start=7, length=10, size=5000), ErrorKind.NET_NONSENSE),
        (BytesRead(id="1", start=0, length=0, size=5000), ErrorKind.NET_NONSENSE),
        (BytesRead(id="1", start=0, length=5001, size=5000), ErrorKind.NET_NONSENSE),
        (BytesRead(id="1", start=0, length=10, size=0), ErrorKind.NET_NONSENSE),
        (BytesRead(id="1", start=0, length=10, size=4999), ErrorKind.DOWNLOAD_CHANGED),
        (BytesRead(id="1", start=0, length=10, size=5000, sha256="b" * 64), ErrorKind.DOWNLOAD_CHANGED),
    ],
)
def test_an_answer_to_another_question_is_refused(tmp_path: Path, answer: BytesRead, kind: ErrorKind) -> None:
    header = RemoteHeader([RemoteFile(name="m.gguf", size=5000, sha256="a" * 64)], tmp_path)
    with pytest.raises(AssistantError) as caught:
        header.feed(answer)
    assert caught.value.kind is kind


def test_names_stay_inside_the_folder(tmp_path: Path) -> None:
    for name in ("../../x.gguf", "a/../../x.gguf", "..\\x.gguf", "C:x.gguf"):
        wanted = RemoteHeader([RemoteFile(name=name)], tmp_path).wanted
        assert wanted is not None
        assert wanted.path.parent == tmp_path
    for name in ("", "..", "a/.."):
        with pytest.raises(AssistantError):
            RemoteHeader([RemoteFile(name=name)], tmp_path)


def test_sizes_beyond_the_file_are_seen_before_the_download(tmp_path: Path) -> None:
    """A file whose tensors do not fit into the size that the server announces is cut off."""
    path = tiny_models.write_plain(tmp_path / "m.gguf")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(AssistantError) as caught:
        look(tmp_path, "m.gguf", here=tmp_path / "look")
    assert caught.value.kind is ErrorKind.MODEL_TRUNCATED
