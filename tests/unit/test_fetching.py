"""Our fetcher stands in aiokafka's place and reaches into it: this says when another version has changed that."""

import inspect
import re
from importlib.metadata import version

import aiokafka.consumer.consumer
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.consumer import fetcher
from aiokafka.consumer.subscription_state import Assignment, SubscriptionState, TopicPartitionState
from aiokafka.producer.message_accumulator import BatchBuilder

from processors.fetch import fetching


def test_aiokafka_is_the_version_that_the_fetcher_was_written_against() -> None:
    assert version("aiokafka").startswith(fetching.VERSION + ".")


def test_every_consumer_of_this_process_gets_our_fetcher() -> None:
    assert aiokafka.consumer.consumer.Fetcher is fetching.BoundedFetcher
    assert "self._fetcher = Fetcher(" in inspect.getsource(AIOKafkaConsumer.start)


def test_what_the_fetcher_reaches_into_is_still_there() -> None:
    """Its own names are looked for in aiokafka's source: most of them are made in `__init__`."""
    theirs = inspect.getsource(fetcher.Fetcher)
    ours = inspect.getsource(fetching.BoundedFetcher)
    own = {"_held", "_is_filled", "_answered", "_nothing_given", "_refused", "_hold", "_drained", "_read", "_fault"}
    own |= {"_forget"}
    used = set(re.findall(r"self\.(_\w+)", ours)) - own
    assert used
    assert not {name for name in used if f"self.{name}" not in theirs and f"def {name}" not in theirs}


def test_what_it_overrides_is_called_as_before() -> None:
    for name in ("_get_actions_per_node", "_proc_fetch_request", "fetched_records", "seek_to", "request_offset_reset"):
        before = list(inspect.signature(getattr(fetcher.Fetcher, name)).parameters)
        assert list(inspect.signature(getattr(fetching.BoundedFetcher, name)).parameters) == before
    assert "record.calculate_backoff()" in inspect.getsource(fetcher.Fetcher._get_actions_per_node)


def test_positions_and_batches_are_kept_as_before() -> None:
    for name in ("consumed_to", "await_reset", "position", "paused", "has_valid_position"):
        assert hasattr(TopicPartitionState, name)
    state = inspect.getsource(TopicPartitionState.__init__)
    assert all(f"self.{name}" in state for name in ("highwater", "lso", "timestamp"))
    assert hasattr(Assignment, "state_value")
    assert hasattr(SubscriptionState, "reassignment_in_progress")
    builder = inspect.getsource(BatchBuilder)
    assert "if self._buffer is None:" in builder
    assert "return self._relative_offset" in builder
    assert hasattr(AIOKafkaProducer, "send_batch")
