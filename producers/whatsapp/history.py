"""`history` and `smb_app_state_sync`: what a business' app knew before it was connected (Meta, coexistence).

A thread of the history is the chat with one user; its messages keep their own times and ids, so what webhooks brought
already is the same events again.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from producers.whatsapp.events import Event, Inbox
from producers.whatsapp.fields import Fields
from producers.whatsapp.messages import seconds_of
from producers.whatsapp.people import Person, contact_id
from producers.whatsapp.phone import canonical, e164


@dataclass(frozen=True, slots=True)
class Thread:
    """The chat with one user.

    Attributes:
        person: the user.
        messages: the messages, each with its place in the body.
    """

    person: Person
    messages: list[tuple[object, str]]

    def is_from_user(self, message: Fields) -> bool:
        """Whether the user wrote a message of it, and not the business."""
        sender = message.text("from")
        return sender is not None and canonical(sender) == self.person.wa_id


def threads_of(value: Fields) -> Iterator[tuple[object, str]]:
    """The threads of all chunks of a history, each with its place."""
    for chunk, path in value.items("history"):
        yield from Fields(chunk, path).items("threads")


def thread_of(raw: object, path: str) -> Thread:
    """Read a thread.

    Raises:
        UnusableError: it does not say whose it is.
    """
    thread = Fields(raw, path)
    context = thread.child("context")
    user = canonical(thread.required("id"))
    person = Person(
        wa_id=user,
        user_id=context.text("user_id") if context else None,
        username=context.text("username") if context else None,
        phone=e164(user),
    )
    return Thread(person, thread.items("messages"))


def synced(inbox: Inbox, raw: object, path: str) -> Event | None:
    """The `contact.updated` of an entry of the business' address book; None where it was removed, or has no name.

    Raises:
        UnusableError: it does not say whose it is, or when.
    """
    entry = Fields(raw, path)
    contact = entry.child("contact")
    if contact is None or entry.text("action") == "remove":
        return None
    name = contact.first("full_name", "first_name")
    if name is None:
        return None
    number = canonical(contact.required("phone_number"))
    at_ms = 1000 * seconds_of(entry.required_child("metadata"))
    data: dict[str, object] = {"contact_id": contact_id(number), "name": name, "phone": e164(number)}
    return inbox.event("contact.updated", f"state_sync:{number}:{at_ms}", at_ms, data)
