"""Ctrl-C while a command is still being imported."""

import signal
import subprocess
import sys

import pytest

from tests.support.processes import ROOT, environment

#: Each is imported somewhere on the way, the last ones for this command alone.
ON_THE_WAY = ["asyncio", "typer", "pydantic", "aiokafka", "clickhouse_connect", "processors.kafka.group"]


@pytest.mark.parametrize("module", ON_THE_WAY)
def test_ctrl_c_amid_the_imports_ends_a_command_with_130_and_no_traceback(module: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "commands", "status"],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    # Of each module a line is written once it is imported.
    said = ""
    for line in process.stderr:
        said += line
        if line.rstrip().rpartition("|")[2].strip() == module:
            break
    process.send_signal(signal.SIGINT)
    output, rest = process.communicate(timeout=60)
    assert process.returncode == 130, said[-2_000:]
    assert output == ""
    assert "Traceback" not in said + rest
