"""The embedded ClickHouse as `curl` and DBeaver see it: plain HTTP, byte for byte."""

from __future__ import annotations

import http.client
import json
import zlib
from collections.abc import Callable, Iterator

import lz4.frame
import pytest
import zstandard

from deploy.local.clickhouse_http.native_blocks import NativeDecoder, NativeEncoder
from tests.support.clickhouse_process import ServerProcess
from tests.support.plain_http import ask


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("clickhouse")) as process:
        yield process


def test_ping_and_an_empty_get_answer_ok(server: ServerProcess) -> None:
    for path in ("/ping", "/replicas_status", "/"):
        answer = ask(server, method="GET", path=path)
        assert (answer.status, answer.body) == (200, b"Ok.\n")


def test_the_query_is_the_parameter_and_then_the_body(server: ServerProcess) -> None:
    assert ask(server, method="GET", query="SELECT 1").body == b"1\n"
    assert ask(server, "SELECT 1 FORMAT JSONEachRow").body == b'{"1":1}\n'
    assert ask(server, "+ 1", query="SELECT 1").body == b"2\n"


def test_every_answer_says_what_it_is(server: ServerProcess) -> None:
    answer = ask(server, "SELECT number FROM numbers(3)", query_id="mine", default_format="CSVWithNames")
    assert answer.headers["X-ClickHouse-Query-Id"] == "mine"
    assert answer.headers["X-ClickHouse-Format"] == "CSVWithNames"
    assert answer.headers["Content-Type"] == "text/csv; charset=UTF-8; header=present"
    assert answer.headers["X-ClickHouse-Timezone"]
    assert answer.headers["X-ClickHouse-Server-Display-Name"]
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["result_rows"] == "3"


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELECT * FROM nothing", 404, "60"),
        ("SELECT * FROM nothing.nothing", 404, "81"),
        ("SELECT nothing", 404, "47"),
        ("SELEC 1", 400, "62"),
        ("SELECT 1; SELECT 2", 400, "62"),
        ("SELECT 1 FORMAT Nothing", 404, "73"),
        ("SELECT toUInt8('x')", 400, "6"),
        ("SELECT throwIf(1)", 500, "395"),
        ("SELECT 1 INTO OUTFILE '/tmp/x'", 500, "358"),
        ("INSERT INTO x FROM INFILE '/etc/passwd' FORMAT CSV", 404, "78"),
        ("INSERT INTO x SELECT * FROM input('a UInt8') FORMAT CSV 1", 500, "344"),
        ("INSERT INTO nothing FORMAT CSV 1", 404, "60"),
        ("", 400, "62"),
    ],
)
def test_errors_have_the_real_servers_status_and_code(server: ServerProcess, sql: str, status: int, code: str) -> None:
    answer = ask(server, sql)
    assert (answer.status, answer.code) == (status, code), answer.body
    assert answer.body.startswith(f"Code: {code}. DB::Exception: ".encode())
    assert answer.body.count(b"DB::Exception") == 1


def test_an_error_far_into_a_result_cuts_the_answer_off_unless_the_client_waits(server: ServerProcess) -> None:
    sql = "SELECT throwIf(number = 900000), toString(number) FROM numbers(1000000) SETTINGS max_threads = 1"
    with pytest.raises(http.client.IncompleteRead) as cut:
        ask(server, sql)
    assert b"__exception__" in cut.value.partial
    assert b"Code: 395" in cut.value.partial
    answer = ask(server, sql, wait_end_of_query=1)
    assert (answer.status, answer.code) == (500, "395")


@pytest.mark.parametrize(
    "name",
    ["TSV", "TSVWithNamesAndTypes", "CSVWithNames", "RowBinaryWithNamesAndTypes", "JSONCompactEachRowWithNames"],
)
def test_a_streamed_result_equals_one_built_whole(server: ServerProcess, name: str) -> None:
    sql = "SELECT number AS `a \"b\n`, 'x\n' AS c FROM numbers(200000)"
    # The server builds a result whole where this setting is named.
    whole = " SETTINGS output_format_json_array_of_rows = 0"
    for limit in (200000, 1, 0):
        streamed = ask(server, f"{sql} LIMIT {limit}", default_format=name)
        assert streamed.status == 200
        assert streamed.body == ask(server, f"{sql} LIMIT {limit}{whole}", default_format=name).body


@pytest.mark.parametrize(
    ("encoding", "decode"),
    [
        ("gzip", lambda data: zlib.decompress(data, wbits=31)),
        ("deflate", zlib.decompress),
        ("zstd", lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data)),
        ("lz4", lz4.frame.decompress),
    ],
)
@pytest.mark.parametrize("rows", [10, 300000])
def test_answers_are_compressed_as_the_client_accepts(
    server: ServerProcess, encoding: str, decode: Callable[[bytes], bytes], rows: int
) -> None:
    sql = f"SELECT number FROM numbers({rows})"
    answer = ask(server, sql, headers={"Accept-Encoding": f"br, {encoding}"}, enable_http_compression=1)
    assert answer.headers["Content-Encoding"] == encoding
    assert decode(answer.body) == b"".join(b"%d\n" % number for number in range(rows))
    plain = ask(server, sql, headers={"Accept-Encoding": encoding}, enable_http_compression=0)
    assert plain.headers["Content-Encoding"] is None


def test_native_blocks_compress_answers_and_bodies_as_the_jdbc_driver_wants(server: ServerProcess) -> None:
    answer = ask(server, "SELECT number FROM numbers(300000) FORMAT RowBinaryWithNamesAndTypes", compress=1)
    decoder = NativeDecoder()
    data = decoder.decode(answer.body)
    decoder.finish()
    assert data.startswith(b"\x01\x06number\x06UInt64")
    assert len(data) == 15 + 300000 * 8
    body = NativeEncoder().encode(b"SELECT 'packed'")
    assert ask(server, body, decompress=1).body == b"packed\n"
    broken = ask(server, body[:-1] + b"!", decompress=1)
    assert (broken.status, broken.code) == (500, "40")


def test_only_default_without_a_password_may_ask(server: ServerProcess) -> None:
    basic = {"Authorization": "Basic ZGVmYXVsdDo="}
    named = {"X-ClickHouse-User": "default", "X-ClickHouse-Key": ""}
    assert ask(server, "SELECT 1", headers=basic).status == 200
    assert ask(server, "SELECT 1", headers=named).status == 200
    assert ask(server, "SELECT 1", user="default", password="").status == 200
    refused = [
        ask(server, "SELECT 1", headers={"Authorization": "Basic ZGVmYXVsdDp4"}),
        ask(server, "SELECT 1", headers={"X-ClickHouse-User": "admin"}),
        ask(server, "SELECT 1", user="default", password="x"),
    ]
    assert {(answer.status, answer.code) for answer in refused} == {(403, "516")}


def test_web_pages_of_others_are_refused(server: ServerProcess) -> None:
    assert ask(server, "SELECT 1", headers={"Host": "attacker.example"}).status == 403
    assert ask(server, "SELECT 1", headers={"Origin": "https://attacker.example"}).status == 403
    assert ask(server, method="GET", query="SELECT 1", headers={"Sec-Fetch-Site": "cross-site"}).status == 403
    assert ask(server, "SELECT 1", headers={"Origin": "http://localhost:3000"}).status == 200


def test_nothing_a_client_names_can_break_into_the_headers(server: ServerProcess) -> None:
    answer = ask(server, "CREATE DATABASE IF NOT EXISTS x", query_id="a\r\nX-Bad: 1", default_format="b\r\nX-Bad: 1")
    assert answer.status == 200
    assert answer.headers["X-Bad"] is None
    assert answer.headers["X-ClickHouse-Query-Id"] == "a??X-Bad: 1"


def test_a_client_that_waits_for_the_end_gets_results_larger_than_memory_should_hold(server: ServerProcess) -> None:
    answer = ask(server, "SELECT number FROM numbers(5000000) FORMAT RowBinary", wait_end_of_query=1)
    assert len(answer.body) == 40000000
    assert json.loads(answer.headers["X-ClickHouse-Summary"])["result_rows"] == "5000000"


def test_bound_parameters_are_unescaped_once(server: ServerProcess) -> None:
    assert ask(server, "SELECT {x:String} FORMAT RowBinary", param_x="a\\tb").body == b"\x03a\tb"
    assert ask(server, "SELECT {x:Nullable(String)} IS NULL", param_x="\\N").body == b"1\n"
    assert ask(server, "SELECT {x:Array(String)}[2]", param_x="['a', 'b\\'c']").body == b"b\\'c\n"
    assert ask(server, "SELECT {x:String}").code == "456"
