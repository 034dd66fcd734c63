"""The README as a script: its files and commands, what counts as the output it shows, and a shell to run it in.

- ```` ```json events.jsonl ````, ```` ```python append.py ````: a file of that name, saved where the commands run.
- ```` ```console ````: a line after `$ ` is a command, lines after `> ` continue it, the others are what it shows.
- In shown output `…` stands for any text within its line, and a line of nothing else for any lines, or none.
  Blanks at the end of lines, and blank lines at the end, count for nothing. Everything else is compared.
"""

import re
import subprocess
import threading
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.child import leashed

_FENCE = re.compile(r"^```(?P<language>\w+) *(?P<name>\S*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY_TEXT, _ANY_LINES = "[^\n]*", "(?:[^\n]*\n)*"


@dataclass(frozen=True)
class File:
    """A file that the reader is told to save."""

    name: str
    text: str


@dataclass(frozen=True)
class Step:
    """A command, and what the README shows of its output."""

    command: str
    shown: str


def script(markdown: str) -> Iterator[File | Step]:
    """The files and the commands of a text, in its order."""
    for block in _FENCE.finditer(markdown):
        if block["name"]:
            yield File(block["name"], block["text"])
        elif block["language"] == "console":
            yield from _steps(block["text"])


def _steps(text: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        first, *rest = part.splitlines()
        continued = 0
        while continued < len(rest) and rest[continued].startswith("> "):
            continued += 1
        command = "\n".join([first, *(line[2:] for line in rest[:continued])])
        yield Step(command, "\n".join(rest[continued:]))


def matches(shown: str, real: str) -> bool:
    """Whether real output is what the README shows."""
    pattern = "".join(_line_pattern(line) for line in _tidy(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _tidy(real))) is not None


def _tidy(text: str) -> list[str]:
    return [line.rstrip() for line in text.rstrip().splitlines()]


def _line_pattern(line: str) -> str:
    if line.strip() == "…":
        return _ANY_LINES
    return _ANY_TEXT.join(re.escape(part) for part in line.split("…")) + "\n"


class Shell:
    """One bash for all commands, as a reader has it: variables and the activated environment stay."""

    def __init__(self, directory: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            leashed(["/bin/bash", "--norc", "--noprofile"]),
            cwd=directory,
            env=dict(environment),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )

    def close(self) -> None:
        """End it; a command that still runs is not waited for."""
        self._bash.kill()
        self._bash.communicate()

    def run(self, command: str, patience: float = 120) -> str:
        """What a command writes to stdout and stderr.

        Arguments:
            command: one or more lines.
            patience: after so many seconds the shell is killed, and the output until then ends with a line saying so.
        """
        assert self._bash.stdin
        if self._bash.poll() is not None:
            return "not run: an earlier command took too long"
        end = f"end-{uuid.uuid4().hex}"
        # In braces, so that it runs in this shell; without stdin, so that it cannot read the commands after it.
        self._bash.stdin.write(f"{{\n{command}\n}} </dev/null\nprintf '\\n%s\\n' {end}\n")
        self._bash.stdin.flush()
        timer = threading.Timer(patience, self._bash.kill)
        timer.start()
        try:
            return "".join(self._lines_to(end, f"killed after {patience:.0f} s"))
        finally:
            timer.cancel()

    def _lines_to(self, end: str, otherwise: str) -> Iterator[str]:
        assert self._bash.stdout
        for line in self._bash.stdout:
            if line == f"{end}\n":
                return
            yield line
        self._bash.wait()
        yield otherwise

    def environment(self) -> dict[str, str]:
        """Its exported variables."""
        pairs = self.run("env -0").rstrip("\n").split("\0")
        return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


class Service:
    """A command that runs until it is stopped."""

    def __init__(self, command: str, directory: Path, environment: Mapping[str, str]) -> None:
        self._output = directory / f"service-{uuid.uuid4().hex}.log"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                leashed(["/bin/bash", "-c", f"exec {command}"]),
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def said(self) -> str:
        """What it wrote so far."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def stop(self, patience: float = 60) -> int:
        """Send SIGTERM; the exit status."""
        if self.alive:
            self._process.terminate()
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()
