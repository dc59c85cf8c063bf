"""One request with all the hops it takes, and what holds for them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from assistant.base.errors import AssistantError, ErrorKind
from assistant.net.sources import HUB, Source, host_and_port, is_this_computer, may_visit, origin

MAX_HOPS = 6
QUESTIONS = ("search", "details", "catalogue check")
"""What is answered by the server that was asked; only files lie elsewhere."""


@dataclass
class Call:
    """A request on its way.

    :ivar why: what the ledger says.
    :ivar name: repository or file, for the sentence of an error.
    :ivar to_hub: it was addressed to the Hub or a mirror.
    :ivar stall: seconds without a byte after which it fails.
    :ivar token: sent along with the next hop, "" for none.
    :ivar pages: a web page is a possible answer.
    :ivar hops: every address so far.
    """

    why: str
    name: str = ""
    to_hub: bool = False
    stall: float = 30.0
    token: str = ""
    pages: bool = False
    hops: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """The host that was asked first."""
        return host_and_port(self.hops[0])[0] if self.hops else ""

    @property
    def here(self) -> str:
        """The host of the current hop."""
        return host_and_port(self.hops[-1])[0] if self.hops else ""

    @property
    def identified(self) -> bool:
        """Does the current hop carry the token?"""
        return bool(self.token) and self.may_identify()

    def may_identify(self) -> bool:
        """May the token go to where the call is now: the Hub itself, straight from us?"""
        return self.to_hub and all(origin(url) == origin(HUB) for url in self.hops)

    def of_mirror(self) -> bool:
        """Was another server asked in the place of the Hub?"""
        return self.to_hub and bool(self.hops) and origin(self.hops[0]) != origin(HUB)

    def step(self, url: str, sources: Iterable[Source]) -> None:
        """Go to ``url`` next.

        :param sources: servers that speak for each other.
        :raises AssistantError: it may not go there: NET_NONSENSE, or NET_PORTAL where somebody else answers.
        """
        host = self.host or host_and_port(url)[0]
        if not may_visit(url):
            raise AssistantError(ErrorKind.NET_NONSENSE, "leads to where nothing may go", host=host)
        if self.hops:
            if url in self.hops or len(self.hops) >= MAX_HOPS:
                raise AssistantError(ErrorKind.NET_NONSENSE, "leads round in a circle", host=host)
            here, there = origin(self.hops[-1]), origin(url)
            if is_this_computer(there[1]) and not is_this_computer(here[1]):
                raise AssistantError(ErrorKind.NET_NONSENSE, "leads back to this computer", host=host)
            if here[0] == "https" and there[0] != "https":
                raise AssistantError(ErrorKind.NET_NONSENSE, "leads down to http", host=host)
            known = {origin(HUB), *(origin(one.url) for one in sources)}
            if here != there and self.why in QUESTIONS and there not in known:
                raise AssistantError(ErrorKind.NET_PORTAL, "leads to another site", host=host)
        self.hops.append(url)
