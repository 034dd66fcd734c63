"""Contacts by a phone number, however it is written. In its own module, because `phonenumbers` is large."""

import re
from collections.abc import Sequence
from typing import Any

import phonenumbers
from clickhouse_connect.driver.client import Client

from projections.query import ask
from projections.readers.errors import ReadError

#: How many contacts of one phone number an error names.
_NAMED = 10
_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]+")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")


class SeveralContactsError(ReadError):
    """More than one contact has the phone number."""


def contact_of_phone(client: Client, workspace: str, phone: str) -> str:
    """The one contact with a phone number.

    Arguments:
        client: a client of Jejak's database.
        workspace: the contact's workspace.
        phone: the number as people write it, with its country code.

    Raises:
        SeveralContactsError: several contacts have it.
        ReadError: no contact has it.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    spellings = phone_spellings(phone)
    found = ask(client, "contacts_by_phone", workspace_id=workspace, phones=spellings)
    if not found:
        hint = "" if spellings[0].startswith("+") else "; write it with its country code, such as +628123456789"
        raise ReadError(f"no contact has the phone {spellings[0]!r} in workspace {workspace!r}{hint}")
    if len(found) > 1:
        raise SeveralContactsError(f"several contacts have the phone {spellings[0]}: {_named(found)}")
    return str(found[0]["contact_id"])


def _named(found: Sequence[dict[str, Any]]) -> str:
    names = [repr(row["contact_id"]) + (f" ({row['name']!r})" if row["name"] else "") for row in found[:_NAMED]]
    more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    return f"{', '.join(names)}{more}"


def phone_spellings(text: str) -> list[str]:
    """A phone number as profiles may hold it.

    Arguments:
        text: such as `+62 812-3456-789`, `0062812…` or `62812…`.

    Returns:
        Its E.164 form first, where it has one, and the bare digits behind a plus sign, because producers need not
        normalise; the text itself if it isn't an international number.
    """
    compact = _SEPARATORS.sub("", text)
    digits = compact.removeprefix("+").removeprefix("00")
    if not _INTERNATIONAL.fullmatch(f"+{digits}"):
        return [text.strip()]
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return [f"+{digits}"]
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return list(dict.fromkeys([normal, f"+{digits}"]))
