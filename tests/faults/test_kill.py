"""A worker that is killed loses nothing: offsets are committed behind the rows, never ahead of them."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

from tests.support.load import Load, Reckoning, simulated
from tests.support.loop import BackgroundLoop
from tests.support.proxy import Mode, running_proxy
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import Worker, start_worker

EVENTS = 100_000
#: Slow enough that the third kill still comes amid the load, a new worker's half minute behind a dead one included.
RATE = 1_500


#: Longer than the worker waits between two commits.
HELD_SECONDS = 1.5


def _until_caught_out(worker: Worker, space: Space) -> None:
    """Wait until it has had records in its hands, not stored, for longer than between two commits."""
    wait_until(
        lambda: worker.metric("jejak_records_consumed_total") > worker.metric("jejak_rows_stored_total"),
        "the worker has taken records that are not stored",
    )
    begun, stored = time.monotonic(), space.stored()
    wait_until(lambda: time.monotonic() - begun > HELD_SECONDS, "it has held them for a while")
    assert space.stored() == stored


def _until_stored(space: Space, load: Load, goal: int) -> None:
    """Wait until so many events are stored, or no more are to come: the reckoning tells how many are lost then."""
    wait_until(
        lambda: space.stored() >= goal or (load.sent == EVENTS and space.lag() == 0), f"{goal} events are stored", 60
    )


def test_kill_9_three_times_amid_100000_events_loses_and_doubles_nothing(
    new_space: Callable[..., Space], stack: Stack, loop: BackgroundLoop, logs: Path
) -> None:
    """The hazard: an offset committed for a record that only the killed process had.

    Twice the worker is killed as it runs, under a steady load. Once it is killed while an INSERT hangs: it has then
    fetched and decoded records for longer than it waits between commits, so any commit that runs ahead of ClickHouse
    has been made, and loses them for certain. It fails too where a redelivered block is shown twice.
    """
    records = simulated(2_800, seed=9)[:EVENTS]
    assert len(records) == EVENTS
    with running_proxy(stack.clickhouse, loop) as proxy:
        space = new_space(proxy.url)
        load = Load(space, records)
        load.start(RATE)
        try:
            for number, goal in enumerate((10_000, 35_000, 60_000)):
                with start_worker(space, logs) as worker:
                    worker.until_ready()
                    _until_stored(space, load, goal)
                    if number == 1:
                        proxy.set(Mode.HANG)
                        _until_caught_out(worker, space)
                    assert worker.kill() == -signal.SIGKILL
                    proxy.set(Mode.PASS)
                print(f"killed at {load.sent} sent, {space.stored()} stored, {space.lag()} not committed")
                assert space.stored() < EVENTS
            with start_worker(space, logs) as worker:
                worker.until_ready()
                load.finish()
                space.until_committed()
        finally:
            load.cancel()
        Reckoning(space, records).check("kill -9 three times amid 100,000 events, once while an INSERT hangs")
