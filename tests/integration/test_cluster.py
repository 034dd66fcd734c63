"""On a cluster: the DDL is ClickHouse's, the drift check compares, and every answer is that of a single server.

The embedded ClickHouse is given a cluster of one shard, itself. What that cannot show: ON CLUSTER (parsed only, it has
no queue of distributed DDL), rows on replicas (replicated tables are created, not written to), more than one shard.
"""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from typer.testing import CliRunner

from commands.main import app
from processors.stream.replay import restore_events
from producers.simulator import Scenario, simulate
from projections.clickhouse import connect
from projections.cluster import LOCAL, Cluster
from projections.migrate import migrate
from projections.rebuild.course import rebuild
from projections.rebuild.into import POURED, SLICES, arrivals_sql, pour_over
from projections.rebuild.pour import follow_merges
from projections.runs.errors import RebuildError
from projections.statements import statements
from schemas.settings import Settings
from tests.exactness.comparison import differences, lookup_differences
from tests.exactness.drawing import Raw, event_sets
from tests.exactness.feeding import in_workspace, store, tie_breaks
from tests.exactness.oracle.oracle import Oracle
from tests.support.clickhouse_process import ServerProcess

CONFIG = Path(__file__).parents[1] / "support" / "cluster.xml"
CLUSTER = "crm"
#: Drawn once: the views are the same, only the way to them differs.
SETS = 8


def on_cluster(address: str, database: str) -> Settings:
    return Settings(
        _env_file=None,
        clickhouse_url=SecretStr(f"{address}/{database}"),
        clickhouse_cluster=CLUSTER,
    )


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with ServerProcess(tmp_path_factory.mktemp("cluster"), 0, "--config-file", str(CONFIG)) as server:
        yield f"http://default:@127.0.0.1:{server.port}"
        # A stop would wait for the coordination of replicated tables.
        server.kill()


@pytest.fixture(scope="module")
def server(address: str) -> Iterator[Client]:
    """A client of no database in particular."""
    with connect(on_cluster(address, "default")) as client:
        yield client


@pytest.fixture(scope="module")
def tables(address: str, server: Client) -> Iterator[Client]:
    """The cluster's tables, all of whose rows are on its only shard."""
    server.command("CREATE DATABASE cluster_of_one")
    with connect(on_cluster(address, "cluster_of_one")) as client:
        for statement in Cluster(CLUSTER, "cluster_of_one", is_draft=True).statements():
            client.command(statement.sql)
        yield client


def test_every_statement_is_clickhouse_s_and_says_on_cluster(server: Client) -> None:
    cluster = Cluster("it's", "jejak")
    for sql in [cluster.database_sql(), *(item.sql for item in cluster.statements())]:
        written = server.query("SELECT formatQuery({sql:String})", parameters={"sql": sql}).result_rows[0][0]
        assert "ON CLUSTER `it\\'s`" in written or "ON CLUSTER `it's`" in written, written


def test_replicated_tables_are_made_and_are_no_drift(address: str, server: Client) -> None:
    server.command("CREATE DATABASE replicated")
    with connect(on_cluster(address, "replicated")) as client:
        for statement in Cluster(CLUSTER, "replicated").statements():
            client.command(statement.sql.replace(f" ON CLUSTER '{CLUSTER}'", ""))
        found = client.query("SELECT name, engine FROM system.tables WHERE database = 'replicated'").named_results()
        engines = {row["name"]: row["engine"] for row in found}
    assert engines["events" + LOCAL] == "ReplicatedReplacingMergeTree"
    assert engines["conversation_facts" + LOCAL] == "ReplicatedAggregatingMergeTree"
    assert {engines["events"], engines["leads"]} == {"Distributed"}
    remembering = server.query(
        "SELECT name FROM system.tables WHERE database = 'replicated' AND engine LIKE 'Replicated%' "
        "AND NOT create_table_query LIKE '%replicated_deduplication_window = 0%'"
    ).result_rows
    assert remembering == [], "a block that is sent again because a view failed on it must reach the view"
    assert migrate(on_cluster(address, "replicated"), check_only=True).drift == []


def test_drift_is_named(address: str, server: Client) -> None:
    server.command("CREATE DATABASE drifted")
    with connect(on_cluster(address, "drifted")) as client:
        for statement in Cluster(CLUSTER, "drifted", is_draft=True).statements():
            client.command(statement.sql)
        client.command("ALTER TABLE responses_local ADD COLUMN mood String")
        client.command("DROP TABLE leads")
    found = [str(item) for item in migrate(on_cluster(address, "drifted"), check_only=True).drift]
    assert found == ["table responses_local: column mood is not in the file", "table leads: missing"]


def test_migration_asks_all_servers_of_the_cluster_at_once(address: str, server: Client) -> None:
    """The embedded ClickHouse has no distributed DDL, and its refusal shows that it was asked for."""
    with pytest.raises(DatabaseError, match="Replicated DDL queries are disabled"):
        migrate(on_cluster(address, "never"))


@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(bundle=st.lists(event_sets(), min_size=SETS, max_size=SETS), seed=st.integers(0, 2**32))
def test_every_view_answers_as_on_a_single_server(tables: Client, bundle: list[list[Raw]], seed: int) -> None:
    dice = random.Random(seed)
    hashes = tie_breaks(tables)
    sets = {f"w{seed}.{number}": in_workspace(raws, f"w{seed}.{number}") for number, raws in enumerate(bundle)}
    raws = [raw for events in sets.values() for raw in events]
    dice.shuffle(raws)
    for part in (raws[::2], raws[1::2], raws):
        store(tables, part, dice)
    oracles = {workspace: Oracle(events, hashes) for workspace, events in sets.items()}
    assert differences(tables, oracles) == []
    for workspace in dice.sample(sorted(oracles), 2):
        assert lookup_differences(tables, workspace, oracles[workspace]) == []


def test_commands_answer_as_on_a_single_server(
    address: str, server: Client, tables: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    raws = [json.loads(record.value) for record in simulate(Scenario(workspace="ws", contacts=40, days=5))]
    server.command("CREATE DATABASE single")
    with connect(Settings(_env_file=None, clickhouse_url=SecretStr(f"{address}/single"))) as single:
        for statement in statements():
            single.command(statement.sql)
        store(single, raws, random.Random(1))
    store(tables, raws, random.Random(1))
    contact, conversation = tables.query(
        "SELECT contact_id, conversation_id FROM conversations WHERE workspace_id = 'ws' ORDER BY ALL LIMIT 1"
    ).result_rows[0]
    for command in (
        ["contacts"], ["conversations"], ["pipeline"], ["leads"], ["leads", "--origin", "ads"],
        ["journey", "--contact", contact], ["journey", "--conversation", conversation],
    ):  # fmt: skip
        answers = []
        for database, cluster in (("single", ""), ("cluster_of_one", CLUSTER)):
            monkeypatch.setenv("JEJAK_CLICKHOUSE_URL", f"{address}/{database}")
            monkeypatch.setenv("JEJAK_CLICKHOUSE_CLUSTER", cluster)
            answers.append(CliRunner().invoke(app, [*command, "--workspace", "ws", "--json"]))
        assert answers[0].exit_code == 0 and answers[0].stdout.count("\n") > 1, (command, answers[0].output)
        assert answers[1].stdout == answers[0].stdout, command


def test_rebuilding_in_place_is_refused_in_one_line(address: str) -> None:
    for attempt in (rebuild, lambda where, show: restore_events(where, show, allow_loss=True)):
        with pytest.raises(RebuildError, match="--into DATABASE"):
            attempt(on_cluster(address, "cluster_of_one"), lambda *_: None)


def test_another_database_of_the_cluster_is_filled_by_each_shard_itself(
    address: str, server: Client, tables: Client
) -> None:
    """`jejak rebuild --into`, but for its migration, which the embedded ClickHouse has no distributed DDL for."""
    raws = [json.loads(record.value) for record in simulate(Scenario(workspace="into", contacts=30, days=3))]
    store(tables, raws[::2], random.Random(2))
    server.command("CREATE DATABASE cluster_of_two")
    written = arrivals_sql("cluster_of_one", "cluster_of_two", Cluster(CLUSTER, "cluster_of_two"))
    assert f"ON CLUSTER {CLUSTER}" in server.query("SELECT formatQuery({q:String})", {"q": written}).result_rows[0][0]
    draft = Cluster(CLUSTER, "cluster_of_two", is_draft=True)
    with connect(on_cluster(address, "cluster_of_two")) as client:
        for sql in [*(item.sql for item in draft.statements()), draft.replicated_everywhere(POURED)]:
            client.command(sql)
        client.command(arrivals_sql("cluster_of_one", "cluster_of_two", draft))
        store(tables, raws[1::2], random.Random(3))
        assert pour_over(client, "cluster_of_one", draft, lambda *_: None) == SLICES
        assert pour_over(client, "cluster_of_one", draft, lambda *_: None) == 0
        follow_merges(client, "")
        for view in ("contacts", "conversations", "leads", "sessions", "journey"):
            asked = f"SELECT * FROM {view} WHERE workspace_id = 'into' ORDER BY ALL"
            assert client.query(asked).result_rows == tables.query(asked).result_rows != [], view
        client.command("DROP VIEW arrivals_of_cluster_of_one")
