"""The vocabularies of real (tiny) files: our prompts against the library's own tokenization of the whole string."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.engine.llama import L, np
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Marks, Piece
from assistant.engine.prompt import PromptBuilder
from assistant.engine.textstream import TextStream
from tests.fakes import tiny_models
from tests.fakes.tiny_vocabularies import bpe_vocabulary, with_controls

WRITERS = {"bpe": tiny_models.write_thinking, "spm": tiny_models.write_leading_space}


def whole(vocabulary: LlamaVocabulary, text: str, *, special: bool = True) -> list[int]:
    """What the library makes of a whole string."""
    data = text.encode()
    buffer = np.empty(len(data) + 16, np.int32)
    pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
    count = L.llama_tokenize(vocabulary.handle, data, len(data), pointer, len(buffer), False, special)
    return buffer[:count].tolist()


@pytest.fixture(scope="module", params=sorted(WRITERS))
def vocabulary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LlamaVocabulary]:
    path: Path = WRITERS[request.param](tmp_path_factory.mktemp("model") / "model.gguf")
    L.llama_backend_init()
    params = L.llama_model_default_params()
    params.vocab_only = True
    model = L.llama_model_load_from_file(str(path).encode(), params)
    yield LlamaVocabulary(model)
    L.llama_model_free(model)


def pieces(*texts: str, vocabulary: LlamaVocabulary) -> list[Piece]:
    spellings = {special.text for special in vocabulary.specials}
    chatml = "<|im_start|>" in spellings
    start, end = ("<|im_start|>user\n", "<|im_end|>\n") if chatml else ("<start_of_turn>user\n", "<end_of_turn>\n")
    out = []
    for text in texts:
        out += [Piece(text=start, trusted=True), Piece(text=text), Piece(text=end, trusted=True)]
    return out


TEXTS = st.text(alphabet="aebot thn,\n\t.1灯你😀é", max_size=30)


@given(data=st.data())
def test_harmless_text_equals_the_whole_string(vocabulary: LlamaVocabulary, data: st.DataObject) -> None:
    texts = data.draw(st.lists(TEXTS, max_size=4))
    parts = pieces(*texts, vocabulary=vocabulary)
    expected = whole(vocabulary, "".join(part.text for part in parts))
    if vocabulary.adds_bos and (not expected or expected[0] != vocabulary.bos):
        expected.insert(0, vocabulary.bos)
    assert list(PromptBuilder(vocabulary).build(parts).tokens) == expected


@given(data=st.data())
def test_no_special_token_comes_out_of_somebodys_text(vocabulary: LlamaVocabulary, data: st.DataObject) -> None:
    spellings = [special.text for special in vocabulary.specials]
    cuts = [text[:3] for text in spellings] + [text[3:] for text in spellings]
    text = "".join(data.draw(st.lists(st.sampled_from([*spellings, *cuts, "a", " ", "\n"]), max_size=8)))
    parts = pieces(text, vocabulary=vocabulary)
    tokens = list(PromptBuilder(vocabulary, tiny_models.THINKING).build(parts).tokens)
    marks = {special.token for special in vocabulary.specials}
    ours = [token for part in parts if part.trusted for token in whole(vocabulary, part.text) if token in marks]
    if vocabulary.adds_bos:
        ours.insert(0, vocabulary.bos)
    assert [token for token in tokens if token in marks] == ours
    shown = b"".join(vocabulary.piece(token) for token in tokens).decode()
    assert text.replace("\u2581", " ") in shown.replace("\u2581", " ")


def test_ends_are_known(vocabulary: LlamaVocabulary) -> None:
    spellings = {vocabulary.text_of(token) for token in vocabulary.ends}
    assert spellings & {"<|im_end|>", "<end_of_turn>"}
    assert all(vocabulary.piece(token) == b"" for token in vocabulary.ends)


def test_long_texts_are_tokenized_whole(vocabulary: LlamaVocabulary) -> None:
    text = "the lamp " * 5000
    tokens = vocabulary.tokenize(text)
    assert b"".join(vocabulary.piece(token) for token in tokens).decode().strip() == text.strip()


def test_tokens_outside_of_the_vocabulary_have_no_text(vocabulary: LlamaVocabulary) -> None:
    assert vocabulary.piece(-1) == vocabulary.piece(vocabulary.size) == b""
    assert vocabulary.text_of(-1) == ""


def test_the_fingerprint_tells_vocabularies_apart(tmp_path: Path) -> None:
    prints = set()
    for name, write in WRITERS.items():
        params = L.llama_model_default_params()
        params.vocab_only = True
        path = write(tmp_path / f"{name}.gguf")
        model = L.llama_model_load_from_file(str(path).encode(), params)
        one, two = LlamaVocabulary(model), LlamaVocabulary(model)
        assert one.fingerprint("") == two.fingerprint("")
        prints |= {one.fingerprint(""), one.fingerprint("other")}
        L.llama_model_free(model)
    assert len(prints) == 4


HARMONY = ("<|start|>", "<|end|>", "<|message|>", "<|channel|>", "<|return|>", "<|call|>", "<|constrain|>")


def test_what_the_library_shows_of_gpt_oss_stays_hidden(tmp_path: Path) -> None:
    path = tiny_models.write_plain(tmp_path / "m.gguf", vocabulary=with_controls(bpe_vocabulary(), *HARMONY))
    params = L.llama_model_default_params()
    params.vocab_only = True
    model = L.llama_model_load_from_file(str(path).encode(), params)
    vocabulary = LlamaVocabulary(model)
    mark = Marks(start="<|channel|>analysis<|message|>", end="<|end|>")
    said = "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Hello<|return|>"
    stream = TextStream(vocabulary.piece, vocabulary.control_text, marks=(mark,))
    for token in whole(vocabulary, said):
        stream.feed(token)
    stream.finish()
    assert stream.take() == ("Hello", "Hm.")
    data, starts = vocabulary.all_pieces()
    hidden = [special.token for special in vocabulary.specials if special.text in HARMONY]
    assert len(hidden) == len(HARMONY)
    assert all(data[starts[token] : starts[token + 1]] == vocabulary.piece(token) == b"" for token in hidden)
    # In somebody's text they are letters, whatever the library would make of them.
    tokens = PromptBuilder(vocabulary, "<|channel|>").build([Piece(text=said)]).tokens
    assert not {*tokens} & {*hidden}
    L.llama_model_free(model)
