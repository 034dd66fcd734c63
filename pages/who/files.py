"""The files of users and of keys: TOML, written by `jejak users add` and `jejak keys add`, read again when they change.

Passwords are kept as argon2 hashes. Keys are random and long, so SHA-256 is enough for them. The users' file also has
the secret by which sessions are signed: who replaces it ends all sessions.
"""

import fcntl
import hashlib
import os
import secrets
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from pages.who.user import Role


class WhoError(Exception):
    """A file of users or keys cannot be used; the message is one line for people."""


@dataclass(frozen=True)
class Entry:
    """A line of a file.

    Attributes:
        name: of the user or the key.
        hash: of the password or the key.
        role: what they may do.
        workspaces: where; `*` stands for all.
    """

    name: str
    hash: str
    role: Role
    workspaces: tuple[str, ...]


@dataclass(frozen=True)
class Entries:
    """A file as it was read."""

    entries: tuple[Entry, ...] = ()
    secret: str = ""


class EntryFile:
    """A file that is read again when it has changed. One that cannot be read any more leaves what was read before."""

    def __init__(self, path: Path, table: str) -> None:
        """Read it.

        Arguments:
            path: where it is.
            table: the name of its lines, `users` or `keys`.

        Raises:
            WhoError: it cannot be read, or is not such a file.
        """
        self._path, self._table = path, table
        self._stamp = self._stamped()
        self._read = read_entries(path, table)
        #: Why the file as it is now is not used; None if it is.
        self.problem: str | None = None

    def now(self) -> Entries:
        """What it says."""
        stamp = self._stamped()
        if stamp != self._stamp:
            self._stamp = stamp
            try:
                self._read, self.problem = read_entries(self._path, self._table), None
            except WhoError as error:
                self.problem = str(error)
        return self._read

    def _stamped(self) -> tuple[int, int, int]:
        try:
            at = self._path.stat()
        except OSError:
            return (0, 0, 0)
        return (at.st_mtime_ns, at.st_size, at.st_ino)


def read_entries(path: Path, table: str) -> Entries:
    """Read a file.

    Raises:
        WhoError: it cannot be read, or is not such a file.
    """
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WhoError(f"cannot read {path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WhoError(f"{path} is not TOML: {error}") from None
    rows = found.get(table, [])
    try:
        entries = tuple(_entry(row) for row in rows)
    except (KeyError, TypeError, AttributeError):
        raise WhoError(f"{path}: each of [[{table}]] has a name, a hash, a role and workspaces") from None
    names = [entry.name for entry in entries]
    if len(set(names)) != len(names):
        raise WhoError(f"{path}: two of [[{table}]] have the same name")
    return Entries(entries, str(found.get("secret", "")))


def _entry(row: dict[str, Any]) -> Entry:
    workspaces = row["workspaces"]
    if not (isinstance(workspaces, list) and all(isinstance(name, str) and name for name in workspaces)):
        raise TypeError
    return Entry(str(row["name"]), str(row["hash"]), Role.named(row["role"]), tuple(workspaces))


def add_entry(path: Path, table: str, entry: Entry) -> bool:
    """Write an entry into a file, in place of one of the same name; whether there was one.

    Raises:
        WhoError: the file cannot be read or written.
    """
    try:
        with _locked(path):
            found = read_entries(path, table) if path.exists() else Entries()
            others = [item for item in found.entries if item.name != entry.name]
            rows = [_row(item) for item in (*others, entry)]
            text = {"secret": found.secret or secrets.token_urlsafe(32)} if table == "users" else {}
            _replace(path, tomli_w.dumps({**text, table: rows}))
            return len(others) < len(found.entries)
    except OSError as error:
        raise WhoError(f"cannot write {path}: {error.strerror}") from None


def _row(item: Entry) -> dict[str, Any]:
    return {"name": item.name, "hash": item.hash, "role": str(item.role), "workspaces": list(item.workspaces)}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Two that write at once write one after the other."""
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _replace(path: Path, text: str) -> None:
    """Write a file whole, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def hash_of_key(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()
