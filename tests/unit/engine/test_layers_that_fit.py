"""How many layers go onto the graphics processors that are there."""

from __future__ import annotations

import pytest

from assistant.engine.llama_model import layers_that_fit
from assistant.engine.messages import Device, Load

GB = 1 << 30


def load(**changes: int) -> Load:
    return Load(id="x", path="m.gguf", **{"gpu_first": GB, "gpu_block": GB // 2, **changes})


@pytest.mark.parametrize(
    ("free", "layers"),
    [
        ((10 * GB,), 1 + 17),
        ((1 * GB,), 0),
        ((int(1.6 * GB),), 2),
        ((5 * GB, 5 * GB), 1 + 15),
        ((), 0),
    ],
)
def test_as_many_as_the_free_memory_takes(free: tuple[int, ...], layers: int) -> None:
    assert layers_that_fit(load(), tuple(Device(name="G", free=one) for one in free)) == layers


def test_what_the_user_says_is_done_and_nothing_known_means_all() -> None:
    devices = (Device(name="G", free=GB),)
    assert layers_that_fit(load(gpu_layers=7), devices) == 7
    assert layers_that_fit(load(gpu_layers=7), ()) == 0
    assert layers_that_fit(load(gpu_block=0), devices) == -1
