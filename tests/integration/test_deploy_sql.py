"""Roles, policies and ACLs: ClickHouse parses them, and what they name exists.

They cannot be run here: the embedded ClickHouse has no users.
"""

import os
import re
import subprocess
from xml.etree import ElementTree

import pytest

from projections.cluster import LOCAL, Cluster
from schemas.constants import DEAD_LETTERS, TOPICS
from tests.support.space import Space
from tests.unit.deployment import DEPLOY

CLICKHOUSE = DEPLOY / "clickhouse"


def statements(name: str) -> list[str]:
    text = re.sub(r"--[^\n]*", "", (CLICKHOUSE / name).read_text(encoding="utf-8"))
    return [part.strip() for part in text.split(";") if part.strip()]


@pytest.mark.parametrize("name", ["roles.sql", "cluster.sql"])
def test_clickhouse_parses_every_statement(pipeline: Space, name: str) -> None:
    for sql in statements(name):
        assert pipeline.query("EXPLAIN AST " + sql), sql


def test_the_users_of_compose_are_made_by_statements_that_clickhouse_parses(pipeline: Space) -> None:
    script = (CLICKHOUSE / "users.sh").read_text(encoding="utf-8")
    subprocess.run(["bash", "-n", str(CLICKHOUSE / "users.sh")], check=True)
    (create,) = re.findall(r'--query "\s*(CREATE USER .*)"', script)
    assert pipeline.query("EXPLAIN AST " + create.replace("$1", "a").replace("$2", "b"), password="p")
    roles = set(re.findall(r"CREATE ROLE IF NOT EXISTS (\w+)", " ".join(statements("roles.sql"))))
    assert set(re.findall(r"^create_user \w+ (\w+)", script, re.MULTILINE)) <= roles


def test_grants_are_on_tables_that_exist(pipeline: Space) -> None:
    present = {row["name"] for row in pipeline.query("SHOW TABLES")}
    present |= {item.name for item in Cluster("crm", "jejak").statements()}
    named = {
        match
        for name in ("roles.sql", "cluster.sql")
        for sql in statements(name)
        if sql.startswith(("GRANT", "REVOKE"))
        for match in re.findall(r"\bON jejak\.(\w+)", sql)
    }
    assert {"events", "contact_roots", "events" + LOCAL} <= named <= present


def test_the_row_policy_s_column_is_in_every_table_and_view_an_analyst_may_read(pipeline: Space) -> None:
    """A table without it would be an error for every analyst, and a view of rows without an owner."""
    without = pipeline.query(
        "SELECT DISTINCT table FROM system.columns WHERE database = currentDatabase() AND table NOT IN "
        "(SELECT table FROM system.columns WHERE database = currentDatabase() AND name = 'workspace_id')"
    )
    assert [row["table"] for row in without] == ["schema_history"]
    assert "REVOKE SELECT ON jejak.schema_history FROM jejak_analyst" in statements("roles.sql")


def test_views_run_with_the_rights_of_whoever_asks(pipeline: Space) -> None:
    """That is what makes the policy hold in them; materialized views run with their maker's, as the writer needs it."""
    defaults = pipeline.query("SELECT name, value FROM system.settings WHERE name LIKE 'default%view%'")
    assert {row["name"]: row["value"] for row in defaults} == {
        "default_materialized_view_sql_security": "DEFINER",
        "default_normal_view_sql_security": "INVOKER",
        "default_view_definer": "CURRENT_USER",
    }
    stated = pipeline.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() "
        "AND engine = 'View' AND create_table_query LIKE '%SQL SECURITY DEFINER%'"
    )
    assert stated == []


def test_the_policy_s_setting_and_the_cluster_s_parts_are_configured() -> None:
    server = ElementTree.parse(CLICKHOUSE / "server.xml").getroot()
    prefix = server.findtext("custom_settings_prefixes")
    assert prefix is not None
    (setting,) = set(re.findall(r"getSetting\('(\w+)'\)", " ".join(statements("roles.sql"))))
    assert setting.startswith(prefix)
    cluster = ElementTree.parse(CLICKHOUSE / "cluster.xml").getroot()
    assert cluster.find("remote_servers/crm/secret") is not None, "without it the policy does not hold on other shards"
    assert {item.text for item in cluster.iter("internal_replication")} == {"true"}
    assert cluster.find("macros/shard") is not None and cluster.find("macros/replica") is not None


def test_acls_cover_the_topics_and_no_more() -> None:
    done = subprocess.run(
        ["bash", str(DEPLOY / "kafka" / "acls.sh")],
        env={**os.environ, "DRY_RUN": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    producer = [line for line in lines if "User:jejak-producer" in line]
    assert {re.findall(r"--topic (\S+)", line)[0] for line in producer} == {f"journey.{name}" for name in TOPICS}
    worker = [line for line in lines if "User:jejak-worker" in line]
    assert [line for line in worker if "--operation Write" in line and f"journey.{DEAD_LETTERS}" not in line] == []
    assert not any(word in line for line in worker for word in ("Create", "Alter", "Delete", "All"))
