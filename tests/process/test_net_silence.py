"""Nothing connects that should not: looked at from inside each process and from outside."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.net.messages import Look, Place, ReadBytes, Search, Setup
from assistant.process import child_command, child_environment, encode
from tests.fakes.wire import answer, serving

ROOT = Path(__file__).resolve().parents[2]

TRIES = """
import json, socket, sys, urllib.request

def tried(action):
    try:
        action()
    except PermissionError:
        return "refused"
    except BaseException as error:
        return type(error).__name__
    return "done"

def connect(family, address, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as one:
        one.settimeout(1)
        one.connect(address)

def send():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"x", ("127.0.0.1", PORT))

def listen():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))

def pair():
    a, b = socket.socketpair()
    a.sendall(b"x"); assert b.recv(1) == b"x"
    a.close(); b.close()

print(json.dumps({
    "connect": tried(lambda: connect(socket.AF_INET, ("127.0.0.1", PORT))),
    "connect6": tried(lambda: connect(socket.AF_INET6, ("::1", PORT))),
    "connect_ex": tried(lambda: socket.socket().connect_ex(("127.0.0.1", PORT))),
    "udp": tried(lambda: connect(socket.AF_INET, ("127.0.0.1", PORT), socket.SOCK_DGRAM)),
    "send": tried(send),
    "listen": tried(listen),
    "lookup": tried(lambda: socket.getaddrinfo("localhost", 80)),
    "old_lookup": tried(lambda: socket.gethostbyname("localhost")),
    "create": tried(lambda: socket.create_connection(("127.0.0.1", PORT), 1)),
    "pair": tried(pair),
}))
"""
REFUSED = ["connect", "connect6", "connect_ex", "udp", "send", "listen", "lookup", "old_lookup", "create"]
"""The last three look up a name, whatever the system."""


def outcome(before: str, port: int) -> dict[str, str]:
    """What a fresh interpreter may do after ``before``."""
    code = before + TRIES.replace("PORT", str(port))
    command = [sys.executable, "-W", "ignore", "-c", code]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


STARTED = """
import assistant.ROOM.main as child
class Pipe:
    def listen(self, *_): pass
def leave(*_):
    raise SystemExit
child.take_pipe = lambda _: Pipe()
child.NEXT = leave
try:
    child.main()
except SystemExit:
    pass
"""
"""A child's ``main`` up to its first step after the wall."""


@pytest.mark.parametrize(
    "before",
    [
        "from assistant.base import nonetwork; nonetwork.forbid()\n",
        "from assistant.net import audit_hook; audit_hook.install()\n",
        STARTED.replace("ROOM", "engine").replace("NEXT", "serve"),
        STARTED.replace("ROOM", "worker").replace("NEXT", "limit_address_space"),
    ],
    ids=["program", "net child", "engine", "worker"],
)
def test_the_wall_lets_only_local_sockets_through(before: str) -> None:
    with serving(lambda _: answer(200)) as server:
        found = outcome(before, server.port)
        if sys.platform == "win32":  # there, pairs of sockets are made of connections from this computer to itself
            found |= dict.fromkeys(REFUSED[:-3], "refused")
        else:
            assert server.connections == 0
    assert found == {**dict.fromkeys(REFUSED, "refused"), "pair": "done"}


def test_without_the_wall_the_same_tries_succeed() -> None:
    with serving(lambda _: answer(200)) as server:
        found = outcome("", server.port)
        assert server.connections >= 3
    assert found["connect"] == found["lookup"] == found["pair"] == "done"


def test_the_windows_local_sockets_work_behind_the_wall() -> None:
    code = """
from assistant.base import nonetwork
nonetwork.forbid()
from PySide6.QtCore import QCoreApplication
from PySide6.QtNetwork import QLocalServer, QLocalSocket
application = QCoreApplication([])
server = QLocalServer()
assert server.listen("lamplight-wall-test"), server.errorString()
socket = QLocalSocket()
socket.connectToServer("lamplight-wall-test")
assert socket.waitForConnected(5000), socket.errorString()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", [["--version"], ["models"], ["doctor"]])
def test_the_command_line_is_behind_the_wall(command: list[str]) -> None:
    """The entry point puts the wall up before it does anything else."""
    code = (
        "import sys, runpy\n"
        f"sys.argv = ['lamplight', *{command!r}]\n"
        "try:\n    runpy.run_module('assistant', run_name='__main__')\nexcept SystemExit: pass\n"
        "import socket\n"
        "try:\n    socket.create_connection(('127.0.0.1', 9), 1)\n"
        "except PermissionError: print('walled')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.splitlines()[-1] == "walled", done.stderr


STRACE = shutil.which("strace")
"""Sees every system call. Where it is missing, only the server counts who connects."""


def calls(tmp_path: Path, *messages: object) -> list[str]:
    """The connections to the network that a net child tries, as the system saw them."""
    trace = tmp_path / "trace"
    trace.write_text("")
    watch = [STRACE, "-f", "-qq", "-e", "trace=connect,sendto,bind,listen", "-o", str(trace)] if STRACE else []
    child = subprocess.Popen(
        [*watch, *child_command("net")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=child_environment(),
        cwd=ROOT,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(b"".join(encode(message) for message in messages))  # type: ignore[arg-type]
    child.stdin.flush()
    for _ in messages[1:]:
        size = int.from_bytes(child.stdout.read(4), "little")
        assert len(child.stdout.read(size)) == size
    child.communicate(timeout=60)
    return [line for line in trace.read_text().splitlines() if "AF_INET" in line]


def asked(tmp_path: Path) -> list[object]:
    place = Place(repo="a/b", file="x.gguf")
    return [
        Search(id="1", text="x"),
        Look(id="2", repo="a/b"),
        ReadBytes(id="3", place=place, start=0, length=10, path=str(tmp_path / "part")),
    ]


def test_a_child_that_is_offline_connects_to_nothing(tmp_path: Path) -> None:
    with serving(lambda _: answer(200, b"[]")) as server:
        setup = Setup(offline=True, endpoint=server.address)
        assert calls(tmp_path, setup, *asked(tmp_path)) == []
        assert server.connections == 0


def test_a_child_that_is_online_connects_to_what_was_asked_and_listens_to_nothing(tmp_path: Path) -> None:
    with serving(lambda _: answer(404)) as server:
        lines = calls(tmp_path, Setup(endpoint=server.address), *asked(tmp_path))
        assert server.connections == 3
    assert STRACE is None or len([line for line in lines if "connect(" in line]) >= 3
    # A resolver may ask the kernel which addresses it would use (port 0 and datagrams); nothing is sent by that.
    told = [line for line in lines if f"htons({server.port})" not in line and "htons(0)" not in line]
    assert told == []
