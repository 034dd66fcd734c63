"""Origins: from whose pages a public key may be used.

A browser says in `Origin` whose page sends a request, and no page can change that. What is not a browser can claim any
origin, so this keeps other people's pages away and nobody else.
"""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

_ORIGIN = re.compile(r"https?://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:(\d{1,5}|\*))?")

#: Any port of this machine: what a developer's page is served from.
LOOPBACK = ("http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*")


def checked_origin(text: str) -> str:
    """An origin as the sources file may have it: scheme, host, and a port where it is not the scheme's own.

    Raises:
        ValueError: it is something else, for example a URL with a path.
    """
    if not _ORIGIN.fullmatch(text):
        raise ValueError("no origin, such as https://shop.example or http://localhost:*")
    return text.lower()


def origin_of(url: str) -> str | None:
    """The origin of a URL; None if it has none."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return None
    return f"{parts.scheme}://{_bracketed(parts.hostname)}{port}".lower() if parts.hostname else None


def _bracketed(host: str | None) -> str:
    return f"[{host}]" if host and ":" in host else host or ""


def is_allowed(origin: str, allowed: Iterable[str]) -> bool:
    """Whether an origin is one of the allowed.

    Arguments:
        origin: as the browser sent it.
        allowed: as the sources file has them; with the port `*`, any port counts, and none.
    """
    origin = origin.lower()
    for item in allowed:
        if item == origin:
            return True
        if item.endswith(":*"):
            stem = item.removesuffix(":*")
            rest = origin.removeprefix(stem)
            if rest != origin and re.fullmatch(r"(:\d{1,5})?", rest):
                return True
    return False
