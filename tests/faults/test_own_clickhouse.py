"""A ClickHouse of the test's own, on a small disk of its own: killed and started again, and out of disk."""

import contextlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.local.ports import claim
from tests.support.clickhouse_process import ServerProcess
from tests.support.load import Load, Reckoning, simulated
from tests.support.loop import BackgroundLoop
from tests.support.rounds import LONG
from tests.support.space import Space, made_space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import Worker, running_worker

pytestmark = pytest.mark.long


RATE = 1_000
DISK_BYTES = 256 * 2**20
KILLS = 5 if LONG else 1
AWAY = "ClickHouse does not take rows"


@contextmanager
def _disk(place: Path) -> Iterator[Path]:
    """A file system in memory that is full sooner than any real one."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        pytest.skip(f"a small disk needs the right to mount one: {told.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def _space_on(server: ServerProcess, stack: Stack, loop: BackgroundLoop) -> Iterator[Space]:
    own = replace(stack, clickhouse=f"http://default:@127.0.0.1:{server.port}")
    with made_space(own, loop) as space:
        yield space


def _fill(ballast: Path) -> None:
    """Take all that is left on the file's disk; removing the file gives it back."""
    piece = bytes(64 * 1024)
    with ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(piece)


def _until_unready(worker: Worker, *words: str) -> None:
    def says() -> bool:
        status, reason = worker.get("/readyz")
        return status == 503 and all(word in reason for word in (AWAY, *words))

    wait_until(says, "it says that ClickHouse takes no rows", 60)
    assert worker.get("/healthz")[0] == 200


def test_a_clickhouse_without_room_on_its_disk_is_waited_for(
    stack: Stack, loop: BackgroundLoop, tmp_path: Path, logs: Path
) -> None:
    """The hazard: a block of which some tables have their part and others do not, taken for stored, or doubled.

    The disk under a real ClickHouse engine is filled to the last byte amid the load, and emptied again. It fails
    where the worker ends, is ready, or goes on past the block, and where the parts of a failed INSERT show twice.
    """
    with (
        _disk(tmp_path / "disk") as disk,
        ServerProcess(disk / "clickhouse") as server,
        _space_on(server, stack, loop) as space,
    ):
        load = Load(space, simulated(1_500, seed=91))
        with running_worker(space, logs) as worker:
            load.start(RATE)
            try:
                wait_until(lambda: space.stored() > RATE, "the load is on its way")
                failed = worker.metric("jejak_insert_retries_total") + 3

                def full() -> bool:
                    # Again and again: the end of a merge gives ClickHouse a little room back.
                    _fill(disk / "ballast")
                    return worker.metric("jejak_insert_retries_total") >= failed

                wait_until(full, "INSERTs fail", 60)
                _until_unready(worker)
                (disk / "ballast").unlink()
                load.catch_up()
                worker.until_ready()
                load.stop()
                space.until_committed()
            finally:
                load.cancel()
            assert worker.alive
        Reckoning(space, load.records).check("ClickHouse's disk is full (a real one, of 256 MiB)")


def test_a_clickhouse_killed_and_started_again_has_what_it_confirmed(
    stack: Stack, loop: BackgroundLoop, tmp_path: Path, logs: Path
) -> None:
    """The hazard: rows that ClickHouse confirmed and forgot, or a block that was half written when it died.

    It is killed with SIGKILL amid INSERTs and started again on its data, at its old port. It fails where the worker
    ends, does not find it again, or takes a cut connection for an answer.
    """
    port = claim(0, "ClickHouse", "")
    with ServerProcess(tmp_path / "clickhouse", port) as server, _space_on(server, stack, loop) as space:
        load = Load(space, simulated(1_500 * KILLS, seed=92))
        with running_worker(space, logs) as worker:
            load.start(RATE)
            try:
                for kill in range(1, KILLS + 1):
                    _until_stored(space, kill * 3 * RATE)
                    server.kill()
                    _until_unready(worker)
                    server.start()
                    load.catch_up()
                load.stop()
                space.until_committed()
            finally:
                load.cancel()
            assert worker.alive
        Reckoning(space, load.records).check(f"ClickHouse killed with SIGKILL and started again, {KILLS} times")


def _until_stored(space: Space, count: int) -> None:
    wait_until(lambda: space.stored() > count, f"{count} events are stored", 60)
