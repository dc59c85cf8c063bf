"""An engine's child that has no model: it writes known answers at 500 tokens a second.

What takes the words is measured with it, not what makes them. It speaks the engine's messages, and like the engine it
sends what has grown 22 times a second. What the user has said names the answer (``answers.py``). Run as a script in
place of the engine's command line.
"""

from __future__ import annotations

import queue
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-P", str(Path(__file__).resolve())]
"""The command line for ``EngineClient(command=...)``."""

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from assistant.engine.lanes import FLUSH  # noqa: E402
from assistant.engine.messages import (  # noqa: E402
    Alive,
    Cancel,
    Capability,
    Count,
    Counted,
    CountedMany,
    CountMany,
    Counts,
    Facts,
    Finished,
    FinishReason,
    Generate,
    Load,
    Loaded,
    Ping,
    Pong,
    Reading,
    Request,
    Seconds,
    Survey,
    Surveyed,
    Tokens,
)
from assistant.process import Pipe, take_pipe  # noqa: E402
from tests.bench.answers import CHARACTERS_PER_TOKEN, KINDS, TOKENS_PER_SECOND, answer  # noqa: E402

CONTEXT = 65_536
_HEARTBEAT = 1.0
_TEMPLATE = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


class Writing:
    """One answer on its way."""

    def __init__(self, request: Generate) -> None:
        said = "".join(piece.text for piece in request.prompt if not piece.trusted).strip()
        self.id = request.id
        self.prompt = sum(_tokens(piece.text) for piece in request.prompt)
        self.text = answer(said) if said in KINDS else "Yes."
        self.sent = 0
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    @property
    def done(self) -> bool:
        return self.sent == len(self.text)

    def more(self) -> Tokens:
        """What has come since the last time."""
        count = min(round(self.seconds * TOKENS_PER_SECOND), _tokens(self.text))
        start, self.sent = self.sent, min(count * CHARACTERS_PER_TOKEN, len(self.text))
        return Tokens(id=self.id, text=self.text[start : self.sent], count=count)

    def finished(self, reason: FinishReason) -> Finished:
        ids = tuple(range(_tokens(self.text[: self.sent])))
        return Finished(
            id=self.id,
            reason=reason,
            ids=ids,
            answer_ids=ids,
            tokens=Counts(prompt=self.prompt, generated=len(ids)),
            seconds=Seconds(writing=self.seconds, total=self.seconds),
        )


class Engine:
    """Answers one request at a time."""

    def __init__(self, pipe: Pipe[Request]) -> None:
        self._pipe = pipe
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._writing: Writing | None = None
        self._beat = 0.0
        pipe.listen(self._requests.put)

    def run(self) -> None:
        """For ever: the process ends with its pipe."""
        due = 0.0
        while True:
            try:
                wait = max(0.0, due - time.monotonic()) if self._writing else None
                self._take(self._requests.get(timeout=wait))
            except queue.Empty:
                due = time.monotonic() + FLUSH
                self._write()

    def _take(self, request: Request) -> None:
        match request:
            case Load():
                self._pipe.send(Loaded(id=request.id, facts=_facts(request.path)))
            case Count():
                self._pipe.send(Counted(id=request.id, tokens=sum(_tokens(piece.text) for piece in request.prompt)))
            case CountMany():
                self._pipe.send(CountedMany(id=request.id, tokens=tuple(_tokens(text) for text in request.texts)))
            case Generate():
                assert self._writing is None
                self._writing = Writing(request)
                total = self._writing.prompt
                self._pipe.send(Reading(id=request.id, read=total, total=total, cached=0))
            case Cancel():
                if self._writing is not None and self._writing.id == request.id:
                    self._end(self._writing, FinishReason.CANCELLED)
            case Ping():
                self._pipe.send(Pong(id=request.id))
            case Survey():
                self._pipe.send(Surveyed(id=request.id))

    def _write(self) -> None:
        writing = self._writing
        assert writing is not None
        grown = writing.more()
        if grown.text:
            self._pipe.send(grown)
        if time.monotonic() - self._beat > _HEARTBEAT:
            self._beat = time.monotonic()
            self._pipe.send(Alive(running=1, used=writing.prompt + grown.count, speed=TOKENS_PER_SECOND))
        if writing.done:
            self._end(writing, FinishReason.END)

    def _end(self, writing: Writing, reason: FinishReason) -> None:
        self._writing = None
        self._pipe.send(writing.finished(reason))


def _tokens(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)


def _facts(path: str) -> Facts:
    return Facts(
        name=Path(path).stem,
        path=path,
        architecture="llama",
        description="paced",
        parameters=1_000_000,
        file_size=1_000_000,
        context_trained=CONTEXT,
        context=CONTEXT,
        sequences=8,
        vocabulary=32_000,
        template=_TEMPLATE,
        fingerprint="paced",
        threads=1,
        memory=1_000_000,
        capabilities=(Capability.CHAT,),
    )


if __name__ == "__main__":
    Engine(take_pipe(Request)).run()
