"""One server for all clients, and the table of them at the end."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.said import TABLE
from tests.clients.shop import Shop, opened


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with opened(tmp_path_factory.mktemp("shop")) as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, in Markdown."""
    if not TABLE:
        return
    terminalreporter.section("clients", sep="-")
    terminalreporter.write_line("| client | version | calls | result |\n|---|---|---|---|")
    for row in TABLE:
        terminalreporter.write_line(f"| {row.client} | {row.version} | {', '.join(row.calls)} | {row.result} |")
