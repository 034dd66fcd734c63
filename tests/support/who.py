"""Users and keys for tests, added by the commands that people use."""

import subprocess
from pathlib import Path

from tests.support.processes import JEJAK, ROOT, environment


def add_entry(what: str, file: Path, name: str, role: str, *workspaces: str, password: str = "") -> str:
    """Add a user or a key; what the command printed."""
    told = [word for workspace in workspaces for word in ("--workspace", workspace)]
    done = subprocess.run(
        [*JEJAK, what, "add", name, "--role", role, *told, "--file", str(file)],
        cwd=ROOT,
        env=environment(),
        input=password + "\n",
        text=True,
        capture_output=True,
        timeout=60,
        check=True,
    )
    return done.stdout.strip()
