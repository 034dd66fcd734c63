"""The host: what the consumer needs of the application that it reads for, so that neither imports the other."""

from typing import Protocol

from processors.stream.group_commit import GroupCommit
from processors.stream.stops import Stops
from processors.stream.store import ClickHouseStore
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning


class Host(Protocol):
    """What the consumer needs of the application that it reads for."""

    @property
    def tuning(self) -> Tuning:
        """How much is read at once, and how long a stop waits."""

    @property
    def metrics(self) -> Metrics:
        """Where rebalances and refused commits are counted."""

    @property
    def stops(self) -> Stops:
        """Knows whether to go past what cannot be read."""

    @property
    def store(self) -> ClickHouseStore:
        """Knows whether ClickHouse takes rows."""

    @property
    def group_commit(self) -> GroupCommit:
        """Holds the rows that are not written yet."""
