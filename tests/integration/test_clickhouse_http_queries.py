"""Queries by their clients' own ids, and what ends them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.clickhouse_process import ServerProcess
from tests.support.plain_http import ask

ENDLESS = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("clickhouse")) as process:
        yield process


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.02)


def runs(server: ServerProcess, query_id: str) -> bool:
    sql = "SELECT count() FROM system.processes WHERE query_id = {id:String}"
    return ask(server, sql, param_id=query_id).body == b"1\n"


@pytest.mark.parametrize("output", ["TSV", "JSON"])
def test_a_query_is_killed_by_its_own_id_whatever_its_log_comment(server: ServerProcess, output: str) -> None:
    name = f"it's {output}"
    with ThreadPoolExecutor(1) as pool:
        sql = f"{ENDLESS} SETTINGS log_comment = 'another' FORMAT {output}"
        endless = pool.submit(ask, server, sql, query_id=name, log_comment="one")
        eventually(lambda: runs(server, name))
        seen = ask(server, "SELECT query, Settings['log_comment'] FROM system.processes WHERE query_id = {id:String}"
                   " FORMAT JSONCompactEachRow", param_id=name)  # fmt: skip
        query, comment = json.loads(seen.body)
        assert (query.startswith(ENDLESS), "OUTFILE" in query, comment) == (True, False, "another")
        killed = ask(server, "KILL QUERY WHERE query_id = {id:String} SYNC FORMAT JSONCompactEachRow", param_id=name)
        assert json.loads(killed.body)[:3] == ["finished", name, "default"]
        assert endless.result().code == "394"
    assert not runs(server, name)


def test_queries_are_killed_by_any_condition(server: ServerProcess) -> None:
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(ask, server, ENDLESS, query_id=name) for name in ("some 1", "some 2")]
        eventually(lambda: runs(server, "some 1") and runs(server, "some 2"))
        listed = ask(server, "SHOW PROCESSLIST FORMAT JSONEachRow").body
        assert {"some 1", "some 2"} < {json.loads(line)["query_id"] for line in listed.splitlines()}
        ask(server, "KILL QUERY WHERE query_id LIKE 'some %' AND user = 'default' ASYNC")
        assert {query.result().code for query in both} == {"394"}
    assert ask(server, "KILL QUERY WHERE query_id = 'nobody''s' SYNC").body == b""


@pytest.mark.parametrize("output", ["TSV", "JSON"])
def test_a_client_that_leaves_ends_its_query_where_it_said_so(server: ServerProcess, output: str) -> None:
    target = f"/?query_id=left+{output}&cancel_http_readonly_queries_on_client_close=1"
    body = f"{ENDLESS} FORMAT {output}".encode()
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(head + body)
        eventually(lambda: runs(server, f"left {output}"))
    eventually(lambda: not runs(server, f"left {output}"))


def test_a_client_that_leaves_lets_its_insert_finish(server: ServerProcess) -> None:
    ask(server, "CREATE OR REPLACE TABLE kept (n UInt64) ENGINE = MergeTree ORDER BY n")
    body = b"INSERT INTO kept SELECT number FROM numbers(5) WHERE sleepEachRow(0.1) = 0"
    target = "/?query_id=insert&cancel_http_readonly_queries_on_client_close=1"
    head = f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(head + body)
        eventually(lambda: runs(server, "insert"))
    eventually(lambda: ask(server, "SELECT count() FROM kept").body == b"5\n")


def test_a_role_that_nobody_has_is_refused_as_clickhouse_does(server: ServerProcess) -> None:
    answer = ask(server, "SELECT 1", role="jejak_reader")
    assert (answer.status, answer.code) == (404, "511")
    assert ask(server, "SELECT 1", role="").body == b"1\n"


def test_a_query_may_come_to_the_path_that_proxies_use(server: ServerProcess) -> None:
    assert ask(server, "SELECT 2", path="/query").body == b"2\n"
    assert ask(server, method="GET", path="/query", query="SELECT 3").body == b"3\n"


def test_a_page_of_this_machine_may_ask_and_read(server: ServerProcess) -> None:
    page = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "cross-site"}
    before = ask(
        server,
        method="OPTIONS",
        headers=page | {"Access-Control-Request-Headers": "x-clickhouse-user", "Access-Control-Request-Method": "POST"},
    )
    assert before.status == 204
    assert before.headers["Access-Control-Allow-Origin"] == "http://localhost:3000"
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    assert before.headers["Access-Control-Allow-Headers"] == "x-clickhouse-user"
    answer = ask(server, "SELECT 1", headers=page)
    assert (answer.body, answer.headers["Access-Control-Allow-Origin"]) == (b"1\n", "http://localhost:3000")
    assert "X-ClickHouse-Query-Id" in answer.headers["Access-Control-Expose-Headers"]


def test_a_page_of_another_machine_may_not(server: ServerProcess) -> None:
    for method in ("OPTIONS", "POST"):
        answer = ask(server, "SELECT 1", method=method, headers={"Origin": "https://attacker.example"})
        assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (403, None)
