"""The figures of a fault: one printed line, and one line of JSON for the table in `docs/reliability.md`.

Where `JEJAK_TEST_FAULT_REPORT` names a file, every fault test adds its line there; `tests.support.fault_table` makes
the table of it. So the table is what was run, not what somebody remembers.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.support.brokers import Kind

#: The words that set these figures apart in a test's output.
_HEAD = "figures:"


@dataclass(frozen=True)
class Figures:
    """What became of what was sent.

    Attributes:
        fault: what went wrong, in words.
        sent: different events.
        stored: different events in `events`.
        lost: sent, good and not stored.
        duplicate_rows: rows of all views beyond one for each thing that a row stands for.
        dead_letters: records in the dead letter topic.
        recovery: seconds from the end of the fault until all that was sent by then was stored and committed; the
            longest, where there were several; None where it was not measured.
    """

    fault: str
    sent: int
    stored: int
    lost: int
    duplicate_rows: int
    dead_letters: int
    recovery: float | None = None

    def __str__(self) -> str:
        recovery = "" if self.recovery is None else f", recovered after {self.recovery:.1f} s"
        return (
            f"{self.fault}: sent {self.sent}, stored {self.stored}, lost {self.lost}, duplicate rows in views "
            f"{self.duplicate_rows}, dead-lettered {self.dead_letters}{recovery}"
        )


def report(figures: Figures) -> None:
    """Print the figures, and keep them where a report is asked for."""
    print(f"\n{_HEAD} {figures}")
    if path := os.environ.get("JEJAK_TEST_FAULT_REPORT"):
        kind = os.environ.get("JEJAK_TEST_STACK") or Kind.EMBEDDED
        line = json.dumps(asdict(figures) | {"broker": kind, "test": _test()})
        with Path(path).open("a") as lines:
            lines.write(line + "\n")


def sentence() -> str:
    """The running test's name as words."""
    return _test().rpartition("::")[2].removeprefix("test_").replace("_", " ")


def _test() -> str:
    """Its id, as pytest tells it: `tests/faults/test_kill.py::test_x (call)`."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
