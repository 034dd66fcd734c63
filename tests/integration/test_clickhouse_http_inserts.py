"""Inserts over HTTP: one block a body, all or nothing, and nothing acknowledged that is not stored."""

from __future__ import annotations

import gzip
import socket
import time
from collections.abc import Callable, Iterator

import pytest
import zstandard

from tests.support.clickhouse_process import ServerProcess
from tests.support.plain_http import ask

INTO = "INSERT INTO rows FORMAT JSONEachRow"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("clickhouse")) as process:
        yield process


@pytest.fixture(autouse=True)
def _rows(server: ServerProcess) -> None:
    for sql in (
        "DROP VIEW IF EXISTS feed",
        "CREATE OR REPLACE TABLE rows (n UInt64) ENGINE = MergeTree ORDER BY n",
        "CREATE OR REPLACE TABLE fed (n UInt64) ENGINE = MergeTree ORDER BY n",
        "CREATE MATERIALIZED VIEW feed TO fed AS SELECT n FROM rows",
    ):
        assert ask(server, sql).status == 200


def lines(start: int, stop: int) -> bytes:
    return b"".join(b'{"n": %d}\n' % number for number in range(start, stop))


def count(server: ServerProcess, table: str = "rows") -> int:
    return int(ask(server, f"SELECT count() FROM {table}").body)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "the condition never held"
        time.sleep(0.01)


def running(server: ServerProcess) -> int:
    return int(ask(server, "SELECT count() - 1 FROM system.processes").body)


def test_a_body_of_50000_rows_becomes_one_part_of_each_table(server: ServerProcess) -> None:
    answer = ask(server, lines(0, 50000), query=INTO)
    assert (answer.status, answer.body) == (200, b"")
    assert b'"written_rows":"100000"' in answer.headers["X-ClickHouse-Summary"].encode()
    parts = ask(server, "SELECT table, rows FROM system.parts WHERE active AND database = 'default' ORDER BY table")
    assert parts.body == b"fed\t50000\nrows\t50000\n"


@pytest.mark.parametrize(
    "body",
    [
        f"{INTO}\n".encode() + lines(0, 3),
        f"{INTO} ".encode() + lines(0, 3),
        b"INSERT INTO rows VALUES (0), (1), (1 + 1);",
        b"INSERT INTO rows (n) SETTINGS max_insert_block_size = 10 FORMAT CSV\r\n0\n1\n2",
        b"INSERT INTO rows FORMAT CSV SETTINGS max_insert_block_size = 10, max_threads = 1\n0\n1\n2\n",
        b"/* FORMAT CSV */ INSERT INTO `rows` (n) -- VALUES (9)\nFORMAT TSV\n0\n1\n2\n",
        b"INSERT INTO rows SELECT number FROM numbers(3)",
    ],
)
def test_the_data_begins_where_clickhouse_says(server: ServerProcess, body: bytes) -> None:
    answer = ask(server, body)
    assert answer.status == 200, answer.body
    assert ask(server, "SELECT groupArray(n) FROM (SELECT n FROM rows ORDER BY n)").body == b"[0,1,2]\n"


def test_the_statement_may_be_in_the_url_and_the_data_in_the_body(server: ServerProcess) -> None:
    assert ask(server, lines(0, 10), query=INTO).status == 200
    assert ask(server, "(11), (12)", query="INSERT INTO rows VALUES (10),").status == 200
    assert ask(server, b"", query=INTO).status == 200
    assert ask(server, "7", query="INSERT INTO {t:Identifier} FORMAT CSV", param_t="rows").status == 200
    assert count(server) == 14


@pytest.mark.parametrize(
    ("encoding", "encode"), [("gzip", gzip.compress), ("zstd", zstandard.compress)], ids=["gzip", "zstd"]
)
def test_bodies_are_decompressed_and_must_be_complete(
    server: ServerProcess, encoding: str, encode: Callable[[bytes], bytes]
) -> None:
    headers = {"Content-Encoding": encoding}
    whole = encode(lines(0, 1000))
    assert ask(server, whole + encode(lines(1000, 1100)), query=INTO, headers=headers).status == 200
    assert count(server) == 1100
    cut = ask(server, whole[:-3], query=INTO, headers=headers)
    assert (cut.status, cut.code) == (500, "271")
    assert ask(server, b"no such thing", query=INTO, headers=headers).code == "271"
    assert ask(server, whole, query=INTO, headers={"Content-Encoding": "br"}).code == "89"
    assert count(server) == 1100


def test_a_bad_row_far_down_leaves_nothing_of_the_body(server: ServerProcess) -> None:
    answer = ask(server, lines(0, 60000) + b'{"n": "many"}\n' + lines(0, 10), query=INTO)
    assert (answer.status, answer.code) == (400, "27")
    assert b"row 60001" in answer.body
    assert (count(server), count(server, "fed")) == (0, 0)


def test_a_bad_row_at_the_start_of_a_long_body_is_still_answered(server: ServerProcess) -> None:
    answer = ask(server, b'{"n": "many"}\n' + lines(0, 2000000), query=INTO)
    assert (answer.status, answer.code) == (400, "27")
    assert count(server) == 0


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_cut_off_midway_is_not_stored_and_holds_nothing_up(server: ServerProcess, chunked: bool) -> None:
    sent = lines(0, 100000)
    size = f"Transfer-Encoding: chunked\r\n\r\n{len(sent):x}" if chunked else f"Content-Length: {len(sent) + 10}\r\n"
    target = INTO.replace(" ", "+")
    head = f"POST /?query={target}&query_id=cut HTTP/1.1\r\nHost: localhost\r\n{size}\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(head.encode() + sent)
        eventually(lambda: running(server) == 1)
    eventually(lambda: running(server) == 0)
    assert (count(server), count(server, "fed")) == (0, 0)
    eventually(lambda: ask(server, lines(0, 5), query=INTO, query_id="cut").status == 200)
    assert count(server) == 5


def test_an_answer_of_200_means_the_rows_can_be_read_by_anyone(server: ServerProcess) -> None:
    for number in range(20):
        assert ask(server, lines(number, number + 1), query=INTO).status == 200
        assert (count(server), count(server, "fed")) == (number + 1, number + 1)


def test_get_never_writes(server: ServerProcess) -> None:
    answer = ask(server, method="GET", query="INSERT INTO rows VALUES (1)")
    assert (answer.status, answer.code) == (500, "164")
    assert ask(server, method="GET", query="DROP TABLE rows").code == "164"
    assert ask(server, method="GET", query="SELECT 1 SETTINGS readonly = 0").code == "164"
    assert count(server) == 0


def test_rows_that_could_be_read_and_not_stored_are_no_200(server: ServerProcess) -> None:
    """The engine itself ends such a stream as if all was well; whoever believes it has lost the rows."""
    ask(
        server,
        "CREATE OR REPLACE TABLE bounded (n UInt64, CONSTRAINT small CHECK n < 10) ENGINE = MergeTree ORDER BY n",
    )
    answer = ask(server, lines(9, 12), query="INSERT INTO bounded FORMAT JSONEachRow")
    assert (answer.status, answer.code) == (500, "469"), answer.body
    assert ask(server, lines(8, 10), query="INSERT INTO bounded FORMAT JSONEachRow").status == 200
    assert count(server, "bounded") == 2
