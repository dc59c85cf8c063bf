"""A glossary is kept to in every form of its words."""

from __future__ import annotations

import pytest

from assistant.documents.segments import Finding, FindingKind, Pair, Term
from assistant.worker.inflection import is_form
from assistant.worker.messages import CheckSegments
from assistant.worker.segment_checks import check
from assistant.worker.segment_terms import term_book
from assistant.worker.segment_view import View


def missed(before: str, after: str, languages: str, *terms: Term) -> list[Finding]:
    source, target = languages.split(" > ")
    return list(term_book(terms, source, target).findings(View(before, source), View(after, target)))


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("model", "models", "en"), ("Study", "studies", "en"), ("train", "training", "en"), ("stop", "stopped", "en"),
        ("child", "children", "en"), ("Modell", "Modelle", "de"), ("Haus", "Häuser", "de"), ("neu", "neuen", "de"),
        ("groß", "großes", "de"), ("Kind", "Kindern", "de"), ("réseau", "réseaux", "fr"), ("journal", "journaux", "fr"),
        ("neuronal", "neuronale", "fr"),
        ("red", "redes", "es"), ("lápiz", "lápices", "es"), ("canción", "canciones", "es"),
        ("сеть", "сети", "ru"), ("модель", "моделями", "ru"), ("нейронный", "нейронных", "ru"),
        ("книга", "книгу", "ru"),
        ("gatto", "gatti", "it"), ("banca", "banche", "it"), ("nação", "nações", "pt"), ("animal", "animais", "pt"),
        ("netwerk", "netwerken", "nl"), ("bil", "bilarna", "sv"), ("sieć", "sieci", "pl"), ("ev", "evlerinden", "tr"),
        ("talo", "taloissa", "fi"),
    ],
)  # fmt: skip
def test_forms_of_one_word(one: str, other: str, language: str) -> None:
    assert is_form(other, one, language)
    assert is_form(one, other, language) or language in ("tr", "fi")


@pytest.mark.parametrize(
    ("one", "other", "language"),
    [
        ("model", "modern", "en"), ("net", "network", "en"), ("term", "terminal", "en"), ("Haus", "Hausmeister", "de"),
        ("Netz", "Nest", "de"), ("chat", "chameau", "fr"), ("casa", "caso", "en"),
        ("сеть", "семь", "ru"), ("a", "b", "en"),
        ("Ausbildung", "Training", "de"),
    ],
)  # fmt: skip
def test_other_words(one: str, other: str, language: str) -> None:
    assert not is_form(other, one, language)


@pytest.mark.parametrize(
    ("before", "after", "languages", "term"),
    [
        ("Two neural networks", "两个神经网络", "en > zh-Hans", Term("neural network", "神经网络")),
        ("two NEURAL networks", "zwei neuronale Netze", "en > de", Term("neural network", "neuronales Netz")),
        ("the neural network", "des neuronalen Netzes", "en > de", Term("neural network", "neuronales Netz")),
        ("language models", "Sprachmodelle", "en > de", Term("model", "Modell")),
        ("of neural networks", "нейронных сетей", "en > ru", Term("neural network", "нейронная сеть")),
        ("of the neural networks", "des réseaux neuronaux", "en > fr", Term("neural network", "réseau neuronal")),
        ("神经网络", "neural networks", "zh-Hans > en", Term("神经网络", "neural network")),
        ("这些大语言模型", "these large language models", "zh-Hans > en", Term("大语言模型", "large language model")),
        ("the app Lamplight", "应用 Lamplight", "en > zh-Hans", Term("Lamplight", "")),
        ("Open AI models", "打开AI 模型", "en > zh-Hans", Term("AI model", "AI模型")),
        ("a token", "一个 Token", "en > zh-Hans", Term("token", "token")),
        ("use .NET now", "现在使用 .NET", "en > zh-Hans", Term(".NET", "")),
        ("神經網路", "neural network", "zh-Hant > en", Term("神经网路", "neural network")),
        ("the software", "軟體", "en > zh-Hant", Term("software", "軟體")),
        ("It is good.", "这很好。", "en > zh-Hans", Term("IT", "信息技术", exact=True)),
        ("It is good.", "这很好。", "en > zh-Hans", Term("IT", "信息技术")),
        ("a modern house", "一座现代的房子", "en > zh-Hans", Term("model", "模型")),
        ("发展中国家很多。", "There are many developing countries.", "zh-Hans > en", Term("国", "state")),
    ],
)
def test_a_term_that_is_kept_or_not_used(before: str, after: str, languages: str, term: Term) -> None:
    assert not [one for one in missed(before, after, languages, term) if not one.minor]


@pytest.mark.parametrize(
    ("before", "after", "languages", "term"),
    [
        ("Two neural networks", "两个神经元网", "en > zh-Hans", Term("neural network", "神经网络")),
        ("The training ends.", "Die Ausbildung endet.", "en > de", Term("training", "Training")),
        ("大语言模型", "big speech model", "zh-Hans > en", Term("大语言模型", "large language model")),
        ("the app Lamplight", "灯光应用", "en > zh-Hans", Term("Lamplight", "")),
        ("IT is good.", "这很好。", "en > zh-Hans", Term("IT", "信息技术", exact=True)),
        ("of neural networks", "нервных сетей", "en > ru", Term("neural network", "нейронная сеть")),
    ],
)
def test_a_term_that_is_missing(before: str, after: str, languages: str, term: Term) -> None:
    (one,) = missed(before, after, languages, term)
    assert not one.minor
    assert one.values == {"source": term.source, "target": term.target or term.source}
    assert before[one.source_start : one.source_end].casefold().startswith(term.source[:4].casefold())


def test_the_longest_term_counts() -> None:
    terms = (Term("model", "型号"), Term("language model", "语言模型"))
    assert not missed("a language model", "一个语言模型", "en > zh-Hans", *terms)
    assert missed("a model", "一个语言模型", "en > zh-Hans", *terms)[0].values["target"] == "型号"


def test_one_of_several_translations_is_enough() -> None:
    terms = (Term("file", "文件"), Term("file", "档案"))
    assert not missed("the file", "档案", "en > zh-Hans", *terms)
    assert len(missed("the file", "卷宗", "en > zh-Hans", *terms)) == 1


def test_a_forbidden_term() -> None:
    forbidden = Term("model", "模特", forbidden=True)
    (one,) = missed("a model", "一个模特", "en > zh-Hans", Term("model", "模型"), forbidden)[1:]
    assert one.values["forbidden"] == 1
    assert "一个模特"[one.start : one.end] == "模特"
    assert not missed("a model", "一个模型", "en > zh-Hans", forbidden)
    # Within one that is required it is no fault.
    terms = (Term("large model", "大模型"), Term("large model", "模型", forbidden=True))
    assert not missed("a large model", "一个大模型", "en > zh-Hans", *terms)


def test_a_part_of_an_address_is_no_term() -> None:
    terms = (Term("mayor", "市长"), Term("bridge", "大桥"), Term(".NET", ""))
    address = "mayor@example.org", "https://example.org/bridge?x=1"
    pair = Pair("Write to {} or see {}.".format(*address), "请写信给 {}，或访问 {}。".format(*address))
    found = check(CheckSegments(id="1", pairs=(pair,), source="en", target="zh-Hans", terms=terms)).checked[0]
    assert not found.findings
    beside = Pair(f"Write to the mayor: {address[0]}.", f"请写信：{address[0]}。")
    found = check(CheckSegments(id="1", pairs=(beside,), source="en", target="zh-Hans", terms=terms)).checked[0]
    assert [one.text for one in found.findings if one.kind is FindingKind.TERM] == ["mayor"]


def test_words_of_the_glossary_are_no_drift() -> None:
    pair = Pair("The kernel panics.", "kernel 崩溃了。")
    plain = check(CheckSegments(id="1", pairs=(pair,), source="en", target="zh-Hans")).checked[0]
    assert FindingKind.SCRIPT in {one.kind for one in plain.findings}
    terms = (Term("kernel", ""),)
    kept = check(CheckSegments(id="1", pairs=(pair,), source="en", target="zh-Hans", terms=terms)).checked[0]
    assert not kept.findings


def test_a_large_glossary_is_made_ready_once() -> None:
    terms = tuple(Term(f"term{number} word", f"术语{number}") for number in range(2000))
    book = term_book(terms, "en", "zh-Hans")
    assert term_book(tuple(terms), "en", "zh-Hans") is book
    source = View("Here term77 word and term78 word are used, with many other words around them.", "en")
    target = View("这里使用了术语77和术语78，周围还有许多其他的词。", "zh-Hans")
    assert [use.terms[0].source for use in book.uses(source)] == ["term77 word", "term78 word"]
    assert not list(book.findings(source, target))
