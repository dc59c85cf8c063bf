"""llama.cpp's own programs as measuring sticks: llama-bench, llama-batched-bench and llama-server."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.native import Native

_START_SECONDS = 60.0
_ANSWER_SECONDS = 300.0


_NICE = ["nice", "-n", "5"] if shutil.which("nice") else []  # the priority of our own child


class RivalError(Exception):
    """A program to compare with did not do its part."""


def parse_llama_bench(text: str) -> list[float]:
    """Tokens per second of each test in llama-bench's JSON, in its order.

    :raises RivalError: it is not such a JSON.
    """
    try:
        entries = json.loads(text)
        return [sum(entry["samples_ts"]) / len(entry["samples_ts"]) for entry in entries]
    except (ValueError, TypeError, KeyError, ZeroDivisionError) as error:
        raise RivalError(f"llama-bench said something else: {text[:200]!r}") from error


def llama_bench(
    native: Native, model: Path, *, threads: int, prompt: int = 0, generate: int = 0, depth: int = 0
) -> float:
    """Tokens per second of one llama-bench test: ``prompt`` tokens read, or ``generate`` written, after ``depth``."""
    command = [*_NICE, str(native.bench), "-m", str(model), "-t", str(threads), "-r", "1", "-o", "json"]
    command += ["-p", str(prompt), "-n", str(generate), "-d", str(depth), "-ngl", "0"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_ANSWER_SECONDS)
    if result.returncode:
        raise RivalError(f"llama-bench ended with {result.returncode}: {result.stderr[-500:]}")
    return parse_llama_bench(result.stdout)[0]


def parse_batched_bench(text: str) -> dict[str, float]:
    """The one line of llama-batched-bench's JSON lines.

    :raises RivalError: there is none.
    """
    for line in text.splitlines():
        if line.startswith("{") and '"speed_tg"' in line:
            return {key: float(value) for key, value in json.loads(line).items() if isinstance(value, int | float)}
    raise RivalError(f"llama-batched-bench said something else: {text[:200]!r}")


def batched_bench(
    native: Native, model: Path, *, threads: int, prompt: int, generate: int, parallel: int
) -> tuple[float, float]:
    """Seconds to read ``parallel`` prompts, and then to write an answer to each, all at once."""
    context = (prompt + generate) * parallel
    command = [*_NICE, str(native.batched_bench), "-m", str(model), "-t", str(threads), "-c", str(context), "-ngl", "0"]
    command += ["-npp", str(prompt), "-ntg", str(generate), "-npl", str(parallel), "--output-format", "jsonl"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_ANSWER_SECONDS)
    if result.returncode:
        raise RivalError(f"llama-batched-bench ended with {result.returncode}: {result.stderr[-500:]}")
    numbers = parse_batched_bench(result.stdout)
    return numbers["t_pp"], numbers["t_tg"]


@dataclass
class Streamed:
    """One streamed answer. Times are seconds of ``time.perf_counter``.

    :ivar arrivals: when each event with a token came.
    """

    sent: float
    arrivals: list[float] = field(default_factory=list)
    text: str = ""
    ended: float = 0.0
    timings: dict[str, float] = field(default_factory=dict)

    @property
    def first_token(self) -> float:
        """Seconds from the request to the first token."""
        return self.arrivals[0] - self.sent


class LlamaServer:
    """llama-server on loopback with one model, one connection per request."""

    def __init__(self, native: Native, model: Path, *, threads: int, context: int, slots: int, unified: bool) -> None:
        self._port = _free_port()
        command = [*_NICE, str(native.server), "-m", str(model), "-t", str(threads)]
        command += ["-c", str(context), "-np", str(slots)]
        command += ["-kvu" if unified else "-no-kvu", "--port", str(self._port), "--host", "127.0.0.1", "-ngl", "0"]
        command += ["--no-ui", "--log-disable"]
        environ = {**os.environ, "LLAMA_OFFLINE": "1"}
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, env=environ
        )
        self._wait_until_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> LlamaServer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def complete(
        self, prompt: str | Sequence[int], *, tokens: int, temperature: float = 0.0, cache: bool = True
    ) -> Streamed:
        """Read ``prompt`` and write exactly ``tokens`` tokens, streaming (the end of text is ignored)."""
        body = _request(prompt, tokens=tokens, temperature=temperature, cache=cache)
        connection = self._connect()
        result = Streamed(time.perf_counter())
        connection.request("POST", "/completion", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        if response.status != 200:
            raise RivalError(f"llama-server answered {response.status}: {response.read()[:300]!r}")
        for event in _events(response):
            now = time.perf_counter()
            if event.get("stop"):
                result.ended = now
                result.timings = {key: float(value) for key, value in event.get("timings", {}).items()}
            elif event.get("tokens") or event.get("content"):
                result.arrivals.append(now)
                result.text += event.get("content", "")
        connection.close()
        return result

    def abandon(self, prompt: str | Sequence[int], *, after: float) -> float:
        """Ask for ``prompt``, hang up after ``after`` seconds; seconds until the server serves the next request."""
        connection = self._connect()
        body = _request(prompt, tokens=1, temperature=0.0, cache=False)
        connection.request("POST", "/completion", body, {"Content-Type": "application/json"})
        time.sleep(after)
        hung_up = time.perf_counter()
        connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()
        self.complete("Hi", tokens=1, cache=False)
        return time.perf_counter() - hung_up

    def _connect(self) -> http.client.HTTPConnection:
        """A fresh connection, already made: making it does not count, and kept ones are closed behind our back."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_ANSWER_SECONDS)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            if self._process.poll() is not None:
                raise RivalError(f"llama-server ended with {self._process.returncode}")
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    connection.close()
                    return
            time.sleep(0.1)
        self._process.kill()
        raise RivalError("llama-server did not become ready")


def _request(prompt: str | Sequence[int], *, tokens: int, temperature: float, cache: bool) -> bytes:
    body: dict[str, Any] = {
        "prompt": prompt if isinstance(prompt, str) else list(prompt),
        "n_predict": tokens,
        "temperature": temperature,
        "ignore_eos": True,
        "stream": True,
        "cache_prompt": cache,
    }
    return json.dumps(body).encode()


def _events(response: http.client.HTTPResponse) -> Iterator[dict[str, Any]]:
    """The JSON values of a stream of server-sent events, each as soon as it is there."""
    for line in response:
        if line.startswith(b"data: ") and line.strip() != b"data: [DONE]":
            yield json.loads(line[6:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
