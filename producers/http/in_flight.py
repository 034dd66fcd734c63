"""Bytes in flight: bodies being read and records that Kafka has not acknowledged, bounded together.

A flood of requests, or a Kafka that is away, fills memory no further than this. What finds no room is answered 503.
"""

from collections.abc import Iterator
from contextlib import contextmanager


class BusyError(Exception):
    """There is no room for a request now."""


class InFlight:
    """The bytes that this process holds.

    Attributes:
        held: how many there are now.
    """

    def __init__(self, most: int) -> None:
        """Nothing is held yet.

        Arguments:
            most: how many bytes there may be.
        """
        self._most = most
        self.held = 0

    @contextmanager
    def holding(self, size: int) -> Iterator[None]:
        """Hold bytes for a while.

        Raises:
            BusyError: there is no room for them.
        """
        if self.held + size > self._most:
            raise BusyError
        self.held += size
        try:
            yield
        finally:
            self.held -= size
