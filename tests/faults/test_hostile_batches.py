"""Mutated batches amid good traffic, thousands of them: nothing that can be read is lost, and no other partition waits.

Each is a sound batch with something wrong in it: bits flipped in its header or its records, a wrong checksum, an
unknown format or codec, lengths and counts that are absurd, numbers without an end, bytes taken out or put in, before
or after compression. Brokers refuse some of them; those are left out.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError

from tests.support.figures import Figures, report
from tests.support.mutations import mutated
from tests.support.raw_batches import batch, message, put
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.stopping import go_past_all
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

pytestmark = pytest.mark.long

BATCHES = 10_000 if LONG else 200
#: The last partition gets nothing but good ones, and must never wait.
CLEAN = 3
PIECE = 250
PEAK_BYTES = 400 * 2**20


def test_mutated_batches_cost_no_good_event_no_worker_and_no_other_partition(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: bytes that end the worker, hold another partition up, or take a neighbour with them.

    Where a partition stands still, the command is what goes past it, as an operator would; the worker runs all the
    time. It fails where a good event is not stored, the clean partition lags, the worker dies or its memory grows.
    """
    space = new_space()
    topic, bootstrap = space.settings.topic("messages"), space.settings.kafka_bootstrap_servers
    good, clean, taken = [], [], 0
    with running_worker(space, logs) as worker:
        for start in range(0, BATCHES, PIECE):
            batches = []
            for number in range(start, start + min(PIECE, BATCHES - start)):
                partition = number % CLEAN
                batches.append((partition, mutated(batch([b"value"] * 5, [("name", b"x")]), number)))
                batches.append((partition, batch([message(f"good-{number}")])))
                batches.append((CLEAN, batch([message(f"clean-{number}")])))
            outcomes = space.loop.run(put(bootstrap, topic, batches), timeout=300)
            # Where the broker lost its way over a batch, what it says of the next ones counts.
            appended = [not isinstance(outcome, KafkaError) for outcome in outcomes]
            taken += sum(appended[0::3])
            good += [f"good-{start + index}" for index, was in enumerate(appended[1::3]) if was]
            clean += [f"clean-{start + index}" for index, was in enumerate(appended[2::3]) if was]
            wait_until(lambda: _clean(space) == len(clean), "the clean partition does not wait", 60)  # noqa: B023
        skipped = go_past_all(space, topic)
        space.until_committed(1_800)
        assert worker.alive
        peak = worker.peak_bytes()
    stored = _events(space)
    lost = (set(good) | set(clean)) - stored
    letters = len(space.dead_letters())
    fault = f"{taken} mutated batches of {BATCHES} taken by the broker, {skipped} gone past by the command"
    sent = len(good) + len(clean)
    report(Figures(fault, sent, len(stored & {*good, *clean}), len(lost), 0, letters))
    assert not lost
    assert peak < PEAK_BYTES


def _clean(space: Space) -> int:
    return int(space.value("SELECT uniqExact(event_id) FROM events WHERE startsWith(event_id, 'clean')"))


def _events(space: Space) -> set[str]:
    return {row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")}
