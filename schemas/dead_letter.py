"""A dead letter: what was rejected, byte for byte, with the reason in headers that triage tools know.

Contract, section 4; the header names are those of Kafka Connect's dead letter queue (KIP-298). The workers reject
records, the front door rejects what it is sent; both write this shape.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

from schemas.constants import REASON_NAMES, REASON_PREFIX, REJECTED_AT_STAGE, VALUE_BYTES, VALUE_SHA256
from schemas.rejection import Reason

Headers = list[tuple[str, bytes | None]]


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A rejected record on its way to the dead letter topic."""

    key: bytes | None
    value: bytes
    headers: Headers

    def without_value(self) -> "DeadLetter":
        """What is kept of a value that even the dead letter topic refuses for its size."""
        return self.emptied(hashlib.sha256(self.value).hexdigest(), len(self.value))

    def emptied(self, sha256: str, size: int) -> "DeadLetter":
        """The same without its value, whose hash and size in bytes are in the headers."""
        extra = [(VALUE_SHA256, sha256.encode()), (VALUE_BYTES, str(size).encode())]
        return DeadLetter(self.key, b"", [*self.headers, *extra])


def reason_headers(origin: Any, reason: Reason, message: str) -> Headers:
    """The headers that say why something was rejected.

    Arguments:
        origin: the record, or what else has a topic, a partition and an offset.
        reason: which kind of rejection.
        message: what is wrong.
    """
    told = (origin.topic, str(origin.partition), str(origin.offset), REJECTED_AT_STAGE, reason.value, message)
    # A lone surrogate quoted from the input must not make the reason itself unwritable.
    return [
        (REASON_PREFIX + name, text.encode(errors="backslashreplace"))
        for name, text in zip(REASON_NAMES, told, strict=True)
    ]
