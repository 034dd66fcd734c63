"""What a message says, by its type: the text that a reader of the journey expects, and facts worth keeping.

Types and their fields are those of Meta's "messages webhook reference" and its page per type. The text is what the
user wrote or tapped; if there is none (a voice note, a sticker) the journey shows the type instead.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from producers.whatsapp.fields import Fields


@dataclass(frozen=True, slots=True)
class Content:
    """A message's content.

    Attributes:
        text: the line to read; None if there is no text.
        extras: further facts, kept as unknown fields of `data` (contract, section 1).
    """

    text: str | None = None
    extras: dict[str, object] = field(default_factory=dict)


def content_of(message: Fields, message_type: str, errors: object = None) -> Content | None:
    """Read the content of a message of a given type.

    What it holds beyond a text is kept as it was sent, under the name of its type (contract, section 5).

    Arguments:
        message: the message, incoming or echoed.
        message_type: its `type`.
        errors: those that stand beside the messages, for one that has neither content nor errors of its own.

    Returns:
        The content; None if Jejak does not treat the type as a message (an `edit`, a `revoke`, or a type
        that Meta added later).

    Raises:
        UnusableError: the content is missing or not what Meta documents. A message with `errors` may lack it.
    """
    read = _READERS.get(message_type)
    if read is None:
        return None
    own_errors = message.kept("errors") or None
    part = message if message_type == "contacts" else message.child(message_type)
    told = own_errors or (errors if part is None else None) or None
    if part is None and not told and message_type not in _EMPTY_TYPES:
        part = message.required_child(message_type)
    content = read(part) if part is not None else Content()
    as_sent = {message_type: message.kept(message_type)} if message_type != "text" else {}
    return Content(content.text, {**content.extras, **as_sent, "errors": told, **_circumstances(message)})


def is_taken_back(message: Fields, message_type: str) -> bool:
    """Whether a message takes a reaction back: it names the message and no emoji."""
    reaction = message.child("reaction") if message_type == "reaction" else None
    return reaction is not None and reaction.text("emoji") is None


def _circumstances(message: Fields) -> dict[str, object]:
    """What a message of any type may carry: what it answers, that it was forwarded, the group it was sent to."""
    facts: dict[str, object] = {"group_id": message.kept("group_id")}
    if isinstance(message.raw("context"), dict):
        context = Fields(message.raw("context"), message.at("context"))
        facts["context_message_id"] = context.kept("id")
        facts["forwarded"] = context.kept("forwarded")
        facts["frequently_forwarded"] = context.kept("frequently_forwarded")
        facts["referred_product"] = context.kept("referred_product")
    return facts


def _text(part: Fields) -> Content:
    return Content(part.text("body"))


def _media(part: Fields) -> Content:
    facts = {"media_id": part.kept("id"), "mime_type": part.kept("mime_type"), "voice": part.kept("voice")}
    return Content(part.text("caption"), facts)


def _document(part: Fields) -> Content:
    media = _media(part)
    return Content(media.text or part.text("filename"), {**media.extras, "filename": part.kept("filename")})


def _location(part: Fields) -> Content:
    return Content(_joined([part.text("name"), part.text("address")]))


def _contacts(message: Fields) -> Content:
    return Content(_joined(_card_name(Fields(card, path)) for card, path in message.items("contacts")))


def _card_name(card: Fields) -> str | None:
    name = card.child("name")
    if name is not None:
        full = name.text("formatted_name")
        parts = [name.text("first_name"), name.text("last_name")]
        if full or any(parts):
            return full or " ".join(part for part in parts if part)
    # Cards that answer a request for contact details hold a number and no name.
    return _joined(Fields(phone, path).first("phone", "wa_id") for phone, path in card.items("phones"))


def _button(part: Fields) -> Content:
    return Content(part.text("text"), {"button_payload": part.kept("payload")})


def _interactive(part: Fields) -> Content:
    kind = part.text("type")
    reply = Fields(part.raw(kind), part.at(kind)) if kind and isinstance(part.raw(kind), dict) else None
    if reply is None:
        # What a business sends, and so what is echoed, has a body instead of a reply.
        body = part.child("body")
        return Content(body.text("text") if body else None, {"interactive_type": kind})
    facts = {
        "interactive_type": kind,
        "reply_id": reply.kept("id"),
        "reply_description": reply.kept("description"),
        "flow_response": reply.kept("response_json"),
    }
    # What the customer answered to a request for a call or a payment has no title.
    return Content(reply.first("title", "body", "response", "status"), facts)


def _reaction(part: Fields) -> Content:
    return Content(part.text("emoji"), {"reacted_message_id": part.kept("message_id")})


def _order(part: Fields) -> Content:
    items = part.items("product_items")
    lines = (_order_line(Fields(item, path)) for item, path in items)
    facts = {"catalog_id": part.kept("catalog_id"), "product_items": part.kept("product_items")}
    return Content(part.text("text") or _joined(lines), facts)


def _order_line(item: Fields) -> str | None:
    product, quantity = item.text("product_retailer_id"), item.raw("quantity")
    return f"{quantity} × {product}" if product and isinstance(quantity, int) else product


def _unsupported(part: Fields) -> Content:
    return Content(None, {"unsupported_type": part.kept("type")})


def _joined(texts: Iterable[str | None]) -> str | None:
    return ", ".join(text for text in texts if text) or None


#: Their errors say it all; Meta's older payloads call the one by the other's name, and leave the object out.
_EMPTY_TYPES = ("unsupported", "unknown")

_READERS: dict[str, Callable[[Fields], Content]] = {
    "text": _text,
    "image": _media,
    "video": _media,
    "audio": _media,
    "sticker": _media,
    "document": _document,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "reaction": _reaction,
    "order": _order,
    "unsupported": _unsupported,
    "unknown": _unsupported,
}
