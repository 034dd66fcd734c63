"""How much of anything the door takes: bytes, seconds, events a second."""

import time

from schemas.constants import MAX_VALUE_BYTES

#: Of a single event, and of a batch of events (contract, section 8).
EVENT_BYTES = MAX_VALUE_BYTES
BATCH_BYTES = 8 * 2**20
#: Meta documents 3 MB for a webhook; more is no webhook.
WEBHOOK_BYTES = 4 * 2**20
TRACKER_BYTES = 128 * 1024
#: What of a refused body is still read and dropped, so that the client finds the answer: a client that is still
#: sending when the connection closes sees only that it was closed.
DROPPED_BYTES = 4 * BATCH_BYTES

#: How long a body may take to arrive.
BODY_SECONDS = 20.0
#: How long Kafka's acknowledgement is waited for. The tracker gives a request up after 5 s.
ACKNOWLEDGED_SECONDS = 4.0
#: What clients are told to wait, in seconds.
RETRY_AFTER = 2

#: How long a connection may take to bring a request's head, and how large that may be.
HEAD_SECONDS = 10.0
HEAD_BYTES = 32 * 1024
#: How long a connection may be idle between two requests.
IDLE_SECONDS = 15
#: How many connections there may be; more are closed at once.
CONNECTIONS = 12_000
#: How long requests are given to end after SIGTERM.
DRAIN_SECONDS = 15
#: How long what is still on its way to Kafka is waited for after that.
STOP_SECONDS = 10


class Rate:
    """How many events a second a key may send: a bucket that fills evenly and holds ten seconds' worth.

    A client can therefore send what it kept during an outage at once.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._most = max(per_second * 10, 100.0)
        self._left = self._most
        self._at = time.monotonic()

    def take(self, count: int) -> float:
        """Take so many events' worth.

        Returns:
            0 if they may pass; else after how many seconds they may.
        """
        now = time.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        # A batch larger than the bucket passes when that is full, or it would never pass.
        wanted = min(float(count), self._most)
        if wanted > self._left:
            return (wanted - self._left) / self._per_second
        self._left -= wanted
        return 0.0


class Rates:
    """The rates of all keys of this process. A key's rate starts anew when its limit is changed."""

    def __init__(self) -> None:
        self._rates: dict[tuple[str, float], Rate] = {}

    def take(self, key: str, per_second: float | None, count: int) -> float:
        """As `Rate.take`, of a key; None stands for any number."""
        if per_second is None:
            return 0.0
        place = (key, per_second)
        if place not in self._rates:
            self._rates = {known: rate for known, rate in self._rates.items() if known[0] != key}
            self._rates[place] = Rate(per_second)
        return self._rates[place].take(count)
