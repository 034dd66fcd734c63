"""Results of any format are sent while the engine computes them, and tell how far it is."""

from __future__ import annotations

import http.client
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from tests.support.clickhouse_process import ServerProcess
from tests.support.plain_http import ask

FIVE_MILLION = "SELECT number, toString(number) AS text, toDateTime64(number, 3) AS at FROM numbers(5000000)"
MOST_MORE = 200 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("clickhouse")) as process:
        yield process


def memory(server: ServerProcess, name: str) -> int:
    """Bytes of the server's process: `VmRSS` now, `VmHWM` at most."""
    for line in Path(f"/proc/{server.child.pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) << 10
    raise AssertionError(name)


@pytest.mark.parametrize("name", ["Parquet", "JSON"])
def test_five_million_rows_take_little_of_the_servers_memory(tmp_path: Path, name: str) -> None:
    with ServerProcess(tmp_path) as server:
        assert ask(server, "SELECT 1 FORMAT JSON").status == 200
        before = memory(server, "VmRSS")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
        connection.request("POST", "/", f"{FIVE_MILLION} FORMAT {name}".encode())
        answer = connection.getresponse()
        size, first, last = 0, b"", b""
        while piece := answer.read(1 << 20):
            size, first, last = size + len(piece), first or piece[:6], piece[-6:]
        connection.close()
        assert size > 30 << 20
        if name == "Parquet":
            assert (first[:4], last[-4:]) == (b"PAR1", b"PAR1")
        assert memory(server, "VmHWM") - before <= MOST_MORE


def test_parquet_holds_every_row_once(server: ServerProcess) -> None:
    answer = ask(server, "SELECT number FROM numbers(1000000) FORMAT Parquet")
    table = pyarrow.parquet.read_table(io.BytesIO(answer.body))
    assert table.num_rows == 1000000
    assert sum(column.to_pylist()[-1] for column in table.columns) == 999999


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 AS one FORMAT JSON",
        "SELECT number % 2 AS k, count() AS n FROM numbers(5) GROUP BY k WITH TOTALS ORDER BY k FORMAT JSONCompact",
        "SELECT 1 AS one FORMAT JSON SETTINGS max_threads = 1",
        "SELECT 1 AS one FORMAT JSON; -- the end",
        "(SELECT 1 AS one) UNION ALL (SELECT 1) FORMAT JSON",
        "WITH 1 AS x SELECT x AS one -- a comment",
        "SELECT 'INTO OUTFILE' AS one FORMAT Vertical",
    ],
)
def test_a_statement_keeps_its_clauses_when_its_result_goes_through_a_pipe(server: ServerProcess, sql: str) -> None:
    answer = ask(server, sql, default_format="JSON")
    assert answer.status == 200, answer.body
    if "FORMAT Vertical" not in sql:
        document = json.loads(answer.body)
        assert document["rows"] == len(document["data"]) > 0
        assert json.loads(answer.headers["X-ClickHouse-Summary"])["result_rows"] == str(document["rows"])
        assert ("totals" in document) is ("TOTALS" in sql)


def test_an_error_before_the_first_bytes_keeps_its_status(server: ServerProcess) -> None:
    assert ask(server, "SELECT throwIf(number = 3) FROM numbers(5) FORMAT JSON").code == "395"
    assert ask(server, "SELECT nothing FORMAT Parquet").code == "47"


def test_an_error_far_into_any_format_cuts_the_answer_off(server: ServerProcess) -> None:
    sql = (
        "SELECT throwIf(number = 3000000), toString(number) FROM numbers(5000000) SETTINGS max_threads = 1 FORMAT JSON"
    )
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(server, sql)
    assert b"Code: 395" in cut.value.partial


def test_progress_is_told_in_headers_while_a_query_runs(server: ServerProcess) -> None:
    sql = "SELECT count() FROM numbers(20) WHERE sleepEachRow(0.05) = 0"
    asked: dict[str, Any] = {
        "send_progress_in_http_headers": 1,
        "http_headers_progress_interval_ms": 50,
        "max_block_size": 1,
    }
    answer = ask(server, sql, **asked)
    assert (answer.status, answer.body) == (200, b"20\n")
    seen = [json.loads(text) for text in answer.headers.get_all("X-ClickHouse-Progress", [])]
    read = [int(progress["read_rows"]) for progress in seen]
    assert len(read) > 1
    assert read == sorted(read)
    assert answer.headers["X-ClickHouse-Summary"]
    failed = ask(server, f"{sql} AND throwIf(number = 10)", **asked)
    assert (failed.status, failed.code) == (200, "395")
    assert ask(server, "SELECT 1", send_progress_in_http_headers=1).body == b"1\n"
