"""Small vocabularies with working tokenizers, in the three kinds that matter here, for ``tiny_models``.

* byte-level BPE as in Qwen and SmolLM: any text round-trips;
* SentencePiece as in Llama 2 and Gemma: a leading space is added, unknown characters fall back to bytes;
* WordPiece as in BERT.
"""

from __future__ import annotations

import functools
import itertools
import random
import re
import string
from collections import Counter
from dataclasses import dataclass, field, replace

from gguf import GGUFWriter, TokenType

SPACE = "\u2581"  # how SentencePiece writes a space
BPE_CONTROL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
BPE_MARKS = ("<think>", "</think>")  # plain tokens in real vocabularies too: they come out as text
SPM_CONTROL = ("<start_of_turn>", "<end_of_turn>")

_SAMPLE = """
The lamp stands on the desk and the light falls on the page. She reads the letter again and writes an answer, word for
word, until the night is over. What is the name of the town? It was there that they had met, and there that they
would meet again. You are a helpful assistant. The user asks, the assistant answers. One, two, three, four.
你好，世界。灯下读书。
system user assistant model thinking about this question and that other question in the morning of the first day
"""


@dataclass(frozen=True)
class Vocabulary:
    """What a tokenizer needs, ready to be written.

    :ivar texts: one entry per token, in the file's own spelling (byte-level letters, ``▁`` for a space).
    """

    model: str
    pre: str
    texts: tuple[bytes, ...]
    types: tuple[int, ...]
    scores: tuple[float, ...] = ()
    merges: tuple[str, ...] = ()
    ids: dict[str, int] = field(default_factory=dict)  # by their names in GGUF
    add_bos: bool = False

    def __len__(self) -> int:
        return len(self.texts)

    def write(self, writer: GGUFWriter) -> None:
        """Add the tokenizer's metadata to ``writer``."""
        writer.add_tokenizer_model(self.model)
        writer.add_tokenizer_pre(self.pre)
        writer.add_token_list(list(self.texts))
        writer.add_token_types(list(self.types))
        if self.scores:
            writer.add_token_scores(list(self.scores))
        if self.merges:
            writer.add_token_merges(list(self.merges))
        for name, token in self.ids.items():
            writer.add_uint32(f"tokenizer.ggml.{name}_token_id", token)
        writer.add_add_bos_token(self.add_bos)


@functools.cache
def byte_letters() -> dict[int, str]:
    """The letter by which byte-level BPE writes each byte (GPT-2's table)."""
    plain = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {byte: chr(byte) for byte in plain}
    for byte in range(256):
        if byte not in table:
            table[byte] = chr(256 + len(table) - len(plain))
    return table


def spell(data: bytes) -> str:
    """``data`` as byte-level BPE spells it."""
    return "".join(byte_letters()[byte] for byte in data)


def unspell(text: bytes) -> bytes:
    """What byte-level BPE means by a token's spelling; other letters stay as they are."""
    bytes_of = {letter: byte for byte, letter in byte_letters().items()}
    return b"".join(bytes([bytes_of[letter]]) if letter in bytes_of else letter.encode() for letter in text.decode())


def learn_merges(words: Counter[tuple[str, ...]], count: int) -> list[tuple[str, str]]:
    """The ``count`` most useful merges by the usual greedy rule; ties go to the alphabet, so it is always the same."""
    merges: list[tuple[str, str]] = []
    while len(merges) < count:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, times in words.items():
            for pair in itertools.pairwise(word):
                pairs[pair] += times
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        merged: Counter[tuple[str, ...]] = Counter()
        for word, times in words.items():
            merged[_join(word, best)] += times
        words = merged
    return merges


def _join(word: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    out: list[str] = []
    index = 0
    while index < len(word):
        if word[index : index + 2] == pair:
            out.append(pair[0] + pair[1])
            index += 2
        else:
            out.append(word[index])
            index += 1
    return tuple(out)


@functools.cache
def bpe_vocabulary(merges: int = 240, extra: tuple[bytes, ...] = ()) -> Vocabulary:
    """Byte-level BPE: 256 bytes, learned merges, ``extra`` tokens of any bytes, then control tokens and marks.

    :raises ValueError: a text in ``extra`` is a token already (llama.cpp aborts on equal tokens).
    """
    words = Counter(tuple(spell(word.encode())) for word in re.findall(r" ?\w+|[^\w\s]+|\s+", _SAMPLE))
    learned = learn_merges(words, merges)
    plain = [byte_letters()[byte] for byte in range(256)]
    plain += dict.fromkeys(left + right for left, right in learned)
    extras = [spell(part) for part in extra]
    if len({*plain, *extras}) != len(plain) + len(extras):
        raise ValueError("a token of this vocabulary would be there twice")
    texts = [*plain, *extras, *BPE_CONTROL, *BPE_MARKS]
    types = [TokenType.NORMAL] * (len(plain) + len(extras))
    types += [TokenType.CONTROL] * len(BPE_CONTROL) + [TokenType.USER_DEFINED] * len(BPE_MARKS)
    end = texts.index("<|endoftext|>")
    return Vocabulary(
        model="gpt2",
        pre="qwen2",
        texts=tuple(text.encode() for text in texts),
        types=tuple(types),
        merges=tuple(f"{left} {right}" for left, right in learned) or ("a a",),
        ids={"bos": end, "eos": texts.index("<|im_end|>"), "padding": end},
    )


@functools.cache
def spm_vocabulary(size: int = 0, *, mixed: bool = False) -> Vocabulary:
    """SentencePiece with byte fallback and a leading space; filled up to ``size`` tokens with made-up words.

    :param mixed: words of many scripts, Chinese most of all, instead of small Latin letters only.
    """
    words = Counter(tuple(SPACE + word) for word in re.findall(r"\w+|[^\w\s]+", _SAMPLE))
    learned = learn_merges(words, 240)
    texts = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    types = [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL] + [TokenType.BYTE] * 256
    texts += SPM_CONTROL
    types += [TokenType.CONTROL] * len(SPM_CONTROL)
    scores = [0.0] * len(texts)
    pieces = dict.fromkeys(left + right for left, right in learned)
    letters = [*string.ascii_letters, *string.digits, *string.punctuation, SPACE, *"，。？！的一是"]
    pieces.update(dict.fromkeys(sorted({*letters, *(letter for word in words for letter in word)})))
    if size:
        dice = random.Random(20)
        while len(texts) + len(pieces) < size:
            word = _word(dice) if mixed else "".join(dice.choices(string.ascii_lowercase, k=dice.randint(4, 9)))
            pieces[SPACE * (not mixed or dice.random() < 0.5) + word] = None
    texts += pieces
    types += [TokenType.NORMAL] * len(pieces)
    scores += [-float(rank) for rank in range(len(pieces))]
    return Vocabulary(
        model="llama",
        pre="default",
        texts=tuple(text.encode() for text in texts),
        types=tuple(types),
        scores=tuple(scores),
        ids={"bos": 1, "eos": 2, "unknown": 0, "padding": 0, "eot": texts.index("<end_of_turn>")},
        add_bos=True,
    )


_STRETCHES = ((0x41, 0x5B), (0x61, 0x7B), (0xC0, 0x250), (0x391, 0x3CA), (0x410, 0x450), (0x5D0, 0x5EB), (0x627, 0x64B),
              (0x905, 0x93A), (0xE01, 0xE2F), (0x3041, 0x3097), (0x30A1, 0x30FB), (0x4E00, 0x9FA6), (0xAC00, 0xD7A4),
              (0xE000, 0xE100), (0x1F300, 0x1F5FF), (0x20000, 0x2A6D0))  # fmt: skip


def _word(dice: random.Random) -> str:
    """Up to four characters of one script."""
    first, last = dice.choice(_STRETCHES[dice.choice((0, 10)) :])
    return "".join(chr(dice.randrange(first, last)) for _ in range(dice.randint(1, 4)))


@functools.cache
def torn_vocabulary(size: int) -> Vocabulary:
    """Byte-level BPE of ``size`` tokens: made-up words of many scripts, Chinese most of all, cut at any byte."""
    dice = random.Random(30)
    known = {bytes([byte]) for byte in range(256)} | {unspell(text) for text in bpe_vocabulary().texts}
    extra: dict[bytes, None] = {}
    count = size - len(bpe_vocabulary())
    while len(extra) < count:
        word = dice.choice(("", "", " ", "。", "-")) + _word(dice)
        data = word.encode()[dice.choice((0, 0, 0, 1, 2)) :]
        data = data[: len(data) - dice.choice((0, 0, 0, 1, 2))]
        if data and data not in known:
            extra[data] = None
    return bpe_vocabulary(extra=tuple(extra))


@functools.cache
def word_vocabulary() -> Vocabulary:
    """WordPiece: the sample's words whole, single letters for everything else."""
    texts = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    types = [TokenType.CONTROL] * len(texts)
    words = sorted({SPACE + word for word in re.findall(r"\w+", _SAMPLE.lower())})
    letters = [*string.ascii_lowercase, *string.digits, *string.punctuation]
    pieces = dict.fromkeys([*words, *(SPACE + letter for letter in letters), *letters])
    texts += pieces
    types += [TokenType.NORMAL] * len(pieces)
    return Vocabulary(
        model="bert",
        pre="default",
        texts=tuple(text.encode() for text in texts),
        types=tuple(types),
        ids={"padding": 0, "unknown": 1, "cls": 2, "bos": 2, "seperator": 3, "eos": 3, "mask": 4},
        add_bos=True,
    )


def with_controls(vocabulary: Vocabulary, *texts: str, kind: TokenType = TokenType.CONTROL) -> Vocabulary:
    """``vocabulary`` with more control tokens (or such of another ``kind``) at its end."""
    return replace(
        vocabulary,
        texts=(*vocabulary.texts, *(text.encode() for text in texts)),
        types=(*vocabulary.types, *([kind] * len(texts))),
        scores=(*vocabulary.scores, *([0.0] * len(texts))) if vocabulary.scores else (),
    )


def twice(vocabulary: Vocabulary, token: int = 300) -> Vocabulary:
    """``vocabulary`` with one token there twice, on which llama.cpp aborts the whole process."""
    texts = list(vocabulary.texts)
    texts[token + 1] = texts[token]
    return replace(vocabulary, texts=tuple(texts))
