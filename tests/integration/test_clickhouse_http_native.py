"""Format Native for clients of later protocol versions: blocks are taken apart right, whatever their types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.clickhouse_http import native_protocol
from deploy.local.clickhouse_http.varint import read_varint
from tests.support.clickhouse_process import ServerProcess
from tests.support.plain_http import ask

VALUES = [
    *("number::UInt8", "number::Int256", "number = 1", "number::Float32", "number::BFloat16", "number / 4"),
    *("toDecimal32(number, 2)", "toDecimal64(number, 2)", "toDecimal128(number, 2)", "toDecimal256(number, 2)"),
    *("toDate(number)", "toDate32(number)", "toDateTime(number)", "toDateTime64(number, 3, 'UTC')", "toIntervalDay(1)"),
    *(
        "toString(number)",
        "repeat('ü', number % 300)",
        "toFixedString('ab', 2)",
        "generateUUIDv4()",
        "toIPv4('1.2.3.4')",
    ),
    *("toIPv6('::1')", "CAST(number % 2, 'Enum8(\\'e,(v\\' = 0, \\'o)\\' = 1)')", "CAST(1, 'Enum16(\\'a\\' = 1)')"),
    *(
        "NULL",
        "[NULL]",
        "toNullable(number)",
        "if(number % 2, NULL, toString(number))",
        "[]",
        "tuple()",
        "[[[number]]]",
    ),
    *("range(number % 5)", "arrayMap(x -> toString(x), range(number % 3))", "map('k', [toLowCardinality('v')])"),
    *("(number, 'x')", "tuple(number AS `a b,(`, [toLowCardinality('y')] AS c)", "map()", "[(1, map(2, 'z'))]"),
    *(
        "toLowCardinality(toString(number % 400))",
        "toLowCardinality(if(number % 2, NULL, 'n'))",
        "[toLowCardinality('a')]",
    ),
    *("CAST([] AS Array(LowCardinality(String)))", "toLowCardinality(number::UInt16)", "(1., 2.)::Point"),
    *("[[(1., 2.)]]::Polygon", "CAST(number, 'SimpleAggregateFunction(max, Nullable(UInt64))')"),
]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path_factory.mktemp("clickhouse")) as process:
        yield process


@pytest.mark.parametrize("rows", [1, 3, 70000])
@pytest.mark.parametrize("part", range(4))
def test_later_versions_add_their_bytes_and_change_no_other(server: ServerProcess, rows: int, part: int) -> None:
    values = VALUES[part::4]
    sql = f"SELECT {', '.join(f'{value} AS c{number}' for number, value in enumerate(values))} FROM numbers({rows})"
    sql = sql.replace("generateUUIDv4()", "toUUID('61f0c404-5cb3-11e7-907b-a6006ad3dba0')")
    plain = ask(server, sql, default_format="Native", max_threads=1).body
    later = ask(server, sql, default_format="Native", max_threads=1, client_protocol_version=54460).body
    blocks = -(-rows // 65409)
    assert len(later) == len(plain) + blocks * (8 + len(values))
    assert native_protocol.blocks(plain, 54460) == later
    info, rest = later[:8], later[8:]
    assert info == b"\x01\x00\x02\xff\xff\xff\xff\x00"
    assert read_varint(rest, 0)[0] == len(values)
    middle = ask(server, sql, default_format="Native", max_threads=1, client_protocol_version=54405).body
    assert len(middle) == len(plain) + blocks * 8


def test_totals_and_descriptions_have_the_form_too(server: ServerProcess) -> None:
    later: dict[str, Any] = {"default_format": "Native", "client_protocol_version": 54460}
    for sql in ("DESCRIBE system.one", "SELECT dummy, count() FROM system.one GROUP BY dummy WITH TOTALS"):
        assert ask(server, sql, **later).body == native_protocol.blocks(
            ask(server, sql, default_format="Native").body, 54460
        )


def test_what_cannot_be_sent_is_an_error_that_says_what_to_do(server: ServerProcess) -> None:
    answer = ask(server, "SELECT 1::Dynamic AS d", default_format="Native", client_protocol_version=54460)
    assert (answer.status, answer.code) == (501, "48")
    assert b"Dynamic" in answer.body
    assert ask(server, "SELECT 1", client_protocol_version="new").code == "72"
    assert ask(server, "SELECT 1 WHERE 0", default_format="Native", client_protocol_version=54460).body == b""
