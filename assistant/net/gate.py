"""The one place through which every connection of the program goes.

A ``Gate`` belongs to one piece of work (a search, a transfer) and is ended with it; all of them share what is allowed
at the moment. What holds for every request, also for those that a library makes: offline means refused; only https
leaves this computer; redirects are few and never lead down to http or back to this computer; only headers that we know
are sent; the Hub's access token goes to the Hub itself, when the Hub asks for it, and nowhere else.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import httpcore2
import httpx2
import msgspec

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.call import Call
from assistant.net.dial import Stop
from assistant.net.faults import ELSEWHERE_MAY_WORK, at_fault, of_exception, of_status
from assistant.net.ledger import Ledger
from assistant.net.messages import Setup, Switched
from assistant.net.network_backend import Stream, count_here
from assistant.net.pool import Body, core_request, lower, make_pool
from assistant.net.shared import Shared
from assistant.net.sources import Proxy, Source, host_and_port, proxy_for
from assistant.net.token import TokenKeeper

STALL_SECONDS = 30.0
"""A server that sends nothing for so long has stalled."""
QUESTION_SECONDS = 60.0
"""Everything that is not a transfer is over by then."""
STUMBLE_SECONDS = 1.0
"""A server that answers with an error of its own is asked again after so long, then another source is."""
MAX_ANSWER = 32 << 20
"""Bytes of an answer that is read as a whole."""
_MOVED = (301, 302, 303, 307, 308)
_DRAINED = 64 << 10  # bytes that are read so that a connection can be used again

T = TypeVar("T")


class Gate:
    """The way to the network for one piece of work; its requests may come from several threads.

    :param ledger: lists every request.
    :param keeper: knows the Hub's access token.
    :param tell: called with ``Switched`` when another source is used than before.
    :param shared: what other gates share with this one; replaces the parameters before it.
    """

    def __init__(
        self,
        setup: Setup,
        ledger: Ledger | None = None,
        *,
        keeper: TokenKeeper | None = None,
        tell: Callable[[Switched], None] = lambda _: None,
        shared: Shared | None = None,
    ) -> None:
        self.shared = shared or Shared(setup, ledger or Ledger(), keeper or TokenKeeper(), tell=tell)
        self._stop = Stop()
        self._pools: dict[Proxy | None, tuple[Any, httpcore2.ConnectionPool]] = {}
        self._lock = threading.Lock()
        self.shared.register(self._stop)

    def branch(self) -> Gate:
        """A gate for another piece of work."""
        return Gate(self.shared.setup, shared=self.shared)

    # ------------------------------------------------------------ the work's life

    def stop(self, kind: ErrorKind = ErrorKind.CANCELLED) -> None:
        """End the work, from any thread: what is being read or waited for fails with ``kind`` at once."""
        self._stop.end(kind)

    def check_cancelled(self) -> None:
        """:raises AssistantError: the work was ended."""
        self._stop.check()

    def check(self) -> None:
        """:raises AssistantError: the work was ended, or the program is offline."""
        self._stop.check()
        if self.shared.setup.offline:
            raise AssistantError(ErrorKind.OFFLINE)

    def wait(self, seconds: float) -> None:
        """Sleep.

        :raises AssistantError: the work was ended meanwhile.
        """
        self._stop.wait(seconds)
        self.check()

    def close(self) -> None:
        """Close the connections that are left open for the next request."""
        with self._lock:
            pools, self._pools = list(self._pools.values()), {}
        for _, pool in pools:
            with contextlib.suppress(Exception):
                pool.close()

    # ------------------------------------------------------------ where from

    def endpoints(self) -> tuple[Source, ...]:
        """The Hub and its mirrors, in the order in which to ask them.

        :raises AssistantError: SETTING_INVALID: one of them is no address.
        """
        return self.shared.endpoints()

    def failed(self, source: Source, kind: ErrorKind) -> None:
        """``source`` could not be reached because of ``kind``."""
        self.shared.failed(source, kind)

    def works(self, source: Source) -> None:
        """``source`` gives what is asked of it. One that does after others failed is asked first for a while."""
        self.shared.works(source)

    def over_sources(self, action: Callable[[Source], T]) -> T:
        """What ``action`` gives for the first source that can be reached and is in order.

        :raises AssistantError: of the first source, if none is; else what ``action`` raises.
        """
        problems: dict[str, AssistantError] = {}
        for one in self.endpoints():
            try:
                result = self._twice(action, one)
            except AssistantError as error:
                if error.kind not in ELSEWHERE_MAY_WORK:
                    raise
                self.failed(one, error.kind)
                problems[one.host] = error
            else:
                self.works(one)
                return result
        problem = next(iter(problems.values()))  # there is always one source
        if len(problems) > 1:
            problem.values["host"] = at_fault(problems)
        raise problem

    def _twice(self, action: Callable[[Source], T], source: Source) -> T:
        """``action``, once more after a moment if the server has only stumbled."""
        try:
            return action(source)
        except AssistantError as error:
            if error.kind is not ErrorKind.NET_SERVER:
                raise
        self.wait(STUMBLE_SECONDS)
        return action(source)

    # ------------------------------------------------------------ requests

    @contextmanager
    def request(
        self,
        method: str,
        url: str,
        *,
        why: str,
        headers: Mapping[str, str] | None = None,
        to_hub: bool = False,
        name: str = "",
        check: bool = True,
        pages: bool = False,
        stall: float = STALL_SECONDS,
    ) -> Iterator[httpx2.Response]:
        """Ask for ``url``; the answer is streamed: ``iter_raw()`` brings it in pieces of up to 1 MiB.

        :param method: GET or HEAD.
        :param why: search, details, header, download or catalogue check.
        :param to_hub: this goes to the Hub or a mirror; the token may be sent if it is the Hub itself.
        :param name: of the repository or file, for the sentence of an error.
        :param check: errors of the server (a status from 400 on) and web pages in place of a file are raised.
        :param pages: a web page is a possible answer.
        :param stall: seconds without a byte after which it fails.
        :raises AssistantError: of the kinds NET_*, HUB_*, OFFLINE, CANCELLED; also while the answer is read.
        """
        call = Call(why, name=name, to_hub=to_hub, stall=stall, pages=pages)
        target = httpx2.URL(url)
        while True:
            response = self.send(httpx2.Request(method, target, headers=dict(headers or {})), call)
            try:
                place = response.headers.get("location", "")
                if response.status_code in _MOVED and place:
                    target = _joined(target, place, call)
                    _drain(response)
                    continue
                if check:
                    self.judge(response, call)
                yield response
                return
            finally:
                response.close()

    def json(self, url: str, *, why: str, name: str = "", to_hub: bool = True) -> tuple[Any, dict[str, str]]:
        """A whole answer, decoded, and its headers (names in small letters).

        :raises AssistantError: like ``request``; NET_NONSENSE: too large or not JSON, NET_STALLED: too slow.
        """
        wanted = {"accept": "application/json"}
        with self.request("GET", url, why=why, headers=wanted, name=name, to_hub=to_hub) as response:
            data = whole(response, limit=MAX_ANSWER)
            try:
                return msgspec.json.decode(data), lower(response.headers)
            except (msgspec.DecodeError, RecursionError, ValueError) as error:
                host = response.request.url.host
                raise AssistantError(ErrorKind.NET_NONSENSE, "not JSON", host=host) from error

    def judge(self, response: httpx2.Response, call: Call) -> None:
        """:raises AssistantError: the answer is an error, or a web page in place of what was asked for."""
        host, headers = call.here, lower(response.headers)
        error = of_status(response.status_code, headers, host=host, name=call.name, asked=call.identified)
        if error is not None:
            if error.kind is ErrorKind.NET_BUSY:
                self.shared.leave_alone(host, float(str(error.values["seconds"])))
            if error.kind is ErrorKind.HUB_GATED and call.of_mirror():
                error.values["mirror"] = host  # which gets no token, whether one is known or not
            raise error
        if headers.get("content-type", "").split(";")[0].strip().lower() == "text/html" and not call.pages:
            raise AssistantError(ErrorKind.NET_PORTAL, "a web page came", host=call.host)
        if headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            raise AssistantError(ErrorKind.NET_NONSENSE, "encoded without being asked", host=host)

    # ------------------------------------------------------------ one hop

    def send(self, request: httpx2.Request, call: Call) -> httpx2.Response:
        """One request and its answer, streamed, without following where it leads.

        :raises AssistantError: see ``request``.
        """
        self._admit(request.method, str(request.url), call)
        response = self._hop(request, call)
        if response.status_code in (401, 403) and call.may_identify() and not call.identified:
            call.token = self.shared.keeper.look(self.check)
            if call.token:
                _drain(response)
                response.close()
                response = self._hop(request, call)
        return response

    def _admit(self, method: str, url: str, call: Call) -> None:
        """:raises AssistantError: this request is not allowed; the ledger says so."""
        host, port = host_and_port(url)
        try:
            self.check()
            call.step(url, self.endpoints() if call.to_hub else ())
            self.shared.check_busy(host)
        except AssistantError:
            self.shared.ledger.refuse(host, port, why=call.why, method=method)
            raise

    def _hop(self, request: httpx2.Request, call: Call) -> httpx2.Response:
        host, port = host_and_port(str(request.url))
        proxy = proxy_for(str(request.url), self.shared.setup)
        pool = self._pool(proxy)
        ledger = self.shared.ledger
        via = proxy.name if proxy else ""
        meter = ledger.begin(host, port, why=call.why, method=request.method, via=via)
        count_here(meter)
        try:
            answer = pool.handle_request(core_request(request, call))
        except BaseException as error:
            ledger.end(meter, self._stop.outcome)
            self._stop.check()
            if not isinstance(error, Exception):
                raise
            refused = via if isinstance(error, httpcore2.ProxyError) else ""
            raise of_exception(error, host, seconds=call.stall, proxy=refused) from error
        finally:
            count_here(None)
        stream = answer.extensions.get("network_stream")
        if isinstance(stream, Stream):
            stream.meter = meter
        body = Body(answer, call, ledger=ledger, meter=meter, stop=self._stop)
        return httpx2.Response(answer.status, headers=answer.headers, stream=body, request=request)

    def _pool(self, proxy: Proxy | None) -> httpcore2.ConnectionPool:
        context = self.shared.context()
        with self._lock:
            made = self._pools.get(proxy)
            if made is None or made[0] is not context:
                made = self._pools[proxy] = (context, make_pool(proxy, context, self._stop))
            return made[1]


def whole(response: httpx2.Response, *, limit: int) -> bytes:
    """All of an answer.

    :raises AssistantError: NET_NONSENSE: longer than ``limit`` bytes, NET_STALLED: it takes too long.
    """
    host = response.request.url.host
    deadline = time.monotonic() + QUESTION_SECONDS
    data = bytearray()
    for piece in response.iter_raw():
        data += piece
        if len(data) > limit:
            raise AssistantError(ErrorKind.NET_NONSENSE, "the answer does not end", host=host)
        if time.monotonic() > deadline:
            raise AssistantError(ErrorKind.NET_STALLED, "too slow", host=host, seconds=round(QUESTION_SECONDS))
    return bytes(data)


def _joined(base: httpx2.URL, place: str, call: Call) -> httpx2.URL:
    """:raises AssistantError: NET_NONSENSE: ``place`` is no address."""
    try:
        return base.join(place).copy_with(fragment=None)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise AssistantError(ErrorKind.NET_NONSENSE, "leads nowhere", host=call.host) from error


def _drain(response: httpx2.Response) -> None:
    """Read the rest of a short answer, so that its connection can be used again."""
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and len(length) < 9 and int(length) <= _DRAINED:
        with contextlib.suppress(AssistantError):
            for _ in response.iter_raw():
                pass
