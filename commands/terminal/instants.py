"""Kafka's timestamps for people: a command shows whatever a producer wrote there or leaves it out, and never fails."""

from datetime import UTC, datetime

#: From here on a terminal's zone may lead out of what a date can say.
_BEYOND_MS = 253_370_764_800_000  # 9999-01-01


def instant(milliseconds: int | None) -> datetime | None:
    """The instant of a Kafka timestamp; None if there is none, or if no date can express it."""
    if milliseconds is None or not 0 <= milliseconds < _BEYOND_MS:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
