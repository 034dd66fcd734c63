"""SIGTERM under load: what was taken is written and committed before the worker ends."""

import json
from collections.abc import Callable
from pathlib import Path

from schemas.constants import TOPICS
from tests.support.kafka import read_topic
from tests.support.load import Load, Reckoning, simulated
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker


def _committed(space: Space) -> set[str]:
    """The ids of all events below the group's committed offsets, read from the topics themselves."""
    committed = {(item.topic, item.partition): item.committed or 0 for item in space.lags()}
    bootstrap = space.settings.kafka_bootstrap_servers
    return {
        json.loads(record.value)["id"]
        for name in TOPICS
        for record in space.loop.run(read_topic(bootstrap, space.settings.topic(name)))
        if record.offset < committed[record.topic, record.partition]
    }


def test_sigterm_under_load_leaves_stored_exactly_what_is_committed(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a stop that commits what it has not written loses it; one that writes and does not commit does twice.

    Every event is sent once. What lies below the committed offsets, partition by partition, must be just what is
    stored. It fails where a stop drops taken batches, forgets the last commit, or does not end in time.
    """
    records = simulated(1_500, seed=17)
    space = new_space()
    load = Load(space, records)
    with running_worker(space, logs) as worker:
        load.start(rate=3_000)
        try:
            wait_until(lambda: space.stored() > 3_000, "the load is on its way")
            status = worker.stop()
            load.stop()
        finally:
            load.cancel()
    stored = {row["event_id"] for row in space.query("SELECT event_id FROM events")}
    committed = _committed(space)
    left = space.lag()
    print(f"sent {load.sent}: {len(stored)} stored when it had stopped, {len(committed)} committed, {left} left")
    assert status == 0
    assert left > 0
    assert len(stored) + left == load.sent
    assert committed == stored
    with running_worker(space, logs):
        load.catch_up()
    Reckoning(space, load.records).check("SIGTERM under load")
