"""Time spans as people give them: days in the setting's time zone, or exact instants.

A span is returned as milliseconds since 1970, from its first one to the first one after it.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from projections.readers.errors import ReadError
from schemas.instant import milliseconds

#: Before and behind every instant that an event may have.
EVER_MS = 2**62
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_AGO = re.compile(r"(\d{1,9})([smhdw])", re.ASCII)
_UNIT_MS = {"s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}


def begin_ms(name: str, text: str | None, zone: str) -> int:
    """The first millisecond of what is asked for.

    Arguments:
        name: what the message calls it, such as `--since`.
        text: a day such as `2026-11-21`, or an RFC 3339 instant; None for no bound.
        zone: the time zone of days.

    Raises:
        ReadError: the text is neither.
    """
    if text is None:
        return -EVER_MS
    return _midnight_ms(_day(name, text), zone) if _DAY.fullmatch(text) else _instant_ms(name, text)


def end_ms(name: str, text: str | None, zone: str) -> int:
    """The first millisecond behind what is asked for; the day or the millisecond that is named is in it.

    Arguments and errors as for `begin_ms`.
    """
    if text is None:
        return EVER_MS
    if not _DAY.fullmatch(text):
        return _instant_ms(name, text) + 1
    day = _day(name, text)
    return EVER_MS if day == date.max else _midnight_ms(day + timedelta(days=1), zone)


def since_ms(name: str, text: str, zone: str, now_ms: int) -> int:
    """The first millisecond of a span, which may also be given as a time ago.

    Arguments:
        name: what the message calls it, such as `--since`.
        text: such as `30m` or `2h` (s, m, h, d, w), a day, or an RFC 3339 instant.
        zone: the time zone of days.
        now_ms: the present, in milliseconds since 1970.

    Raises:
        ReadError: the text is neither.
    """
    if match := _AGO.fullmatch(text):
        return now_ms - int(match[1]) * _UNIT_MS[match[2]]
    try:
        return begin_ms(name, text, zone)
    except ReadError as error:
        raise ReadError(f"{error}; or a time ago such as 30m, 2h, 7d") from None


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ReadError(f"{name}: no such day {text!r}: {error}") from None


def _instant_ms(name: str, text: str) -> int:
    try:
        return milliseconds(text)
    except ValueError:
        raise ReadError(
            f"{name} takes a day such as 2026-11-21, or an instant such as 2026-11-21T20:00:00+07:00, not {text!r}"
        ) from None


def _midnight_ms(day: date, zone: str) -> int:
    """When a day begins. Where clocks skip midnight it begins with the first hour there is, by the offset before."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    return (local - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
