"""Who is who: profiles, visitors who turn out to be contacts, contacts who turn out to be one person."""

from __future__ import annotations

from producers.simulator.clock import MINUTE, SECOND
from producers.simulator.dice import ballot
from producers.simulator.ids import uuid7
from producers.simulator.ledger import CRM, Data
from producers.simulator.people import Person
from producers.simulator.texts.names import corrected, email, full_name

_CLEARED = ballot({"email": 3, "name": 1, "phone": 1})


def _update(person: Person, instant: int, fields: Data) -> None:
    data = {"contact_id": person.contact_id, **fields}
    person.shop.ledger.write(instant, "contact.updated", person.contact_id, data, CRM)


def introduce(person: Person, instant: int, with_phone: bool) -> None:
    """The first profile of a contact: mostly a name, the phone where the channel tells it, rarely an email."""
    dice = person.shop.dice
    person.introduced = True
    fields: Data = {}
    if person.name or dice.chance(0.85):
        person.name = person.name or full_name(dice)
        fields["name"] = person.name
    if with_phone:
        fields["phone"] = f"+{person.phone}"
    if person.email:
        fields["email"] = person.email
    if fields:
        _update(person, instant, fields)


def revise(person: Person, instant: int) -> None:
    """A later change of the profile: an email address learned, a name corrected, a field cleared."""
    dice = person.shop.dice
    draw = dice.random()
    if draw < 0.5:
        person.name = person.name or full_name(dice)
        person.email = email(dice, person.name)
        _update(person, instant, {"email": person.email})
    elif draw < 0.8:
        person.name = corrected(dice, person.name) if person.name else full_name(dice)
        _update(person, instant, {"name": person.name, "phone": f"+{person.phone}"})
    else:
        _update(person, instant, {dice.pick(_CLEARED): None})


def identify(person: Person, instant: int, method: str) -> None:
    """Tie the person's visitor id to the contact."""
    data = {"visitor_id": person.visitor_id, "contact_id": person.contact_id, "method": method}
    person.shop.ledger.write(instant, "contact.identified", person.contact_id, data, person.shop.source)
    person.tied = True


def merge(person: Person, instant: int) -> None:
    """The shop finds that the person already was another contact: that id stays, the one so far goes."""
    dice = person.shop.dice
    instant += SECOND + dice.skewed(3 * MINUTE)
    person.previous_id, person.contact_id = person.contact_id, uuid7(dice, instant)
    person.merges_left -= 1
    data = {"contact_id": person.contact_id, "previous_id": person.previous_id}
    person.shop.ledger.write(instant, "contact.merged", person.contact_id, data, CRM)
