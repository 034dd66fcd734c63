"""WhatsApp ids as telephone numbers.

A `wa_id` is nearly always the number in international form without its plus sign, but Meta promises only that it
identifies the user ("a user's phone number and ID may not always match"). So a phone is taken from it only when the
number could exist.
"""

import re

import phonenumbers

_DIGITS = re.compile(r"[0-9]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
#: What is left of a number behind country codes and mobile prefixes, which is where WhatsApp ids differ from it.
_SUBSCRIBER = 8


def bare(number: str) -> str:
    """A WhatsApp id as contacts are named by it: without the plus sign that some webhooks write before it."""
    digits = number.removeprefix("+")
    return digits if _DIGITS.fullmatch(digits) else number


def e164(wa_id: str | None) -> str | None:
    """The phone number of a WhatsApp id.

    Arguments:
        wa_id: the id, such as `6281234567890`.

    Returns:
        The number as `contact.updated` takes it (contract, section 2), or None if the id is no possible number.
    """
    if wa_id is None or not _DIGITS.fullmatch(wa_id):
        return None
    try:
        number = phonenumbers.parse(f"+{wa_id}")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return text if _E164.fullmatch(text) else None


def same_subscriber(one: str, other: str) -> bool:
    """Whether two ids are one number in two spellings.

    Argentina, Brazil and Mexico have mobile prefixes that `wa_id` and `from` do not always agree on.
    """
    if not (_DIGITS.fullmatch(one) and _DIGITS.fullmatch(other)):
        return False
    return one[:2] == other[:2] and one[-_SUBSCRIBER:] == other[-_SUBSCRIBER:]
