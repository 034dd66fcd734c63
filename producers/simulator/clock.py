"""Instants, as whole milliseconds since 1970 UTC, and the rhythm of a day in Asia/Jakarta.

Jakarta has had UTC+7 without summer time since 1964, so a fixed offset is the time zone. The rhythm is a list
of the day's minutes in which busy minutes stand more often: picking from it gives a plausible time of day, and
walking along it spreads arrivals over days without sorting anything.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from producers.simulator.dice import Dice

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_OFFSET = 7 * HOUR
_OPENS, _CLOSES = 8, 21
_WEIGHT_OF_HOUR = (2, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 8, 9, 9, 9, 8, 7, 7, 8, 8, 7, 5, 3)
_RHYTHM = tuple(minute for minute in range(1440) for _ in range(_WEIGHT_OF_HOUR[minute // 60]))
# Small tables instead of one of all seconds, which would push everything else out of the processor's cache.
_MINUTES = tuple(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1440))
_SECONDS = tuple(f"{second:02d}." for second in range(60))
_MILLIS = tuple(f"{milli:03d}Z" for milli in range(1000))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SATURDAY = 5


def milliseconds(moment: datetime) -> int:
    """The instant of an aware datetime, in milliseconds since 1970 UTC, truncated."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


@lru_cache(maxsize=64)
def _date_text(day: int) -> str:
    return f"{_EPOCH + timedelta(days=day):%Y-%m-%d}T"


def iso(instant: int) -> str:
    """RFC 3339 text of an instant (milliseconds), in UTC with three digits of a second."""
    second, milli = divmod(instant, SECOND)
    minute, second = divmod(second, 60)
    day, minute = divmod(minute, 1440)
    return f"{_date_text(day)}{_MINUTES[minute]}{_SECONDS[second]}{_MILLIS[milli]}"


def hour_of(instant: int) -> int:
    """The hour of the day in Jakarta."""
    return (instant + _OFFSET) // HOUR % 24


def is_staffed(instant: int) -> bool:
    """Whether the shop is open at that instant."""
    return _OPENS <= hour_of(instant) < _CLOSES


def office_time(instant: int) -> int:
    """The instant itself while the shop is staffed, else the next opening in Jakarta."""
    day, time_of_day = divmod(instant + _OFFSET, DAY)
    if time_of_day < _OPENS * HOUR:
        return day * DAY + _OPENS * HOUR - _OFFSET
    if time_of_day >= _CLOSES * HOUR:
        return (day + 1) * DAY + _OPENS * HOUR - _OFFSET
    return instant


def later_on(dice: Dice, instant: int, mean_days: float) -> int:
    """A likely time of day some days after an instant: on average `mean_days` later, weekends less often."""
    day = (instant + _OFFSET + dice.skewed(mean_days * DAY)) // DAY
    if (day + 3) % 7 >= _SATURDAY and dice.chance(0.3):  # 1970-01-01, day 0, was a Thursday
        day += 2
    moment = day * DAY + dice.pick(_RHYTHM) * MINUTE + dice.between(0, MINUTE - 1) - _OFFSET
    return moment if moment > instant + HOUR else moment + DAY


def _to_rhythm(instant: int) -> int:
    day, time_of_day = divmod(instant + _OFFSET, DAY)
    return day * len(_RHYTHM) + bisect_left(_RHYTHM, time_of_day // MINUTE)


def along(start: int, end: int, share: float) -> int:
    """The instant at which `share` (0 to 1) of the crowd of `[start, end)` has come; grows with `share`."""
    first, last = _to_rhythm(start), _to_rhythm(end)
    position = first + share * (last - first)
    day, place = divmod(int(position), len(_RHYTHM))
    fraction = position - int(position)
    moment = day * DAY + _RHYTHM[place] * MINUTE + int(fraction * MINUTE) - _OFFSET
    return min(max(moment, start), end - 1)
