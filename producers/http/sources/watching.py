"""The sources file, read again whenever it changes. A file that cannot be used leaves the sources as they were."""

import asyncio
from pathlib import Path

import structlog

from producers.http.sources.lookup import Lookup
from producers.http.sources.model import Sources, SourcesError, parsed_sources

log = structlog.get_logger()

_LOOK_SECONDS = 1.0


class SourcesFile:
    """The sources that count now.

    Attributes:
        now: where requests look them up.
        problem: why the file as it is cannot be used; None if it is in use.
    """

    def __init__(self, path: Path | None) -> None:
        """Read the file.

        Arguments:
            path: where it is; None for no sources at all.

        Raises:
            SourcesError: it cannot be used. Only a change is survived, not a wrong start.
        """
        self._path = path
        self._content = b""
        self.problem: str | None = None
        self.now = Lookup(Sources())
        if path is None:
            self.problem = "no sources: JEJAK_COLLECT_SOURCES is not set, so every request is refused"
            return
        try:
            self._content = _bytes_of(path)
            self.now = Lookup(parsed_sources(self._content))
        except SourcesError as error:
            raise SourcesError(f"{path}: {error}") from None

    async def watch(self) -> None:
        """Look for changes until cancelled."""
        while self._path is not None:
            await asyncio.sleep(_LOOK_SECONDS)
            await asyncio.to_thread(self.look)

    def look(self) -> None:
        """Read the file again if it has changed."""
        assert self._path is not None
        try:
            content = _bytes_of(self._path)
            if content == self._content and self.problem is None:
                return
            fresh = Lookup(parsed_sources(content))
        except SourcesError as error:
            self._complain(f"{self._path}: {error}; the sources are still those of before")
            return
        if content != self._content or self.problem is not None:
            log.info("sources read again", path=str(self._path))
        self._content, self.now, self.problem = content, fresh, None

    def _complain(self, problem: str) -> None:
        if problem != self.problem:
            log.error("the sources file cannot be used", problem=problem)
        self.problem = problem


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourcesError(f"cannot be read: {error.strerror}") from None
