"""The full dose for the store: thousands of kills, damaged files, refusing disks and power cuts (about an hour).

The seeds and the counts are in the logs. The refusing disk and the power cut need ``strace``.
"""

from __future__ import annotations

import itertools
import random
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from assistant.base.errors import ErrorKind
from tests.fakes.power_cut import Disk, record
from tests.fakes.soak_log import SoakLog
from tests.fakes.store_damage import survive_many
from tests.fakes.store_killer import ROOT, Promises, check, command, kill_often

pytestmark = [pytest.mark.soak, pytest.mark.timeout(7200)]

_CALM = {
    kind.value
    for kind in (ErrorKind.DISK_FULL, ErrorKind.READ_ONLY, ErrorKind.FILE_UNREADABLE, ErrorKind.DATABASE_BUSY)
}


@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_kills(tmp_path: Path, seed: int, soak_log: SoakLog) -> None:
    promises = kill_often(tmp_path, times=50, seed=1000 + seed)
    soak_log(seed=1000 + seed, kills=50, messages=len(promises.messages), failed=promises.failed)
    assert promises.failed == []


@pytest.mark.parametrize("seed", range(3))
def test_damaged_databases(tmp_path: Path, seed: int, soak_log: SoakLog) -> None:
    endings = survive_many(tmp_path, many=300, seed=2000 + seed)
    soak_log(seed=2000 + seed, databases=300, endings=endings)


def test_each_call_to_a_refusing_disk(tmp_path: Path, soak_log: SoakLog) -> None:
    """The k-th call fails, once and from then on, for k = 1, 2, ... until a run passes untouched."""
    counts: Counter[str] = Counter()
    for call, error, ever in itertools.product(
        ("pwrite64", "fsync,fdatasync", "ftruncate", "openat", "rename", "fallocate"),
        ("ENOSPC", "EIO", "EACCES"),
        ("", "+"),
    ):
        for k in itertools.chain(range(1, 12), range(12, 60, 6)):
            home = tmp_path / "home"
            failed = _run_refused(home, f"{call}:error={error}:when={k}{ever}")
            counts["runs"] += 1
            counts["with a refusal"] += failed
            shutil.rmtree(home)
        soak_log(call=call, error=error, ever=bool(ever), so_far=counts)
    assert counts["runs"] >= 400
    assert counts["with a refusal"] >= 100


def _run_refused(home: Path, inject: str) -> bool:
    """One run of the writing program; returns whether it noticed anything."""
    data, config = home / "data", home / "config"
    data.mkdir(parents=True)
    config.mkdir()
    names = [data / f"lamplight.sqlite3{ending}" for ending in ("", "-wal", "-shm", ".lock", "-journal")]
    paths = [part for path in (*names, data, config, config / "settings.json") for part in ("-P", str(path))]
    start = ["strace", "-f", "-qq", "-o", "/dev/null", *paths, "-e", f"inject={inject}"]
    done = subprocess.run([*start, *command(home, 5, 25)], cwd=ROOT, stdout=subprocess.PIPE, check=False, timeout=120)
    promises = Promises()
    for line in done.stdout.decode("utf-8").splitlines():
        promises.hear(line)
    assert done.returncode == 0, inject
    assert promises.ended, inject
    assert set(promises.failed) <= _CALM, (inject, promises.failed)
    assert set(promises.problems) <= _CALM, (inject, promises.problems)
    try:
        check(home, promises)
    except BaseException as error:
        error.add_note(inject)
        raise
    return bool(promises.failed or promises.problems)


@pytest.mark.parametrize("seed", range(5))
def test_power_cuts(tmp_path: Path, seed: int, soak_log: SoakLog) -> None:
    """At 120 moments of each of five recordings, what could be left of the disk is opened and looked at."""
    chance = random.Random(3000 + seed)
    home = tmp_path / "home"
    acts = record(home, seed, 120, tmp_path / "log")
    said = sum(act.call == "say" for act in acts)
    moments = sorted(chance.sample(range(1, len(acts)), 120))
    disk, promises, done = Disk(), Promises(), 0
    for moment in moments:
        for act in acts[done:moment]:
            if act.call == "say":
                promises.hear(act.data.decode("utf-8").rstrip("\n"))
            else:
                disk.do(act)
        done = moment
        rest = tmp_path / f"rest-{moment}"
        disk.after_power_cut(chance, str(home), rest)
        (rest / "data").mkdir(parents=True, exist_ok=True)
        try:
            check(rest, _safe_from_power_cuts(promises))
        except BaseException as error:
            error.add_note(f"seed {3000 + seed}, after {moment} of {len(acts)} acts")
            raise
        shutil.rmtree(rest)
    soak_log(seed=3000 + seed, power_cuts=len(moments), acts=len(acts), promises=said)


def _safe_from_power_cuts(promises: Promises) -> Promises:
    """Checkpoints of an answer are promised for an end of the program only."""
    return Promises(
        messages=dict(promises.messages),
        begun=dict(promises.begun),
        dropped=set(promises.dropped),
        threads=promises.threads,
    )
