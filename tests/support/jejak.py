"""The `jejak` command as a shell runs it."""

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from deploy.local.child import leashed
from tests.support.processes import JEJAK, ROOT, environment


@dataclass(frozen=True)
class Ran:
    """What a command left: its exit status and what it wrote."""

    status: int
    stdout: str
    stderr: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The lines of stdout, each a JSON object."""
        return [json.loads(line) for line in self.stdout.splitlines()]

    def is_one_clear_line(self, *words: str) -> bool:
        """Whether it failed as the contract says: exit status 1, one line on stderr, no traceback."""
        lines = self.stderr.strip().splitlines()
        return self.status == 1 and len(lines) == 1 and all(word in lines[0] for word in words)


def jejak(*arguments: str, settings: dict[str, str] | None = None, stdin: bytes = b"", timeout: float = 60) -> Ran:
    """Run a command to its end."""
    done = subprocess.run(
        leashed([*JEJAK, *arguments]),
        cwd=ROOT,
        env=environment(settings),
        input=stdin,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
