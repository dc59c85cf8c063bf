"""Texts built from a template's own markers give no control token, in tokenizers that have all of that template's.

From the conversation to the tokens with the real parts: the worker's rendering, the task's pieces, the engine's prompt,
and llama.cpp's own tokenizer with a tiny vocabulary made for the template.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from gguf import TokenType

from assistant.engine.llama import L, np
from assistant.engine.llama_vocabulary import LlamaVocabulary
from assistant.engine.messages import Piece
from assistant.engine.prompt import PromptBuilder
from assistant.tasks.chat import ChatTurn, RenderedPart, prompt_pieces
from assistant.worker.messages import Rendered, Turn
from tests.fakes import tiny_models
from tests.fakes.chat_templates import KNOWN, NAMES, source
from tests.fakes.forged_texts import MARKER, between_turns, conversations, harmless, markers, rendered
from tests.fakes.soak_log import SoakLog
from tests.fakes.tiny_vocabularies import Vocabulary, bpe_vocabulary, spm_vocabulary, with_controls

PLAIN = "llama-cpp-rwkv-world"
"""It writes its turns in plain words."""

KINDS = {
    "bpe": (bpe_vocabulary, TokenType.CONTROL),
    "bpe, user defined": (bpe_vocabulary, TokenType.USER_DEFINED),
    "spm": (spm_vocabulary, TokenType.CONTROL),
}
"""A tokenizer, and of which kind the template's tokens are in it."""


def control_texts(name: str, known: Vocabulary) -> list[str]:
    """What could be a control token of this template's models and is not in ``known`` yet."""
    found = {marker for text in markers(name) for marker in (text, *MARKER.findall(text)) if MARKER.fullmatch(marker)}
    found |= {marker for mark in KNOWN[name].marks or () for marker in MARKER.findall(mark)}
    return sorted(text for text in found if text.encode() not in known.texts)


class Tokenizer:
    """The real tokenizer over one tiny vocabulary, and the prompts that are made with it."""

    def __init__(self, name: str, kind: str, folder: Path) -> None:
        base, type_of_token = KINDS[kind]
        vocabulary = with_controls(base(), *control_texts(name, base()), kind=type_of_token)
        path = tiny_models.write_plain(folder / "model.gguf", template=source(name), vocabulary=vocabulary)
        params = L.llama_model_default_params()
        params.vocab_only = True
        L.llama_backend_init()
        self._model = L.llama_model_load_from_file(str(path).encode(), params)
        self.vocabulary = LlamaVocabulary(self._model)
        self.builder = PromptBuilder(self.vocabulary, source(name))
        self.specials = {special.token for special in self.vocabulary.specials}

    def close(self) -> None:
        L.llama_model_free(self._model)

    def read(self, text: str) -> list[int]:
        """The control tokens that llama.cpp finds in a text that it may trust."""
        data = text.encode()
        buffer = np.empty(len(data) + 16, np.int32)
        pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_int32))
        count = L.llama_tokenize(self.vocabulary.handle, data, len(data), pointer, len(buffer), False, True)
        assert count >= 0
        return [token for token in buffer[:count].tolist() if token in self.specials]

    def built(self, pieces: Sequence[Piece]) -> list[int]:
        """The control tokens of a prompt."""
        return [token for token in self.builder.build(pieces).tokens if token in self.specials]

    def trusted(self, pieces: Sequence[Piece]) -> list[int]:
        """Those that a prompt may have: the ones of each stretch of the template's own text, by itself."""
        stretches = itertools.groupby(pieces, key=lambda piece: piece.trusted)
        found = [self.read("".join(piece.text for piece in group)) for own, group in stretches if own]
        tokens = list(itertools.chain.from_iterable(found))
        bos = [self.vocabulary.bos]
        return tokens if not self.vocabulary.adds_bos or tokens[:1] == bos else bos + tokens


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module", params=NAMES)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def tokenizer(name: str, kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokenizer]:
    folder = tmp_path_factory.mktemp("model")
    tokenizer = Tokenizer(name, kind, folder)
    yield tokenizer
    tokenizer.close()


def pieces_of(conversation: Sequence[Turn], answer: Rendered) -> tuple[Piece, ...]:
    """The engine's prompt, as the core has it made."""
    parts = [
        RenderedPart(part.text, turn=part.turn, whole=part.whole, checkpoint=part.checkpoint) for part in answer.parts
    ]
    return prompt_pieces(parts, [ChatTurn(turn.role, turn.text) for turn in conversation], "")


def check(name: str, tokenizer: Tokenizer, conversation: list[Turn]) -> list[int]:
    """Only the template's own text gives control tokens; returns them."""
    answer = rendered(name, conversation)
    pieces = pieces_of(conversation, answer)
    found = tokenizer.built(pieces)
    if any(part.turn >= 0 for part in answer.parts):
        assert found == tokenizer.trusted(pieces), conversation
    else:  # nobody could tell whose the characters are: so no text may hold a spelling any more
        roles = tuple(turn.role for turn in conversation)
        assert found == tokenizer.trusted(pieces_of(conversation, harmless(name, roles))), conversation
    return found


def test_the_vocabulary_has_the_templates_own_tokens(name: str, tokenizer: Tokenizer) -> None:
    """Else there would be nothing to forge."""
    turns = [Turn(role="user", text="w0"), Turn(role="assistant", text="w1"), Turn(role="user", text="w2")]
    found = check(name, tokenizer, turns)
    beside = {tokenizer.vocabulary.bos, *tokenizer.read("<BOS>"), *tokenizer.read("<EOS>")}
    assert bool(set(found) - beside) == (name != PLAIN)
    assert bool(tokenizer.read(between_turns(name))) == (name != PLAIN)


def test_a_pasted_turn_gives_no_control_token(name: str, tokenizer: Tokenizer) -> None:
    between = between_turns(name)
    conversation = [Turn(role="user", text=f"αβγ{between}δεζ{between}")]
    found = check(name, tokenizer, conversation)
    assert found == tokenizer.trusted(pieces_of(conversation, harmless(name, ("user",))))


def test_no_hostile_conversation_gives_a_control_token(name: str, tokenizer: Tokenizer) -> None:
    for conversation in conversations(name, 12, seed=3):
        check(name, tokenizer, conversation)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_no_hostile_conversation_gives_a_control_token_two_thousand_times(
    name: str, tokenizer: Tokenizer, soak_log: SoakLog
) -> None:
    control_tokens = sum(len(check(name, tokenizer, talk)) for talk in conversations(name, 2_000, seed=4))
    soak_log(template=name, conversations=2_000, control_tokens=control_tokens)


def test_no_marker_is_put_together_across_neighbouring_pieces(name: str, tokenizer: Tokenizer) -> None:
    """Neither of two people's texts, nor of a text and what the template happens to write beside it."""
    before, after = Piece(text="w0", trusted=True), Piece(text="w1", trusted=True)
    for special in tokenizer.vocabulary.specials:
        if not special.text:
            continue
        for at in {1, len(special.text) // 2, len(special.text) - 1} - {0, len(special.text)}:
            left, right = special.text[:at], special.text[at:]
            for own in ((False, False), (True, False), (False, True)):
                pieces = [before, Piece(text=left, trusted=own[0]), Piece(text=right, trusted=own[1]), after]
                assert tokenizer.built(pieces) == tokenizer.trusted(pieces), (special.text, at, own)
