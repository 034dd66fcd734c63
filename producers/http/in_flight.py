"""Bytes in flight: bodies being read and records that Kafka has not acknowledged, bounded together.

A flood of requests, or a Kafka that is away, fills memory no further than this. What finds no room is answered 503. A
request takes room for its body and its records at once, so that none that is read finds no room behind it.
"""

from types import TracebackType
from typing import Self

#: Of a request's room: its body, and the records that are made of it.
_PARTS = 2


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

    def take(self, size: int) -> None:
        """Hold so many bytes more.

        Raises:
            BusyError: there is no room for them.
        """
        if self.held + size > self._most:
            raise BusyError
        self.held += size


class Room:
    """What one request holds, until its block ends and its records are settled, whichever comes last."""

    def __init__(self, in_flight: InFlight) -> None:
        self._in_flight = in_flight
        self._size = 0
        self._keepers = 0

    def grow(self, body_bytes: int) -> None:
        """Take room for so many bytes more of the body.

        Raises:
            BusyError: there is none.
        """
        self._in_flight.take(body_bytes * _PARTS)
        self._size += body_bytes * _PARTS

    def keep(self) -> None:
        """Hold it until one more `release`."""
        self._keepers += 1

    def release(self) -> None:
        """Let go of it, unless somebody else keeps it."""
        self._keepers -= 1
        if not self._keepers:
            self._in_flight.held -= self._size
            self._size = 0

    def __enter__(self) -> Self:
        self.keep()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.release()
