"""Child processes: none outlives its parent, and whoever waits for one is told how it ended."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest

from deploy.local.child import Child
from tests.support.processes import ROOT, process_alive
from tests.support.waiting import wait_until

SLEEPER = [sys.executable, "-c", "import time; print('ready', flush=True); time.sleep(600)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)",
]
PARENT = """
import sys, time
from deploy.local.child import Child
child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent has ended")
def test_a_child_ends_with_a_parent_that_is_killed() -> None:
    parent = Child("parent", [sys.executable, "-c", PARENT], directory=ROOT, read_stdout=True)
    child = int(parent.first_line(30))
    assert process_alive(child)
    assert parent.kill() == -signal.SIGKILL
    parent.close()
    wait_until(lambda: not process_alive(child), "the child has ended")


def test_a_program_that_is_missing_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="no-such-program"):
        Child("nobody", ["no-such-program"])


def test_the_first_line_is_told_to_both_kinds_of_callers() -> None:
    child = Child("sleeper", SLEEPER, read_stdout=True)
    assert child.first_line(30) == "ready"
    assert asyncio.run(child.ready_line(30)) == "ready"
    assert child.kill() == -signal.SIGKILL
    child.close()


def test_a_child_that_ends_without_a_line_gives_an_empty_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    child = Child("silent", [sys.executable, "-c", "raise SystemExit('no port')"], log=log, read_stdout=True)
    assert child.first_line(30) == ""
    assert asyncio.run(child.ended()) == 1
    assert log.read_text() == "no port\n"
    child.close()


def test_a_line_that_does_not_come_is_waited_for_no_longer_than_was_said() -> None:
    child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], read_stdout=True)
    with pytest.raises(TimeoutError, match="sleeper"):
        child.first_line(0.1)
    child.kill()
    child.close()


def test_a_child_that_does_not_heed_the_request_to_end_is_killed() -> None:
    child = Child("stubborn", STUBBORN, read_stdout=True)
    assert child.first_line(30) == "ready"
    asyncio.run(child.shut_down(0.1))
    assert child.exit_status == -signal.SIGKILL
    child.close()


def test_a_child_that_has_ended_may_be_shut_down_again() -> None:
    child = Child("short", [sys.executable, "-c", ""])
    assert child.wait(30) == 0
    asyncio.run(child.shut_down(0.1))
    assert child.exit_status == 0
