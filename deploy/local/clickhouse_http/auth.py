"""Who may ask: user `default` without a password, from a program on this machine.

The server listens on the loopback interface only, but a web page in a browser on this machine could reach it
too: by a name that resolves to 127.0.0.1 (DNS rebinding), by a cross-origin POST, or by no more than an image's
address. All of these give themselves away in their headers, and are refused. Against other users of the same
machine there is no protection: anyone who can connect can read and write everything, as the user who runs it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlsplit

from deploy.local.clickhouse_http.errors import ClickHouseError

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def check_origin(headers: Mapping[str, str]) -> None:
    """Raise `ClickHouseError` unless Host, and Origin where there is one, name this machine, and no other page asks."""
    host = headers.get("Host", "localhost")
    if not _is_loopback(urlsplit(f"//{host}").hostname):
        raise ClickHouseError(497, f"This server answers to loopback addresses only, not to Host '{host}'")
    origin = headers.get("Origin")
    if origin is not None and not _is_loopback(urlsplit(origin).hostname):
        raise ClickHouseError(497, f"This server does not answer pages of '{origin}'")
    # Between two ports of this machine, or between its name and its address, a browser says cross-site too.
    if origin is None and headers.get("Sec-Fetch-Site") == "cross-site":
        raise ClickHouseError(497, "This server does not answer pages of other sites")


def _is_loopback(host: str | None) -> bool:
    name = (host or "").rstrip(".").lower()
    return name in _LOOPBACK or name.endswith(".localhost")


def authenticate(headers: Mapping[str, str], fields: Mapping[str, str]) -> None:
    """Raise `ClickHouseError` unless the request comes from `default` with an empty password, or without a user.

    User and password may come in the X-ClickHouse headers, as basic authorization or as URL parameters.
    """
    user, password = "default", ""
    if "X-ClickHouse-User" in headers or "X-ClickHouse-Key" in headers:
        user, password = headers.get("X-ClickHouse-User", ""), headers.get("X-ClickHouse-Key", "")
    elif "Authorization" in headers:
        user, password = _basic(headers["Authorization"])
    elif "user" in fields or "password" in fields:
        user, password = fields.get("user", ""), fields.get("password", "")
    user = user or "default"
    if user != "default" or password:
        reason = "Authentication failed: password is incorrect, or there is no user with such name."
        raise ClickHouseError(516, f"{user}: {reason} This server knows the user `default` with no password")


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise ClickHouseError(516, f"Invalid authentication: '{scheme}' HTTP Authorization scheme is not supported")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise ClickHouseError(516, "Invalid authentication: cannot read the basic credentials") from None
    return user, password
