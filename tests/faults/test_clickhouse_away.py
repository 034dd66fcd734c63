"""ClickHouse that is not there, answers with errors, hangs or is cut off: the worker waits, says so, loses nothing."""

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from producers.simulator import Record
from tests.support.load import Load, Reckoning, simulated
from tests.support.loop import BackgroundLoop
from tests.support.proxy import Mode, Proxy, running_proxy
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import LAUNCHER, Worker, start_worker

#: Longer than a silent member's session in any case.
OUTAGE_SECONDS = 20.0 if LONG else 10.0
RATE = 700
AWAY = "ClickHouse does not take rows"
#: The faults behind the long outage: their names, and how many requests shall meet each.
FAULTS = {
    Mode.REFUSE: ("ClickHouse refuses connections", 0),
    Mode.ERROR: ("ClickHouse answers 500", 2),
    Mode.HANG: ("ClickHouse hangs", 1),
    Mode.CUT_REQUEST: ("connection lost mid-INSERT, half of it sent", 2),
    Mode.CUT_ANSWER: ("connection lost mid-INSERT, rows stored, answer lost", 2),
    Mode.READ_ONLY: ("ClickHouse answers that its table is read-only (242)", 2),
    Mode.FULL: ("ClickHouse answers that its disk is full (243)", 2),
}


def _outage(worker: Worker, proxy: Proxy) -> None:
    """503 for long; the worker stays and says why it is not ready."""
    proxy.set(Mode.UNAVAILABLE)
    begun = time.monotonic()
    status, reason = wait_until(
        lambda: answer if (answer := worker.get("/readyz"))[0] == 503 else None, "the worker says it is not ready"
    )
    assert status == 503
    assert AWAY in reason
    assert worker.get("/healthz")[0] == 200
    wait_until(lambda: time.monotonic() - begun >= OUTAGE_SECONDS, "the outage is over", OUTAGE_SECONDS + 5)
    assert worker.get("/readyz")[0] == 503
    assert proxy.failed[Mode.UNAVAILABLE] >= 3
    proxy.set(Mode.PASS)


def _fault(worker: Worker, proxy: Proxy, mode: Mode, requests: int) -> None:
    """Any other fault until the worker has noticed it often enough."""
    before, failed = proxy.failed[mode], worker.metric("jejak_insert_retries_total")
    proxy.set(mode)
    wait_until(lambda: worker.metric("jejak_insert_retries_total") > failed, f"an INSERT failed: {mode.value}", 60)
    wait_until(lambda: proxy.failed[mode] >= before + requests, f"{requests} requests met it", 60)
    assert AWAY in worker.get("/readyz")[1]
    proxy.set(Mode.PASS)


class _Feed:
    """The load, with a pause for a reckoning behind each fault."""

    def __init__(self, space: Space, worker: Worker) -> None:
        self._space, self._worker = space, worker
        self._left: list[Record] = simulated(2_200, seed=13)
        self._sent: list[Record] = []

    def amid(self, fault: str, happen: Callable[[], None]) -> None:
        """Let a fault happen amid the load, and reckon all that was sent so far."""
        before, self._space.recoveries[:] = self._space.stored(), []
        load = Load(self._space, self._left)
        load.start(RATE)
        try:
            wait_until(lambda: load.sent > RATE, "the load is on its way")
            assert self._worker.alive
            happen()
            load.catch_up()
            load.stop()
            self._space.until_committed()
        finally:
            load.cancel()
        assert self._space.stored() > before
        self._worker.until_ready()
        self._sent += load.records
        self._left = self._left[load.sent :]
        Reckoning(self._space, self._sent).check(fault)


def test_clickhouse_away_in_every_way_loses_nothing(
    new_space: Callable[..., Space], stack: Stack, loop: BackgroundLoop, logs: Path
) -> None:
    """The hazard: a block that failed is dropped, its offsets committed, or its worker thrown out of the group.

    Events keep coming all the while, and ClickHouse is not there yet when the worker starts. It fails where the
    worker ends or becomes another process, where it does not notice by itself that ClickHouse is back, where it is
    ready although it stores nothing, where a half-sent block or an error's answer is taken for stored, and where a
    block that ClickHouse took without being able to say so shows twice.
    """
    with running_proxy(stack.clickhouse, loop) as proxy:
        space = new_space(proxy.url)
        proxy.set(Mode.REFUSE)
        with start_worker(space, logs, LAUNCHER, {"INSERT_SECONDS": "3"}) as worker:
            feed = _Feed(space, worker)

            def absent() -> None:
                wait_until(lambda: AWAY in worker.get("/readyz")[1], "it says what it starts without", 60)
                assert space.stored() == 0
                proxy.set(Mode.PASS)

            feed.amid("ClickHouse not there when the worker starts", absent)
            feed.amid(f"ClickHouse answers 503 for {OUTAGE_SECONDS:.0f} s", lambda: _outage(worker, proxy))
            for mode, (name, requests) in FAULTS.items():
                feed.amid(name, partial(_fault, worker, proxy, mode, requests))
            assert worker.alive
            assert worker.logged().count('"health and metrics served"') == 1
            retries = int(worker.metric("jejak_insert_retries_total"))
        print(
            f"failed requests {sum(proxy.failed.values())}, INSERTs tried again {retries}, the same process throughout"
        )
