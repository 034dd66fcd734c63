"""The kinds of field in events, so that every model states its limits in the same way.

Contract, sections 1 and 2: ids are strings of 1–128 characters; an empty string in an optional field counts as
absent; types are strict. Optional kinds therefore admit the empty string and turn it into None.
"""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from schemas.constants import MAX_ID_LENGTH, MAX_INTEGER, MAX_SOURCE_LENGTH


def _decimal_pattern(limit: int) -> str:
    """An expression for the decimal text of the numbers from 0 to a limit, leading zeros and "" among them."""
    digits = str(limit)
    shorter = f"[0-9]{{0,{len(digits) - 1}}}"
    # As many digits as the limit: alike up to one place, smaller there, then anything.
    below = [
        f"{digits[:place]}[0-{int(digit) - 1}]" + (f"[0-9]{{{rest}}}" if (rest := len(digits) - place - 1) else "")
        for place, digit in enumerate(digits)
        if digit != "0"
    ]
    return f"^0*({'|'.join([shorter, *below, digits])})$"


#: What a text of `sequence` may be; "" counts as absent. In JSON Schema nothing but an expression can say it.
DECIMAL_PATTERN = _decimal_pattern(MAX_INTEGER)


def absent_if_empty(value: str | None) -> str | None:
    """Read an empty string in an optional field as absent (contract, section 1)."""
    return value or None


def _object_absent_if_empty(value: object) -> object:
    return None if value == "" else value


def whole(value: object) -> object:
    """A whole number as Python's, however JSON wrote it: 1, 1.0 and 1e0 are one number, to JSON Schema as well."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: Marks an optional object: an empty string in its place also means that it is absent.
EmptyIsAbsent = BeforeValidator(_object_absent_if_empty)

Id = Annotated[str, Field(min_length=1, max_length=MAX_ID_LENGTH)]
OptionalId = Annotated[
    Annotated[str, Field(max_length=MAX_ID_LENGTH)] | None,
    AfterValidator(absent_if_empty),
]
Text = Annotated[str, Field(min_length=1)]
OptionalText = Annotated[str | None, AfterValidator(absent_if_empty)]
#: E.164, with the empty string admitted because it means cleared (contract, section 2, `contact.updated`).
OptionalPhone = Annotated[
    Annotated[str, Field(pattern=r"^(\+[1-9][0-9]{6,14})?$")] | None,
    AfterValidator(absent_if_empty),
]
Color = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
Position = Annotated[Annotated[int, Field(ge=0, le=MAX_INTEGER)], BeforeValidator(whole)]
EventName = Annotated[str, Field(min_length=1, max_length=MAX_SOURCE_LENGTH)]
