"""Fixtures that the levels share: one stack a session, one space with one worker for all that can share it."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.loop import BackgroundLoop
from tests.support.space import Space, made_space
from tests.support.stack import Stack, running_stack
from tests.support.worker import Worker, running_worker

# A developer's own settings must not lead the tests to a Kafka or ClickHouse that is in use.
for _name in [name for name in os.environ if name.startswith("JEJAK_") and not name.startswith("JEJAK_TEST_")]:
    del os.environ[_name]


# How long an example takes is the machine's business; no test fails by the clock.
settings.register_profile("jejak", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jejak")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the figures of the fault tests, which pytest shows of failed tests only."""
    for report in terminalreporter.getreports("passed"):
        if report.nodeid.startswith("tests/faults") and report.capstdout:
            terminalreporter.section(report.nodeid, sep="-")
            terminalreporter.write_line(report.capstdout.rstrip())


#: How much of a process' log a failure shows.
_LOG_LINES, _LINE_CHARACTERS = 25, 600


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failed test how the logs of its processes end: where it runs unwatched, nothing else is left."""
    report = yield
    directory = getattr(item, "funcargs", {}).get("logs")
    if report.failed and isinstance(directory, Path):
        for log in sorted(directory.glob("*.log")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
            report.sections.append((f"end of {log.name}", "\n".join(line[:_LINE_CHARACTERS] for line in lines)))
    return report


@pytest.fixture(scope="session")
def loop() -> Iterator[BackgroundLoop]:
    background = BackgroundLoop()
    yield background
    background.close()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory, loop: BackgroundLoop) -> Iterator[Stack]:
    """A real Kafka and a real ClickHouse; see `tests/support/stack.py` for which ones."""
    with running_stack(tmp_path_factory.mktemp("stack"), loop) as running:
        yield running


@pytest.fixture(scope="session")
def shared_worker(
    stack: Stack, loop: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Space, Worker]]:
    """A space and a worker on it for all tests that only add to it; each keeps to workspaces of its own."""
    with (
        made_space(stack, loop) as space,
        running_worker(space, tmp_path_factory.mktemp("worker")) as worker,
    ):
        yield space, worker


@pytest.fixture(scope="session")
def pipeline(shared_worker: tuple[Space, Worker]) -> Space:
    """The shared space: what is appended to it is stored by its worker."""
    return shared_worker[0]


@pytest.fixture
def new_space(stack: Stack, loop: BackgroundLoop) -> Iterator[Callable[..., Space]]:
    """Makes spaces for one test."""
    with ExitStack() as spaces:
        yield lambda clickhouse=None: spaces.enter_context(made_space(stack, loop, clickhouse))


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A directory for the logs of a test's processes."""
    return tmp_path


@pytest.fixture
def taking(stack: Stack) -> None:
    """A broker that takes what cannot be read; for the other one see `tests/faults_kafka/test_bytes_on_disk.py`."""
    if not stack.embedded:
        pytest.skip("Apache Kafka takes no such batch from a producer")
