"""An engine without a child: what was sent is kept, what is to come is said by the test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.base.errors import AssistantError
from assistant.engine.messages import (
    Count,
    Counted,
    Counts,
    Device,
    Facts,
    Failed,
    Finished,
    FinishReason,
    Generate,
    Load,
    Loaded,
    Resize,
    Resized,
    Seconds,
    Survey,
    Surveyed,
    Tokens,
)


class FakeClient:
    """Stands where an ``EngineClient`` stands. Counts at once; loads and answers when the test says so.

    :param context: tokens that the pretended context holds.
    :param gpu_layers: how many are said to be on a graphics card.
    :param trained: and that the model was made for; 0: four times as many.
    :param auto_load: say ``Loaded`` as soon as a load is asked for.
    """

    def __init__(
        self,
        deliver: Callable[[Any], None],
        *,
        context: int = 1000,
        trained: int = 0,
        template: str = "{{ messages }}",
        memory: int = 100,
        auto_load: bool = True,
        gpu_layers: int = 0,
        devices: tuple[Device, ...] = (),
    ) -> None:
        self.deliver = deliver
        self.context = context
        self.trained = trained or context * 4
        self.refuses: AssistantError | None = None  # what a larger context comes to, if not to one
        self.template = template
        self.memory = memory
        self.auto_load = auto_load
        self.gpu_layers = gpu_layers
        self.devices = devices
        self.sent: list[Any] = []
        self.cancelled: list[str] = []
        self.closed = False
        self.pid: int | None = 1
        self.load_message: Load | None = None

    def facts(self) -> Facts:
        return Facts(
            name="fake",
            path="/fake.gguf",
            architecture="llama",
            description="fake",
            parameters=1,
            file_size=1,
            context_trained=self.trained,
            context=self.context,
            sequences=8,
            vocabulary=100,
            template=self.template,
            fingerprint="f",
            memory=self.memory,
            gpu_layers=self.gpu_layers,
            devices=self.devices,
            cache_bytes_per_token=1,
        )

    def load(self, message: Load) -> None:
        self.load_message = message
        if self.auto_load:
            self.say_loaded()

    def say_loaded(self) -> None:
        assert self.load_message is not None
        self.deliver(Loaded(id=self.load_message.id, facts=self.facts()))

    def survey(self, message: Survey) -> None:
        self.deliver(Surveyed(id=message.id, devices=self.devices))

    def send(self, request: Any) -> None:
        self.sent.append(request)
        if isinstance(request, Count):
            self.deliver(Counted(id=request.id, tokens=sum(len(piece.text) for piece in request.prompt)))
        elif isinstance(request, Resize) and self.refuses is not None:
            self.deliver(Failed.by(request.id, self.refuses))
        elif isinstance(request, Resize):
            self.context = request.context
            self.deliver(Resized(id=request.id, facts=self.facts(), kept=0))

    def cancel(self, request_id: str) -> None:
        self.cancelled.append(request_id)
        if any(isinstance(r, Generate) and r.id == request_id for r in self.sent):
            self.finish(FinishReason.CANCELLED, request_id=request_id)

    def close(self, wait: float | None = None) -> None:
        self.closed = True

    # ------------------------------------------------------------ what a test makes it say

    @property
    def generates(self) -> list[Generate]:
        return [request for request in self.sent if isinstance(request, Generate)]

    def say(self, text: str, *, reasoning: str = "", recalled: bool = False, count: int = 1) -> None:
        request = self.generates[-1].id
        self.deliver(Tokens(id=request, text=text, reasoning=reasoning, recalled=recalled, count=count))

    def finish(
        self, reason: FinishReason = FinishReason.END, *, request_id: str = "", ids: tuple[int, ...] = (1, 2)
    ) -> None:
        request = next((g for g in self.generates if g.id == request_id), self.generates[-1])
        prompt = sum(len(piece.text) for piece in request.prompt)
        self.deliver(
            Finished(
                id=request.id,
                reason=reason,
                answer_ids=ids,
                tokens=Counts(prompt=prompt, generated=2),
                seconds=Seconds(total=1.0, writing=0.5),
            )
        )


class FakeEngines:
    """Makes a FakeClient for each model and remembers them in order."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.clients: list[FakeClient] = []

    def __call__(self, deliver: Callable[[Any], None], log: Path | None) -> Any:
        client = FakeClient(deliver, **self.options)
        self.clients.append(client)
        return client

    @property
    def last(self) -> FakeClient:
        return self.clients[-1]
