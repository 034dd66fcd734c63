"""The clients' own tools and libraries, brought into `build/clients`, which git ignores.

What a lock file names is fetched once. A tool that is not on this machine skips its tests, which say so.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.clients.said import TABLE, Row
from tests.support.processes import ROOT

HERE = Path(__file__).parent
BUILD = ROOT / "build" / "clients"
_TIMEOUT = 900.0


def needed(client: str, *names: str) -> None:
    """Skip unless all these tools are there."""
    for name in names:
        if shutil.which(name) is None:
            TABLE.append(Row(client, "", [], f"not run: no {name}"))
            pytest.skip(f"not run: no {name}")


def made(name: str, locked: Sequence[Path], *commands: Sequence[str | Path]) -> Path:
    """The folder of this name, made by these commands in it unless it was made of the same files before."""
    folder, key = BUILD / name, hashlib.sha256()
    for path in locked:
        key.update(path.read_bytes())
    key.update(repr(commands).encode())
    stamp = folder / ".made"
    if stamp.exists() and stamp.read_text() == key.hexdigest():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for path in locked:
        shutil.copy(path, folder)
    for command in commands:
        words = [str(word) for word in command]
        done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
        assert done.returncode == 0, f"{' '.join(words)}: {(done.stdout + done.stderr)[-3000:]}"
    stamp.write_text(key.hexdigest())
    return folder


def environment(name: str, requirements: Path) -> Path:
    """A Python environment of its own with what a file pins; its interpreter."""
    pip = ["bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    folder = made(name, [requirements], [sys.executable, "-m", "venv", "."], [*pip, "--requirement", requirements.name])
    return folder / "bin" / "python"
