"""Who a message is from or to: the message's own ids and the `contacts` that come with it, put together.

Since 2026 a WhatsApp user has two ids: the `wa_id`, which is withheld from businesses when the user has taken a
username, and a business-scoped `user_id`, which is always there (Meta, "Business-scoped user IDs"). A message carries
either or both, and its `contacts` entry may know more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from producers.whatsapp.fields import Fields, UnusableError
from producers.whatsapp.phone import canonical, e164, same_number


@dataclass(frozen=True, slots=True)
class Person:
    """A WhatsApp user as far as one webhook knows them.

    Attributes:
        wa_id: the id that is usually the phone number.
        user_id: the business-scoped user id (BSUID).
        parent_user_id: the BSUID of a group of linked businesses.
        name: the profile name.
        username: the name that the user is found by.
        phone: the number in E.164.
    """

    wa_id: str | None = None
    user_id: str | None = None
    parent_user_id: str | None = None
    name: str | None = None
    username: str | None = None
    phone: str | None = None

    @property
    def key(self) -> str:
        """The id that names contact and conversation (contract, section 5). Empty if there is no person."""
        return self.wa_id or self.user_id or self.parent_user_id or ""

    @property
    def user_ids(self) -> set[str]:
        """The business-scoped ids, of either sort."""
        return {value for value in (self.user_id, self.parent_user_id) if value}


@dataclass(frozen=True, slots=True)
class Roles:
    """The names of the fields that say who the WhatsApp user of a message is."""

    phone: str
    user_ids: tuple[str, ...]
    parent_user_ids: tuple[str, ...]


#: Incoming messages: the user wrote them.
SENDER = Roles("from", ("from_user_id",), ("from_parent_user_id",))
#: Echoes: the user received them. Statuses call the same ids `recipient_…`, and so do some echoes.
RECIPIENT = Roles("to", ("to_user_id", "recipient_user_id"), ("to_parent_user_id", "recipient_parent_user_id"))


def contact_id(key: str) -> str:
    """The contact of a WhatsApp user (contract, section 5)."""
    return f"wa:{key}"


def person_of_contact(contact: Fields) -> Person:
    """Read an entry of a webhook's `contacts`.

    Raises:
        UnusableError: a field of it is not what Meta documents.
    """
    profile = contact.child("profile")
    wa_id = contact.text("wa_id")
    name = (profile and profile.text("name")) or ""
    return Person(
        wa_id=canonical(wa_id) if wa_id else None,
        user_id=contact.text("user_id"),
        parent_user_id=contact.text("parent_user_id"),
        name=name if name.strip() else None,
        username=(profile and profile.text("username")) or contact.text("username"),
    )


def person_of_new_number(system: Fields) -> Person:
    """Who a user is behind a change of number, by the number alone: no profile comes along."""
    number = system.first("wa_id", "new_wa_id")
    wa_id = canonical(number) if number else None
    return Person(wa_id=wa_id, phone=e164(wa_id))


def person_of_message(message: Fields, roles: Roles, contacts: Iterable[Person]) -> Person:
    """Find out who a message is from, or to.

    Arguments:
        message: the message.
        roles: which of its fields to go by.
        contacts: what the webhook's `contacts` say; the right one is found by its ids, for their order means nothing.

    Raises:
        UnusableError: the message names no person.
    """
    number = message.text(roles.phone)
    own = Person(
        wa_id=canonical(number) if number else None,
        user_id=message.first(*roles.user_ids),
        parent_user_id=message.first(*roles.parent_user_ids),
    )
    known = _matching(own, list(contacts)) or Person()
    person = replace(
        known,
        wa_id=known.wa_id or own.wa_id,
        user_id=own.user_id or known.user_id,
        parent_user_id=own.parent_user_id or known.parent_user_id,
    )
    if not person.key:
        raise UnusableError(f"{message.at(roles.phone)} is missing, and so is {roles.user_ids[0]}")
    return replace(person, phone=e164(person.wa_id) or e164(own.wa_id))


def _matching(own: Person, contacts: list[Person]) -> Person | None:
    if not own.key:
        return contacts[0] if len(contacts) == 1 else None
    by_number = [contact for contact in contacts if own.wa_id and contact.wa_id == own.wa_id]
    by_user_id = [contact for contact in contacts if own.user_ids & contact.user_ids]
    by_spelling = [
        contact
        for contact in contacts
        if own.wa_id and contact.wa_id and not (own.user_ids and contact.user_ids)
        if same_number(own.wa_id, contact.wa_id)
    ]
    return next(iter([*by_number, *by_user_id, *by_spelling]), None)
