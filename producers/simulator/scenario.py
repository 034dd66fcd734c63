"""What the simulator is asked for, and what it returns.

A scenario is a value: equal scenarios give equal bytes on every machine and at any time. That is why
the end of the simulated time has a fixed default instead of "now".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from producers.simulator.clock import DAY, milliseconds

DEFAULT_END = datetime(2025, 12, 31, 17, tzinfo=UTC)  # the first midnight of 2026 in Jakarta
_EARLIEST = milliseconds(datetime(2000, 1, 1, tzinfo=UTC))


class Record(NamedTuple):
    """One Kafka record to be: its value and what is needed to send it."""

    value: bytes
    """The event as JSON (or the bytes of a bad record)."""
    type: str
    """The event type; of a bad record, the type of the event it was made from. Chooses the topic."""
    key: str
    """`workspaceid/` and the contact's id, else the visitor's, else the status's."""
    time: int
    """When it happened, in milliseconds since 1970 UTC; of a bad record, that of the event it was made from."""
    good: bool
    """Whether the contract accepts it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A workspace to simulate.

    `contacts`: people who become contacts (a few per cent more ids appear, which are later merged).
    `days`: simulated days of 24 hours, ending at `end` (aware; exclusive).
    `seed`: any whole number; another seed, other events.
    `workspace`: the tenant's id; with `workspaces` > 1 the others are `<workspace>_2`, `_3`, … with ever
    fewer of the contacts.
    `disorder`: the share of events (0 to 1) that arrive late, after younger ones.
    `duplicates`: the share of events (0 to 1) that are delivered a second time later, half of them
    serialised differently.
    `bad`: the share of records (0 to below 1) that the contract rejects, added to the good ones.
    """

    contacts: int = 1_000
    days: int = 30
    seed: int = 1
    workspace: str = "ws_kopi"
    workspaces: int = 1
    end: datetime = DEFAULT_END
    disorder: float = 0.0
    duplicates: float = 0.0
    bad: float = 0.0

    def __post_init__(self) -> None:
        for name in ("contacts", "days", "workspaces"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, not {getattr(self, name)}")
        for name in ("disorder", "duplicates", "bad"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a share from 0 to 1, not {getattr(self, name)}")
        if self.bad == 1:
            raise ValueError("bad must be below 1: bad records are made from good ones")
        if not 1 <= len(self.workspace_id(self.workspaces - 1)) <= 128:
            raise ValueError("a workspace's id has 1 to 128 characters")
        if self.end.tzinfo is None:
            raise ValueError("end needs an offset from UTC")
        if self.start_ms < _EARLIEST:
            raise ValueError("the simulated time would begin before 2000, which the contract rejects")

    @property
    def end_ms(self) -> int:
        """The end of the simulated time, in milliseconds since 1970 UTC (exclusive)."""
        return milliseconds(self.end)

    @property
    def start_ms(self) -> int:
        """The beginning of the simulated time, in milliseconds since 1970 UTC."""
        return self.end_ms - self.days * DAY

    def workspace_id(self, number: int) -> str:
        """The id of the workspace with that number, from 0."""
        return self.workspace if number == 0 else f"{self.workspace}_{number + 1}"
