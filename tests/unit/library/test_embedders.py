"""What models for embeddings want before their texts, and which languages they can be expected to know."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.library.catalogue import catalogue, entry
from assistant.library.embedders import knows, prefixes
from assistant.library.index import HeaderFacts
from assistant.library.installed import InstalledModel


def model(file: str, title: str = "", architecture: str = "bert") -> InstalledModel:
    facts = HeaderFacts(title=title, architecture=architecture, embeds=True)
    return InstalledModel("k", "Name", Path(file), 1, architecture=architecture, embeds=True, facts=facts)


@pytest.mark.parametrize(
    ("file", "title", "architecture", "query", "passage"),
    [
        ("multilingual-e5-small-Q8_0.gguf", "", "bert", "query: ", "passage: "),
        ("nomic-embed-text-v1.5.Q4_K_M.gguf", "", "nomic-bert", "search_query: ", "search_document: "),
        ("renamed.gguf", "", "nomic-bert", "search_query: ", "search_document: "),
        ("Qwen3-Embedding-0.6B-f16.gguf", "", "qwen3", "Instruct: ", ""),
        ("model.gguf", "Qwen3 Embedding 0.6B", "qwen3", "Instruct: ", ""),
        (
            "embeddinggemma-300M-Q8_0.gguf",
            "",
            "gemma-embedding",
            "task: search result | query: ",
            "title: none | text: ",
        ),
        ("renamed.gguf", "", "gemma-embedding", "task: search result | query: ", "title: none | text: "),
        ("bge-small-zh-v1.5-q8_0.gguf", "", "bert", "为这个句子生成表示以用于检索相关文章：", ""),
        ("bge_base_en_v1.5.gguf", "", "bert", "Represent this sentence for searching relevant passages: ", ""),
        ("bge-m3-q8_0.gguf", "", "bert", "", ""),
        ("snowflake-arctic-embed-l-v2.0.gguf", "", "bert", "query: ", ""),
        ("all-MiniLM-L6-v2-Q8_0.gguf", "", "bert", "", ""),
    ],
)
def test_the_family_tells_what_stands_before_a_text(
    file: str, title: str, architecture: str, query: str, passage: str
) -> None:
    found, before = prefixes(model(file, title, architecture), None)
    assert (found.startswith(query), bool(found), before) == (True, bool(query), passage)


def test_the_catalogue_knows_better_than_a_name() -> None:
    row = entry("qwen3-embedding-0.6b")
    query, passage = prefixes(model("bge-small-en.gguf"), row)
    assert query.startswith("Instruct: ")
    assert "{task}" not in query
    assert passage == ""
    for one in catalogue():
        if one.embed is not None:  # the file's name alone says the same
            assert prefixes(model(one.file, architecture=one.architecture), None) == prefixes(model("x"), one), one.id


@pytest.mark.parametrize(
    ("row", "file", "language", "known"),
    [
        ("bge-small-zh-v1.5", "x", "zh", True),
        ("bge-small-zh-v1.5", "x", "zh-Hant", True),
        ("bge-small-zh-v1.5", "x", "en", False),
        ("bge-small-zh-v1.5", "x", "", True),
        ("bge-m3", "x", "sw", True),
        ("qwen3-embedding-0.6b", "x", "fr", True),
        (None, "bge-small-en-v1.5.gguf", "en-GB", True),
        (None, "bge-small-en-v1.5.gguf", "zh", False),
        (None, "jina-embeddings-v2-base-zh.gguf", "de", False),
        (None, "multilingual-e5-small.gguf", "zh", True),
        (None, "golden-eagle.gguf", "zh", True),
    ],
)
def test_which_languages_a_model_knows(row: str | None, file: str, language: str, known: bool) -> None:
    assert knows(model(file), entry(row) if row else None, language) is known
