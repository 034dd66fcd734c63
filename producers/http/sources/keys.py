"""Keys: how they are made, and how a secret one is kept.

A secret key is 32 random bytes. A fast hash is enough for it, because nobody can guess what is random; a slow hash
would only slow down each request.
"""

import hashlib
import secrets


def new_public_key() -> str:
    """A key for a web page, which everybody can read there."""
    return f"web_{secrets.token_hex(8)}"


def new_secret() -> str:
    """A key for a service, or another secret that both sides have to know."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """What the sources file keeps of a secret that it need not know: SHA-256 in hexadecimal."""
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()
