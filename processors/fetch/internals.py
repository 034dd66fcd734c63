"""Private members of aiokafka and Faust: the one file that touches them, under public names for the rest of the code.

Neither library promises to keep them: `tests/unit/test_internals.py` lists every one, and names those that are gone
in a new version. The classes for Faust do without importing it: that is slow, and commands do not need it.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from aiokafka import AIOKafkaConsumer, errors
from aiokafka.consumer import consumer as consumer_module
from aiokafka.consumer import fetcher as fetcher_module
from aiokafka.consumer.fetcher import READ_COMMITTED, Fetcher
from aiokafka.structs import TopicPartition

if TYPE_CHECKING:
    from faust import App as _App
    from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread as _Thread
    from faust.transport.drivers.aiokafka import Consumer as _Consumer
else:
    _App = _Consumer = _Thread = object

#: The versions that this was written against.
VERSIONS = {"aiokafka": "0.14", "faust-streaming": "0.15"}


class OpenFetcher(Fetcher):  # type: ignore[misc]  # aiokafka has no types
    """aiokafka's fetcher, for a subclass that reads answers in its own way."""

    def askable(self, assignment: Any) -> Any:
        """The part of an assignment that the next fetches ask for."""
        return assignment

    def answered(self, assignment: Any, request: Any, response: Any) -> bool:
        """Take the answer to a fetch; True where anybody who waits for records should look."""
        raise NotImplementedError

    def _get_actions_per_node(self, assignment: Any) -> Any:
        return super()._get_actions_per_node(self.askable(assignment))

    async def _proc_fetch_request(self, assignment: Any, node_id: int, request: Any) -> bool:
        try:
            response = await self._client.send(node_id, request)
        except errors.KafkaError as error:
            # In aiokafka's own words and log: `processors.kafka.complaints` listens there.
            fetcher_module.log.error("Failed fetch messages from %s: %s", node_id, error)
            self._invalidate_preferred_read_replica_for_node(node_id, request)
            await asyncio.sleep(self._retry_backoff)
            return False
        except asyncio.CancelledError:
            return False
        return bool(assignment.active) and self.answered(assignment, request, response)

    @property
    def answer_bytes(self) -> int:
        """The most bytes that one answer to a fetch may have."""
        return int(self._fetch_max_bytes)

    @property
    def ready(self) -> dict[TopicPartition, Any]:
        """What was fetched of each partition and lies ready. An error is aiokafka's `FetchError`."""
        return self._records  # type: ignore[no-any-return]

    @property
    def committed_only(self) -> bool:
        """Whether records of aborted transactions are left out."""
        return bool(self._isolation_level == READ_COMMITTED)

    @property
    def reset_strategy(self) -> Any:
        """Where to begin when an offset is gone; nothing for a consumer that wants the error."""
        return self._default_reset_strategy

    @property
    def backoff_seconds(self) -> float:
        """How long a node is left alone while records of it wait to be taken."""
        return float(self._prefetch_backoff)

    @property
    def closed(self) -> bool:
        """Whether the consumer has stopped."""
        return bool(self._closed)

    def give_error(self, partition: TopicPartition, error: Exception) -> None:
        """Raise an error at whoever reads the partition next."""
        self._set_error(partition, error)

    def refresh_metadata(self) -> None:
        """Ask the brokers soon who leads which partition."""
        self._client.force_metadata_update()

    def ask_leader(self, partition: TopicPartition) -> None:
        """Forget which replica was nearest."""
        self._preferred_read_replica.pop(partition, None)

    def wake(self) -> None:
        """Let the next fetch go, now that records were taken."""
        self._notify(self._wait_consume_future)

    def waiter(self) -> "asyncio.Future[None]":
        """Done when a fetch has brought something; it raises the group's errors."""
        return self._create_fetch_waiter()  # type: ignore[no-any-return]

    async def settled(self) -> None:
        """Wait until the group has assigned partitions."""
        if self._subscriptions.reassignment_in_progress:
            await self._subscriptions.wait_for_assignment()

    def is_assigned(self, partition: TopicPartition) -> bool:
        """Whether the consumer holds a partition."""
        return bool(self._subscriptions.is_assigned(partition))


def use_fetcher(fetcher: type[OpenFetcher]) -> None:
    """Give every consumer that this process makes from now on this fetcher."""
    consumer_module.Fetcher = fetcher


def fetcher_of(consumer: AIOKafkaConsumer) -> Any:
    """The fetcher of a consumer; None before it has started."""
    return consumer._fetcher


def set_reading(consumer: AIOKafkaConsumer, wait_ms: int, isolation_level: str) -> None:
    """Set how a consumer reads; its fetcher is made from this when it starts."""
    consumer._fetch_max_wait_ms, consumer._isolation_level = wait_ms, isolation_level


async def all_metadata(consumer: AIOKafkaConsumer) -> Any:
    """What the brokers tell of all topics.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    return await consumer._client.fetch_all_metadata()


def touch(consumer: AIOKafkaConsumer) -> None:
    """Tell aiokafka that this member is alive though it fetches nothing; else it leaves the group as idle."""
    consumer._subscription._last_fetch_ended = time.monotonic()


def states(consumer: AIOKafkaConsumer) -> dict[TopicPartition, Any]:
    """The assigned partitions with what aiokafka knows of their positions."""
    subscription = consumer._subscription.subscription
    assignment = None if subscription is None else subscription.assignment
    found = {} if assignment is None else {partition: assignment.state_value(partition) for partition in assignment.tps}
    return {partition: state for partition, state in found.items() if state is not None}


def knows_coordinator(consumer: AIOKafkaConsumer) -> bool:
    """Whether a broker is known that leads the group."""
    return consumer._coordinator.coordinator_id is not None


def refusal(consumer: AIOKafkaConsumer) -> errors.KafkaError | None:
    """The group's error that aiokafka keeps for whoever fetches next."""
    return consumer._coordinator._pending_exception


def has_given_up(consumer: AIOKafkaConsumer) -> bool:
    """Whether the client no longer tries to join the group."""
    return bool(consumer._coordinator._coordination_task.done())


def take_refusal(consumer: AIOKafkaConsumer) -> None:
    """Take the error that `refusal` shows, in the consumer's thread: the client then tries again."""
    with suppress(errors.KafkaError):
        consumer._coordinator.check_errors()


async def send_request(admin: Any, request: Any, node: int) -> Any:
    """Send a request that the administrator's client has no method for."""
    return await admin._send_request(request, node)


def fill(builder: Any, batch: bytes) -> None:
    """Give a producer's closed batch builder the bytes of a finished batch."""
    builder._buffer, builder._relative_offset = batch, 1


class OpenApp(_App):
    """Faust's application, for a subclass with a transport of its own and nothing on disk."""

    def new_transport(self) -> Any:
        """The transport that reads from Kafka."""
        raise NotImplementedError

    def _new_transport(self) -> Any:
        return self.new_transport()

    def _create_directories(self) -> None:
        """Called by Faust at the start. Jejak keeps nothing there, and a disk may be full or read-only."""


class OpenThread(_Thread):
    """Faust's consumer thread, for a subclass that commits in its own way."""

    def prepare(self, consumer: AIOKafkaConsumer) -> None:
        """Change a consumer before it starts."""
        raise NotImplementedError

    async def commit_here(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit, in the thread; False where the broker did not take it."""
        raise NotImplementedError

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        self.prepare(consumer)
        return consumer

    async def _commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        return await self.commit_here(offsets)

    @property
    def client(self) -> AIOKafkaConsumer | None:
        """aiokafka's consumer; None before the start."""
        return self._consumer

    def started_client(self) -> AIOKafkaConsumer:
        """The same.

        Raises:
            faust.exceptions.ConsumerNotStarted: there is none yet.
        """
        return self._ensure_consumer()


class OpenConsumer(_Consumer):
    """Faust's consumer, for a subclass with a thread of its own."""

    def new_thread(self) -> Any:
        """The thread that owns aiokafka's consumer."""
        raise NotImplementedError

    def _new_consumer_thread(self) -> Any:
        return self.new_thread()

    @property
    def own_thread(self) -> Any:
        """What `new_thread` made."""
        return self._thread

    def read_at_any_offset(self) -> None:
        """Stop Faust from dropping messages below the last offset it read: after a rewind those are to be read."""
        self._read_offset = _NoOffsets()


class _NoOffsets(dict[Any, int | None]):
    def __getitem__(self, key: Any) -> None:
        return None
