"""How a model is to be loaded: settings, what was set for it, its file, and the memory that there is."""

from __future__ import annotations

from assistant.base import processors
from assistant.base.errors import AssistantError, ErrorKind
from assistant.core.answer_options import template_name
from assistant.core.load_plan import LoadPlan
from assistant.core.speeds import Circumstances
from assistant.library import advice, fit
from assistant.library.advice import Device
from assistant.library.fit import Shape
from assistant.library.models import InstalledModel
from assistant.storage.model_settings import ModelOptions
from assistant.storage.settings import Settings

_PASSAGE = 512  # tokens that there is room for in a model that embeds: none of the texts is longer


def load_plan(
    model: InstalledModel,
    own: ModelOptions,
    settings: Settings,
    *,
    gpus: tuple[Device, ...] = (),
    loaded: LoadPlan | None = None,
    spare: int = 0,
    anyway: bool = False,
    embeddings: bool = False,
) -> LoadPlan:
    """The plan for ``model``.

    :param own: what was set for this model; what is None there is as in ``settings``.
    :param gpus: graphics processors that the engine can use, with what is free there.
    :param loaded: how it is loaded already: where the context is ours to choose, and was then, it stays.
    :param spare: bytes of the machine's memory that loading it would give back first.
    :param anyway: the user wants it although it seems too large.
    :param embeddings: it is to make vectors of passages; what was set for answers does not count then.
    :raises AssistantError: MODEL_MISSING, MODEL_TOO_LARGE, MODEL_EMBEDS, MODEL_WRITES and what else its file is known
        to suffer from.
    """
    problem = model.refusal("embed" if embeddings else "chat")
    if problem is not None:
        raise problem
    how = circumstances(own, settings)
    cache_type = "f16" if embeddings else how.cache_type
    wanted = _PASSAGE if embeddings else own.context or settings["context"]
    layers = how.gpu_layers
    if not layers:
        gpus = ()
    free = fit.free_memory() + spare
    # What does not share the machine's memory is there beside it.
    beside = sum(device.free for device in gpus if not device.shared)
    context = fit.sane_context(model, wanted, cache_type, free=free + beside)
    if loaded is not None and not wanted and not loaded.context_wanted:
        context = loaded.context
    on_gpu = _layers(model.shape, context, cache_type, gpus=gpus, wanted=layers)
    needed = fit.memory_beside_gpu(model, context, cache_type, layers=on_gpu)
    graphics = fit.gpu_memory(model.shape, context, cache_type, on_gpu) if model.shape is not None else 0
    if on_gpu and all(device.shared for device in gpus):
        needed += graphics
    if needed > free and not anyway:
        raise AssistantError(ErrorKind.MODEL_TOO_LARGE, name=model.name, needed=needed, free=free)
    # Also where no device is known yet: the engine sees what there is when it loads.
    first, block = _prices(model.shape, context, cache_type)
    return LoadPlan(
        key=model.key,
        path=model.path,
        name=model.name,
        context=context,
        context_wanted=bool(wanted),
        threads=how.threads,
        gpu_layers=layers,
        cache_type=cache_type,
        needed=needed,
        on_gpu=graphics,
        gpu_first=first if layers < 0 else 0,
        gpu_block=block if layers < 0 else 0,
        embeddings=embeddings,
        template=template_name(own),
        stamp=model.stamp,
    )


def circumstances(own: ModelOptions, settings: Settings) -> Circumstances:
    """What the speed of a model depends on beside its file: what was set for it, else what is set for all. Threads are
    never more than this computer has: the settings may come from a larger one."""
    threads = settings["threads"] if own.threads is None else own.threads
    return Circumstances(
        threads=min(threads, processors.usable()),
        gpu_layers=settings["gpu_layers"] if own.gpu_layers is None else own.gpu_layers,
        cache_type=own.cache_type or settings["cache_type"],
    )


def _layers(shape: Shape | None, context: int, cache_type: str, *, gpus: tuple[Device, ...], wanted: int) -> int:
    """How many layers will lie on the graphics processors, as far as is known here."""
    if shape is None or not gpus:
        return 0
    fitting = advice.gpu_layers(shape, context, cache_type, gpus)
    return fitting if wanted < 0 else min(wanted, shape.blocks + 1)


def _prices(shape: Shape | None, context: int, cache_type: str) -> tuple[int, int]:
    """Bytes of graphics memory for the first layer and for each further one; 0: not known."""
    if shape is None or shape.blocks <= 0:
        return 0, 0
    first = fit.gpu_memory(shape, context, cache_type, 1)
    return first, max(1, (fit.gpu_memory(shape, context, cache_type, shape.blocks + 1) - first) // shape.blocks)
