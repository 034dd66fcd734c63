"""Processes of the tests: started with a log of their own, found again by their parents, never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.child import Child

ROOT = Path(__file__).parents[2]
JEJAK = [sys.executable, "-m", "commands"]


def environment(changes: dict[str, str] | None = None) -> dict[str, str]:
    """Our own variables with some changed; none of the caller's own Jejak settings come along."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("JEJAK_")}
    return own | {"PYTHONUNBUFFERED": "1"} | (changes or {})


class Process(Child):
    """A running program with a log of its own; as a context manager it is gone at the end, however the block ends."""

    def __init__(self, command: Sequence[str], log: Path, changes: dict[str, str] | None = None) -> None:
        self.log = log
        self.stdout = log.with_suffix(".out")
        super().__init__(
            log.stem, command, environment=environment(changes), directory=ROOT, log=log, output=self.stdout
        )

    def said(self) -> str:
        """What it wrote to stdout so far."""
        return self.stdout.read_text(errors="replace")

    def logged(self) -> str:
        """What it wrote to stderr so far."""
        return self.log.read_text(errors="replace")

    def interrupt(self) -> None:
        """Ctrl-C, without waiting."""
        self.signal(signal.SIGINT)

    def wait(self, timeout: float | None = 60.0) -> int:
        """Wait for its end; returns the exit status."""
        return super().wait(timeout)

    def stop(self, patience: float = 40.0) -> int:
        """SIGTERM, and the exit status; one that does not end in time is killed, and the test fails."""
        self.terminate()
        try:
            return self.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if not self.alive:
            return
        self.terminate()
        try:
            self.wait(40 if error is None else 10)
        except subprocess.TimeoutExpired:
            self.kill()


def process_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children_of(pid: int) -> dict[int, str]:
    """The process ids of a process's children, with their command lines."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == pid:
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found
