"""The reading commands, run inside the test's process: what `jejak` does, without starting Python for each."""

import csv
import io
from typing import Any

from typer.testing import CliRunner

from commands.main import app
from commands.terminal.explaining import one_line
from tests.support.jejak import Ran
from tests.support.space import Space


def read(space: Space, *arguments: str, **variables: str) -> Ran:
    """Run a command as `commands.main.main` does, with a space's settings.

    Arguments:
        space: where to read.
        arguments: the command line.
        variables: more of the environment.
    """
    result = CliRunner().invoke(app, arguments, env=space.environment | variables)
    error = result.exception
    if isinstance(error, Exception):
        if (line := one_line(error)) is None:
            raise error
        return Ran(1, result.stdout, f"{result.stderr}jejak: {line}\n")
    return Ran(result.exit_code, result.stdout, result.stderr)


def records(ran: Ran) -> list[dict[str, Any]]:
    """The records of CSV output."""
    assert ran.status == 0, ran.stderr
    return list(csv.DictReader(io.StringIO(ran.stdout, newline="")))
