"""The instants of events: RFC 3339 text in, whole milliseconds since 1970 out.

One parser for the models, the gate and the commands, because the standard library and pydantic both take more than
RFC 3339 allows (week dates, missing seconds, bare numbers), and rounding would break the contract's truncation.
"""

import re
from datetime import UTC, datetime
from functools import lru_cache

_RFC_3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d++))?(?:[Zz]|([+-])(\d\d):([0-5]\d))",
    re.ASCII,
)
_DATE = re.compile(r"\d{4}-\d\d-\d\dT", re.ASCII)
_EPOCH_DAY = datetime(1970, 1, 1).toordinal()

#: The form that nearly every producer sends, `2026-11-21T20:00:00.123Z`, is looked up in pieces: day, minute, rest.
#: That takes a third of the time of the expression above, which decides on everything else.
_MINUTES = {f"{hour:02}:{minute:02}": (hour * 60 + minute) * 60_000 for hour in range(24) for minute in range(60)}
_SECONDS = {f":{second:02}": second * 1000 for second in range(60)}
_FRACTIONS = {f".{fraction:03}Z": fraction for fraction in range(1000)} | {"Z": 0}


def milliseconds(text: str) -> int:
    """Read an RFC 3339 date-time with an offset.

    Arguments:
        text: such as `2026-11-21T20:00:00.123Z`.

    Returns:
        Milliseconds since 1970-01-01T00:00:00Z, truncated towards the past (contract, section 1). A leap second
        (`:60`, RFC 3339 section 5.6) counts as the first second of the next minute, as in POSIX time.

    Raises:
        ValueError: it is not such a text, or no day of the calendar.
    """
    try:
        clock = _MINUTES[text[11:16]] + _SECONDS[text[16:19]] + _FRACTIONS[text[19:]]
        return _day_ms(text[:11]) + clock
    except KeyError:
        return _any_form(text)


def _any_form(text: str) -> int:
    """Every form that RFC 3339 allows."""
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError("not an RFC 3339 date-time with an offset, such as 2026-11-21T20:00:00.123Z")
    date, hour, minute, second, fraction, sign, offset_hours, offset_minutes = match.groups()
    seconds = int(hour) * 3600 + int(minute) * 60 + int(second)
    if sign:
        offset = _offset_seconds(offset_hours, offset_minutes)
        seconds += -offset if sign == "+" else offset
    return _day_ms(f"{date}T") + seconds * 1000 + (int(fraction[:3].ljust(3, "0")) if fraction else 0)


@lru_cache(maxsize=4096)
def _day_ms(date: str) -> int:
    """Milliseconds from 1970 to a day's begin. Events come from few days, and the calendar is slow to ask.

    Arguments:
        date: a day with its T, such as `2026-11-21T`.

    Raises:
        KeyError: it is of another form.
        ValueError: no day of the calendar.
    """
    if not _DATE.fullmatch(date):
        raise KeyError(date)
    try:
        return (datetime.fromisoformat(date[:10]).toordinal() - _EPOCH_DAY) * 86_400_000
    except ValueError as error:
        raise ValueError(f"no such date: {error}") from None


def _offset_seconds(hours: str, minutes: str) -> int:
    if int(hours) > 23:
        raise ValueError(f"no such offset: {hours}:{minutes}")
    return int(hours) * 3600 + int(minutes) * 60


def iso(instant_ms: int) -> str:
    """Write milliseconds since 1970 as RFC 3339 in UTC, the form that Jejak's own producers use."""
    return f"{_iso_second(instant_ms // 1000)}.{instant_ms % 1000:03d}Z"


@lru_cache(maxsize=4096)
def _iso_second(seconds: int) -> str:
    """The same without the fraction. Events of one request are of few seconds, and formatting is slow."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
