"""Whole numbers in headers, as decimal text. Anyone may have written them, so they are parsed strictly."""

import re

#: Kafka's offsets, and whatever else is counted here, have 64 bits.
_MOST = 2**63 - 1
_DECIMAL = re.compile(r"\d{1,19}", re.ASCII)


def whole_number(text: str) -> int | None:
    """A text as a number from 0 to 2^63-1; None if it isn't one."""
    number = int(text) if _DECIMAL.fullmatch(text) else -1
    return number if 0 <= number <= _MOST else None
