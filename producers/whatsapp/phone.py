"""WhatsApp ids as telephone numbers.

A `wa_id` is nearly always the number in international form without its plus sign, but Meta promises only that it
identifies the user ("a user's phone number and ID may not always match"). So a phone is taken from it only when the
number could exist.
"""

import re

import phonenumbers

_DIGITS = re.compile(r"[0-9]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_MEXICO = re.compile(r"521([0-9]{10})")
#: Mobile numbers began with 6 to 9 before; landlines still have eight digits and begin with 2 to 5.
_BRAZIL = re.compile(r"55([1-9][0-9])([6-9][0-9]{7})")
#: Argentina's mobile numbers have a 9 behind 54 from abroad, which not every webhook writes.
_ARGENTINA = re.compile(r"549([0-9]{10})")


def canonical(number: str) -> str:
    """A WhatsApp id as contacts are named by it (contract, section 5).

    Arguments:
        number: the id, with or without a plus sign; a business-scoped id, which is no number, stays as it is.

    Returns:
        The digits of the number's E.164 form, with WhatsApp's own spellings undone; the digits as they are where that
        is no possible number.
    """
    digits = number.removeprefix("+")
    if not _DIGITS.fullmatch(digits):
        return number
    digits = _without_own_spelling(digits)
    phone = e164(digits)
    return phone.removeprefix("+") if phone else digits


def _without_own_spelling(digits: str) -> str:
    """WhatsApp keeps what telephone numbers of two countries have given up, or does not know what they got.

    Mexico's mobile numbers lost the 1 behind 52 in 2019. Brazil's got a ninth digit, 9, from 2012 to 2016.
    """
    if found := _MEXICO.fullmatch(digits):
        return _if_mobile(f"52{found[1]}", digits)
    if found := _BRAZIL.fullmatch(digits):
        return _if_mobile(f"55{found[1]}9{found[2]}", digits)
    return digits


def _if_mobile(digits: str, otherwise: str) -> str:
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return otherwise
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return digits if phonenumbers.number_type(number) in mobile else otherwise


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


def same_number(one: str, other: str) -> bool:
    """Whether two ids of one body are one number in two spellings: all of it, but for mobile prefixes."""
    return _DIGITS.fullmatch(one) is not None and _compared(one) == _compared(other)


def _compared(wa_id: str) -> str:
    digits = canonical(wa_id)
    found = _ARGENTINA.fullmatch(digits)
    return f"54{found[1]}" if found else digits
