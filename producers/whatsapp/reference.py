"""From a page to a chat: the reference that `jejak.js` adds to the text of a WhatsApp link (contract, section 8).

` [ref:…]` holds the 16 bytes of the visitor's UUID in base64url, 22 characters. Whatever looks like one and is none
stays in the text.
"""

import base64
import re
import uuid

_REFERENCE = re.compile(r"\s*\[ref:([A-Za-z0-9_-]{22})\]")


def take_reference(text: str | None) -> tuple[str | None, str | None]:
    """The visitor that a text refers to, and the text without its references.

    Arguments:
        text: what the customer sent.

    Returns:
        The first visitor, None where there is none; the text, None where nothing else was in it.
    """
    if text is None or "[ref:" not in text:
        return None, text
    visitors: list[str] = []

    def leave_out(found: re.Match[str]) -> str:
        visitor = _visitor_of(found[1])
        if visitor is None:
            return found[0]
        visitors.append(visitor)
        return ""

    rest = _REFERENCE.sub(leave_out, text)
    return (visitors[0], rest.strip() or None) if visitors else (None, text)


def _visitor_of(encoded: str) -> str | None:
    """The UUID of a reference; None if its last character holds more than 16 bytes have."""
    raw = base64.urlsafe_b64decode(encoded + "==")
    is_whole = base64.urlsafe_b64encode(raw).decode().rstrip("=") == encoded
    return str(uuid.UUID(bytes=raw)) if is_whole else None
