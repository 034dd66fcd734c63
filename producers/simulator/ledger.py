"""Writes down what happens in one workspace: the CloudEvent around the data, its bytes and its key."""

from __future__ import annotations

from typing import Any

import msgspec

from producers.simulator.calendar import Calendar
from producers.simulator.clock import iso
from producers.simulator.dice import Dice
from producers.simulator.ids import uuid7
from producers.simulator.scenario import Record

Data = dict[str, Any]

CHAT = "/chat"
CRM = "/crm"


class Ledger:
    """The events of one workspace, on their way into the calendar."""

    def __init__(self, workspace: str, calendar: Calendar, dice: Dice) -> None:
        self._workspace = workspace
        self._prefix = f"{workspace}/"
        self._calendar = calendar
        self._end = calendar.end
        self._dice = dice
        self._encode = msgspec.json.Encoder().encode

    def write(
        self,
        instant: int,
        kind: str,
        subject: str,
        data: Data,
        source: str,
        *,
        event_id: str | None = None,
        sequence: int | str | None = None,
    ) -> None:
        """Note an event of type `kind`; what would happen after the end is left out.

        `subject` is the id for the key: the contact's, else the visitor's, else the status's. Without an
        `event_id` the event gets a UUIDv7 of its time.
        """
        if instant >= self._end:
            return
        event: Data = {
            "specversion": "1.0",
            "id": event_id or uuid7(self._dice, instant),
            "source": source,
            "type": kind,
            "time": iso(instant),
            "workspaceid": self._workspace,
        }
        if sequence is not None:
            event["sequence"] = sequence
        if event_id is None:
            event["datacontenttype"] = "application/json"
        event["data"] = data
        self._calendar.note(Record(self._encode(event), kind, self._prefix + subject, instant, True))
