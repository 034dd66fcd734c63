"""Whole numbers as headers tell them, in decimal text: what anybody may have written, read without surprise."""

import re

#: Kafka's offsets, and whatever else is counted here, have 64 bits.
_MOST = 2**63 - 1
_DECIMAL = re.compile(r"\d{1,19}", re.ASCII)


def whole_number(text: str) -> int | None:
    """The number from 0 to 2^63-1 that a text is; None where it is none."""
    number = int(text) if _DECIMAL.fullmatch(text) else -1
    return number if 0 <= number <= _MOST else None
