"""Sessions: a signed cookie that says who has logged in and when. It ends after half a day, or with the password."""

import hashlib

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "jejak_session"
#: Seconds from the login to the end.
LIFETIME = 12 * 3600


def signed(secret: str, name: str, kept: str) -> str:
    """The cookie of a user who has just logged in.

    Arguments:
        secret: of the users' file.
        name: the user.
        kept: the hash of their password: a new password ends the sessions of the old one.
    """
    return _serializer(secret).dumps([name, _print_of(kept)])


def name_in(secret: str, cookie: str) -> tuple[str, str] | None:
    """The user's name in a cookie, and the print of the password; None if it is not ours, or has ended."""
    try:
        name, kept = _serializer(secret).loads(cookie, max_age=LIFETIME)
    except (BadSignature, ValueError, TypeError):
        return None
    return str(name), str(kept)


def agrees(printed: str, kept: str) -> bool:
    """Whether a print is that of a kept password."""
    return printed == _print_of(kept)


def _print_of(kept: str) -> str:
    return hashlib.sha256(kept.encode()).hexdigest()[:16]


def _serializer(secret: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret, salt="jejak.pages.session")
