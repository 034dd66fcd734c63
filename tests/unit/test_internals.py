"""Private members of aiokafka and Faust are used in one file, and each is still there."""

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from importlib.metadata import version
from types import ModuleType

import aiokafka.consumer.consumer
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.consumer.fetcher import Fetcher
from aiokafka.producer.message_accumulator import BatchBuilder

import processors
from processors.fetch import fetching, internals

#: Class → what Jejak uses of it. Of a private class its public members are listed, too.
MEMBERS = {
    "aiokafka.consumer.consumer.AIOKafkaConsumer": "_client _coordinator _fetch_max_wait_ms _fetcher _isolation_level "
    "_subscription",
    "aiokafka.consumer.fetcher.Fetcher": "_client _closed _create_fetch_waiter _default_reset_strategy "
    "_fetch_max_bytes _get_actions_per_node _invalidate_preferred_read_replica_for_node _isolation_level _notify "
    "_prefetch_backoff _preferred_read_replica _proc_fetch_request _records _retry_backoff _set_error _subscriptions "
    "_wait_consume_future fetched_records next_record request_offset_reset seek_to",
    "aiokafka.consumer.group_coordinator.GroupCoordinator": "_coordination_task _pending_exception check_errors "
    "coordinator_id",
    "aiokafka.consumer.subscription_state.SubscriptionState": "_last_fetch_ended is_assigned reassignment_in_progress "
    "subscription wait_for_assignment",
    "aiokafka.consumer.subscription_state.Subscription": "assignment",
    "aiokafka.consumer.subscription_state.Assignment": "active state_value tps",
    "aiokafka.consumer.subscription_state.TopicPartitionState": "await_reset consumed_to has_valid_position highwater "
    "lso paused position timestamp",
    "aiokafka.client.AIOKafkaClient": "fetch_all_metadata force_metadata_update send",
    "aiokafka.admin.AIOKafkaAdminClient": "_send_request",
    "aiokafka.producer.message_accumulator.BatchBuilder": "_buffer _relative_offset",
    "faust.App": "_create_directories _new_transport",
    "faust.transport.drivers.aiokafka.AIOKafkaConsumerThread": "_commit _consumer _create_worker_consumer "
    "_ensure_consumer",
    "faust.transport.drivers.aiokafka.Consumer": "_new_consumer_thread _read_offset _thread",
}
LISTED = [(owner, name) for owner, names in MEMBERS.items() for name in names.split()]


def _class(path: str) -> type:
    module, _, name = path.rpartition(".")
    found: type = getattr(importlib.import_module(module), name)
    return found


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(processors.__path__, "processors."):
        yield importlib.import_module(found.name)


def _private_names(tree: ast.AST) -> set[str]:
    """Private attributes that are used, and private methods that are defined."""
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return {name for name in used | defined if name.startswith("_") and not name.startswith("__")}


@pytest.mark.parametrize("package", internals.VERSIONS)
def test_the_version_is_the_one_that_this_was_written_against(package: str) -> None:
    assert version(package).startswith(internals.VERSIONS[package] + ".")


@pytest.mark.parametrize(("owner", "name"), LISTED, ids=[f"{owner}.{name}" for owner, name in LISTED])
def test_a_member_is_still_there(owner: str, name: str) -> None:
    """An attribute that is made in `__init__` is looked for in the source."""
    found = _class(owner)
    sources = [inspect.getsource(part) for part in found.__mro__ if part.__module__.startswith(("aiokafka", "faust"))]
    assert hasattr(found, name) or any(f"self.{name}" in source for source in sources), f"{owner}.{name} is gone"


def test_every_private_member_is_listed() -> None:
    tree = ast.parse(inspect.getsource(internals))
    assert _private_names(tree) - {name for _, name in LISTED} == set()


def test_no_other_file_uses_private_members_of_theirs() -> None:
    """In the classes that extend theirs. Everywhere else the linter's SLF001 says so."""
    checked: set[str] = set()
    reached: dict[str, str] = {}
    for module in _modules():
        for name, kind in inspect.getmembers(module, inspect.isclass):
            theirs = [part for part in kind.__mro__ if part.__module__.split(".")[0] in ("aiokafka", "faust", "mode")]
            if kind.__module__ != module.__name__ or module is internals or not theirs:
                continue
            sources = "".join(map(inspect.getsource, theirs))
            used = _private_names(ast.parse(inspect.getsource(kind)))
            checked.add(name)
            reached |= {f"{name}.{used_name}": module.__name__ for used_name in used if _is_theirs(used_name, sources)}
    assert {"BatchConsumer", "BatchConsumerThread", "BoundedFetcher", "JejakApp"} <= checked
    assert reached == {}


def _is_theirs(name: str, sources: str) -> bool:
    return re.search(rf"(self\.|def ){name}\b", sources) is not None


def test_every_consumer_of_this_process_gets_our_fetcher() -> None:
    assert aiokafka.consumer.consumer.Fetcher is fetching.BoundedFetcher
    assert "self._fetcher = Fetcher(" in inspect.getsource(AIOKafkaConsumer.start)


@pytest.mark.parametrize(
    "name", ["_get_actions_per_node", "_proc_fetch_request", "fetched_records", "seek_to", "request_offset_reset"]
)
def test_what_the_fetcher_overrides_is_called_as_before(name: str) -> None:
    before = list(inspect.signature(getattr(Fetcher, name)).parameters)
    assert list(inspect.signature(getattr(fetching.BoundedFetcher, name)).parameters) == before


def test_what_lies_ready_is_asked_for_its_backoff_as_before() -> None:
    assert "record.calculate_backoff()" in inspect.getsource(Fetcher._get_actions_per_node)


def test_a_batch_that_is_finished_is_sent_as_it_is() -> None:
    source = inspect.getsource(BatchBuilder)
    assert "if self._buffer is None:" in source
    assert "return self._relative_offset" in source
    assert hasattr(AIOKafkaProducer, "send_batch")
