"""When a web event happened: the browser's time, corrected by whole hours (contract, section 8).

Browsers' clocks are wrong, mostly by hours, because of a wrong zone. The exact difference to the server's clock changes
with each retry, and the event's identity with it. Whole hours, rounded, stay, unless a clock is half an hour off.
"""

import re
from functools import lru_cache

from producers.http.tracker.payload import UnusableError
from schemas.constants import LATEST_MS

_HOUR_MS = 3_600_000
_DIGITS = re.compile(r"[0-9]{1,15}")


def instant_ms(made: str | None, sent: str | None, received_ms: int) -> int:
    """When an event happened, in milliseconds since 1970; never later than it was received.

    Arguments:
        made: `dtm`, the browser's clock when the event was made.
        sent: `stm`, the same clock when it was sent; None leaves the first as it is.
        received_ms: our clock when the request came.

    Raises:
        UnusableError: one of them is no number of milliseconds.
    """
    made_ms = _milliseconds("dtm", made)
    hours = _hours_behind(sent, received_ms) if sent else 0
    return min(made_ms + hours * _HOUR_MS, received_ms)


@lru_cache(maxsize=64)
def _hours_behind(sent: str, received_ms: int) -> int:
    """By how many hours the browser's clock is behind ours; the same for all events of a request."""
    # In whole numbers: half an hour is always rounded up.
    return (received_ms - _milliseconds("stm", sent) + _HOUR_MS // 2) // _HOUR_MS


def _milliseconds(name: str, text: str | None) -> int:
    if text is None or not _DIGITS.fullmatch(text) or (at_ms := int(text)) > LATEST_MS:
        raise UnusableError(f"{name}: not a time in milliseconds since 1970")
    return at_ms
