"""Instants: read as RFC 3339 and nothing wider, cut to the millisecond, the same at every offset."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.instant import iso, milliseconds
from tests.unit.event_strategies import in_milliseconds, instants, spell

OFFSETS = st.integers(-1439, 1439)
MOMENTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 28)).map(lambda moment: moment.replace(tzinfo=UTC))
bounded = settings(max_examples=300)


@bounded
@given(MOMENTS, OFFSETS, st.text("0123456789", max_size=30))
def test_a_fraction_is_cut_off_never_rounded(moment: datetime, offset: int, digits: str) -> None:
    whole = moment.replace(microsecond=0)
    expected = in_milliseconds(whole) + int((digits + "000")[:3])
    assert milliseconds(spell(whole, offset, digits)) == expected


@bounded
@given(MOMENTS, OFFSETS, OFFSETS)
def test_equal_instants_are_equal_at_every_offset(moment: datetime, one: int, other: int) -> None:
    fraction = f"{moment.microsecond:06d}"
    assert milliseconds(spell(moment, one, fraction)) == milliseconds(spell(moment, other, fraction))


@bounded
@given(instants())
def test_what_is_written_is_read_back(pair: tuple[str, datetime]) -> None:
    text, moment = pair
    instant_ms = milliseconds(text)
    assert instant_ms == in_milliseconds(moment)
    assert milliseconds(iso(instant_ms)) == instant_ms


@bounded
@given(MOMENTS, MOMENTS, OFFSETS)
def test_instants_keep_the_order_of_time(earlier: datetime, later: datetime, offset: int) -> None:
    earlier, later = sorted((earlier, later))
    read = [milliseconds(spell(moment, offset, f"{moment.microsecond:06d}")) for moment in (earlier, later)]
    assert read == sorted(read)


@bounded
@given(st.text() | st.from_regex(r"\A\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:?\d\d)?\Z"))
def test_any_other_text_raises_a_value_error_and_nothing_else(text: str) -> None:
    try:
        instant_ms = milliseconds(text)
    except ValueError:
        return
    assert text.isascii()
    assert isinstance(instant_ms, int)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1969-12-31T23:59:59.9999Z", -1),
        ("2026-11-21T20:00:00.123Z", 1_795_291_200_123),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000),
        ("2017-01-01T06:59:60+07:00", 1_483_228_800_000),
        ("0001-01-01T00:00:00Z", -62_135_596_800_000),
        ("9999-12-31T23:59:60-23:59", 253_402_387_140_000),
    ],
)
def test_landmarks_are_read_as_posix_time(text: str, expected: int) -> None:
    assert milliseconds(text) == expected


def test_iso_writes_milliseconds_in_utc() -> None:
    assert iso(1_795_291_200_007) == "2026-11-21T20:00:00.007Z"
    assert iso(-1) == "1969-12-31T23:59:59.999Z"
