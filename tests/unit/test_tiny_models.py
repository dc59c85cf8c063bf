"""The tiny models are only worth something if the real library takes them and treats them as their family."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import llama_cpp.llama_cpp as low
import numpy as np
import pytest

from tests.fakes import tiny_models

TEXT = "The lamp stands on the desk, 你好 <|im_start|>"
PROMPT = list(range(60, 60 + 100))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tiny")


class Engine:
    """A model and a context, driven by hand."""

    def __init__(self, path: Path, *, embeddings: bool = False, swa_full: bool = True) -> None:
        low.llama_backend_init()
        self.model = low.llama_model_load_from_file(str(path).encode(), low.llama_model_default_params())
        assert self.model
        params = low.llama_context_default_params()
        params.n_ctx, params.n_ubatch, params.n_seq_max = 512, 64, 2
        params.n_threads = params.n_threads_batch = 1
        params.embeddings, params.swa_full, params.kv_unified = embeddings, swa_full, True
        self.context = low.llama_init_from_model(self.model, params)
        assert self.context
        self.vocab = low.llama_model_get_vocab(self.model)
        self.size = low.llama_vocab_n_tokens(self.vocab)
        self.memory = low.llama_get_memory(self.context)

    def tokens(self, text: str, *, special: bool = False) -> list[int]:
        data = text.encode()
        out = (ctypes.c_int32 * 512)()
        count = low.llama_tokenize(self.vocab, data, len(data), out, 512, False, special)
        assert count >= 0
        return list(out[:count])

    def text(self, tokens: list[int], *, special: bool = False) -> bytes:
        buffer = ctypes.create_string_buffer(2048)
        array = (ctypes.c_int32 * len(tokens))(*tokens)
        count = low.llama_detokenize(self.vocab, array, len(tokens), buffer, 2048, False, special)
        return buffer.raw[:count]

    def decode(self, tokens: list[int], at: int) -> np.ndarray:
        """The raw logits after ``tokens``, which stand at position ``at`` and following of sequence 0."""
        batch = low.llama_batch_init(len(tokens), 0, 1)
        for index, token in enumerate(tokens):
            batch.token[index], batch.pos[index] = token, at + index
            batch.n_seq_id[index], batch.seq_id[index][0] = 1, 0
            batch.logits[index] = index == len(tokens) - 1
        batch.n_tokens = len(tokens)
        assert low.llama_decode(self.context, batch) == 0
        low.llama_batch_free(batch)
        logits = np.ctypeslib.as_array(low.llama_get_logits_ith(self.context, -1), (self.size,))
        return logits.copy()

    def close(self) -> None:
        low.llama_free(self.context)
        low.llama_model_free(self.model)


@contextmanager
def opened(path: Path, **options: bool) -> Iterator[Engine]:
    engine = Engine(path, **options)
    try:
        yield engine
    finally:
        engine.close()


@pytest.mark.parametrize("name", tiny_models.CHAT_MODELS)
def test_a_chat_model_is_small_and_decodes(name: str, folder: Path) -> None:
    path = tiny_models.CHAT_MODELS[name](folder / f"{name}.gguf")
    assert path.stat().st_size < 3_000_000
    with opened(path) as engine:
        logits = engine.decode(PROMPT, 0)
        assert np.isfinite(logits).all()
        following = engine.decode([int(logits.argmax())], len(PROMPT))
        assert np.isfinite(following).all()
        assert not np.allclose(logits, following)
        assert low.llama_model_chat_template(engine.model, None)


@pytest.mark.parametrize("name", tiny_models.CHAT_MODELS)
def test_the_same_model_is_written_every_time(name: str, folder: Path) -> None:
    write = tiny_models.CHAT_MODELS[name]
    assert write(folder / "one.gguf").read_bytes() == write(folder / "two.gguf").read_bytes()


def test_the_answer_depends_on_what_was_read(folder: Path) -> None:
    with opened(tiny_models.write_plain(folder / "plain.gguf")) as engine:
        first = engine.decode([*PROMPT[:-1], PROMPT[-1]], 0)
        low.llama_memory_clear(engine.memory, True)
        second = engine.decode([PROMPT[-1] + 40, *PROMPT[1:]], 0)
        assert not np.allclose(first, second)


def test_byte_level_text_comes_back_and_control_tokens_are_known(folder: Path) -> None:
    with opened(tiny_models.write_plain(folder / "plain.gguf")) as engine:
        plain = engine.tokens(TEXT)
        trusted = engine.tokens(TEXT, special=True)
        assert engine.text(plain) == TEXT.encode()
        assert len(trusted) < len(plain)
        assert low.llama_vocab_is_control(engine.vocab, trusted[-1])
        assert len(plain) < len(TEXT.encode())  # the learned merges are used
        assert low.llama_vocab_is_eog(engine.vocab, low.llama_vocab_eos(engine.vocab))


def test_sentencepiece_adds_a_leading_space(folder: Path) -> None:
    with opened(tiny_models.write_leading_space(folder / "space.gguf")) as engine:
        whole = engine.tokens("the lamp")
        assert low.llama_vocab_get_text(engine.vocab, whole[0]).startswith("▁".encode())
        assert engine.text(whole).lstrip() == b"the lamp"
        assert len(whole) < len("the lamp")
        emoji = engine.tokens("😀")
        assert [low.llama_vocab_get_text(engine.vocab, token) for token in emoji[-4:]] == [
            b"<0xF0>", b"<0x9F>", b"<0x98>", b"<0x80>",
        ]  # fmt: skip


def test_a_base_model_has_no_template(folder: Path) -> None:
    with opened(tiny_models.write_base(folder / "base.gguf")) as engine:
        assert not low.llama_model_chat_template(engine.model, None)


def test_plain_attention_can_be_rewound(folder: Path) -> None:
    with opened(tiny_models.write_plain(folder / "plain.gguf")) as engine:
        engine.decode(PROMPT, 0)
        assert not low.llama_model_is_hybrid(engine.model)
        assert low.llama_memory_seq_rm(engine.memory, 0, 60, -1)
        assert low.llama_memory_seq_pos_max(engine.memory, 0) == 59


@pytest.mark.parametrize("write", [tiny_models.write_hybrid, tiny_models.write_convolution])
def test_recurrent_models_cannot_be_rewound_but_return_to_a_checkpoint(write, folder: Path) -> None:
    with opened(write(folder / "hybrid.gguf")) as engine:
        assert low.llama_model_is_hybrid(engine.model)
        engine.decode(PROMPT[:60], 0)
        saved = state(engine)
        expected = engine.decode(PROMPT[60:], 60)
        assert not low.llama_memory_seq_rm(engine.memory, 0, 60, -1)

        buffer = (ctypes.c_uint8 * len(saved)).from_buffer_copy(saved)
        assert low.llama_state_seq_set_data_ext(
            engine.context, buffer, len(saved), 0, low.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
        ) == len(saved)
        assert low.llama_memory_seq_rm(engine.memory, 0, 60, -1)
        assert low.llama_memory_seq_pos_max(engine.memory, 0) == 59
        np.testing.assert_allclose(engine.decode(PROMPT[60:], 60), expected, atol=1e-3)


def state(engine: Engine) -> bytes:
    """The part of sequence 0 that cannot be rewound."""
    flags = low.LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY
    size = low.llama_state_seq_get_size_ext(engine.context, 0, flags)
    assert size > 0
    buffer = (ctypes.c_uint8 * size)()
    assert low.llama_state_seq_get_data_ext(engine.context, buffer, size, 0, flags) == size
    return bytes(buffer)


def test_sliding_windows_forget_unless_kept_whole(folder: Path) -> None:
    path = tiny_models.write_sliding(folder / "sliding.gguf")
    tokens = PROMPT * 4
    for swa_full in (True, False):
        with opened(path, swa_full=swa_full) as engine:
            assert low.llama_model_n_swa(engine.model) == tiny_models.WINDOW
            for at in range(0, len(tokens), 100):
                engine.decode(tokens[at : at + 100], at)
            oldest = low.llama_memory_seq_pos_min(engine.memory, 0)
            assert (oldest == 0) is swa_full


def test_the_encoder_gives_vectors(folder: Path) -> None:
    with opened(tiny_models.write_embedding(folder / "embedding.gguf"), embeddings=True) as engine:
        tokens = engine.tokens("the lamp and the letter")
        assert len(tokens) == 5
        vectors = []
        for rows in (tokens, tokens[::-1]):
            array = (ctypes.c_int32 * len(rows))(*rows)
            assert low.llama_decode(engine.context, low.llama_batch_get_one(array, len(rows))) == 0
            pointer = low.llama_get_embeddings_seq(engine.context, 0)
            vectors.append(np.ctypeslib.as_array(pointer, (tiny_models.WIDTH,)).copy())
        assert np.isfinite(vectors[0]).all()
        assert not np.allclose(vectors[0], vectors[1])


def test_a_large_vocabulary(folder: Path) -> None:
    with opened(tiny_models.write_large_vocabulary(folder / "large.gguf")) as engine:
        assert engine.size == 262144
        assert np.isfinite(engine.decode(PROMPT, 0)).all()


def test_a_script_is_said_byte_for_byte(folder: Path) -> None:
    character = "灯".encode()
    parts = ["<thi", "nk>Let", " me see</think>", character[:1], character[1:] + b"!", " done"]
    with opened(tiny_models.write_script(folder / "script.gguf", parts)) as engine:
        said = b""
        at, tokens = 0, engine.tokens("Say it.")
        while not low.llama_vocab_is_eog(engine.vocab, tokens[-1]):
            logits = engine.decode(tokens, at)
            at += len(tokens)
            tokens = [int(logits.argmax())]
            said += engine.text(tokens)
        assert said == b"".join(part.encode() if isinstance(part, str) else part for part in parts)


def test_a_script_refuses_equal_parts(folder: Path) -> None:
    with pytest.raises(ValueError, match="twice"):
        tiny_models.write_script(folder / "script.gguf", ["one", "one"])


def test_what_a_file_recommends_is_in_it(folder: Path) -> None:
    path = tiny_models.write_plain(folder / "recommends.gguf", sampling={"temp": 0.25, "top_k": 7})
    with opened(path) as engine:
        buffer = ctypes.create_string_buffer(64)
        assert low.llama_model_meta_val_str(engine.model, b"general.sampling.top_k", buffer, 64) > 0
        assert buffer.value == b"7"
        assert low.llama_model_meta_val_str(engine.model, b"general.sampling.temp", buffer, 64) > 0
        assert float(buffer.value) == 0.25
