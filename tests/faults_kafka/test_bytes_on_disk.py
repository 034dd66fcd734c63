"""Bytes that have changed on the broker's disk: it gives them out as they are, whatever the checksum says."""

from collections.abc import Callable
from pathlib import Path

from processors.fetch.batch_header import HEADER_BYTES, OVERHEAD_BYTES, read_header
from tests.support.brokers import ApacheKafka
from tests.support.figures import Figures, report
from tests.support.jejak import jejak
from tests.support.loop import BackgroundLoop
from tests.support.mutations import mutated
from tests.support.raw_batches import batch, message, put
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.stopping import go_past_all
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

BATCHES = 2_000 if LONG else 60
SPOILED = "spoiled"


def _segment(kafka: ApacheKafka, topic: str, partition: int) -> Path:
    (found,) = kafka.cluster.nodes[1].config.directory.rglob(f"{topic}-{partition}/00000000000000000000.log")
    return found


def _spoil(data: bytes, change: Callable[[bytes, int], bytes]) -> bytes:
    """Change the batches of a segment that are meant for it; their lengths stay, so that the next ones are found."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + OVERHEAD_BYTES + read_header(memoryview(data)[at : at + HEADER_BYTES]).length
        one = data[at:end]
        found.append(change(one, len(found)) if SPOILED.encode() in one else one)
        at = end
    return b"".join(found)


def _flipped(one: bytes, number: int) -> bytes:
    """A bit of the records; every other time the checksum's."""
    at = 18 if number % 4 == 0 else HEADER_BYTES + 3
    return one[:at] + bytes([one[at] ^ 4]) + one[at + 1 :]


def _mutated(one: bytes, number: int) -> bytes:
    """Anything that leaves the batch as long as it was."""
    for seed in range(number * 1_000, number * 1_000 + 1_000):
        made = mutated(one, seed)
        if len(made) == len(one) and made != one:
            return one[:16] + made[16:]
    return _flipped(one, number)


def test_batches_spoiled_on_the_disk_stop_their_partition_alone_and_are_gone_past(
    brokers: Callable[..., ApacheKafka], space_on: Callable[..., Space], logs: Path, loop: BackgroundLoop
) -> None:
    """The hazard: what a disk has spoiled ends every worker, or takes the sound batches around it along.

    One partition in four is spoiled, every third batch of it. It fails where a sound event is not stored, where the
    other partitions wait, and where the command does not get past.
    """
    kafka = brokers(1)
    space = space_on(kafka.bootstrap)
    topic = space.settings.topic("messages")
    good = [f"good-{number}" for number in range(BATCHES)]
    batches = [(number % 4, batch([message(name)])) for number, name in enumerate(good)]
    for number in range(BATCHES // 3):
        batches.insert(4 * number, (0, batch([message(f"{SPOILED}-{number}"), message(f"{SPOILED}-{number}b")])))
    loop.run(put(kafka.bootstrap, topic, batches), timeout=120)
    segment = _segment(kafka, topic, 0)
    loop.run(kafka.cluster.nodes[1].stop())
    segment.write_bytes(_spoil(segment.read_bytes(), _mutated if LONG else _flipped))
    kafka.restart()
    with running_worker(space, logs) as worker:
        others = {name for number, name in enumerate(good) if number % 4}
        wait_until(lambda: others <= _events(space), "the other partitions do not wait")
        wait_until(lambda: f"{topic}[0] stands still" in worker.get("/readyz")[1], "it is named")
        (lag,) = [item for item in space.lags() if item.stopped]
        told = jejak("status", settings=space.environment)
        assert told.status == 1
        assert f"{topic}[0] stands still at offset {lag.committed or 0}" in told.stderr
        skip = jejak("dead-letters", "skip", topic, "0", str(lag.committed or 0), settings=space.environment)
        assert skip.status == 0, skip.stderr
        skipped = 1 + go_past_all(space, topic)
        space.until_committed(120)
        assert worker.alive
    stored = _events(space)
    lost = set(good) - stored
    fault = f"{BATCHES // 3} batches spoiled on the broker's disk, {skipped} gone past by the command"
    report(Figures(fault, len(good), len(stored & set(good)), len(lost), 0, len(space.dead_letters())))
    assert not lost


def _events(space: Space) -> set[str]:
    return {row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")}
