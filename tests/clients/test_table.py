"""The page for analysts has the table that the tests before this one have made."""

from __future__ import annotations

import pytest

from tests.clients.said import TABLE
from tests.support.analysts import shown_table
from tests.support.processes import ROOT

PAGE = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")


def test_the_page_names_these_clients_and_versions() -> None:
    ran = {(row.client, row.version) for row in TABLE if row.version}
    if not ran:
        pytest.skip("no client was tried before")
    lines = [line for line in PAGE.partition("\n## Clients\n")[2].splitlines() if line.startswith("|")]
    shown = {(row[0], row[1]) for row in shown_table("\n".join(lines))[1:]}
    assert ran <= shown
