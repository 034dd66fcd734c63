"""What an operator sees of a fault: `/readyz` with the reason, one line in the log, the stacks of a stuck batch."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from projections.migrate import migrate
from tests.support.events import event, new_workspace
from tests.support.loop import BackgroundLoop
from tests.support.proxy import Mode, running_proxy
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import LAUNCHER, Worker, running_worker, start_worker

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "text": "Halo"}


def _lines(worker: Worker, said: str) -> list[dict[str, Any]]:
    """The lines of a worker's log with this event. Every line is JSON, or this fails."""
    return [line for line in map(json.loads, worker.logged().splitlines()) if line["event"] == said]


def _until_unready(worker: Worker, *words: str) -> None:
    def said() -> bool:
        status, reason = worker.get("/readyz")
        return status == 503 and all(word in reason for word in words)

    wait_until(said, f"it is not ready because of {words}", 60)
    assert worker.get("/healthz") == (200, "ok\n")
    assert worker.metric("jejak_ready") == 0


def test_a_clickhouse_that_hangs_is_noticed_without_traffic_and_a_stuck_batch_is_logged_once(
    new_space: Callable[..., Space], stack: Stack, loop: BackgroundLoop, logs: Path
) -> None:
    """It fails where `/readyz` hangs along, where only an INSERT finds out, and where stacks are logged each second."""
    with running_proxy(stack.clickhouse, loop) as proxy:
        space = new_space(proxy.url)
        patience = {"INSERT_SECONDS": "40", "STUCK_SECONDS": "2"}
        with running_worker(space, logs, LAUNCHER, patience) as worker:
            assert worker.metric("jejak_clickhouse_up") == 1
            proxy.set(Mode.HANG)
            _until_unready(worker, "ClickHouse", "no answer in time")
            assert worker.metric("jejak_clickhouse_up") == 0
            space.append_events([event("message.incoming", new_workspace(), MESSAGE)])
            _until_unready(worker, "oldest batch")
            wait_until(lambda: worker.metric("jejak_oldest_batch_seconds") > 6, "it has been stuck for some looks")
            assert worker.metric("jejak_lag_records") == 1
            (stuck,) = _lines(worker, "a batch is stuck")
            assert (stuck["topic"], stuck["offset"]) == (space.settings.topic("messages"), 0)
            # Where the event loop is, and where the thread is that waits for ClickHouse.
            assert "all_stacks" in stuck["stacks"]
            assert "_insert" in stuck["stacks"]
            proxy.set(Mode.PASS)
            worker.until_ready()
            space.until_committed()
            wait_until(lambda: len(_lines(worker, "ready")) >= 2, "it says that it is ready again")


def test_a_lost_materialized_view_makes_the_worker_unready_until_it_is_made_again(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """To ClickHouse it is no error. No row passes it by, because the worker waits: so no rebuild is asked for."""
    space = new_space()
    with running_worker(space, logs) as worker:
        space.client.command("DROP VIEW person_facts_from_events")
        _until_unready(worker, "materialized view person_facts_from_events", "jejak migrate")
        assert migrate(space.direct).created == ["person_facts_from_events"]
        worker.until_ready()
        (unready,) = [line for line in _lines(worker, "not ready") if "person_facts" in str(line["problems"])]
        assert unready["level"] == "warning"
        assert "jejak rebuild" not in str(unready["problems"])


def test_a_worker_without_its_topics_says_which_and_what_to_do(new_space: Callable[..., Space], logs: Path) -> None:
    space = new_space()
    with start_worker(space, logs, changes={"JEJAK_TOPIC_PREFIX": f"{space.name}.none."}) as worker:
        _until_unready(worker, f"{space.name}.none.sessions", "jejak topics")
        wait_until(lambda: _lines(worker, "not ready"), "its log says so")
