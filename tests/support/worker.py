"""Workers as processes of their own: the real command, or the launcher that makes them fail."""

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import JEJAK, Process
from tests.support.space import Space
from tests.support.waiting import wait_until

LAUNCHER = [sys.executable, "-m", "tests.support.failing_worker"]


class Worker(Process):
    """A worker process and its HTTP port."""

    def __init__(self, command: Sequence[str], log: Path, settings: dict[str, str]) -> None:
        super().__init__(command, log, settings)
        self._fixed_port = int(settings["JEJAK_HTTP_PORT"])

    def http_port(self) -> int | None:
        """The port that it was given, or that it says it serves; None until it does."""
        if self._fixed_port:
            return self._fixed_port
        for line in self.logged().splitlines():
            if '"health and metrics served"' in line:
                return int(json.loads(line)["port"])
        return None

    def get(self, path: str) -> tuple[int, str]:
        """Ask it over HTTP; status 0 while it does not answer."""
        port = self.http_port()
        if port is None:
            return 0, "not served yet"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels; 0 where it is not there yet."""
        _, text = self.get("/metrics")
        samples = [line.rsplit(" ", 1) for line in text.splitlines() if line.split("{")[0].split(" ")[0] == name]
        return sum(float(value) for _, value in samples)

    def peak_bytes(self) -> int:
        """The most memory that it ever held. Linux only."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024

    def until_ready(self, timeout: float = 60.0) -> None:
        """Wait until `/readyz` says so. A worker that ended meanwhile fails the test with its log's end."""

        def ready() -> bool:
            assert self.alive, f"the worker ended: {self.logged()[-2000:]}"
            return self.get("/readyz")[0] == 200

        wait_until(ready, "the worker is ready", timeout)


def start_worker(
    space: Space, directory: Path, command: list[str] | None = None, changes: dict[str, str] | None = None
) -> Worker:
    """Start a worker; each has a log of its own in the directory."""
    number = len(list(directory.glob("worker-*.log")))
    log = directory / f"worker-{number}.log"
    return Worker(command or [*JEJAK, "worker"], log, space.environment | (changes or {}))


@contextmanager
def running_worker(
    space: Space, directory: Path, command: list[str] | None = None, changes: dict[str, str] | None = None
) -> Iterator[Worker]:
    """A worker that is ready, stopped at the end."""
    with start_worker(space, directory, command, changes) as worker:
        worker.until_ready()
        yield worker
