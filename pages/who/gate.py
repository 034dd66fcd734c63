"""The gate: finds out who is asking, by what a request brings along."""

import hmac
import ipaddress
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import Request

from pages.problems import ProblemError
from pages.who import sessions
from pages.who.attempts import Attempts
from pages.who.files import Entry, EntryFile, WhoError, hash_of_key
from pages.who.passwords import is_right
from pages.who.proxy import GROUPS_HEADER, USER_HEADER, comes_from, networks, user_of
from pages.who.user import EVERY, Role, User
from schemas.settings import Settings

#: Whoever reaches an address of this machine alone, where nobody else can.
_LOCAL = User.of("local", Role.ADMIN, [EVERY])
_LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")


class Gate:
    """Knows the users, the keys and the proxies."""

    def __init__(self, settings: Settings) -> None:
        """Read the files.

        Raises:
            WhoError: one of them cannot be used, or nobody is asked who they are and others could reach us.
        """
        self._users = EntryFile(Path(settings.pages_users), "users") if settings.pages_users else None
        self._keys = EntryFile(Path(settings.pages_api_keys), "keys") if settings.pages_api_keys else None
        self._proxies = networks(settings.pages_trusted_proxy or "")
        self.attempts = Attempts()
        if self.is_open and not _is_loopback(settings.pages_host):
            raise WhoError(
                f"the pages listen on {settings.pages_host} only with JEJAK_PAGES_USERS, JEJAK_PAGES_TRUSTED_PROXY or "
                "JEJAK_PAGES_API_KEYS; without them on 127.0.0.1 alone"
            )
        if self._users is not None and not self._users.now().secret:
            raise WhoError(f"{settings.pages_users} has no secret; `jejak users add` writes one")

    @property
    def is_open(self) -> bool:
        """Whether nobody is asked who they are."""
        return self._users is None and self._keys is None and not self._proxies

    @property
    def has_login(self) -> bool:
        """Whether there is a login page."""
        return self._users is not None

    @property
    def problems(self) -> list[str]:
        """What is wrong with the files as they are now."""
        return [file.problem for file in (self._users, self._keys) if file is not None and file.problem]

    def user(self, request: Request) -> User | None:
        """Who is asking; None if that cannot be said.

        Raises:
            ProblemError: 401, a key that nobody has; 421, an open gate under another name than this machine's.
        """
        authorization = request.headers.get("authorization", "")
        if authorization.lower().startswith("bearer "):
            return self._program(authorization[7:].strip())
        if self.is_open:
            return _local(request)
        peer = request.client.host if request.client else ""
        name = request.headers.get(USER_HEADER, "").strip()
        if name and comes_from(peer, self._proxies):
            return user_of(name, request.headers.get(GROUPS_HEADER, ""))
        return self._logged_in(request.cookies.get(sessions.COOKIE, ""))

    def log_in(self, name: str, password: str, peer: str) -> str | None:
        """The session's cookie; None for a wrong name or password.

        Raises:
            ProblemError: 429, too many attempts have failed.
        """
        who = (f"name {name}", f"address {peer}")
        if (left := self.attempts.seconds_left(*who)) > 0:
            raise ProblemError(
                HTTPStatus.TOO_MANY_REQUESTS, f"too many attempts; wait {left} s", headers={"Retry-After": str(left)}
            )
        entry = self._entry(name)
        if not is_right(password, entry.hash if entry else None) or entry is None or self._users is None:
            self.attempts.failed(*who)
            return None
        return sessions.signed(self._users.now().secret, entry.name, entry.hash)

    def _entry(self, name: str) -> Entry | None:
        entries = self._users.now().entries if self._users is not None else ()
        return next((entry for entry in entries if entry.name == name), None)

    def _logged_in(self, cookie: str) -> User | None:
        if self._users is None or not cookie:
            return None
        found = sessions.name_in(self._users.now().secret, cookie)
        entry = self._entry(found[0]) if found else None
        if found is None or entry is None or not sessions.agrees(found[1], entry.hash):
            return None
        return User.of(entry.name, entry.role, entry.workspaces)

    def _program(self, key: str) -> User:
        hashed = hash_of_key(key)
        for entry in self._keys.now().entries if self._keys is not None else ():
            if hmac.compare_digest(entry.hash, hashed):
                return User.of(entry.name, entry.role, entry.workspaces, is_program=True)
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED, "no such key", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
        )


def _local(request: Request) -> User:
    """Another site's name may be made to lead to this machine, so only its own names count (DNS rebinding)."""
    if urlsplit("//" + request.headers.get("host", "")).hostname not in _LOOPBACK_NAMES:
        raise ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "without users the pages answer at this machine's own names")
    return _LOCAL


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
