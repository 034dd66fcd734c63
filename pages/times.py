"""Instants as the API writes them: RFC 3339 in UTC with milliseconds, and in the workspace's zone for people."""

from datetime import UTC, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import PlainSerializer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def aware(at: datetime) -> datetime:
    """An instant with its zone: ClickHouse's client answers UTC without saying so."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def milliseconds(at: datetime) -> int:
    """An instant as milliseconds since 1970."""
    return (aware(at) - _EPOCH) // timedelta(milliseconds=1)


def instant(ms: int) -> datetime:
    """Milliseconds since 1970 as an instant."""
    return _EPOCH + timedelta(milliseconds=ms)


def in_utc(at: datetime) -> str:
    """As JSON has it, such as `2026-01-31T17:00:00.000Z`."""
    return aware(at).astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_zone(at: datetime, zone: str) -> str:
    """As CSV has it, such as `2026-02-01T00:00:00.000+07:00`."""
    return aware(at).astimezone(ZoneInfo(zone)).isoformat(timespec="milliseconds")


Instant = Annotated[datetime, PlainSerializer(in_utc, return_type=str)]
"""A column with an instant."""
