"""One person with two ids: which contacts are the same, and what one run has already said about it.

A tie says that `previous` belongs to `staying` from now on. Of a contact's ties the last one wins (contract,
section 3), so a tie must not tear an older one apart: a `user_id` that replaces another one is tied to that, and so
belongs to whomever that belongs to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from producers.whatsapp.fields import Fields, UnusableError
from producers.whatsapp.people import Person
from producers.whatsapp.phone import canonical

#: The name of today, and that of older versions of the API.
NUMBER_CHANGES = ("user_changed_number", "customer_changed_number")
USER_ID_CHANGE = "user_changed_user_id"


@dataclass(frozen=True, slots=True)
class Tie:
    """That two WhatsApp users are one.

    Attributes:
        suffix: what follows the message's id in the event's.
        staying: the id that stays.
        previous: the id that becomes part of it.
    """

    suffix: str
    staying: str
    previous: str


@dataclass(slots=True)
class Merges:
    """The pairs of `user_id` and `wa_id` that one run has seen together."""

    _pairs: set[tuple[str, str]] = field(default_factory=set)
    _wa_ids: dict[str, str] = field(default_factory=dict)
    _before: dict[str, str] = field(default_factory=dict)

    def pair(self, user_id: str | None, wa_id: str | None, suffix: str = ":merge") -> Iterator[Tie]:
        """The tie of a `user_id` to a `wa_id`, where both are there: once a run (contract, section 5)."""
        if user_id and wa_id and user_id != wa_id and (user_id, wa_id) not in self._pairs:
            self._pairs.add((user_id, wa_id))
            known, self._wa_ids[user_id] = self._wa_ids.get(user_id), wa_id
            yield Tie(suffix, staying=wa_id, previous=user_id)
            # The tie takes the id away from the one that it was tied to before, which has to come along.
            if known is None and (before := self._before.get(user_id)):
                yield from self.pair(before, wa_id, f"{suffix}:before")

    def of_person(self, person: Person) -> Iterator[Tie]:
        """The tie that a message's two ids make."""
        return self.pair(person.user_id, person.wa_id)

    def of_number_change(self, message: Fields, system: Fields) -> Iterator[Tie]:
        """The ties of a changed phone number, with which the `user_id` changes too.

        Rules: Meta's "System messages webhook reference"; its changelog of 11 August 2026 for `previous_user_id`;
        `customer` and `new_wa_id` are what older versions of the API call the old and the new id.

        Raises:
            UnusableError: the old or the new id is missing.
        """
        old_wa_id = _bare(system.text("customer") or message.text("from"))
        new_wa_id = _bare(system.first("wa_id", "new_wa_id"))
        old_user_id, new_user_id = system.text("previous_user_id"), system.text("user_id")
        old = old_wa_id or self._known(old_user_id)
        new = new_wa_id or new_user_id
        if not old:
            raise UnusableError(f"{message.at('from')} is missing, and so is system.previous_user_id")
        if not new:
            raise UnusableError(f"{system.at('wa_id')} is missing, and so is user_id")
        if old != new:
            yield Tie(":merge", staying=new, previous=old)
        yield from self.pair(old_user_id, old_wa_id, ":merge:old")
        yield from self.pair(new_user_id, new_wa_id, ":merge:new")

    def of_user_id_change(self, message: Fields, system: Fields) -> Iterator[Tie]:
        """The tie of a `user_id` that changed while no phone number was known.

        Rules: Meta's changelog of 11 August 2026. With a phone number all the same, both ids belong to it.

        Raises:
            UnusableError: the old or the new id is missing.
        """
        new_user_id = system.required("user_id")
        wa_id = _bare(system.text("wa_id") or message.text("from"))
        if wa_id:
            yield from self.pair(system.text("previous_user_id"), wa_id, ":merge:old")
            yield from self.pair(new_user_id, wa_id)
            return
        old_user_id = system.required("previous_user_id")
        if old_user_id == new_user_id:
            return
        # Into the old one: whatever that is tied to, in this run or an earlier one, holds for the new one too.
        self._before[new_user_id] = old_user_id
        if old_user_id in self._wa_ids:
            self._wa_ids[new_user_id] = self._wa_ids[old_user_id]
        yield Tie(":merge", staying=old_user_id, previous=new_user_id)

    def _known(self, user_id: str | None) -> str | None:
        return self._wa_ids.get(user_id, user_id) if user_id else None


def _bare(number: str | None) -> str | None:
    return canonical(number) if number else None
