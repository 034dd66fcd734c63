"""One process per data directory, also after a crash: a lock the kernel drops with the process that holds it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType


class DirectoryLockedError(Exception):
    """Another live process works on the data directory."""


class DirectoryLock:
    """The lock on a data directory, which is created when missing. Raises `DirectoryLockedError`, `OSError`."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._descriptor = -1

    def __enter__(self) -> DirectoryLock:
        self._directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self._directory / "server.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            raise DirectoryLockedError(
                f"the data directory {self._directory} is in use by another process ({holder})"
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"pid {os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        os.close(self._descriptor)
