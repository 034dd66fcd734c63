"""dbt-clickhouse: an incremental model on `leads`, built, and built again when there are more of them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.clients.said import TABLE, Row
from tests.clients.shop import DATABASE, WORKSPACE, Shop
from tests.clients.tools import HERE, environment

PROJECT = HERE / "dbt"
LEADS = f"""
SELECT contact_id, date, origin, first_source_platform FROM leads
WHERE workspace_id = '{WORKSPACE}' AND date < '{{until}}' ORDER BY contact_id
"""
BUILT = "SELECT contact_id, date, origin, platform FROM marts.new_leads ORDER BY contact_id"
COMMENTS = "SELECT name, comment FROM system.columns WHERE database = 'marts' AND table = 'new_leads' AND comment != ''"


def _build(python: Path, project: Path, shop: Shop, until: str) -> list[str]:
    """Run `dbt build`; the status of each of its nodes."""
    host, _, port = shop.address.partition(":")
    names = {"JEJAK_TEST_CLICKHOUSE_HOST": host, "JEJAK_TEST_CLICKHOUSE_PORT": port, "DO_NOT_TRACK": "1"}
    values = {"workspace": WORKSPACE, "database": DATABASE, "until": until}
    command = [str(python.with_name("dbt")), "build", "--profiles-dir", ".", "--vars", json.dumps(values)]
    done = subprocess.run(
        command, cwd=project, env=os.environ | names, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]
    results = json.loads((project / "target" / "run_results.json").read_text())["results"]
    return [result["status"] for result in results]


def test_an_incremental_model_on_the_leads(shop: Shop, tmp_path: Path) -> None:
    python = environment("dbt", PROJECT / "requirements.txt")
    pinned = dict(line.split("==") for line in (PROJECT / "requirements.txt").read_text().split())
    version = f"{pinned['dbt-clickhouse']} with dbt-core {pinned['dbt-core']}"
    row = Row("dbt-clickhouse", version, ["build", "incremental build", "data tests", "comments"])
    TABLE.append(row)
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    sizes = []
    for until in ("2025-12-15 00:00:00", "2025-12-20 00:00:00"):
        assert _build(python, project, shop, until) == ["success", "pass", "pass", "pass"]
        right = shop.ask(LEADS.format(until=until))["rows"]
        assert shop.ask(BUILT)["rows"] == right
        sizes.append(len(right))
    assert 0 < sizes[0] < sizes[1]
    assert shop.ask(COMMENTS)["rows"] == [["contact_id", "The contact"], ["origin", "Ads or organic"]]
    row.result = "right"
