"""Leftovers: what a run made beside the tables and views, removed once it has ended or is dead.

The order is what counts. First the fence: from then on the run can swap no more, should it be alive after all, and a
swap that is being carried out just now is waited for, because ClickHouse lets one statement at a time touch a name.
Only then go the copies of arrivals, and after them the tables that nothing is copied into any more.

A run that died while public views were reading its tables is left alone until another rebuild has led them elsewhere:
its tables get every arrival, and are what people see.
"""

from collections.abc import Iterable, Sequence

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from projections.faults import code_of
from projections.query import ask
from projections.runs.quiet import lift_pauses
from projections.runs.run import Run, run_of, run_read_by

#: A large table may be dropped: the server's guard is meant for people.
_DROP = {"max_table_size_to_drop": "0"}
_UNKNOWN = (60, 394)


def clean_up(
    client: Client, objects: Sequence[dict[str, str]], *, alive: Iterable[str] = (), only: str | None = None
) -> None:
    """Remove what runs left but for those that live and those that people read.

    Arguments:
        client: a client of Jejak's database.
        objects: what was there before it was made sure who lives: what a younger run makes later is not in it.
        alive: the tokens of runs that are at work.
        only: the token of the only run to look at.
    """
    read = shown_runs(objects)
    runs = {run for row in objects if (run := run_of(row["name"])) is not None}
    dead = [run for run in runs if run.token not in {*alive} and only in (None, run.token)]
    lift_pauses(client, objects, {run.token for run in dead})
    for run in dead:
        if run.token in read:
            _drop(client, [row for row in objects if row["name"].endswith(f"_next{run.suffix}")])
        else:
            _remove(client, run)


def shown_runs(objects: Sequence[dict[str, str]]) -> set[str]:
    """The runs whose tables public views read."""
    public = [row for row in objects if run_of(row["name"]) is None and row["definition"].startswith("CREATE VIEW")]
    return {token for row in public for token in run_read_by(row["definition"])}


def _remove(client: Client, run: Run) -> None:
    for name in run.fence:
        client.command(f"DROP TABLE IF EXISTS {name} SYNC", settings=_DROP)
    if run.token:
        _kill(client, run)
    while left := [row for row in ask(client, "definitions") if run_of(row["name"]) == run]:
        _drop(client, sorted(left, key=_turn))


def _turn(row: dict[str, str]) -> int:
    """Copies of arrivals first, for without them none reaches the others; then whatever reads; tables last."""
    if row["name"].startswith("events_copy") or "_feed_from" in row["name"]:
        return 0
    kinds = ("CREATE MATERIALIZED VIEW", "CREATE VIEW", "CREATE TABLE")
    return next((turn for turn, kind in enumerate(kinds, 1) if row["definition"].startswith(kind)), len(kinds))


def _drop(client: Client, rows: Iterable[dict[str, str]]) -> None:
    for row in rows:
        client.command(f"DROP TABLE IF EXISTS `{row['name']}` SYNC", settings=_DROP)


def _kill(client: Client, run: Run) -> None:
    """End what a dead client left running on the server: a pour would hold the tables that are to go."""
    if not ask(client, "queries_of_run", prefix=run.query_prefix):
        return
    prefix = run.query_prefix
    try:
        client.command(
            f"KILL QUERY WHERE query_id LIKE '{prefix}%' OR Settings['log_comment'] LIKE 'query_id:{prefix}%' SYNC"
        )
    except DatabaseError as error:
        if code_of(error) not in _UNKNOWN:
            raise
