"""`python -m bench.pacer --rate N --seconds S`: a producer that appends simulated events at an even pace.

Among them, at an even pace too, are probes: events of a workspace of their own, whose id is the moment at which they
were appended. Whoever finds one in ClickHouse knows how long it took. librdkafka's producer is used, which costs the
machine the least. It prints what it appended and how long that took.
"""

import argparse
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle

from confluent_kafka import Producer

from producers.append import CONTENT_TYPE
from producers.simulator import Scenario, simulate
from schemas.catalogue import BY_NAME
from schemas.constants import MESSAGES
from schemas.settings import Settings

PROBES_WORKSPACE = "ws_probes"
PROBES_A_SECOND = 25
_TICK_SECONDS = 0.02
_POOL = Scenario(contacts=600, seed=11)


def _pool(settings: Settings) -> list[tuple[str, bytes, bytes, bytes]]:
    """Topic, key, and the value's two halves, between which the id can be made another."""
    pool = []
    for record in simulate(_POOL):
        event_id = json.loads(record.value)["id"].encode()
        head, _, tail = record.value.partition(event_id)
        topic = settings.topic(BY_NAME[record.type].topic)
        pool.append((topic, record.key.encode(), head + event_id, tail))
    return pool


def _events(pool: list[tuple[str, bytes, bytes, bytes]]) -> Iterator[tuple[str, bytes, bytes]]:
    for number, (topic, key, head, tail) in enumerate(cycle(pool)):
        yield topic, key, b"%s-%d%s" % (head, number // len(pool), tail)


def _probe() -> tuple[bytes, bytes]:
    now = time.time_ns()
    event = {
        "specversion": "1.0",
        "id": str(now),
        "source": "/bench",
        "type": "message.incoming",
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "workspaceid": PROBES_WORKSPACE,
        "data": {"contact_id": f"ct_{now}", "conversation_id": f"cv_{now}", "message_id": str(now), "text": "Halo"},
    }
    return f"{PROBES_WORKSPACE}/ct_{now}".encode(), json.dumps(event).encode()


def run(settings: Settings, rate: float, seconds: float) -> tuple[int, int, float]:
    """Append at that pace.

    Arguments:
        settings: where Kafka is, and the topics' prefix.
        rate: events a second.
        seconds: how long.

    Returns:
        How many events and how many probes were appended, and in how many seconds: more than asked for where the
        pace could not be held.
    """
    # The partitioner of Kafka's own clients, so that a key's events stay in their order.
    producer = Producer(
        {"bootstrap.servers": settings.kafka_bootstrap_servers, "linger.ms": 5, "partitioner": "murmur2_random"}
    )
    source = _events(_pool(settings))
    begun = time.monotonic()
    appended = probes = 0
    total = int(rate * seconds)
    while appended < total:
        elapsed = time.monotonic() - begun
        while probes < PROBES_A_SECOND * min(elapsed, seconds):
            key, value = _probe()
            _produce(producer, settings.topic(MESSAGES), value, key)
            probes += 1
        while appended < min(total, rate * elapsed):
            topic, key, value = next(source)
            _produce(producer, topic, value, key)
            appended += 1
        producer.poll(0)
        time.sleep(max(0.0, _TICK_SECONDS - (time.monotonic() - begun - elapsed)))
    producer.flush()
    return appended, probes, time.monotonic() - begun


def _produce(producer: Producer, topic: str, value: bytes, key: bytes) -> None:
    while True:
        try:
            return producer.produce(topic, value, key, headers=[*CONTENT_TYPE])
        except BufferError:
            producer.poll(0.01)


def main() -> None:
    """Run, and tell."""
    parser = argparse.ArgumentParser(prog="python -m bench.pacer")
    parser.add_argument("--rate", type=float, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    chosen = parser.parse_args()
    appended, probes, seconds = run(Settings(), chosen.rate, chosen.seconds)
    print(json.dumps({"appended": appended, "probes": probes, "seconds": seconds}))


if __name__ == "__main__":
    main()
