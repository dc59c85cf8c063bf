"""``lamplight network``: every connection that was opened or refused, and whether any may be."""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict

from assistant.cli import failures
from assistant.cli.session import Session
from assistant.cli.tables import columns
from assistant.cli.terminal import Terminal
from assistant.core.network import Entry
from assistant.texts import tr, trn, units


def run(arguments: argparse.Namespace, terminal: Terminal, session: Session) -> int:
    """Show the list, or forget it."""
    network = session.core.network
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
    elif not entries:
        terminal.say(tr("No connection was ever opened."))
    else:
        received = units.size(sum(entry.received for entry in entries))
        count = trn("{n} connection", "{n} connections", len(entries))
        terminal.say(tr("{count}, {size} received in all.", count=count, size=received), dim=True)
    return failures.DONE


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry.at)),
        f"{entry.host}:{entry.port}",
        entry.why,
        entry.outcome,
        tr("{size} sent", size=units.size(entry.sent)) if entry.sent else "",
        tr("{size} received", size=units.size(entry.received)) if entry.received else "",
        tr("through {proxy}", proxy=entry.via) if entry.via else "",
    )
