"""Clients in Python, in an environment of their own: their answers are what ClickHouse answers to plain HTTP."""

from __future__ import annotations

import pytest

from tests.clients.said import Said, rows
from tests.clients.shop import Shop
from tests.clients.tools import HERE, environment

PROGRAMS = HERE / "python"
ORIGINS = "SELECT origin, count() FROM leads WHERE workspace_id = 'ws_kopi' GROUP BY origin ORDER BY origin"


@pytest.fixture(scope="module")
def python() -> str:
    return str(environment("python", PROGRAMS / "requirements.txt"))


def reads_views(said: Said, shop: Shop) -> None:
    for view in shop.views:
        right, got = shop.first_rows(view), said.answer(f"view {view}")
        assert rows(right["types"], got["rows"]) == rows(right["types"], right["rows"]), view


def looks_up(said: Said, shop: Shop) -> None:
    right, got = shop.lookup(), said.answer("bound lookup")
    assert right["rows"]
    assert rows(right["types"], got["rows"]) == rows(right["types"], right["rows"])


def test_sqlalchemy_as_superset_does(shop: Shop, python: str) -> None:
    said = Said(
        "clickhouse-connect, SQLAlchemy (Superset)",
        [python, PROGRAMS / "sqlalchemy_calls.py", shop.url, *shop.arguments],
    )
    assert "jejak" in said.answer("schemas")
    assert set(shop.views) < set(said.answer("tables"))
    for view in shop.views:
        assert said.answer(f"columns {view}") == shop.columns(view)
    reads_views(said, shop)
    looks_up(said, shop)
    assert said.answer("grouped") == shop.ask(ORIGINS)["rows"]
    assert said.answer("insert") == [[100, 7]]
    assert "code: 60" in said.error("error")[1]
    said.passed()


def test_aiochclient(shop: Shop, python: str) -> None:
    said = Said("aiochclient", [python, PROGRAMS / "aiochclient_calls.py", shop.url, *shop.arguments])
    assert said.answer("alive") is True
    reads_views(said, shop)
    looks_up(said, shop)
    assert said.answer("stream") == sum(range(30000))
    assert said.answer("insert") == [[100, 7]]
    assert "Code: 60" in said.error("error")[1]
    said.passed()


def test_ibis_but_for_integers_of_256_bits(shop: Shop, python: str) -> None:
    said = Said("ibis", [python, PROGRAMS / "ibis_calls.py", shop.url, *shop.arguments])
    assert set(shop.views) < set(said.answer("tables"))
    for view in shop.views:
        kinds = said.answer(f"schema {view}")
        assert list(kinds) == [name for name, _, _ in shop.columns(view)]
        for name, kind, _ in shop.columns(view):
            assert kinds[name].startswith("!") is not kind.startswith("Nullable("), (view, name)
            assert ("timestamp" in kinds[name]) is ("DateTime64" in kind), (view, name)
    reads_views(said, shop)
    assert [list(row.values()) for row in said.answer("grouped")] == shop.ask(ORIGINS)["rows"]
    longest = "SELECT max(dateDiff('second', date, first_touched_at)) FROM leads WHERE workspace_id = 'ws_kopi'"
    assert [[said.answer("longest")]] == shop.ask(longest)["rows"]
    assert "code: 60" in said.error("error")[1]
    said.passed()
