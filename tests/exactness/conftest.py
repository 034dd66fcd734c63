"""A space of tables to fold sets of events in, on the session's ClickHouse."""

from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

from tests.support.loop import BackgroundLoop
from tests.support.space import made_space
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def tables(stack: Stack, loop: BackgroundLoop) -> Iterator[Client]:
    with made_space(stack, loop) as space:
        yield space.client
