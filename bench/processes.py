"""Processes of a benchmark: started in its folder, their CPU time read, none of them left behind."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.errors import BenchError
from deploy.local.child import Child

_STOP_SECONDS = 10.0
_ROOT = Path(__file__).parents[1]


def clean_environment() -> None:
    """Forget the caller's own settings: a benchmark speaks to what it started itself, and to nothing else."""
    for name in [name for name in os.environ if name.startswith("JEJAK_")]:
        del os.environ[name]


@asynccontextmanager
async def child(
    name: str,
    command: Sequence[str],
    environment: dict[str, str],
    folder: Path,
    *,
    read_stdout: bool = False,
    patience: float = _STOP_SECONDS,
) -> AsyncIterator[Child]:
    """A running program, stopped at the end of the context.

    Arguments:
        name: what messages and its log file call it.
        command: the program and its arguments.
        environment: variables on top of our own.
        folder: where its output goes.
        read_stdout: whether the caller reads its stdout.
        patience: seconds between asking it to stop and killing it.
    """
    variables = {"PYTHONPATH": str(_ROOT), **environment}
    log = folder / f"{name}.log"
    process = Child(name, command, environment=os.environ | variables, log=log, read_stdout=read_stdout)
    try:
        yield process
    finally:
        await process.shut_down(patience)


def ended(process: Child, folder: Path) -> BenchError:
    """The error for a program that ended by itself, with the last line it wrote."""
    log = folder / f"{process.name}.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    said = f": {lines[-1][:300]}" if lines else ""
    return BenchError(f"{process.name} ended with exit status {process.exit_status}{said}")


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used with all its threads; 0 where /proc does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
