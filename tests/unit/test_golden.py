"""The golden DDL is what the code makes of the .sql files; a change of it is seen in a diff."""

import pytest

from tests.support.golden import FOLDER, golden
from tests.support.jejak import jejak


@pytest.mark.parametrize("name", sorted(golden()))
def test_the_golden_file_is_what_the_code_makes(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")
    assert committed == golden()[name], "run `python -m tests.support.golden`, and look at the diff"


def test_no_file_is_left_over() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(golden())


def test_a_dry_run_prints_the_golden_ddl_without_a_server() -> None:
    settings = {"JEJAK_CLICKHOUSE_URL": "http://default:@127.0.0.1:1/jejak"}
    assert jejak("migrate", "--dry-run", settings=settings).stdout == golden()["server.sql"]
    on_cluster = jejak("migrate", "--dry-run", settings=settings | {"JEJAK_CLICKHOUSE_CLUSTER": "crm"})
    assert on_cluster.stdout == golden()["cluster.sql"]
