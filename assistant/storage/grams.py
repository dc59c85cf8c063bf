"""By what a text is found among many that are nearly the same: a few short pieces of it, always the same ones.

Of all pieces of two or three characters those with the lowest hashes are kept. Two texts that share most of their
pieces share, very likely, several of the kept ones: so a dozen rows for each text do instead of one for each character.
"""

from __future__ import annotations

import hashlib
import unicodedata
import zlib

from assistant.base.scripts import is_dense

KEPT = 12
"""Pieces of each text that are kept."""


def folded(text: str) -> str:
    """``text`` as it is compared: without what case and width change, its white space single."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def key_of(text: str) -> int:
    """A number for exactly this text, but for the form its characters are composed in."""
    digest = hashlib.blake2b(unicodedata.normalize("NFC", text).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1  # SQLite's numbers have a sign


def grams(text: str) -> list[int]:
    """Numbers for the kept pieces of a text; at least one."""
    padded = f"\N{START OF TEXT}{folded(text)}\N{END OF TEXT}"
    pieces = {
        padded[at : at + (2 if is_dense(padded[at]) or is_dense(padded[at + 1]) else 3)]
        for at in range(len(padded) - 1)
    }
    return sorted({_hash(piece) for piece in pieces})[:KEPT]


def _hash(piece: str) -> int:
    # The order of plain checksums is that of the pieces; a factor stirs it.
    return zlib.crc32(piece.encode("utf-8", "replace")) * 2654435761 & 0xFFFFFFFF
