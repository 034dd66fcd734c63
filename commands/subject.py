"""Whose journey is meant: contacts by a merged id, by a visitor or by a phone number."""

import re

import phonenumbers
from clickhouse_connect.driver.client import Client

from commands.errors import CommandError
from commands.reading import tell
from projections.query import ask

#: How many contacts of one phone number an error names.
_NAMED = 10
_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2015\u00a0]+")
_INTERNATIONAL = re.compile(r"\+[1-9][0-9]{6,14}")


def root_of(client: Client, workspace: str, contact: str) -> str:
    """The contact that one resolves to, itself where it was never merged; says so where it is another.

    Arguments:
        client: a client of Jejak's database.
        workspace: the contact's workspace.
        contact: any contact's id, known or not.
    """
    found = ask(client, "contact_root", workspace_id=workspace, contact_id=contact)
    root = str(found[0]["root_id"]) if found else contact
    if root != contact:
        tell(f"contact {contact!r} was merged into {root!r}, whose journey this is")
    return root


def contact_of_visitor(client: Client, workspace: str, visitor: str) -> str:
    """The contact that a visitor is tied to, merges not followed.

    Arguments:
        client: a client of Jejak's database.
        workspace: the visitor's workspace.
        visitor: its id.

    Raises:
        CommandError: it is tied to nobody.
    """
    tied = ask(client, "visitor_contact", workspace_id=workspace, visitor_id=visitor)
    if not tied:
        raise CommandError(f"visitor {visitor!r} is not tied to a contact")
    return str(tied[0]["contact_id"])


def contact_of_phone(client: Client, workspace: str, phone: str) -> str:
    """The one contact with a phone number.

    Arguments:
        client: a client of Jejak's database.
        workspace: the contact's workspace.
        phone: the number as people write it, with its country code.

    Raises:
        CommandError: no contact has it, or several have.
    """
    spellings = phone_spellings(phone)
    found = ask(client, "contacts_by_phone", workspace_id=workspace, phones=spellings)
    if not found:
        hint = "" if spellings[0].startswith("+") else "; write it with its country code, such as +628123456789"
        raise CommandError(f"no contact has the phone {spellings[0]!r} in workspace {workspace!r}{hint}")
    if len(found) > 1:
        named = [repr(row["contact_id"]) + (f" ({row['name']!r})" if row["name"] else "") for row in found[:_NAMED]]
        more = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
        raise CommandError(f"several contacts have the phone {spellings[0]}: {', '.join(named)}{more}; take --contact")
    return str(found[0]["contact_id"])


def phone_spellings(text: str) -> list[str]:
    """A phone number as profiles may hold it.

    Arguments:
        text: such as `+62 812-3456-789`, `0062812…` or `62812…`.

    Returns:
        Its E.164 form first, where it has one, and the bare digits behind a plus sign, because producers need not
        normalise; the text itself where it is no international number.
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
