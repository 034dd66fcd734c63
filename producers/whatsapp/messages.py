"""One message as events: the message itself, the ad click before it, and what it says about its contact."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from producers.whatsapp.content import Content
from producers.whatsapp.events import Event, Inbox
from producers.whatsapp.fields import Fields, UnusableError, clipped
from producers.whatsapp.merges import Tie
from producers.whatsapp.people import Person, contact_id
from producers.whatsapp.reference import take_reference
from producers.whatsapp.referral import is_ad, names_its_source, referral_of

_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Head:
    """What every message has.

    Attributes:
        inbox: where it was received or sent.
        wamid: Meta's id of it, and so the event's.
        at_ms: when, in milliseconds since 1970.
    """

    inbox: Inbox
    wamid: str
    at_ms: int

    @classmethod
    def of(cls, inbox: Inbox, message: Fields) -> "Head":
        """Read a message's `id` and `timestamp`.

        Raises:
            UnusableError: one is missing, or the timestamp is no whole number of seconds.
        """
        return cls(inbox, message.required("id"), 1000 * seconds_of(message))

    def tie(self, tie: Tie) -> Event:
        """The `contact.merged` of a tie.

        Raises:
            UnusableError: an id is too long.
        """
        data: dict[str, object] = {
            "contact_id": contact_id(tie.staying),
            "previous_id": contact_id(tie.previous),
        }
        return self.inbox.event("contact.merged", self.wamid + tie.suffix, self.at_ms, data)


def incoming(head: Head, message: Fields, person: Person, content: Content) -> Iterator[Event]:
    """A message of a WhatsApp user, after the click on its ad if it came from one.

    The click is one millisecond earlier, so that a lead's first touch is never later than its first message
    (contract, section 5).

    Raises:
        UnusableError: no event can be made of it; then none has been yielded.
    """
    referral = referral_of(message)
    data: dict[str, object] = {**_message_data(head, message, person, content), "referral": referral}
    visitor, data["text"] = take_reference(content.text) if message.text("type") == "text" else (None, content.text)
    event = head.inbox.event("message.incoming", head.wamid, head.at_ms, data)
    if visitor is not None:
        tie: dict[str, object] = {"visitor_id": visitor, "contact_id": data["contact_id"]}
        yield head.inbox.event("contact.identified", f"{head.wamid}:ref", head.at_ms - 1, tie)
    if referral is not None and is_ad(referral) and names_its_source(referral):
        clicked = {
            "contact_id": data["contact_id"],
            "conversation_id": data["conversation_id"],
            "message_id": head.wamid,
            "referral": referral,
        }
        yield head.inbox.event("ctwa.click", f"{head.wamid}:ctwa", head.at_ms - 1, clicked)
    yield event


def outgoing(head: Head, message: Fields, person: Person, content: Content) -> Iterator[Event]:
    """A message that somebody of the business wrote in the WhatsApp Business app (Meta, "smb_message_echoes").

    Raises:
        UnusableError: no event can be made of it.
    """
    data = {**_message_data(head, message, person, content), "sender": "human"}
    yield head.inbox.event("message.outgoing", head.wamid, head.at_ms, data)


def profile(head: Head, person: Person) -> Iterator[Event]:
    """What a webhook says about a contact: the profile's name, and the number if the id is one.

    It is said again with every message. Leaving out what was said before would be wrong whenever webhooks are not in
    the order of their timestamps.
    """
    if person.name is None and person.phone is None:
        return
    data: dict[str, object] = {
        "contact_id": contact_id(person.key),
        "name": person.name,
        "phone": person.phone,
        "username": person.username,
        "user_id": person.user_id,
        "parent_user_id": person.parent_user_id,
    }
    yield head.inbox.event("contact.updated", f"{head.wamid}:contact", head.at_ms, data)


def _message_data(head: Head, message: Fields, person: Person, content: Content) -> dict[str, object]:
    group = message.text("group_id")
    inbox = head.inbox
    conversation = inbox.group_conversation_id(group) if group else inbox.conversation_id(person.key)
    return {
        **content.extras,
        "contact_id": contact_id(person.key),
        "conversation_id": conversation,
        "message_id": head.wamid,
        "channel": "whatsapp",
        "inbox_id": head.inbox.phone_number_id,
        "message_type": message.text("type"),
        "text": content.text,
    }


def seconds_of(message: Fields) -> int:
    """Read a `timestamp`: whole seconds since 1970, as a number or as text.

    Raises:
        UnusableError: it is missing or something else.
    """
    value = message.raw("timestamp")
    if value is None or value == "":
        raise UnusableError(f"{message.at('timestamp')} is missing")
    if isinstance(value, str) and _SECONDS.fullmatch(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        return value
    raise UnusableError(f"{message.at('timestamp')} is {clipped(value)}, not seconds since 1970")
