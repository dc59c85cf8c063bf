"""Hold every row of the catalogue against the Hub: ``python packaging/catalogue.py``. Needs the network, nothing else.

Prints what differs, a line for each: size, hash, licence, gate, architecture, context. Changes nothing: whether a new
build of a file is as good as the one in the row is for a person to decide (``accepted_older`` keeps the old hash).
Ends with 0 when all rows are as the Hub says, 1 when some differ, 2 when some could not be asked.
"""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parent.parent / "resources" / "models.json"
HUB = "https://huggingface.co"
_SECONDS = 30
_MOST = 16 << 20  # bytes of one answer

_SPELLINGS = {"apache-2.0": "Apache-2.0", "mit": "MIT", "gemma": "Gemma Terms of Use",
              "lfm1.0": "LFM Open License v1.0", "llama3.2": "Llama 3.2 Community License"}  # fmt: skip
"""Licences as the Hub names them, and as the rows do."""


@dataclass(frozen=True)
class Result:
    """What became of one row: ``differences`` in words, or ``problem``: why it could not be asked."""

    id: str
    differences: tuple[str, ...] = ()
    problem: str = ""


def ask(endpoint: str, repo: str) -> dict[str, Any]:
    """What the Hub says about a repository now.

    :raises OSError: it cannot be reached, or refuses.
    :raises ValueError: the answer is not one.
    """
    url = f"{endpoint.rstrip('/')}/api/models/{urllib.parse.quote(repo)}?blobs=true"
    request = urllib.request.Request(url, headers={"User-Agent": "lamplight-catalogue-check"})
    with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
        read = json.loads(answer.read(_MOST))
    if not isinstance(read, dict):
        raise ValueError("the answer is no object")
    return read


def differences(row: dict[str, Any], said: dict[str, Any]) -> Iterator[str]:
    """Where ``row`` says something else than the Hub does."""
    files = {one.get("rfilename"): one for one in said.get("siblings") or ()}
    file = files.get(row["file"])
    if file is None:
        near = [name for name in files if str(name).casefold() == row["file"].casefold()]
        yield f"{row['file']} is not there" + (f", but {near[0]} is" if near else "")
    else:
        stored = file.get("lfs") or {}
        size, sha256 = stored.get("size") or file.get("size"), stored.get("sha256") or stored.get("oid")
        if size != row["size"]:
            yield f"size {size} instead of {row['size']}"
        if sha256 != row["sha256"]:
            older = " (an accepted older one)" if sha256 in row.get("accepted_older", ()) else ""
            where = f"at revision {said.get('sha')}, not {row['revision']}"
            yield f"sha256 {sha256}{older} instead of {row['sha256']}, {where}"
    if said.get("gated"):
        yield f"it is gated ({said['gated']})"
    licence = str((said.get("cardData") or {}).get("license") or "")
    if licence and licence != "other" and _SPELLINGS.get(licence.lower(), licence) != row["licence"]:
        yield f"licence {licence} instead of {row['licence']}"
    header = said.get("gguf") or {}
    for key, mine in (("architecture", "architecture"), ("context_length", "context_max")):
        if header.get(key) and header[key] != row[mine]:
            yield f"{mine} {header[key]} instead of {row[mine] or 'unknown'}"


def check(rows: list[dict[str, Any]], endpoint: str) -> Iterator[Result]:
    """Ask about each row in turn. The starter is not asked about: it comes from the package index."""
    for row in rows:
        if row.get("starter"):
            continue
        try:
            said = ask(endpoint, row["repo"])
        except (OSError, ValueError) as error:
            status = f"status {error.code}" if isinstance(error, urllib.error.HTTPError) else str(error)
            yield Result(row["id"], problem=status)
        else:
            yield Result(row["id"], differences=tuple(differences(row, said)))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--endpoint", default=HUB, help=f"the Hub or a mirror of it (default: {HUB})")
    parser.add_argument("--table", type=Path, default=TABLE, help="the catalogue (default: the one that ships)")
    parser.add_argument("ids", nargs="*", metavar="ID", help="only these rows")
    options = parser.parse_args(arguments)
    rows = json.loads(options.table.read_text("utf-8"))["models"]
    if options.ids:
        rows = [row for row in rows if row["id"] in options.ids]
    changed = unasked = same = 0
    for result in check(rows, options.endpoint):
        if result.problem:
            unasked += 1
            print(f"?  {result.id}: {result.problem}", flush=True)
        elif result.differences:
            changed += 1
            for words in result.differences:
                print(f"!  {result.id}: {words}", flush=True)
        else:
            same += 1
            print(f"   {result.id}", flush=True)
    print(f"{same} rows as the Hub says, {changed} differ, {unasked} could not be asked")
    return 2 if unasked else 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
