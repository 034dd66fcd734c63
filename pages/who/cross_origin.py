"""Requests that another site's page has the browser send: refused, without tokens.

The rule is that of Go 1.25's `CrossOriginProtection`: a browser says in `Sec-Fetch-Site` where a request comes from;
one that does not say it says in `Origin` whose page sends it, which must be that of the host.
"""

from urllib.parse import urlsplit

from fastapi import Request

_SAFE = ("GET", "HEAD", "OPTIONS")


def is_allowed(request: Request) -> bool:
    """Whether a request may change something, as far as its origin is concerned."""
    if request.method in _SAFE:
        return True
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    host = request.headers.get("host", "")
    return origin is not None and urlsplit(origin).netloc == host and bool(host)
