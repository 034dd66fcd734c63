"""`jejak status`: is everything stored that was appended?"""

import asyncio
import json
from typing import Annotated, Any

import typer
from aiokafka.errors import KafkaError
from clickhouse_connect.driver.exceptions import ClickHouseError

from commands.errors import one_line
from commands.output import plain, print_table
from processors.lag import PartitionLag, lags
from projections.clickhouse import connect
from projections.cluster import layout
from projections.query import ask
from schemas.settings import Settings


def status(as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False) -> None:
    """Show lag per topic and partition, and rows per table. Exit status 1 when something is wrong."""
    settings = Settings()
    problems: list[str] = []
    found = _lags(settings, problems)
    tables = _tables(settings, problems)
    if as_json:
        answer = {
            "lag": [vars(item) for item in found],
            "tables": [{name: plain(value) for name, value in row.items()} for row in tables],
            "problems": problems,
        }
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _show(found, tables)
        for problem in problems:
            typer.echo(f"jejak: {problem}", err=True)
    if problems:
        raise typer.Exit(1)


def _lags(settings: Settings, problems: list[str]) -> list[PartitionLag]:
    try:
        return asyncio.run(lags(settings))
    except (KafkaError, OSError) as error:
        problems.append(one_line(error) or repr(error))
        return []


def _tables(settings: Settings, problems: list[str]) -> list[dict[str, Any]]:
    try:
        with connect(settings) as client:
            rows = ask(client, "table_rows")
    except ClickHouseError as error:
        problems.append(one_line(error) or repr(error))
        return []
    present = {row["name"] for row in rows}
    wanted = [item.name for item in layout(settings) if item.kind == "TABLE" and not item.is_derived]
    problems += [f"table {name} is missing; run `jejak migrate`" for name in wanted if name not in present]
    return [row for row in rows if row["name"] in wanted]


def _show(found: list[PartitionLag], tables: list[dict[str, Any]]) -> None:
    behind = [item for item in found if item.lag]
    print_table(
        ["topic", "partition", "committed", "end", "lag"],
        ([item.topic, item.partition, item.committed, item.end, item.lag] for item in behind),
        title=f"Lag: {sum(item.lag for item in found)} records in {len(behind)} of {len(found)} partitions",
    )
    typer.echo("")
    print_table(
        ["table", "rows, duplicates not merged yet included", "last written"],
        ([row["name"], row["rows"], row["written_at"]] for row in tables),
    )
