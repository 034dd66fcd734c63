"""Clients in Go, Java and JavaScript: each program's answers are what ClickHouse answers to plain HTTP."""

from __future__ import annotations

from tests.clients.said import Said, rows
from tests.clients.shop import DATABASE, Shop
from tests.clients.tools import HERE, made, needed

SUM = 45001538890
"""Of the numbers below 300,000 and the lengths of their texts."""


def reads_views(said: Said, shop: Shop) -> None:
    """All views, their types and values; types are those of the catalogue too."""
    for view in shop.views:
        right, got = shop.first_rows(view), said.answer(f"view {view}")
        assert right["types"] == [f"{name} {kind}" for name, kind, _ in shop.columns(view)], view
        assert got["types"] == right["types"], view
        assert rows(right["types"], got["rows"]) == rows(right["types"], right["rows"]), view


def looks_up(said: Said, shop: Shop, call: str) -> None:
    right, got = shop.lookup(), said.answer(call)
    assert right["rows"]
    assert rows(right["types"], got["rows"]) == rows(right["types"], right["rows"])


def test_go_as_grafana_does(shop: Shop) -> None:
    """clickhouse-go over HTTP, which Grafana's data source is made of."""
    needed("clickhouse-go (Grafana)", "go")
    sources = [HERE / "go" / name for name in ("go.mod", "go.sum", "main.go")]
    folder = made("go", sources, ["go", "build", "-mod=readonly", "-o", "calls", "."])
    said = Said("clickhouse-go (Grafana)", [folder / "calls", shop.address, *shop.arguments])
    for compression in ("none", "lz4", "zstd", "gzip"):
        assert said.answer(f"ping {compression}") is True
        assert said.answer(f"sum {compression}") == SUM
    reads_views(said, shop)
    looks_up(said, shop, "bound lookup")
    assert said.answer("types") == said.answer("types as text")
    assert said.answer("empty")["rows"] == []
    assert said.answer("batch insert")["rows"] == [[1000, 7, "1970-01-01T00:00:00.999Z"]]
    code, text = said.error("error")
    assert (code, "nothing_of_the_kind" in text) == (60, True)
    assert said.answer("cancel") == {"seen": 1, "cancelled": True, "left": 0}
    said.passed()


def test_jdbc_as_dbeaver_does(shop: Shop) -> None:
    """clickhouse-jdbc, which DBeaver loads."""
    needed("clickhouse-jdbc (DBeaver)", "java", "mvn")
    copied = [
        "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
        "-DoutputDirectory=.",
        "-DincludeScope=runtime",
    ]
    folder = made("jdbc", [HERE / "jdbc" / "pom.xml"], ["mvn", "--quiet", "--batch-mode", *copied])
    program = ["java", "-cp", f"{folder}/*", str(HERE / "jdbc" / "Calls.java")]
    said = Said("clickhouse-jdbc (DBeaver)", [*program, shop.address, *shop.arguments])
    assert said.answer("valid") is True
    assert said.answer("product").startswith("ClickHouse 2")
    assert [DATABASE] in said.answer("schemas")
    tables = {name: (kind, comment) for name, kind, comment in said.answer("tables")}
    assert tables["events"] == ("TABLE", "Internal: every accepted event, once")
    assert {tables[view][0] for view in shop.views} == {"VIEW"}
    columns = said.answer("columns")
    for view in shop.views:
        got = {name: (kind, comment) for table, name, kind, comment in columns if table == view}
        assert got == {name: (kind, comment) for name, kind, comment in shop.columns(view)}
    reads_views(said, shop)
    looks_up(said, shop, "prepared lookup")
    assert said.answer("sum") == SUM
    assert said.answer("batch insert")["rows"] == [["1000", "7", 1, "1970-01-01 00:00:00.999"]]
    code, text = said.error("error")
    assert (code, "nothing_of_the_kind" in text) == (60, True)
    assert said.answer("cancel") == ["error 394", 0]
    said.passed()


def test_javascript(shop: Shop) -> None:
    """`@clickhouse/client` in Node."""
    needed("@clickhouse/client", "node", "npm")
    sources = [HERE / "js" / name for name in ("package.json", "package-lock.json", "calls.js")]
    folder = made("js", sources, ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"])
    said = Said("@clickhouse/client", ["node", folder / "calls.js", shop.url, *shop.arguments])
    assert said.answer("ping") is True
    assert said.answer("select") is True
    reads_views(said, shop)
    looks_up(said, shop, "bound lookup")
    assert said.answer("stream") == SUM
    assert said.answer("progress") == {"progress": True, "numbers": [0, 1, 2]}
    assert said.answer("Parquet") == ["PAR1", "PAR1"]
    assert said.answer("insert") == {"executed": True, "written": "1000", "stored": [[1000, 7]]}
    assert said.answer("session") == [{"n": 5}]
    assert said.error("error")[0] == 60
    assert said.error("role")[0] == 511
    assert said.answer("cancel") == {"seen": 1, "how": "The user aborted a request.", "left": 0}
    said.passed()
