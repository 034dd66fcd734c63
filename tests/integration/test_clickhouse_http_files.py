"""SQL reads and writes files below the folder of the user's files, and no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clickhouse_process import ServerProcess
from tests.support.plain_http import ask

SECRET = "the secret"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clickhouse")
    (path / "secret.txt").write_text(f"{SECRET}\n")
    return path


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[ServerProcess]:
    with ServerProcess(directory / "data") as process:
        (directory / "data" / "user_files" / "spend.csv").write_text("meta,1\n")
        (directory / "data" / "user_files" / "link.txt").symlink_to(directory / "secret.txt")
        ask(process, "CREATE TABLE `per/day` (n UInt8) ENGINE = Memory")
        yield process


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT c1 FROM file('spend.csv')",
        "SELECT c1 FROM file('{folder}/spend.csv', CSV)",
        "SELECT c1 FROM file('*.csv', 'CSV', 'c1 String, c2 UInt8')",
        "SELECT splitByChar(',', file('spend.csv'))[1]",
        "SELECT c1 FROM url('file://{folder}/spend.csv', CSV)",
        "SELECT c1 FROM `spend.csv`",
    ],
)
def test_files_of_the_user_are_read(server: ServerProcess, directory: Path, sql: str) -> None:
    answer = ask(server, sql.replace("{folder}", str(directory / "data" / "user_files")))
    assert (answer.status, answer.body) == (200, b"meta\n"), answer.body


def test_files_of_the_user_are_written(server: ServerProcess, directory: Path) -> None:
    written = ask(server, "INSERT INTO FUNCTION file('out.csv', CSV, 'n UInt8') SELECT number FROM numbers(2)")
    assert written.status == 200, written.body
    assert (directory / "data" / "user_files" / "out.csv").read_text() == "0\n1\n"
    ask(server, "CREATE TABLE kept (n UInt8) ENGINE = File(CSV)")
    assert ask(server, "INSERT INTO kept VALUES (1)").status == 200
    assert ask(server, "SELECT n AS `a/b`, 'x/y', '/etc/hostname' FROM `per/day`").status == 200
    assert ask(server, "SELECT trim(BOTH '/' FROM '/a/')").body == b"a\n"


def test_a_text_in_a_call_is_no_table_though_a_list_of_tables_stood_as_deep(server: ServerProcess) -> None:
    sql = r"SELECT (SELECT 1 FROM system.one) AS one, replaceRegexpAll('b/c', '[\\x{2f}]+', '/etc/hostname')"
    assert ask(server, sql).body == b"1\tb/etc/hostnamec\n"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM file('{secret}', LineAsString)",
        "SELECT * FROM FILE ( /* here */ '{secret}', LineAsString)",
        "SELECT * FROM `file`('{secret}', LineAsString)",
        "SELECT * FROM file('../../secret.txt', LineAsString)",
        "SELECT * FROM file('link.txt', LineAsString)",
        "SELECT * FROM file('{..}/{..}/secret.txt', LineAsString)",
        "SELECT * FROM file(concat('/', 'etc/hostname'), LineAsString)",
        "SELECT * FROM file('\\\\x2fetc/hostname', LineAsString)",
        "SELECT * FROM file($${secret}$$, LineAsString)",
        "SELECT * FROM file({p:String}, LineAsString)",
        "SELECT file('{secret}')",
        "SELECT * FROM fileCluster('default', '{secret}', LineAsString)",
        "SELECT * FROM url('file://{secret}', LineAsString)",
        "SELECT * FROM url('FILE:{secret}', LineAsString)",
        "SELECT content FROM filesystem('{folder}')",
        "SELECT * FROM `{secret}`",
        "SELECT * FROM default.`{secret}`",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM system.one, '{secret}'",
        "SELECT * FROM `\\\\x2fetc\\\\x2fhostname`",
        "SELECT * FROM {p:Identifier}",
        "DESCRIBE '{secret}'",
        "CREATE TABLE stolen (line String) ENGINE = File(LineAsString, '{secret}')",
        "CREATE TABLE stolen ENGINE File ( 'LineAsString' , '{secret}' )",
        "CREATE DATABASE stolen ENGINE = Filesystem('/')",
        "CREATE VIEW stolen AS SELECT * FROM file('{secret}', LineAsString)",
        "CREATE TABLE stolen (n UInt8) ENGINE = SQLite('{secret}', 't')",
        "INSERT INTO FUNCTION file('{secret}', CSV, 'n UInt8') VALUES (1)",
        "INSERT INTO FUNCTION file('{secret}', CSV, 'n UInt8') SELECT 1",
        "SELECT * FROM Python(open)",
    ],
)
def test_no_other_file_is_read_or_written(server: ServerProcess, directory: Path, sql: str) -> None:
    secret = directory / "secret.txt"
    sql = sql.replace("{secret}", str(secret)).replace("{folder}", str(directory))
    answer = ask(server, sql.replace("\\\\", "\\"), param_p=str(secret))
    assert answer.code in ("291", "497"), answer.body
    assert SECRET.encode() not in answer.body
    assert secret.read_text() == f"{SECRET}\n"
