"""Kafka's timestamps for people: whatever a producer wrote there, it is told or left out, and stops no command."""

from datetime import UTC, datetime

#: From here on a terminal's zone may lead out of what a date can say.
_BEYOND_MS = 253_370_764_800_000  # 9999-01-01


def instant(milliseconds: int | None) -> datetime | None:
    """The instant that a Kafka timestamp means; None where there is none, or it is none that a date can say."""
    if milliseconds is None or not 0 <= milliseconds < _BEYOND_MS:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
