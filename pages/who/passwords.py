"""Passwords, by argon2id."""

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

_hasher = PasswordHasher()
#: Verified where there is no such user, so that an answer tells nobody by its time which names exist.
_NOBODY = _hasher.hash("nobody")


def hashed(password: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one that was hashed; as slow where there is none."""
    try:
        return _hasher.verify(kept or _NOBODY, password) and kept is not None
    except (Argon2Error, InvalidHashError):
        return False
