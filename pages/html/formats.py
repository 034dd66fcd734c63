"""Instants, days and numbers as people of a language write them, in the workspace's zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal, format_percent

from pages.times import aware, in_utc


class Formats:
    """Formats for one language and one time zone."""

    def __init__(self, locale: Locale, zone: str) -> None:
        """Nothing is read but the zone's rules.

        Arguments:
            locale: the language.
            zone: the name of a time zone, such as `Asia/Jakarta`.
        """
        self._locale = locale
        self._zone = ZoneInfo(zone)

    def local(self, at: datetime) -> datetime:
        """An instant in the zone."""
        return aware(at).astimezone(self._zone)

    def day(self, at: datetime) -> str:
        """The day of an instant, such as `Sunday, 1 February 2026`."""
        return str(format_date(self.local(at).date(), "EEEE, d MMMM y", locale=self._locale))

    def date(self, day: str) -> str:
        """A day or a month as text, such as `1 Feb 2026` and `Feb 2026`.

        Arguments:
            day: by ISO 8601, `2026-02-01` or `2026-02`.
        """
        is_month = len(day) == len("2026-02")
        value = date.fromisoformat(f"{day}-01" if is_month else day)
        return str(format_date(value, "MMM y" if is_month else "d MMM y", locale=self._locale))

    def moment(self, at: datetime) -> str:
        """An instant to the minute, such as `1 Feb 2026, 07:30`."""
        return str(format_datetime(self.local(at), "d MMM y, HH:mm", locale=self._locale))

    def clock(self, at: datetime) -> str:
        """The time of day of an instant, such as `07:30`."""
        return str(format_time(self.local(at), "HH:mm", locale=self._locale))

    def exact(self, at: datetime) -> str:
        """An instant to the millisecond with the zone, such as `2026-02-01 07:30:00.123 +07:00`."""
        return self.local(at).isoformat(" ", "milliseconds").replace("+", " +")

    def iso(self, at: datetime) -> str:
        """An instant for machines (HTML's `datetime`)."""
        return in_utc(at)

    def number(self, value: int) -> str:
        """A whole number with the language's separators."""
        return str(format_decimal(value, locale=self._locale))

    def percent(self, share: float) -> str:
        """A share, such as `12%` for 0.12."""
        return str(format_percent(share, locale=self._locale))
