"""A write as it was asked for: by whom, for which workspace, and under which key it may be asked again."""

import hashlib
import json
import uuid
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from pages.problems import ProblemError, conflict, invalid
from pages.times import in_utc, instant
from pages.who.user import User

#: CloudEvents `source` of what the pages append.
SOURCE = "/jejak/pages"
_LONGEST_KEY = 255
_MOST = 10_000


@dataclass(frozen=True)
class Write:
    """One request that changes something.

    Attributes:
        user: who asks; the events' `changed_by`.
        workspace: where.
        key: the `Idempotency-Key`; None where there is none.
        body: what is asked for, by which a retry is told from another request under the same key.
    """

    user: User
    workspace: str
    key: str | None
    body: Any

    @property
    def fingerprint(self) -> str:
        """What is asked for, in short."""
        return hashlib.sha256(json.dumps(self.body, sort_keys=True).encode()).hexdigest()

    def event_id(self, number: int = 0) -> str:
        """The id of one of its events: the key, so that a retry is the same event."""
        if self.key is None:
            return str(uuid.uuid4())
        return self.key if number == 0 else f"{self.key}:{number}"


def event(write: Write, kind: str, data: dict[str, Any], ms: int, number: int = 0) -> dict[str, Any]:
    """A CloudEvent of a write.

    Arguments:
        write: the request.
        kind: the event's type.
        data: its data.
        ms: its time, in milliseconds since 1970.
        number: which of the request's events it is, from 0.
    """
    return {
        "specversion": "1.0",
        "id": write.event_id(number),
        "source": SOURCE,
        "type": kind,
        "time": in_utc(instant(ms)),
        "workspaceid": write.workspace,
        "datacontenttype": "application/json",
        "data": data,
    }


def checked_key(key: str | None) -> str | None:
    """An `Idempotency-Key` that can be an event's id.

    Raises:
        ProblemError: 422, it is empty, too long or no visible ASCII.
    """
    if key is None:
        return None
    if not (1 <= len(key) <= _LONGEST_KEY and key.isascii() and key.isprintable() and key.strip() == key):
        raise invalid("Idempotency-Key", f"is 1 to {_LONGEST_KEY} visible ASCII characters")
    return key


class Remembered:
    """The requests with keys that this process has seen: what was appended, or was tried, under each."""

    def __init__(self) -> None:
        """Nothing was seen yet."""
        self._seen: OrderedDict[tuple[str, str], tuple[str, list[dict[str, Any]]]] = OrderedDict()

    def events(self, write: Write) -> list[dict[str, Any]] | None:
        """The events of an earlier request under the same key; None if there was none.

        They are sent again as they were, because an event with the same id and another time is another event.

        Raises:
            ProblemError: 422, that was another request.
        """
        if write.key is None or (found := self._seen.get((write.workspace, write.key))) is None:
            return None
        if found[0] != write.fingerprint:
            raise reused()
        return found[1]

    def keep(self, write: Write, events: list[dict[str, Any]]) -> None:
        """Remember what a request appends, before it does."""
        if write.key is None:
            return
        self._seen[write.workspace, write.key] = (write.fingerprint, events)
        if len(self._seen) > _MOST:
            self._seen.popitem(last=False)


def reused() -> ProblemError:
    """A key under which something else was asked for."""
    return invalid("Idempotency-Key", "was used for another request")


def stale(expected: str | None, held: str | None) -> ProblemError:
    """A write that expects a status that the conversation does not hold."""
    return conflict(f"the conversation holds {held or 'no status'}, not {expected or 'no status'}", "expected")
