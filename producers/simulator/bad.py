"""Puts records among the good ones that the contract rejects (section 4), each made from the good one before it.

The good records stay as they are, so a run with bad records must end in the same read models as one without. A record
is bad wherever it is sent: none is only bad in a wrong topic.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from producers.simulator.dice import Dice, ballot
from producers.simulator.flaws import Flaw
from producers.simulator.flaws_attributes import ATTRIBUTE_FLAWS
from producers.simulator.flaws_data import DATA_FLAWS
from producers.simulator.flaws_value import HUGE, VALUE_FLAWS
from producers.simulator.scenario import Record

FLAWS: dict[str, Flaw] = {**VALUE_FLAWS, **ATTRIBUTE_FLAWS, **DATA_FLAWS, **HUGE}
"""Every way in which a record can be bad, by a name to read."""

# A value beyond the limit weighs as much as two thousand others, so it is made fifty times less often.
_CHOICE = ballot({name: 1 if name in HUGE else 50 for name in FLAWS})


def spoil(value: bytes, name: str, dice: Dice) -> bytes | None:
    """A bad version of an event's value with the flaw of that name; None if its type cannot have the flaw."""
    event = msgspec.json.decode(value)
    flawed = FLAWS[name](event, dice)
    return msgspec.json.encode(flawed) if isinstance(flawed, dict | list) else flawed


def spoiled(records: Iterator[Record], dice: Dice, share: float) -> Iterator[Record]:
    """All records, with bad ones between them: `share` of the outcome (below 1)."""
    for record in records:
        yield record
        while dice.random() < share:
            value = None
            while value is None:
                value = spoil(record.value, dice.pick(_CHOICE), dice)
            yield record._replace(value=value, good=False)
