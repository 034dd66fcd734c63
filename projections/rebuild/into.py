"""Into: another database filled from this one's events, on the same server or cluster, while workers continue.

It is the way where tables cannot be exchanged: on a cluster, where no statement exchanges them on all servers at once,
and for changes that cannot be made in place. Nothing that readers read is touched.

1. The new database is migrated.
2. A materialized view of the new database copies every arrival from the old `events` into the new. An INSERT is
   confirmed only when both have it, so from here on the new one misses nothing that comes.
3. What was stored before is poured over, slice by slice of the workspaces. A slice that was poured whole is noted;
   one that was not is poured again, which the folds absorb. So it may be killed anywhere and run again.
4. All merges are followed in the new database, and each slice's events are looked for there.

On a cluster each shard copies and pours its own, from `events_local` into `events_local`.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from pydantic import SecretStr

from projections.clickhouse import ClickHouseAddress, connect
from projections.cluster import LOCAL, Cluster, cluster_of
from projections.faults import explain_clickhouse
from projections.migrate import migrate
from projections.query import ask
from projections.rebuild.pour import follow_merges
from projections.runs.errors import Progress, RebuildError
from projections.runs.waiting import until_older_inserts_end
from schemas.settings import Settings

SLICES = 16
#: An INSERT on another server of a cluster may have begun before the copy stood; what it wrote is found to be missing.
_ROUNDS = 3
#: An arrival can be seen in the old table a moment before its copy is: what seems to be missing is counted again.
_COUNTS, _COUNT_SECONDS = 5, 0.3
POURED = """
CREATE TABLE IF NOT EXISTS poured
(
    source    String                                COMMENT 'The database that events were poured from',
    slices    UInt32                                COMMENT 'Into how many its workspaces were cut',
    slice     UInt32                                COMMENT 'The one that was poured whole',
    poured_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When'
)
ENGINE = MergeTree
ORDER BY (source, slice)
COMMENT 'How far jejak rebuild --into has come'
"""


@dataclass(frozen=True)
class Filled:
    """What the new database has.

    Attributes:
        database: its name.
        events: how many different events of the old one are in it: all.
        poured: how many slices this run poured.
    """

    database: str
    events: int
    poured: int


def rebuild_into(settings: Settings, database: str, progress: Progress) -> Filled:
    """Fill another database from this one's events, and keep it up with what arrives. May be run again at any time.

    Arguments:
        settings: where the old database is.
        database: the new one's name.
        progress: called with each step before it starts.

    Raises:
        RebuildError: it is the same database, a migration finds what it may not touch, or events are missing.
        ValueError: the name cannot be a database's.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached.
    """
    old = ClickHouseAddress(settings.clickhouse_url.get_secret_value()).database
    if database == old:
        raise RebuildError(f"{database} is the database that JEJAK_CLICKHOUSE_URL names; give a new one")
    try:
        return _fill(settings, _elsewhere(settings, database), old, progress)
    except ClickHouseError as error:
        raise RebuildError(f"{explain_clickhouse(error)}; run it again to continue; {old} is unchanged") from error


def _elsewhere(settings: Settings, database: str) -> Settings:
    """The settings, for the new database."""
    parts = urlsplit(settings.clickhouse_url.get_secret_value())
    url = urlunsplit(parts._replace(path=f"/{quote(database, safe='')}"))
    ClickHouseAddress(url)
    return settings.model_copy(update={"clickhouse_url": SecretStr(url)})


def _fill(settings: Settings, new: Settings, old: str, progress: Progress) -> Filled:
    cluster = cluster_of(new)
    progress("migrate", 0, 1)
    if drift := migrate(new).drift:
        raise RebuildError(f"the new database differs from this version: {drift[0]}; drop it, or name another")
    with connect(new, send_receive_timeout=86_400) as client, connect(settings) as there:
        client.command(cluster.replicated_everywhere(POURED) if cluster else POURED)
        progress("copy arrivals", 0, 1)
        client.command(arrivals_sql(old, str(client.database), cluster))
        until_older_inserts_end(there)
        poured = pour_over(client, old, cluster, progress)
        progress("follow", 0, 1)
        follow_merges(client, "")
        progress("verify", 0, 1)
        events = client.query(f"SELECT uniqExact(workspace_id, event_source, event_id) FROM `{old}`.events")
        return Filled(str(client.database), int(events.result_rows[0][0]), poured)


def arrivals_sql(old: str, new: str, cluster: Cluster | None) -> str:
    """The materialized view by which the new `events` gets what the old one gets."""
    events = "events" + (LOCAL if cluster else "")
    on_cluster = cluster.on_cluster if cluster else ""
    return (
        f"CREATE MATERIALIZED VIEW IF NOT EXISTS `{new}`.`arrivals_of_{old}`{on_cluster} TO `{new}`.{events}\n"
        f"AS SELECT * FROM `{old}`.{events}"
    )


def pour_over(client: Client, old: str, cluster: Cluster | None, progress: Progress) -> int:
    """Pour what was not poured yet, and again what is missing.

    Arguments:
        client: a client of the new database.
        old: the old one.
        cluster: the cluster that both are on, if they are on one.
        progress: called with each slice.

    Returns:
        How many slices that was.

    Raises:
        RebuildError: something is still missing then.
    """
    count = 0
    for round_ in range(_ROUNDS):
        for slice_ in _waiting(client, old, look=round_ > 0):
            progress("pour", slice_, SLICES)
            # Each shard reads its own rows and writes them to itself.
            settings = {"parallel_distributed_insert_select": "2"} if cluster else {}
            client.command(
                f"INSERT INTO events SELECT * FROM `{old}`.events WHERE cityHash64(workspace_id) % {SLICES} = {slice_}",
                settings=settings,
            )
            client.insert("poured", [[old, SLICES, slice_]], column_names=["source", "slices", "slice"])
            count += 1
    if missing := list(_waiting(client, old, look=True)):
        raise RebuildError(f"events are missing in {len(missing)} of {SLICES} slices; run it again")
    return count


def _waiting(client: Client, old: str, *, look: bool) -> Iterator[int]:
    """The slices to copy: those that were not noted as copied and, on request, those in which events are missing."""
    noted = {row["slice"] for row in ask(client, "poured_slices", source=old, slices=SLICES)}
    for slice_ in range(SLICES):
        if slice_ not in noted or (look and _missing(client, old, slice_)):
            yield slice_


def _missing(client: Client, old: str, slice_: int) -> int:
    """How many events of a slice the new database does not have."""
    missing = 0
    for _ in range(_COUNTS):
        rows = ask(client, "missing_in_copy", source=old, slices=SLICES, slice=slice_)
        missing = int(rows[0]["missing"])
        if not missing:
            break
        time.sleep(_COUNT_SECONDS)
        until_older_inserts_end(client)
    return missing
