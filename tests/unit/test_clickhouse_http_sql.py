"""Which bytes of a request are SQL and which are data, and what the SQL is about to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.sql import identifier, literal, parse, quote

FORMATS = frozenset({"JSON", "JSONEACHROW", "CSV", "NATIVE", "TSV", "VALUES"})


@pytest.mark.parametrize(
    ("sql", "data_format", "data"),
    [
        (b"INSERT INTO t FORMAT JSONEachRow\n{}", "JSONEachRow", b"{}"),
        (b"insert into t format JSONEachRow {}", "JSONEachRow", b"{}"),
        (b"INSERT INTO t FORMAT Native\r\n\n\x00", "Native", b"\n\x00"),
        (b"INSERT INTO t FORMAT TSV\n\tx\n", "TSV", b"\tx\n"),
        (b"INSERT INTO t VALUES (1), ('FORMAT CSV')", "Values", b" (1), ('FORMAT CSV')"),
        (b"INSERT INTO t (a, `format`, values) VALUES(1)", "Values", b"(1)"),
        (b"INSERT INTO format.values FORMAT CSV\n1", "CSV", b"1"),
        (b"INSERT INTO TABLE FUNCTION file('VALUES', 'CSV') FORMAT CSV 1", "CSV", b"1"),
        (b"-- SELECT\nINSERT /* VALUES */ INTO t -- FORMAT x\n FORMAT CSV\n1", "CSV", b"1"),
        (b"INSERT INTO t FORMAT CSV SETTINGS a = 1, b = 'x y'\n1,2", "CSV", b"1,2"),
        (b"INSERT INTO t (* EXCEPT(b)) FORMAT CSV", "CSV", b""),
    ],
)
def test_the_data_of_an_insert_begins_behind_its_format(sql: bytes, data_format: str, data: bytes) -> None:
    statement = parse(sql, FORMATS)
    assert (statement.verb, statement.format, statement.takes_data) == ("INSERT", data_format, True)
    assert sql[statement.data_at :] == data


def test_settings_behind_the_format_move_before_it() -> None:
    statement = parse(b"INSERT INTO t FORMAT CSV SETTINGS a = 1, b = 'x'\n1", FORMATS)
    assert statement.text.split() == b"INSERT INTO t SETTINGS a = 1, b = 'x'".split()


@pytest.mark.parametrize(
    "sql", [b"INSERT INTO t SELECT 1", b"INSERT INTO t WITH 1 AS x SELECT x", b"INSERT INTO t (a) FROM s SELECT a"]
)
def test_an_insert_from_a_query_takes_no_data(sql: bytes) -> None:
    statement = parse(sql, FORMATS)
    assert (statement.verb, statement.takes_data, statement.text) == ("INSERT", False, sql)


@pytest.mark.parametrize(
    ("sql", "named"),
    [
        (b"SELECT 1 FORMAT JSON", "JSON"),
        (b"SELECT 1 format JSONEachRow ;", "JSONEachRow"),
        (b"SELECT 1 FORMAT CSV SETTINGS max_threads = 1", "CSV"),
        (b"SELECT 'FORMAT CSV'", None),
        (b"SELECT format FROM t ORDER BY format DESC", None),
        (b"SELECT 1 -- FORMAT CSV", None),
        (b"SELECT (SELECT format JSON) FROM t", None),
        (b'SELECT "FORMAT CSV" FROM t', None),
        (b"SELECT $x$ ' FORMAT CSV $x$ FORMAT TSV", "TSV"),
    ],
)
def test_the_format_of_a_result_is_found_where_it_is_a_clause(sql: bytes, named: str | None) -> None:
    assert parse(sql, FORMATS).format == named


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        (b"SELECT 1; SELECT 2", 62),
        (b"SELECT 1 INTO OUTFILE 'x'", 358),
        (b"SELECT 1 into -- c\n outfile 'x'", 358),
        (b"INSERT INTO t FROM INFILE 'x' FORMAT CSV", 78),
    ],
)
def test_what_the_interface_does_not_allow_is_refused(sql: bytes, code: int) -> None:
    with pytest.raises(ClickHouseError) as refused:
        parse(sql, FORMATS)
    assert refused.value.code == code


@pytest.mark.parametrize("sql", [b"SELECT 1;", b"SELECT 1; ;  -- done\n", b"SELECT ';' ; /* ; */"])
def test_one_statement_may_end_in_semicolons(sql: bytes) -> None:
    assert parse(sql, FORMATS).verb == "SELECT"


@pytest.mark.parametrize(
    ("sql", "changes"),
    [
        (b"SET a = 1", True),
        (b"use x", True),
        (b"CREATE TEMPORARY TABLE x (a Int8)", True),
        (b"CREATE OR REPLACE TEMPORARY TABLE x (a Int8)", True),
        (b"CREATE TABLE x (a Int8)", False),
        (b"SELECT 1 AS temporary", False),
        (b"SELECT 1 SETTINGS a = 1", False),
    ],
)
def test_statements_that_a_session_must_remember_are_known(sql: bytes, changes: bool) -> None:
    assert parse(sql, FORMATS).changes_session is changes


def test_long_strings_are_no_trouble() -> None:
    statement = parse(b"SELECT '" + b"it''s \\' " * 500000 + b"' FORMAT CSV", FORMATS)
    assert statement.format == "CSV"


@given(st.binary(max_size=200))
def test_no_bytes_break_it(sql: bytes) -> None:
    for prefix in (b"", b"SELECT ", b"INSERT INTO t ", b"INSERT INTO t FORMAT CSV SETTINGS a"):
        try:
            statement = parse(prefix + sql, FORMATS)
        except ClickHouseError:
            continue
        assert statement.data_at is None or 0 < statement.data_at <= len(prefix + sql)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoting_keeps_a_value_in_one_token_and_reads_back(value: str) -> None:
    quoted = quote(value).encode()
    assert literal(quoted) == value
    assert parse(b"SELECT " + quoted + b" FORMAT CSV", FORMATS).format == "CSV"
    assert parse(b"SELECT " + identifier(value).encode() + b" FORMAT CSV", FORMATS).format == "CSV"
