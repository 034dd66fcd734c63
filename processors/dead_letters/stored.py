"""A dead letter as it lies in its topic, taken apart: the record as it was, and why it was rejected.

The inverse of `processors/dead_letters/dead_letter.py`. What a producer sent under our own header names, because its
record had been a dead letter elsewhere, is told from our words by its place: ours are the last.

A letter waits until it is settled: put back, dismissed, or repaired by hand, which is to say that an event of its
workspace, source and id is stored.
"""

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from processors.dead_letters.marks import Place
from processors.dead_letters.whole_numbers import whole_number
from schemas.constants import REASON_NAMES, REASON_PREFIX, VALUE_BYTES, VALUE_SHA256

#: So far a writer's clock may be ahead of ours, or of the broker's.
_AHEAD_MS = 600_000

#: As records have them: a header's value may be null.
RecordHeaders = tuple[tuple[str, bytes | None], ...]


class State(StrEnum):
    """Where a letter is in its life."""

    WAITING = "waiting"
    REPLAYED = "replayed"
    REPAIRED = "repaired"
    DISMISSED = "dismissed"


@dataclass(frozen=True)
class StoredDeadLetter:
    """A dead letter.

    Attributes:
        partition, offset: its place in the dead letter topic.
        timestamp_ms: when it was rejected.
        key, value, headers: the record's own, byte for byte; what was added in rejecting is not among the headers.
        reasons: what the `__connect.errors.` headers say, by their names behind that.
        lost_bytes: how large the value was, where the broker refused its size and it is empty now; else None, as where
            the letter does not say it.
        lost_sha256: that value's hash, in hexadecimal.
        replayed: whether it was put back.
        dismissed: whether somebody said that nobody has to see to it.
        repaired: whether its event is stored; None where that is not known.
        copies: how often the same record was rejected, itself included.
    """

    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes
    headers: RecordHeaders
    reasons: dict[str, str]
    lost_bytes: int | None = None
    lost_sha256: str | None = None
    replayed: bool = False
    dismissed: bool = False
    repaired: bool | None = False
    copies: int = 1

    @property
    def lost_size(self) -> str:
        """How large the lost value was, in words."""
        return "an unknown size" if self.lost_bytes is None else f"{self.lost_bytes} bytes"

    @property
    def state(self) -> State:
        """Whether it waits; what is settled in several ways, by the first of them that it says of itself."""
        if self.replayed:
            return State.REPLAYED
        if self.dismissed:
            return State.DISMISSED
        return State.REPAIRED if self.repaired else State.WAITING

    def light(self) -> "StoredDeadLetter":
        """The letter without its value and headers, which can be large."""
        return replace(self, value=b"", headers=())

    @property
    def place(self) -> Place:
        """Its partition and offset."""
        return self.partition, self.offset

    @property
    def id(self) -> str:
        """Its place as people write it."""
        return f"{self.partition}:{self.offset}"

    @property
    def topic(self) -> str:
        """The full name of the topic that it came from; empty where it does not say."""
        return self.reasons.get("topic", "")

    @property
    def reason(self) -> str:
        """Why it was rejected, in one word; empty where it does not say."""
        return self.reasons.get("exception.class.name", "")

    @property
    def message(self) -> str:
        """The field, and what is wrong with it."""
        return self.reasons.get("exception.message", "")


def believed_ms(at_ms: int) -> int:
    """When a letter was rejected, to put letters in their order.

    A time that lies ahead is of a clock that is wrong. Such a letter counts as the oldest: as the newest it would stay
    the newest for years, and hide what is rejected meanwhile.

    Arguments:
        at_ms: its Kafka timestamp.
    """
    return at_ms if at_ms <= int(time.time() * 1000) + _AHEAD_MS else -1


def fingerprint(letter: StoredDeadLetter) -> bytes | None:
    """What all letters of one rejected record have in common, and no others; None where it says not whence it came.

    At-least-once delivery rejects a record again where a worker died before its commit, or a group was reset. A topic
    that was deleted and made again has other records at the same places, so the bytes count, too. Why it was rejected
    does not: another version may say it in other words.
    """
    came_from = [letter.reasons.get(name, "") for name in ("topic", "partition", "offset")]
    if not all(came_from):
        return None
    digest = hashlib.blake2b(digest_size=16)
    value = letter.lost_sha256 or hashlib.sha256(letter.value).hexdigest()
    for part in (*came_from, value, letter.key, *(part for header in letter.headers for part in header)):
        data = part.encode(errors="surrogatepass") if isinstance(part, str) else part
        digest.update(b"-" if data is None else b"%d:" % len(data) + data)
    return digest.digest()


def read_letter(record: Any) -> StoredDeadLetter:
    """Take a record of the dead letter topic apart.

    Arguments:
        record: as aiokafka gave it; its value is not null.
    """
    headers: RecordHeaders = tuple(record.headers)
    headers, sha256, size = _without_lost_value(headers, record.value)
    headers, reasons = _without_reasons(headers)
    return StoredDeadLetter(
        record.partition,
        record.offset,
        record.timestamp,
        record.key,
        record.value,
        headers,
        reasons,
        size,
        sha256,
    )


def _names(headers: Sequence[tuple[str, bytes | None]]) -> list[str]:
    return [name for name, _ in headers]


def _without_lost_value(headers: RecordHeaders, value: bytes) -> tuple[RecordHeaders, str | None, int | None]:
    """The headers before the hash and the size of a value that was too large, and these two."""
    if value or _names(headers[-2:]) != [VALUE_SHA256, VALUE_BYTES]:
        return headers, None, None
    sha256, size = (_text(item) for _, item in headers[-2:])
    return headers[:-2], sha256, whole_number(size)


def _without_reasons(headers: RecordHeaders) -> tuple[RecordHeaders, dict[str, str]]:
    """The record's own headers, and the reasons behind them.

    A record that somebody else put into the topic, or another tool after it had changed the headers, may have its
    reasons anywhere.
    """
    count = len(REASON_NAMES)
    if _names(headers[-count:]) == [REASON_PREFIX + name for name in REASON_NAMES]:
        own, told = headers[:-count], headers[-count:]
    else:
        own = tuple(item for item in headers if not item[0].startswith(REASON_PREFIX))
        told = tuple(item for item in headers if item[0].startswith(REASON_PREFIX))
    return own, {name.removeprefix(REASON_PREFIX): _text(value) for name, value in told}


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
