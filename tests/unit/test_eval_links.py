"""The sets for linking and checking hold what their README says, so that a score on them means something."""

from __future__ import annotations

import collections
import re

import pytest

from tests.eval import links


@pytest.fixture(params=links.NAMES)
def link_set(request: pytest.FixtureRequest) -> links.LinkSet:
    return links.load(request.param)


def _figures(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:[.,:]\d+)*", text))


def test_large_enough(link_set: links.LinkSet) -> None:
    least = {"held": 60, "fourth": 35, "seventh": 80}.get(link_set.name.partition("-")[2].partition("-")[0], 100)
    assert len(link_set.items) >= least
    assert len(link_set.distractors()) >= 200
    assert len({document.kind for document in link_set.documents}) >= 12


def test_ids_are_unique_and_exist(link_set: links.LinkSet) -> None:
    passages = [passage.id for passage in link_set.passages()]
    items = [item.id for item in link_set.items]
    assert len(set(passages)) == len(passages)
    assert len(set(items)) == len(items)
    for item in link_set.items:
        assert item.sources, item.id
        assert len(set(item.sources)) == len(item.sources), item.id
        assert set(item.sources) <= set(passages), item.id
        assert link_set.document_of(item)


def test_texts_are_unique(link_set: links.LinkSet) -> None:
    for texts in ([passage.text for passage in link_set.passages()], [item.text for item in link_set.items]):
        repeated = [text for text, count in collections.Counter(texts).items() if count > 1]
        assert not repeated


def test_planted_piece_replaces_the_right_one(link_set: links.LinkSet) -> None:
    for item in link_set.items:
        planted = item.planted
        assert planted.kind in links.KINDS, item.id
        assert planted.wrong.strip() == planted.wrong != "", item.id
        assert planted.text[: planted.start] + planted.right + planted.text[planted.end :] == item.text, item.id
        assert planted.wrong.casefold() != planted.right.casefold(), item.id


def test_planted_piece_is_wrong(link_set: links.LinkSet) -> None:
    """What was planted stands in none of the passages that the sentence rests on, unless for something else."""
    texts = {passage.id: passage.text for passage in link_set.passages()}
    for item in link_set.items:
        if "swapped" in item.tags:
            continue
        source = " ".join(texts[id_] for id_ in item.sources)
        whole = rf"(?<![\d.,]){re.escape(item.planted.wrong)}(?![\d.,])"
        assert not re.search(whole, source, re.IGNORECASE), item.id
        new = _figures(item.planted.wrong) - _figures(item.planted.right)
        assert not new & _figures(source), item.id


def test_kinds_are_balanced(link_set: links.LinkSet) -> None:
    """Across languages only names in Latin letters can be checked, so there are fewer of them."""
    counts = collections.Counter(item.planted.kind for item in link_set.items)
    for kind in links.KINDS:
        share = counts[kind] / len(link_set.items)
        few = link_set.name.startswith("cross") and kind == "name"
        assert (0.05 if few else 0.18) <= share <= 0.4, (kind, counts)


@pytest.mark.parametrize("name", [name for name in links.NAMES if name.startswith("cross")])
def test_names_across_languages_are_latin(name: str) -> None:
    for item in links.load(name).items:
        if item.planted.kind == "name":
            assert re.fullmatch(r"[A-Za-zÀ-ÿ' -]+", item.planted.wrong), item.id


def test_pool_places_passages(link_set: links.LinkSet) -> None:
    pool = link_set.pool()
    for passage in link_set.passages():
        start, end = pool.spans[passage.id]
        assert pool.text[start:end] == passage.text
    document = link_set.document_of(link_set.items[-1])
    alone = link_set.pool(document)
    assert alone.text.startswith(document.title)
    assert set(alone.spans) == {passage.id for paragraph in document.paragraphs for passage in paragraph}
