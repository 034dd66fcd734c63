"""What tests of hostile bytes have in common: bytes that cannot be read, and a space that holds some."""

from aiokafka.errors import KafkaError

from processors.fetch.record_bytes import number, record_bytes
from tests.support.jejak import Ran, jejak
from tests.support.raw_batches import batch, message, put, with_records
from tests.support.space import Space

#: A record can be read in it; behind that, lengths say nothing.
LENGTHS_LOST = with_records(batch([b"x"] * 3), record_bytes(0, None, message("ahead"), ()) + number(-5) + b"rest")
STANDS_STILL = '"a partition stands still; the others go on"'
#: Nothing of it can be read.
NO_GZIP = with_records(batch([b"x"] * 3), b"no gzip", 1)


def put_in(space: Space, *batches: tuple[int, bytes]) -> list[int | KafkaError]:
    """Append batches just as they are to the topic of messages, each to a partition."""
    topic = space.settings.topic("messages")
    return space.loop.run(put(space.settings.kafka_bootstrap_servers, topic, batches))


def events(space: Space) -> set[str]:
    """The ids of all events that are stored."""
    return {row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")}


def run_jejak(space: Space, *arguments: str) -> Ran:
    """A command in the space."""
    return jejak(*arguments, settings=space.environment)
