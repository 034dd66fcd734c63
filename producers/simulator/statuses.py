"""The pipeline's statuses: defined when the shop opens, and now and then changed by its managers.

They are created and reordered in one go, so several definitions share a millisecond and only `sequence` orders them.
"""

from __future__ import annotations

from collections.abc import Callable

from producers.simulator.calendar import Calendar
from producers.simulator.clock import DAY, MINUTE
from producers.simulator.dice import Dice
from producers.simulator.ids import uuid7
from producers.simulator.ledger import CRM, Ledger

_AT_FIRST = (
    ("Leads", "#3B82F6"),
    ("Hot Lead", "#F97316"),
    ("Negosiasi", "#EAB308"),
    ("Purchase", "#22C55E"),
    ("Repurchase", "#15803D"),
    ("Komplain", "#EF4444"),
    ("Batal", "#6B7280"),
)
_COLORS = ("#0EA5E9", "#8B5CF6", "#EC4899", "#14B8A6", "#F59E0B", "#84CC16", "#DC2626", "#1E293B")
_SIDETRACKS = {"haggle": "Negosiasi", "complain": "Komplain", "cancel": "Batal"}


class Status:
    """One status as it is defined now."""

    __slots__ = ("color", "deleted", "id", "name")

    def __init__(self, status_id: str, name: str, color: str) -> None:
        self.id = status_id
        self.name = name
        self.color = color
        self.deleted = False


class Pipeline:
    """A shop's statuses, in the order of the board."""

    def __init__(self, dice: Dice, ledger: Ledger, calendar: Calendar) -> None:
        self._dice = dice
        self._ledger = ledger
        opening = calendar.start
        self._board = [Status(uuid7(dice, opening), name, color) for name, color in _AT_FIRST]
        by_name = {status.name: status.id for status in self._board}
        self.ladder = ("", by_name["Leads"], by_name["Hot Lead"], by_name["Purchase"], by_name["Repurchase"])
        """Status ids by a person's stage; there is none for stage 0."""
        self.sidetracks = tuple((outcome, by_name[name]) for outcome, name in _SIDETRACKS.items())
        """Outcomes beside the way from lead to customer, with their status ids."""
        self._define_all(opening)
        self._plan_changes(calendar)

    def _plan_changes(self, calendar: Calendar) -> None:
        """Each kind of change once, and about one more every five days."""
        turns: list[Callable[[int], None]] = [
            self._rename, self._define_all, self._recolour, self._delete, self._reorder, self._restore,
        ]  # fmt: skip
        length = calendar.end - calendar.start
        more = (self._rename, self._recolour, self._reorder, self._delete, self._restore)
        turns += [self._dice.pick(more) for _ in range(length // (5 * DAY))]
        step = length // (len(turns) + 1)
        for place, turn in enumerate(turns):
            calendar.plan(calendar.start + place * step + self._dice.between(MINUTE, step), turn)

    def _define(self, instant: int, status: Status, sequence: int = 0) -> None:
        data = {
            "status_id": status.id,
            "name": status.name,
            "color": status.color,
            "position": self._board.index(status),
        }
        self._ledger.write(instant, "pipeline_status.defined", status.id, data, CRM, sequence=sequence or None)

    def _define_all(self, instant: int) -> None:
        for sequence, status in enumerate(self._board):
            if not status.deleted:
                self._define(instant, status, sequence)

    def _rename(self, instant: int) -> None:
        status = self._dice.pick(self._board)
        status.name = status.name.removesuffix(" ⭐") if status.name.endswith("⭐") else f"{status.name} ⭐"
        status.deleted = False
        self._define(instant, status)

    def _recolour(self, instant: int) -> None:
        status = self._dice.pick(self._board)
        status.color = self._dice.pick(_COLORS)
        status.deleted = False
        self._define(instant, status)

    def _reorder(self, instant: int) -> None:
        moved = self._board.pop(self._dice.between(0, len(self._board) - 1))
        self._board.insert(self._dice.between(0, len(self._board)), moved)
        self._define_all(instant)

    def _delete(self, instant: int) -> None:
        status = self._dice.pick(self._board)
        status.deleted = True
        self._ledger.write(instant, "pipeline_status.deleted", status.id, {"status_id": status.id}, CRM)

    def _restore(self, instant: int) -> None:
        for status in self._board:
            if status.deleted:
                status.deleted = False
                self._define(instant, status)
