"""Puts a scenario on stage: opens the shops, lets people arrive, and sends their events through the mail."""

from __future__ import annotations

from collections.abc import Iterator

from producers.simulator.bad import spoiled
from producers.simulator.calendar import Calendar
from producers.simulator.clock import MINUTE, along
from producers.simulator.delivery import displaced, repeated
from producers.simulator.dice import Dice, ballot
from producers.simulator.people import Person, phone_digits
from producers.simulator.scenario import Record, Scenario
from producers.simulator.shop import Shop
from producers.simulator.story import ORIGINS, live
from producers.simulator.visit import browse_site

# One person in forty is merged, one of ten of those twice. They are counted off, not drawn, so that every run of
# some size has both; the first of them come early enough to get there.
_MERGED_EVERY, _MERGED_TWICE_EVERY, _FIRST_MERGED = 40, 400, 7
_BYSTANDERS = 0.3


def simulate(scenario: Scenario) -> Iterator[Record]:
    """The records of a scenario, lazily, in the order in which they are delivered.

    Without `disorder` that is the order of time. Equal scenarios give equal bytes. The good events do not depend on
    `disorder`, `duplicates` and `bad`, which each have their own chance.
    """
    records = _Crowd(scenario).events()
    if scenario.disorder:
        records = displaced(records, Dice(f"{scenario.seed}/disorder"), scenario.disorder)
    if scenario.duplicates:
        records = repeated(records, Dice(f"{scenario.seed}/duplicates"), scenario.duplicates)
    if scenario.bad:
        records = spoiled(records, Dice(f"{scenario.seed}/bad"), scenario.bad)
    return records


class _Crowd:
    """The people of all shops, arriving one after the other."""

    def __init__(self, scenario: Scenario) -> None:
        self._contacts = scenario.contacts
        self._dice = Dice(f"{scenario.seed}/events")
        self._calendar = Calendar(scenario.start_ms, scenario.end_ms)
        chatter = Dice(f"{scenario.seed}/texts")
        shops = [
            Shop(scenario.workspace_id(number), number, self._dice, chatter, self._calendar)
            for number in range(scenario.workspaces)
        ]
        # The second largest shop has half of the largest one's contacts, the third a third, and so on.
        self._shops = ballot({shop: max(1, 240 // (rank + 1)) for rank, shop in enumerate(shops)})
        self._first_phone = self._dice.getrandbits(30)
        self._arrived = 0

    def events(self) -> Iterator[Record]:
        """All events in time order."""
        self._await_next()
        return self._calendar.play()

    def _await_next(self) -> None:
        share = (self._arrived + self._dice.random()) / self._contacts
        # A shop that grows more slowly than it began: the first days bring twice as many people as the last.
        share *= 0.5 + 0.5 * share
        opened = self._calendar.start + MINUTE
        self._calendar.plan(along(opened, self._calendar.end, share), self._arrive)

    def _arrive(self, instant: int) -> None:
        number = self._arrived
        self._arrived += 1
        merges = self._merges(number)
        origin = "chat" if merges else self._dice.pick(ORIGINS)
        phone = phone_digits(self._first_phone + number)
        live(Person(self._dice.pick(self._shops), origin, phone, merges), instant)
        if self._dice.chance(_BYSTANDERS):
            # Somebody who only looks around and never becomes a contact.
            browse_site(Person(self._dice.pick(self._shops), "web", phone, 0), instant + self._dice.between(1, MINUTE))
        if self._arrived < self._contacts:
            self._await_next()

    @staticmethod
    def _merges(number: int) -> int:
        if number % _MERGED_EVERY != _FIRST_MERGED:
            return 0
        return 2 if number % _MERGED_TWICE_EVERY == _FIRST_MERGED else 1
