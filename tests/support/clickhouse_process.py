"""The embedded ClickHouse as a child process of the tests and benchmarks. `jejak up` has its own (`deploy/local/`)."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType

_START_SECONDS = 30.0
_STOP_SECONDS = 20.0


class StartError(Exception):
    """The server did not start; the message is what it said."""


class ServerProcess:
    """The embedded ClickHouse on a data directory, as a child that dies with this process.

    `port` 0 takes a free one. On Linux the child also ends with the *thread* that started it, so start it from
    one that lasts. Use it as a context manager, or call `start` and `stop`.
    """

    def __init__(self, data_dir: Path, port: int = 0, *arguments: str) -> None:
        self.url = ""
        options = ["--data-dir", str(data_dir), "--port", str(port), f"--die-with-parent={os.getpid()}"]
        self._command = [sys.executable, "-m", "deploy.local.clickhouse_http", *options, *arguments]
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def child(self) -> subprocess.Popen[bytes]:
        """The running child."""
        if self._child is None:
            raise StartError("the server has not been started")
        return self._child

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    def start(self) -> str:
        """Start it and wait until it listens; returns its URL. Raises `StartError`."""
        with tempfile.TemporaryFile() as errors:
            self._child = subprocess.Popen(
                self._command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors
            )
            line = self._first_line(self._child)
            if not line.startswith("ready "):
                self.kill()
                errors.seek(0)
                raise StartError(errors.read().decode("utf-8", "replace").strip() or "it said nothing")
        self.url = line.removeprefix("ready ")
        return self.url

    @staticmethod
    def _first_line(child: subprocess.Popen[bytes]) -> str:
        deadline = time.monotonic() + _START_SECONDS
        output, text = child.stdout, b""
        while output is not None and not text.endswith(b"\n"):
            ready, _, _ = select.select([output], [], [], max(0.0, deadline - time.monotonic()))
            piece = os.read(output.fileno(), 1024) if ready else b""
            if not piece:
                break
            text += piece
        return text.decode("utf-8", "replace").strip()

    def stop(self) -> int:
        """Let it finish what runs and end; returns its exit status."""
        self.child.terminate()
        try:
            return self.child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            return self.kill()
        finally:
            self._close()

    def kill(self) -> int:
        """End it at once; returns its exit status."""
        self.child.kill()
        try:
            return self.child.wait()
        finally:
            self._close()

    def _close(self) -> None:
        if self.child.stdout is not None:
            self.child.stdout.close()

    def __enter__(self) -> ServerProcess:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self.child.poll() is None:
            self.stop()
