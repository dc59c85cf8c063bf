"""The vocabulary of a loaded model."""

from __future__ import annotations

import ctypes
import hashlib
from collections.abc import Sequence
from typing import Any

from assistant.engine.backend import Special
from assistant.engine.llama import L, np

_UNKNOWN, _CONTROL, _USER = 1 << 0, 1 << 3, 1 << 4
_LSTRIP, _RSTRIP = 1 << 7, 1 << 8
_SPM = 1
_SHOWN = frozenset({"<|start|>", "<|end|>", "<|channel|>", "<|message|>", "<|constrain|>"})
"""Control tokens of gpt-oss that the library makes user-defined ones, so that its own parser gets to see them."""


class LlamaVocabulary:
    """Implements ``backend.Vocabulary``.

    :param model: handle of a loaded model, which must outlive this object.
    :param space_prefix: the file's ``tokenizer.ggml.add_space_prefix``, None if it does not say.
    """

    def __init__(self, model: Any, space_prefix: bool | None = None) -> None:
        self._vocab = L.llama_model_get_vocab(model)
        self.size: int = L.llama_vocab_n_tokens(self._vocab)
        self.kind: int = L.llama_vocab_type(self._vocab)
        self.bos: int = L.llama_vocab_bos(self._vocab)
        self.eos: int = L.llama_vocab_eos(self._vocab)
        self.adds_bos = bool(L.llama_vocab_get_add_bos(self._vocab)) and self.bos >= 0
        self.space_prefix = self.kind == _SPM and space_prefix is not False
        self.texts: dict[int, str] = {}
        self._pieces: dict[int, bytes] = {}
        attributes = self._attributes()
        special = np.flatnonzero(attributes & (_CONTROL | _USER | _UNKNOWN))
        self.specials: Sequence[Special] = [
            Special(
                token=int(token),
                text=L.llama_vocab_get_text(self._vocab, int(token)).decode("utf-8", "replace"),
                control=not attributes[token] & _USER,
                strip_left=bool(attributes[token] & _LSTRIP),
                strip_right=bool(attributes[token] & _RSTRIP),
            )
            for token in special
        ]
        self._controls = {entry.token: entry.text for entry in self.specials if entry.control or entry.text in _SHOWN}
        candidates = {*(entry.token for entry in self.specials), self.eos, L.llama_vocab_eot(self._vocab)}
        self.ends = frozenset(t for t in candidates if t >= 0 and L.llama_vocab_is_eog(self._vocab, t))
        self._buffer = np.empty(4096, np.int32)

    def _attributes(self) -> Any:
        ask, vocab = L.llama_vocab_get_attr, self._vocab
        return np.fromiter((ask(vocab, token) for token in range(self.size)), np.int32, self.size)

    @property
    def handle(self) -> Any:
        return self._vocab

    def tokenize(self, text: str, *, special: bool = False) -> list[int]:
        """:param special: add the tokens that belong around a whole text."""
        data = text.encode("utf-8", "replace")
        if not data:
            return []
        pointer = ctypes.POINTER(ctypes.c_int32)
        while True:
            room = len(self._buffer)
            count = L.llama_tokenize(
                self._vocab, data, len(data), self._buffer.ctypes.data_as(pointer), room, special, False
            )
            if count >= 0:
                return self._buffer[:count].tolist()  # type: ignore[no-any-return]
            self._buffer = np.empty(-count + 1024, np.int32)

    def piece(self, token: int) -> bytes:
        found = self._pieces.get(token)
        if found is None:
            found = self._pieces[token] = self._ask_piece(token)
        return found

    def _ask_piece(self, token: int) -> bytes:
        if not 0 <= token < self.size or token in self._controls:
            return b""
        size = 64
        while True:
            buffer = ctypes.create_string_buffer(size)
            count = L.llama_token_to_piece(self._vocab, token, buffer, size, 0, False)
            if count >= 0:
                return buffer.raw[:count]
            size = -count  # the library says how much it needs

    def all_pieces(self) -> tuple[bytes, Any]:
        """The pieces of all tokens one after the other, and where each begins (one entry more than tokens)."""
        # The binding builds a buffer and checks its arguments for each call; addresses are enough here.
        kinds = (ctypes.c_void_p, ctypes.c_int32, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32, ctypes.c_bool)
        ask = ctypes.PYFUNCTYPE(ctypes.c_int32, *kinds)(ctypes.cast(L.llama_token_to_piece, ctypes.c_void_p).value or 0)
        vocab = ctypes.cast(self._vocab, ctypes.c_void_p).value
        room = 1 << 16
        buffer = ctypes.create_string_buffer(room)
        address, used = ctypes.addressof(buffer), 0
        starts = np.zeros(self.size + 1, np.int64)
        parts: list[bytes] = []
        ends: list[int] = []
        done = 0
        for token in range(self.size):
            if token in self._controls:
                ends.append(done + used)
                continue
            count = ask(vocab, token, address + used, room - used, 0, False)
            if count < 0:
                parts.append(buffer.raw[:used])
                done += used
                if -count > room:
                    room = -2 * count
                    buffer = ctypes.create_string_buffer(room)
                    address = ctypes.addressof(buffer)
                used = 0
                count = ask(vocab, token, address, room, 0, False)
            used += count
            ends.append(done + used)
        parts.append(buffer.raw[:used])
        starts[1:] = ends
        return b"".join(parts), starts

    def control_text(self, token: int) -> str:
        return self._controls.get(token, "")

    def text_of(self, token: int) -> str:
        """A token's spelling in the vocabulary, empty if there is no such token."""
        if not 0 <= token < self.size:
            return ""
        return L.llama_vocab_get_text(self._vocab, token).decode("utf-8", "replace")  # type: ignore[no-any-return]

    def fingerprint(self, extra: str) -> str:
        """Says whether sampled ids of another file mean the same here.

        Looks at the size, the special tokens, every 97th spelling and the tokens of a test sentence.
        """
        digest = hashlib.sha256(f"{self.size} {self.kind} {self.bos} {self.eos} {extra}\n".encode())
        for entry in self.specials:
            digest.update(f"{entry.token}={entry.text}\n".encode())
        for token in range(0, self.size, 97):
            digest.update(L.llama_vocab_get_text(self._vocab, token) or b"")
        digest.update(str(self.tokenize("The lamp — 灯下 — is lit: x=1,234.5\n\t日本語 😀 don't")).encode())
        return digest.hexdigest()[:32]
