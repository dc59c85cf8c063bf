"""A repository's files become the models that can be had."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.library.advice import Machine
from assistant.library.hub import RemoteFile, RepoFacts, Variant, estimate, quantization_of, variants

GB = 10**9


def repo(*names: str, size: int = GB, **sizes: int) -> RepoFacts:
    files = tuple(RemoteFile(name=name, size=sizes.get(name, size), sha256="a" * 64) for name in names)
    return RepoFacts(id="1", repo="someone/model-GGUF", revision="b" * 40, files=files)


def labels(facts: RepoFacts) -> list[str]:
    return [variant.label for variant in variants(facts)]


@pytest.mark.parametrize(
    ("name", "quantization"),
    [
        ("Qwen3.5-4B-Q4_K_M.gguf", "Q4_K_M"),
        ("gemma-4-26B-A4B-it-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
        ("smollm2-360m-instruct-q8_0.gguf", "Q8_0"),
        ("translategemma-4b-it.Q4_K_M.gguf", "Q4_K_M"),
        ("translategemma-4b-it.i1-IQ4_XS.gguf", "IQ4_XS"),
        ("gpt-oss-20b-MXFP4.gguf", "MXFP4"),
        ("gpt-oss-20b-mxfp4.gguf", "MXFP4"),
        ("Model-MXFP4_MOE.gguf", "MXFP4_MOE"),
        ("Model-BF16-00001-of-00002.gguf", "BF16"),
        ("model-fp16.gguf", "F16"),
        ("gemma-4-E2B_q4_0-it.gguf", "Q4_0"),
        ("gemma-4-12b-it-qat-q4_0.gguf", "Q4_0"),
        ("Q4_K_M/model-00001-of-00003.gguf", "Q4_K_M"),
        ("UD-IQ2_XXS/DeepSeek-UD-IQ2_XXS-00001-of-00004.gguf", "UD-IQ2_XXS"),
        ("TriLM-TQ1_0.gguf", "TQ1_0"),
        ("Qwen3-8B.gguf", ""),
        ("Qwen3-0.6B-model.gguf", ""),
        ("iq4-notes.gguf", ""),
    ],
)
def test_names_tell_the_quantization(name: str, quantization: str) -> None:
    assert quantization_of(name) == quantization


def test_what_helps_a_model_is_not_offered() -> None:
    helpers = (
        "mmproj-F16.gguf", "mmproj-model-f16.gguf", "gemma-4-mmproj-BF16.gguf", "mtp-gemma-4-Q8_0.gguf",
        "MTP/gemma-4-Q8_0-MTP.gguf", "imatrix_unsloth.gguf", "Model.imatrix.gguf", "Qwen3-draft-0.6B-Q4_0.gguf",
        "eagle3-Q8_0.gguf", "ggml-vocab-llama.gguf", "Hy-MT2-1.8B-1.25Bit.gguf", "Hy-MT2-1.8B-2Bit.gguf",
        "Model-Q4_0_4_8.gguf", "README.md", "config.json", "Model-Q4_K_M.gguf.txt", ".gguf",
    )  # fmt: skip
    assert labels(repo(*helpers, "Model-Q4_K_M.gguf", "Model-imatrix-Q5_K_M.gguf")) == ["Q4_K_M", "Q5_K_M"]


def test_parts_are_one_model_in_order() -> None:
    names = [f"big-Q8_0-0000{number}-of-00003.gguf" for number in (3, 1, 2)]
    (variant,) = variants(repo(*names, size=7))
    assert [file.name for file in variant.files] == sorted(names)
    assert (variant.label, variant.size, variant.missing) == ("Q8_0", 21, ())


def test_a_model_without_one_of_its_parts_says_so_and_is_never_recommended() -> None:
    found = variants(repo("big-Q4_K_M-00001-of-00003.gguf", "big-Q4_K_M-00003-of-00003.gguf", "big-Q2_K.gguf"))
    assert [variant.label for variant in found] == ["Q2_K", "Q4_K_M"]
    assert found[1].missing == ("big-Q4_K_M-00002-of-00003.gguf",)
    assert [variant.recommended for variant in found] == [True, False]


def test_a_folder_for_each_quantization() -> None:
    names = [f"{kind}/M-{kind}-0000{number}-of-00002.gguf" for kind in ("Q4_K_M", "BF16") for number in (1, 2)]
    assert sorted(labels(repo(*names))) == ["BF16", "Q4_K_M"]


def test_several_models_of_one_repository_are_told_apart_by_their_names() -> None:
    assert sorted(labels(repo("a-Q4_K_M.gguf", "b-Q4_K_M.gguf", "a-Q8_0.gguf"))) == ["Q8_0", "a-Q4_K_M", "b-Q4_K_M"]
    assert sorted(labels(repo("x/a-Q4_K_M.gguf", "y/a-Q4_K_M.gguf"))) == ["x/a-Q4_K_M.gguf", "y/a-Q4_K_M.gguf"]
    assert labels(repo("model.gguf")) == ["model"]


def test_sizes_that_the_hub_does_not_say_are_not_made_up() -> None:
    assert variants(repo("a-Q4_K_M.gguf", size=0))[0].size == 0


def chosen(found: tuple[Variant, ...]) -> list[str]:
    return [variant.label for variant in found if variant.recommended]


def test_the_usual_choice() -> None:
    names = ("m-Q2_K.gguf", "m-Q3_K_M.gguf", "m-IQ4_XS.gguf", "m-Q4_K_M.gguf", "m-UD-Q4_K_XL.gguf", "m-Q8_0.gguf")
    assert chosen(variants(repo(*names))) == ["Q4_K_M"]
    assert chosen(variants(repo("m-UD-Q4_K_XL.gguf", "m-Q8_0.gguf"))) == ["UD-Q4_K_XL"]
    assert chosen(variants(repo("m-MXFP4.gguf", "m-F16.gguf"))) == ["MXFP4"]
    assert chosen(variants(repo("m-Q8_0.gguf", "m-F16.gguf"))) == ["Q8_0"]
    assert chosen(variants(repo("mmproj-F16.gguf"))) == []


def test_the_choice_for_a_machine_is_one_that_fits() -> None:
    facts = repo("m-Q3_K_M.gguf", "m-Q4_K_S.gguf", "m-Q4_K_M.gguf", "m-Q8_0.gguf")
    sizes = {"m-Q3_K_M.gguf": 6 * GB, "m-Q4_K_S.gguf": 7 * GB, "m-Q4_K_M.gguf": 8 * GB, "m-Q8_0.gguf": 14 * GB}
    files = tuple(RemoteFile(name=file.name, size=sizes[file.name]) for file in facts.files)
    facts = RepoFacts(id="1", repo=facts.repo, revision=facts.revision, files=files)
    free = {16: "Q4_K_M", 9: "Q3_K_M", 2: None}
    for gigabytes, label in free.items():
        machine = Machine(ram_total=64 * GB, ram_free=gigabytes * GB, disk_free=500 * GB)
        assert chosen(variants(facts, machine)) == ([label] if label else []), gigabytes


def test_the_first_estimate_follows_size_and_parameters() -> None:
    (variant,) = variants(repo("m-Q4_K_M.gguf", size=5 * GB))
    facts = RepoFacts(id="1", repo="a/b", revision="c" * 40, parameters=8 * GB, context=40960)
    shape = estimate(variant, facts)
    assert (shape.weights, shape.context_trained) == (5 * GB, 40960)
    assert 50_000 < shape.cells < 120_000


_NAMES = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.builds(
            lambda a, b, c: f"{a}{b}-{c:05}-of-00003.gguf",
            st.sampled_from(["", "../", "/", "a/", "C:\\", "a/../b/", "\x00"]),
            st.text(max_size=10),
            st.integers(0, 5),
        ),
    ),
    max_size=30,
)


@given(_NAMES)
def test_whatever_a_repository_calls_its_files(names: list[str]) -> None:
    found = variants(repo(*names))
    assert sum(variant.recommended for variant in found) <= 1
    assert len({variant.label for variant in found}) == len(found)
    for variant in found:
        assert dataclasses.asdict(variant)
        for file in variant.files:
            assert ".." not in file.name.split("/")
            assert not file.name.startswith("/")
            assert "\\" not in file.name


def test_the_hashes_of_all_parts_tell_a_model() -> None:
    one, two = RemoteFile(name="a-1.gguf", sha256="1" * 64), RemoteFile(name="a-2.gguf", sha256="2" * 64)
    assert Variant("a", (one, two)).hashes == f"{'1' * 64} {'2' * 64}"
    assert Variant("a", (one, RemoteFile(name="a-2.gguf"))).hashes == ""
