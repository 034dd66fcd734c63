"""The embedded ClickHouse as `clickhouse-connect` uses it, synchronous and asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import clickhouse_connect
import pytest
from clickhouse_connect.driver.asyncclient import AsyncClient
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, StreamFailureError
from clickhouse_connect.driver.external import ExternalData

from tests.support.clickhouse_process import ServerProcess


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("clickhouse")) as process:
        yield process


@pytest.fixture
def client(server: ServerProcess) -> Iterator[Client]:
    made = clickhouse_connect.get_client(host="127.0.0.1", port=server.port)
    made.command("DROP DATABASE IF EXISTS shop")
    made.command("CREATE DATABASE shop")
    made.command("CREATE TABLE shop.orders (id UInt64, name String) ENGINE = MergeTree ORDER BY id")
    yield made
    made.close()


def test_a_client_inserts_and_queries_with_parameters(client: Client) -> None:
    summary = client.insert("shop.orders", [[1, "kopi"], [2, "teh\ttarik"]], column_names=["id", "name"])
    assert summary.written_rows == 2
    result = client.query("SELECT * FROM shop.orders WHERE name = {name:String}", {"name": "teh\ttarik"})
    assert result.result_rows == [(2, "teh\ttarik")]
    assert result.summary["result_rows"] == "1"
    assert client.query("SELECT id FROM shop.orders WHERE has({ids:Array(UInt64)}, id)", {"ids": [1]}).row_count == 1


def test_a_client_runs_commands_and_reads_the_catalogue(client: Client) -> None:
    assert client.command("SHOW TABLES FROM shop") == "orders"
    assert client.command("EXISTS shop.orders") == 1
    assert "MergeTree" in str(client.command("SHOW CREATE TABLE shop.orders"))
    assert client.query("DESCRIBE shop.orders").result_rows[0][:2] == ("id", "UInt64")
    assert client.command("SELECT currentUser()") == "default"
    assert str(client.server_version).startswith(str(client.command("SELECT version()"))[:4])
    assert client.query("SELECT * FROM shop.orders LIMIT 0").column_names == ("id", "name")


@pytest.mark.parametrize("compress", ["lz4", "zstd", "gzip", False])
def test_every_compression_carries_inserts_and_answers(client: Client, server: ServerProcess, compress: str) -> None:
    packed = clickhouse_connect.get_client(host="127.0.0.1", port=server.port, compress=compress)
    rows = [[number, f"order {number}"] for number in range(5000)]
    packed.insert("shop.orders", rows, column_names=["id", "name"])
    assert packed.query("SELECT id, name FROM shop.orders ORDER BY id").result_rows == [tuple(row) for row in rows]
    packed.close()


def test_a_big_result_streams_in_blocks(client: Client) -> None:
    with client.query_row_block_stream("SELECT number, toString(number) FROM numbers(400000)") as blocks:
        sizes = [len(block) for block in blocks]
    assert sum(sizes) == 400000
    assert len(sizes) > 3


def test_an_error_in_the_middle_of_a_stream_is_raised_with_its_text(client: Client) -> None:
    query = (
        "SELECT throwIf(number = 900000, 'too far'), toString(number) FROM numbers(1000000) SETTINGS max_threads = 1"
    )
    with (
        pytest.raises(StreamFailureError, match="too far"),
        client.query_row_block_stream(query) as blocks,
    ):
        for _ in blocks:
            pass


def test_errors_carry_clickhouses_codes(client: Client) -> None:
    with pytest.raises(DatabaseError) as missing:
        client.query("SELECT * FROM shop.nothing")
    assert (missing.value.code, missing.value.name) == (60, "UNKNOWN_TABLE")
    with pytest.raises(DatabaseError) as broken:
        client.command("SELEC 1")
    assert broken.value.code == 62


def test_a_query_joins_a_table_the_client_brings_along(client: Client) -> None:
    extra = ExternalData(file_name="extra.csv", data=b"1,a\n2,b\n", fmt="CSV", structure=["id UInt8", "tag String"])
    assert client.query("SELECT tag FROM extra ORDER BY id", external_data=extra).result_rows == [("a",), ("b",)]
    with pytest.raises(DatabaseError):
        client.query("SELECT * FROM extra")


def test_parameters_may_come_as_a_form(server: ServerProcess) -> None:
    form = clickhouse_connect.get_client(host="127.0.0.1", port=server.port, form_encode_query_params=True)
    assert form.query("SELECT {x:String}", {"x": "it's\t\\"}).result_rows == [("it's\t\\",)]
    form.close()


def test_an_asynchronous_client_runs_queries_side_by_side(client: Client, server: ServerProcess) -> None:
    async def work() -> list[object]:
        asynchronous: AsyncClient = await clickhouse_connect.get_async_client(host="127.0.0.1", port=server.port)
        async with asynchronous:
            await asynchronous.insert("shop.orders", [[7, "x"]], column_names=["id", "name"])
            queries = [asynchronous.query(f"SELECT {n}, sleep(0.1)") for n in range(8)]
            rows = [result.result_rows[0][0] for result in await asyncio.gather(*queries)]
            stored = await asynchronous.query("SELECT count() FROM shop.orders WHERE id = {id:UInt64}", {"id": 7})
        return [*rows, stored.result_rows[0][0]]

    assert asyncio.run(work()) == [*range(8), 1]


def test_views_tables_and_exchanges_work_as_the_projections_need_them(client: Client) -> None:
    client.command("CREATE TABLE shop.totals (id UInt64, n UInt64) ENGINE = SummingMergeTree ORDER BY id")
    client.command("CREATE MATERIALIZED VIEW shop.feed TO shop.totals AS SELECT id, 1 AS n FROM shop.orders")
    client.command("CREATE VIEW shop.named AS SELECT id FROM shop.orders WHERE name = {name:String}")
    summary = client.insert("shop.orders", [[1, "a"], [1, "b"]], column_names=["id", "name"])
    assert summary.written_rows == 4
    assert client.query("SELECT sum(n) FROM shop.totals").result_rows == [(2,)]
    lookup = "SELECT id FROM shop.named(name = {wanted:String})"
    assert client.query(lookup, {"wanted": "b"}).row_count == 1
    client.command("CREATE TABLE shop.other AS shop.orders")
    client.command("EXCHANGE TABLES shop.orders AND shop.other")
    assert client.command("SELECT count() FROM shop.orders") == 0
    client.insert("shop.orders", [[5, "c"]], column_names=["id", "name"])
    assert client.command("SELECT sum(n) FROM shop.totals FINAL WHERE id = 5") == 1
