"""Ids as long and as random as real ones, because storage and compression are measured with them.

Time-ordered UUIDs, WhatsApp's and Meta's message ids, the click ids of the ad networks. All come from the
seed; none says anything about a real person or campaign.
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

from producers.simulator.dice import Dice

_SIXTY_TWO_BITS = (1 << 62) - 1
_VERSION_7 = 7 << 76
_VARIANT = 2 << 62


def uuid7(dice: Dice, instant: int) -> str:
    """A UUID of version 7 (RFC 9562): 48 bits of milliseconds, then 74 bits of chance."""
    chance = dice.getrandbits(74)
    number = instant << 80 | _VERSION_7 | chance >> 62 << 64 | _VARIANT | chance & _SIXTY_TWO_BITS
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def visitor_id(dice: Dice, instant: int) -> str:
    """A visitor's cookie: 31 bits of chance and the seconds of the first visit, as web analytics do it."""
    return f"{dice.getrandbits(31)}.{instant // 1000}"


def digits(dice: Dice, length: int) -> str:
    """A decimal id of that length that does not begin with 0."""
    lowest = 10 ** (length - 1)
    return str(dice.between(lowest, 10 * lowest - 1) if length < 16 else lowest + dice.getrandbits(3 * length))


def token(dice: Dice, octets: int) -> str:
    """Chance as URL-safe base64 without padding: four characters for every three octets."""
    return urlsafe_b64encode(dice.getrandbits(8 * octets).to_bytes(octets, "big")).rstrip(b"=").decode()


def wamid(dice: Dice, phone: str, outgoing: bool) -> str:
    """A WhatsApp message id for a phone number (digits only): 62 or 66 characters.

    Inside the base64 are the number, the direction and the device's own hexadecimal id, as in real ones.
    """
    direction, device = ("\x11", "3EB0") if outgoing else ("\x12", "3A2F")
    local = f"{device}{dice.getrandbits(64):016X}"
    packed = f"\x1c\x18{chr(len(phone))}{phone}\x15\x02\x00{direction}\x18\x14{local}\x00"
    return "wamid." + b64encode(packed.encode("ascii")).decode()


def instagram_mid(dice: Dice) -> str:
    """An Instagram message id: a constant beginning and 88 characters of base64 (ids end at 128)."""
    return "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE" + token(dice, 66)


def messenger_mid(dice: Dice) -> str:
    """A Messenger message id: `m_` and 86 characters of base64."""
    return "m_" + token(dice, 64)


def ctwa_clid(dice: Dice) -> str:
    """A click-to-WhatsApp click id."""
    return "ARA" + token(dice, 96)


CLICK_IDS: dict[str, Callable[[Dice], str]] = {
    "gclid": lambda dice: "Cj0KCQiA" + token(dice, 63),
    "gbraid": lambda dice: "0AAAAAD" + token(dice, 26),
    "wbraid": lambda dice: "CjkKCQiA" + token(dice, 45),
    "fbclid": lambda dice: "IwZXh0bgNhZW0CMTEAAR" + token(dice, 75),
    "ttclid": lambda dice: "E.C.P." + token(dice, 90),
    "msclkid": lambda dice: f"{dice.getrandbits(128):032x}",
}
"""How each network's click id looks, by its name in `click_ids`."""
