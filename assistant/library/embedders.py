"""Models that make vectors of texts: what each family wants before a question, and before a passage."""

from __future__ import annotations

import re

from assistant.library.catalogue import CatalogueModel
from assistant.library.installed import InstalledModel

_ENGLISH = "Represent this sentence for searching relevant passages: "
_CHINESE = "为这个句子生成表示以用于检索相关文章："
_TASK = "Given a question, retrieve passages that answer the question"
_INSTRUCT = f"Instruct: {_TASK}\nQuery: "
_ONE_LANGUAGE = frozenset({"en", "zh"})  # as in the name ``bge-small-zh-v1.5``
_FAMILIES = (
    # part of the name or of the architecture, before a question, before a passage; the first that fits counts
    ("embeddinggemma", "task: search result | query: ", "title: none | text: "),
    ("gemma-embedding", "task: search result | query: ", "title: none | text: "),
    ("qwen3-embedding", _INSTRUCT, ""),
    ("e5-mistral", _INSTRUCT, ""),
    ("e5-large-instruct", _INSTRUCT, ""),
    ("e5-", "query: ", "passage: "),
    ("nomic-embed", "search_query: ", "search_document: "),
    ("nomic-bert", "search_query: ", "search_document: "),
    ("arctic-embed-l-v2", "query: ", ""),
    ("arctic-embed-m-v2", "query: ", ""),
    ("arctic-embed", _ENGLISH, ""),
    ("bge-m3", "", ""),
    ("bge-small-zh", _CHINESE, ""),
    ("bge-base-zh", _CHINESE, ""),
    ("bge-large-zh", _CHINESE, ""),
    ("bge-", _ENGLISH, ""),
    ("mxbai-embed", _ENGLISH, ""),
)


def prefixes(model: InstalledModel, row: CatalogueModel | None) -> tuple[str, str]:
    """What stands before a question, and before a passage, when ``model`` makes vectors of them.

    :param row: of the model in the catalogue, None: it is not in it; then its file tells the family.
    """
    if row is not None and row.embed is not None:
        return row.embed.query_prefix.replace("{task}", _TASK), row.embed.document_prefix
    said = "-".join(_names(model))
    return next(((query, passage) for part, query, passage in _FAMILIES if part in said), ("", ""))


def knows(model: InstalledModel, row: CatalogueModel | None, language: str) -> bool:
    """Whether a model can be expected to understand texts in ``language`` (BCP 47, empty: not known).

    :param row: as for ``prefixes``; of a model that is in no catalogue, its name tells whether it is for one language.
    """
    wanted = language.partition("-")[0]
    if row is None:
        known = _ONE_LANGUAGE.intersection(_names(model))
    else:
        whole = row.language_count == len(row.languages)  # otherwise there are more that nobody has listed
        known = frozenset(one.partition("-")[0] for one in row.languages if whole)
    return not wanted or not known or wanted in known


def _names(model: InstalledModel) -> list[str]:
    """What its file says of it, in parts."""
    return re.split(r"[\W_]+", f"{model.path.name} {model.facts.title} {model.architecture}".lower())
