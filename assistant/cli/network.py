"""``lamplight network``: every connection that was opened or refused, and whether any may be."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

from assistant.cli import failures
from assistant.cli.session import Session
from assistant.cli.tables import columns
from assistant.cli.terminal import Terminal
from assistant.core.network import Entry, TokenKept
from assistant.texts import connections, tr, units


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Show the list, or forget it; or take an access token."""
    network = session.core.network
    if arguments.token:
        return _token(arguments, terminal, session)
    if arguments.clear:
        network.clear()
    entries = network.ledger()
    if arguments.json:
        rows = [asdict(entry) for entry in entries]
        terminal.write_json({"offline": network.offline, "connections": rows})
        return failures.DONE
    if network.offline:
        terminal.say(tr("Offline: every connection is refused."))
    terminal.write(columns([_row(entry) for entry in entries]))
    if arguments.clear:
        terminal.say(tr("The list is empty now."))
    else:
        terminal.say(connections.total(entries), dim=bool(entries))
    return failures.DONE


def _token(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Have the system's keyring keep the Hub's access token."""
    token = terminal.secret(tr("Access token:") + " ").strip()
    kept: TokenKept = session.result(lambda done: session.core.network.set_token(token, done), answers_cancel=False)
    if arguments.json:
        terminal.write_json({"known": kept.known, "where": kept.where})
    elif kept.where == "keyring":
        terminal.say(tr("The token is kept in this system's password store."))
    elif kept.where == "environment":
        terminal.say(tr("The token comes from HF_TOKEN in the environment."))
    elif kept.known:
        terminal.say(tr("This system has no password store for the token. Set HF_TOKEN in the environment instead."))
    else:
        terminal.say(tr("There is no token."))
    return failures.FAILED if kept.where == "memory" else failures.DONE


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at)),
        f"{entry.host}:{entry.port}",
        connections.reason(entry.why),
        connections.outcome(entry.outcome),
        tr("{size} sent", size=units.size(entry.sent)) if entry.sent else "",
        tr("{size} received", size=units.size(entry.received)) if entry.received else "",
        tr("through {proxy}", proxy=entry.via) if entry.via else "",
    )
