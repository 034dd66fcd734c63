"""Clicks: a button or a link becomes a button click, and a click that sends a form is left out: its form follows.

`jejak.js` does not send such a click at all. Where a page sets the tracker up by itself, the click and the form are two
events of one visit, some milliseconds apart, and the click is found where both are in one request.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from schemas.constants import MAX_ID_LENGTH

#: So soon after the click its form follows.
_FOLLOWS_MS = 1_000


def clicked(fields: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """What was clicked: the first of these fields that is there, cut to an id's length.

    Arguments:
        fields: the event's own.
        names: which of them, the best first.
    """
    for name in names:
        value = fields.get(name)
        if isinstance(value, str) and value.strip():
            return value.strip()[:MAX_ID_LENGTH]
    return None


class Submits:
    """Finds among the events of a request the clicks that sent a form."""

    def __init__(self) -> None:
        self._clicks: list[tuple[str, int, int]] = []
        self._forms: list[tuple[str, int]] = []

    def click(self, visitor: str, at_ms: int, place: int) -> None:
        """Note a button click.

        Arguments:
            visitor: whose it is.
            at_ms: when it was.
            place: which event of the request it is.
        """
        self._clicks.append((visitor, at_ms, place))

    def form(self, visitor: str, at_ms: int) -> None:
        """Note a form."""
        self._forms.append((visitor, at_ms))

    def clicks(self) -> set[int]:
        """The places of the clicks that sent a form: of each form, the last click shortly before it."""
        found: set[int] = set()
        for visitor, at_ms in self._forms:
            before = [
                (when, place)
                for whose, when, place in self._clicks
                if whose == visitor and 0 <= at_ms - when <= _FOLLOWS_MS and place not in found
            ]
            found |= {max(before)[1]} if before else set()
        return found
