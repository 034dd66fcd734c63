"""Faults that need a broker with a disk, or several: on Apache Kafka only, one that belongs to the test alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.brokers import ApacheKafka, Kind
from tests.support.loop import BackgroundLoop
from tests.support.space import Space, made_space
from tests.support.stack import Stack, chosen_kind


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if chosen_kind() is not Kind.APACHE:
        here = Path(__file__).parent
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason="needs Apache Kafka's own processes: make test-kafka"))


@pytest.fixture
def brokers(tmp_path: Path, loop: BackgroundLoop) -> Iterator[Callable[[int], ApacheKafka]]:
    """Starts a cluster of so many nodes for one test."""
    with ExitStack() as running:

        def start(nodes: int = 1) -> ApacheKafka:
            kafka = ApacheKafka(tmp_path, loop, nodes=nodes)
            running.callback(kafka.stop)
            return kafka

        yield start


@pytest.fixture
def space_on(stack: Stack, loop: BackgroundLoop) -> Iterator[Callable[..., Space]]:
    """Makes a space on other bootstrap servers than the session's, and its ClickHouse."""
    with ExitStack() as spaces:

        def make(bootstrap: str) -> Space:
            # The brokers are gone before the space is, and its topics with them.
            own = replace(stack, kafka=bootstrap, embedded=True)
            return spaces.enter_context(made_space(own, loop))

        yield make
