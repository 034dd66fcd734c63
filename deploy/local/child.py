"""A child process of the embedded stack: started, watched, stopped, and never left behind."""

import asyncio
import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import IO

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent(death_signal: signal.Signals) -> None:
    """Runs in the child before its program: on Linux it then ends with its parent, even after a kill -9."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, death_signal)


class Child:
    """One process.

    Attributes:
        name: what messages call it.
        process: the running process.
    """

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.process = process

    @classmethod
    async def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        environment: dict[str, str] | None = None,
        log: Path | None = None,
        read_stdout: bool = False,
        death_signal: signal.Signals = signal.SIGTERM,
    ) -> "Child":
        """Start a program.

        Arguments:
            name: what messages call it.
            command: the program and its arguments.
            environment: variables on top of our own.
            log: the file that its output is appended to; None lets stderr through.
            read_stdout: whether the caller reads the child's stdout.
            death_signal: what it gets when we have ended without stopping it.

        Raises:
            OSError: the program cannot be started.
        """
        output: IO[bytes] | int | None = log.open("ab") if log else None
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                env={**os.environ, **(environment or {})},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if read_stdout else output or asyncio.subprocess.DEVNULL,
                stderr=output,
                # A Ctrl-C goes to the whole foreground group; the stack stops its children in their order.
                start_new_session=True,
                preexec_fn=partial(_die_with_parent, death_signal),
            )
        finally:
            if not isinstance(output, int | None):
                output.close()
        return cls(name, process)

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.returncode is None

    async def stop(self, patience: float) -> None:
        """Ask it to end, and end it if it does not.

        Arguments:
            patience: seconds between the asking and the ending.
        """
        if not self.alive:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), patience)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
