"""A reader who does what a document says, in its order, in one shell, against one `jejak up`.

Three things are exchanged: the default ports for free ones, the two `.example` hosts for that stack, and the options of
`jejak up` for that. Questions may be asked again for a few seconds, because events take their time.
"""

import re
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.support.processes import ROOT, environment
from tests.support.readme import File, Service, Shell, Step, matches, script

_SERVICES = ("jejak up", "jejak worker", "jejak collect")
_QUESTIONS = ("jejak journey", "jejak dead-letters", "jejak status", "curl ")
_PATIENCE_SECONDS = 10.0
_START_SECONDS = 60.0


class Reader:
    """Does what documents say, in a directory of its own that has what a clone has."""

    def __init__(self, directory: Path, cleanup: ExitStack) -> None:
        self._directory = directory
        self._cleanup = cleanup
        self._ports: dict[str, str] = {"6067": str(_free_port()), "8082": str(_free_port())}
        self.services: list[Service] = []
        (directory / ".venv").symlink_to(sys.prefix)
        (directory / "producers").symlink_to(ROOT / "producers")
        # The embedded broker holds the first join for half a session.
        self._environment = environment({"TZ": "UTC", "LC_ALL": "C.UTF-8", "JEJAK_KAFKA_SESSION_SECONDS": "6"})
        #: What `jejak up` said, with the ports that the documents show.
        self.greeting = self._start_stack()
        self._shell = Shell(directory, self._environment)
        cleanup.callback(self._shell.close)

    def _start_stack(self) -> str:
        """Start what the documents call `jejak up`, on free ports, and lead all that follows there."""
        free = "--kafka-port 0 --clickhouse-port 0 --http-port 0 --collect-port 0 --pages-port 0 --data-dir data"
        stack = self._serve(f".venv/bin/jejak up {free}", self._environment)
        _wait_for(lambda: "ready" in stack.said() or not stack.alive, _START_SECONDS)
        line = stack.said()
        found = re.findall(r"127\.0\.0\.1:(\d+)", line)
        assert len(found) == 5, line
        self._ports |= dict(zip(("9092", "8123", "6066", "8081", "8080"), found, strict=True))
        self._environment |= {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": self._here("127.0.0.1:9092"),
            "JEJAK_CLICKHOUSE_URL": self._here("http://default:@127.0.0.1:8123/jejak"),
        }
        for default, port in self._ports.items():
            line = line.replace(f":{port}", f":{default}")
        return line

    def _serve(self, command: str, variables: dict[str, str]) -> Service:
        service = Service(command, self._directory, variables)
        self._cleanup.callback(service.stop)
        self.services.append(service)
        return service

    def _here(self, text: str) -> str:
        """A text of the README with this stack's addresses."""
        text = text.replace("jejak:secret@clickhouse.example", "default:@127.0.0.1")
        text = text.replace("kafka.example", "127.0.0.1")
        return re.sub(r"\b(9092|8123|6066|6067|8080|8081|8082)\b", lambda port: self._ports[port[0]], text)

    def reads(self, document: str) -> list[str]:
        """Do all that a document says, but for `make` and the stack, which runs already; what went otherwise."""
        items = [item for item in script(document) if isinstance(item, File) or not _is_left_out(item)]
        return [complaint for item in items if (complaint := self.does(item)) is not None]

    def stop(self) -> list[int]:
        """Stop what was started, the last first; the exit statuses."""
        return [service.stop() for service in reversed(self.services)]

    def does(self, item: File | Step) -> str | None:
        """Save a file or run a command; what is wrong, None where nothing is."""
        if isinstance(item, File):
            (self._directory / item.name).write_text(self._here(item.text), encoding="utf-8")
            return None
        command, shown = self._here(item.command), self._here(item.shown)
        said = self._serves(command, shown) if item.command in _SERVICES else self._asks(command, shown)
        return None if matches(shown, said) else f"$ {item.command}\n--- shown\n{item.shown}\n--- real\n{said}"

    def _serves(self, command: str, shown: str) -> str:
        service = self._serve(command, self._shell.environment())
        _wait_for(lambda: matches(shown, service.said()) or not service.alive, _PATIENCE_SECONDS * 2)
        return service.said()

    def _asks(self, command: str, shown: str) -> str:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        said = self._shell.run(command)
        while command.startswith(_QUESTIONS) and not matches(shown, said) and time.monotonic() < deadline:
            time.sleep(0.2)
            said = self._shell.run(command)
        return said


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(condition: Callable[[], bool], patience: float) -> None:
    deadline = time.monotonic() + patience
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.1)


def _is_left_out(step: Step) -> bool:
    return step.command.startswith("make ") or step.command.endswith("jejak up")


@contextmanager
def reader(directory: Path) -> Iterator[Reader]:
    """A reader with a stack, which ends with the block."""
    with ExitStack() as cleanup:
        yield Reader(directory, cleanup)
