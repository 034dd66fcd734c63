"""A child process: started, watched, stopped and never left behind, by synchronous and by asynchronous callers."""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import IO

#: How often an asynchronous caller looks whether the child has ended or has written its line.
_LOOK_SECONDS = 0.02
#: Has the kernel send a signal when the parent ends (PR_SET_PDEATHSIG), then becomes the program. Not a `preexec_fn`:
#: that may deadlock beside threads.
_LEASH = """
import ctypes, os, sys
number, parent, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
ctypes.CDLL(None).prctl(1, number)
os.getppid() == parent or sys.exit(1)
os.execv(program[0], program)
"""


def leashed(command: Sequence[str], death_signal: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command so that, on Linux, it ends with the thread that starts it, even after a kill -9.

    Arguments:
        command: the program and its arguments.
        death_signal: what it gets then.

    Raises:
        FileNotFoundError: there is no such program.
    """
    program = shutil.which(command[0])
    if program is None:
        raise FileNotFoundError(2, "No such program", command[0])
    if sys.platform != "linux":
        return [program, *command[1:]]
    return [sys.executable, "-S", "-c", _LEASH, str(int(death_signal)), str(os.getpid()), program, *command[1:]]


class Child:
    """One process.

    Attributes:
        name: what messages call it.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        log: Path | IO[bytes] | None = None,
        output: Path | None = None,
        read_stdout: bool = False,
        death_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        """Start a program.

        Arguments:
            name: what messages call it.
            command: the program and its arguments.
            environment: all of its variables; None for our own.
            directory: where it runs; None for here.
            log: the file that its stderr is appended to, and its stdout where nothing else is said; None lets stderr
                through and drops stdout.
            output: the file that its stdout is appended to.
            read_stdout: whether the caller reads its stdout.
            death_signal: what it gets when we have ended without stopping it.

        Raises:
            OSError: the program cannot be started.
        """
        self.name = name
        with ExitStack() as files:
            errors = files.enter_context(log.open("ab")) if isinstance(log, Path) else log
            stdout = files.enter_context(output.open("ab")) if output else errors
            self._popen = subprocess.Popen(  # noqa: S603
                leashed(command, death_signal),
                env=environment,
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE if read_stdout else stdout or subprocess.DEVNULL,
                stderr=errors,
                # A Ctrl-C goes to the whole foreground group; a process with children stops them in their order.
                start_new_session=True,
            )
        self._line = b""

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._popen.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._popen.poll() is None

    @property
    def exit_status(self) -> int | None:
        """Its exit status; None while it runs."""
        return self._popen.poll()

    def signal(self, number: int) -> None:
        """Send it a signal."""
        self._popen.send_signal(number)

    def terminate(self) -> None:
        """SIGTERM, without waiting."""
        self._popen.terminate()

    def kill(self) -> int:
        """`kill -9`; returns the exit status."""
        self._popen.kill()
        return self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; returns the exit status.

        Arguments:
            timeout: seconds; None for as long as it takes.

        Raises:
            subprocess.TimeoutExpired: it still runs.
        """
        return self._popen.wait(timeout)

    async def ended(self) -> int:
        """Wait for its end in an event loop; returns the exit status."""
        while (status := self._popen.poll()) is None:  # noqa: ASYNC110 - asyncio does not watch this process
            await asyncio.sleep(_LOOK_SECONDS)
        return status

    async def shut_down(self, patience: float) -> None:
        """Ask it to end, and end it if it does not.

        Arguments:
            patience: seconds between the asking and the ending.
        """
        self.terminate()
        try:
            await asyncio.wait_for(self.ended(), patience)
        except TimeoutError:
            self.kill()

    def first_line(self, seconds: float) -> str:
        """The first line of its stdout, which the caller said it reads.

        Arguments:
            seconds: how long it is waited for.

        Returns:
            The line, empty or cut short where the child ended before it was whole.

        Raises:
            TimeoutError: it did not come.
        """
        deadline = time.monotonic() + seconds
        while not self._read_line():
            _check(deadline, self.name)
            time.sleep(_LOOK_SECONDS)
        return self._line.decode("utf-8", "replace").strip()

    async def ready_line(self, seconds: float) -> str:
        """As `first_line`, in an event loop."""
        deadline = time.monotonic() + seconds
        while not self._read_line():
            _check(deadline, self.name)
            await asyncio.sleep(_LOOK_SECONDS)
        return self._line.decode("utf-8", "replace").strip()

    def _read_line(self) -> bool:
        """Read what is there; whether the line is whole, or will never be."""
        assert self._popen.stdout is not None, "read_stdout"
        number = self._popen.stdout.fileno()
        os.set_blocking(number, False)
        while not self._line.endswith(b"\n"):
            try:
                piece = os.read(number, 1)
            except BlockingIOError:
                return False
            if not piece:
                break
            self._line += piece
        os.set_blocking(number, True)
        return True

    def rest(self) -> bytes:
        """All that it still writes to stdout, until it closes it."""
        assert self._popen.stdout is not None, "read_stdout"
        return self._popen.stdout.read()

    def close(self) -> None:
        """Let go of its stdout."""
        if self._popen.stdout is not None:
            self._popen.stdout.close()


def _check(deadline: float, name: str) -> None:
    if time.monotonic() > deadline:
        raise TimeoutError(f"{name} did not say that it is ready")
