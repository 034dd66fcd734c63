"""Identity: a visitor is tied to a contact only by a token that the shop's backend has signed (contract, section 8).

Anybody can send any `uid`, so it ties nobody. `jejak.js` sends the token of its attribute `data-identity` in an event
of its own, `iglu:jejak/identify/jsonschema/1-0-0` with the field `token`.
"""

import re
import time
from collections.abc import Mapping
from typing import Any

import jwt

from producers.http.sources.model import Page
from producers.http.tracker.payload import UnusableError
from schemas.constants import MAX_ID_LENGTH

VENDOR, NAME = "jejak", "identify"
METHOD = "token"
#: A token's end may be so many seconds away; clocks may differ by the second number.
_MOST_SECONDS = 3_600
_LEEWAY_SECONDS = 30


#: A JSON Web Token in any text: header, claims, signature.
_TOKEN = re.compile(rb"(eyJ[\w-]{8,}\.[\w-]{8,}\.)[\w-]{16,}")


def without_signatures(value: bytes) -> bytes:
    """A text in which tokens have lost their signatures: what is kept of a bad event must not open anything."""
    return _TOKEN.sub(rb"\1", value)


def contact_of(page: Page, fields: Mapping[str, Any]) -> str:
    """The contact that a token names.

    Arguments:
        page: whose secret signs.
        fields: the event's own.

    Raises:
        UnusableError: there is no token, or it proves nothing. The message does not quote it.
    """
    token = fields.get("token")
    if not isinstance(token, str):
        raise UnusableError("token: missing; a contact's id alone proves nothing")
    if page.identity_secret is None:
        raise UnusableError("token: this key has no identity_secret in the sources file")
    try:
        claims = jwt.decode(
            token,
            page.identity_secret.get_secret_value(),
            algorithms=["HS256"],
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "sub"], "verify_aud": False},
        )
    except jwt.InvalidTokenError as error:
        raise UnusableError(f"token: {type(error).__name__}") from None
    if claims["exp"] > time.time() + _MOST_SECONDS + _LEEWAY_SECONDS:
        raise UnusableError(f"token: ends more than {_MOST_SECONDS} s from now")
    contact = claims["sub"]
    if not isinstance(contact, str) or not 0 < len(contact) <= MAX_ID_LENGTH or not contact.isprintable():
        raise UnusableError(f"token: its sub is no id of 1 to {MAX_ID_LENGTH} characters")
    return contact
