"""ClickHouse that answers 503, is not there, hangs or is cut off: the worker waits, says so, and loses nothing."""

import time
from collections.abc import Callable
from pathlib import Path

from tests.support.load import Load, Reckoning, simulated
from tests.support.loop import BackgroundLoop
from tests.support.proxy import Mode, Proxy, running_proxy
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import LAUNCHER, Worker, start_worker

OUTAGE_SECONDS = 20.0
AWAY = "ClickHouse does not take rows"
#: The faults behind the long outage, and how many requests shall meet each.
FAULTS = {Mode.REFUSE: 0, Mode.HANG: 1, Mode.CUT_REQUEST: 2, Mode.CUT_ANSWER: 2}


def _outage(worker: Worker, proxy: Proxy, seconds: float) -> None:
    """503 for so long; the worker stays and says why it is not ready."""
    proxy.set(Mode.UNAVAILABLE)
    begun = time.monotonic()
    status, reason = wait_until(
        lambda: answer if (answer := worker.get("/readyz"))[0] == 503 else None, "the worker says it is not ready"
    )
    assert status == 503
    assert AWAY in reason
    assert worker.get("/healthz")[0] == 200
    wait_until(lambda: time.monotonic() - begun >= seconds, "the outage is over", seconds + 5)
    assert worker.get("/readyz")[0] == 503
    assert proxy.failed[Mode.UNAVAILABLE] >= 3
    proxy.set(Mode.PASS)
    worker.until_ready()


def _fault(worker: Worker, proxy: Proxy, mode: Mode, requests: int) -> None:
    """Any other fault until the worker has noticed it often enough."""
    before, failed = proxy.failed[mode], worker.metric("jejak_insert_retries_total")
    proxy.set(mode)
    wait_until(lambda: worker.metric("jejak_insert_retries_total") > failed, f"an INSERT failed: {mode.value}", 60)
    wait_until(lambda: proxy.failed[mode] >= before + requests, f"{requests} requests met it", 60)
    proxy.set(Mode.PASS)
    worker.until_ready()


def test_clickhouse_away_in_every_way_loses_nothing(
    new_space: Callable[..., Space], stack: Stack, loop: BackgroundLoop, logs: Path
) -> None:
    """The hazard: a block that failed is dropped, its offsets committed, or its worker thrown out of the group.

    Events keep coming all the while, and ClickHouse is not there yet when the worker starts. It fails where the
    worker ends or becomes another process, where it does not notice by itself that ClickHouse is back, where it is
    ready although it stores nothing, where a half-sent block is taken for stored, and where a block that ClickHouse
    took without being able to say so shows twice.
    """
    records = simulated(1_500, seed=13)
    with running_proxy(stack.clickhouse, loop) as proxy:
        space = new_space(proxy.url)
        load = Load(space, records)
        proxy.set(Mode.REFUSE)
        with start_worker(space, logs, LAUNCHER, {"INSERT_SECONDS": "3"}) as worker:
            load.start(rate=700)
            try:
                wait_until(lambda: AWAY in worker.get("/readyz")[1], "it says what it starts without", 60)
                assert space.stored() == 0
                proxy.set(Mode.PASS)
                wait_until(lambda: space.stored() > 1_000, "the load is on its way")
                _outage(worker, proxy, OUTAGE_SECONDS)
                for mode, requests in FAULTS.items():
                    _fault(worker, proxy, mode, requests)
                load.stop()
                space.until_committed()
            finally:
                load.cancel()
            assert worker.alive
            assert worker.logged().count('"health and metrics served"') == 1
            retries = int(worker.metric("jejak_insert_retries_total"))
        print(
            f"failed requests {sum(proxy.failed.values())}, INSERTs tried again {retries}, the same process throughout"
        )
        Reckoning(space, load.records).check()
