"""The embedded ClickHouse as a child process of a test or a benchmark."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.child import Child

_START_SECONDS = 30.0
_STOP_SECONDS = 20.0


class StartError(Exception):
    """The server did not start; the message is what it said."""


class ServerProcess:
    """The embedded ClickHouse on a data directory, as a child that dies with this process.

    On Linux the child also ends with the *thread* that started it, so start it from one that lasts. Use it as a
    context manager, or call `start` and `stop`.
    """

    def __init__(self, data_dir: Path, port: int = 0, *arguments: str) -> None:
        """Nothing runs yet.

        Arguments:
            data_dir: where ClickHouse keeps its data.
            port: where it listens; 0 for a free one.
            arguments: more of the server's own.
        """
        self.url = ""
        options = ["--data-dir", str(data_dir), "--port", str(port), f"--die-with-parent={os.getpid()}"]
        self._command = [sys.executable, "-m", "deploy.local.clickhouse_http", *options, *arguments]
        self._child: Child | None = None

    @property
    def child(self) -> Child:
        """The running child."""
        if self._child is None:
            raise StartError("the server has not been started")
        return self._child

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    def start(self) -> str:
        """Start it and wait until it listens.

        Returns:
            Its URL.

        Raises:
            StartError: it does not listen.
        """
        with tempfile.TemporaryFile() as errors:
            self._child = Child("ClickHouse", self._command, log=errors, read_stdout=True)
            try:
                line = self._child.first_line(_START_SECONDS)
            except TimeoutError:
                line = ""
            if not line.startswith("ready "):
                self.kill()
                errors.seek(0)
                raise StartError(errors.read().decode("utf-8", "replace").strip() or "it said nothing")
        self.url = line.removeprefix("ready ")
        return self.url

    def stop(self) -> int:
        """Let it finish what runs and end; returns its exit status."""
        self.child.terminate()
        try:
            return self.child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            return self.kill()
        finally:
            self.child.close()

    def kill(self) -> int:
        """End it at once; returns its exit status."""
        try:
            return self.child.kill()
        finally:
            self.child.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self.child.alive:
            self.stop()
