"""A worker in surroundings that go wrong: `python -m tests.support.faulty_worker`, with the environment's settings.

- `NO_DISK=1`: not a byte can be written to any file, and what is logged meets a full device.
- `FORTH` puts the wall clock forward by `CLOCK_JUMP_SECONDS`, `BACK` back by as much; both are signals that Faust has
  no use for. The monotonic clock goes on as it does on a real machine; one that was suspended is a process that was
  stopped (SIGSTOP).
"""

import os
import resource
import signal
import sys
import time
from types import FrameType

LAUNCHER = [sys.executable, "-m", "tests.support.faulty_worker"]
FORTH, BACK = signal.SIGURG, signal.SIGWINCH


class WallClock:
    """`time.time` and `time.time_ns` with an offset. Made before anything else is imported that might keep them."""

    def __init__(self, jump_seconds: float) -> None:
        self._jump = jump_seconds
        self._offset = 0.0
        self._time, self._time_ns = time.time, time.time_ns
        time.time, time.time_ns = self.time, self.time_ns
        signal.signal(FORTH, self._move)
        signal.signal(BACK, self._move)

    def time(self) -> float:
        """As `time.time`."""
        return self._time() + self._offset

    def time_ns(self) -> int:
        """As `time.time_ns`."""
        return self._time_ns() + int(self._offset * 1e9)

    def _move(self, number: int, _: FrameType | None) -> None:
        self._offset += self._jump if number == FORTH else -self._jump
        print(f"the wall clock is {self._offset:+.0f} s off", flush=True)


def fill_the_disk() -> None:
    """Let every write to a file fail, the log's included."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    os.dup2(os.open("/dev/full", os.O_WRONLY), sys.stderr.fileno())


def main() -> int:
    """Run the worker until it is stopped."""
    if seconds := float(os.environ.get("CLOCK_JUMP_SECONDS", "0")):
        WallClock(seconds)
    if os.environ.get("NO_DISK"):
        fill_the_disk()
    from processors.worker.worker import run_worker  # noqa: PLC0415 - behind the clock
    from schemas.settings import Settings  # noqa: PLC0415

    return run_worker(Settings())


if __name__ == "__main__":
    sys.exit(main())
