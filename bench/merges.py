"""What one merge costs in a workspace that has many: `python -m bench.merges [MERGES]`.

Side by side: all merges of the workspace read and followed, as it was, and only what the new merge has to do with. The
former is kept here, as what the latter is compared with. Ids are hashes, so neighbours in a chain are none in a table.
"""

import hashlib
import itertools
import statistics
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from clickhouse_connect.driver.client import Client
from pydantic import SecretStr

from processors.stream.row import COLUMNS, FORMAT, row_of
from projections.clickhouse import connect
from projections.following import moved_roots
from projections.migrate import migrate
from projections.roots import Merge, refresh_roots
from schemas.settings import Settings
from schemas.validation import validate
from tests.support.clickhouse_process import ServerProcess

MERGES = 1_000_000
CHAIN = 10_000
ROUNDS = 9
Refresh = Callable[[Client, list[Merge]], None]


def name(*parts: object) -> str:
    """An id that says nothing about its neighbours."""
    return hashlib.md5(repr(parts).encode(), usedforsecurity=False).hexdigest()[:16]


def as_it_was(client: Client, merges: list[Merge]) -> None:
    """All ties of the workspace read and followed."""
    (workspace,) = {workspace for workspace, _ in merges}
    answer = client.query(
        "SELECT previous_id, argMax(contact_id, version), uniqExact(version) FROM contact_merges "
        "WHERE workspace_id = {workspace:String} GROUP BY previous_id",
        parameters={"workspace": workspace},
    ).result_rows
    ties = {previous: contact for previous, contact, _ in answer}
    version = 2**50 + sum(merges for *_, merges in answer)
    rows = [
        (workspace, contact, root, version) for contact, root in moved_roots(ties, {previous for _, previous in merges})
    ]
    body = msgspec.json.Encoder().encode_lines(rows)
    client.raw_insert(
        "contact_roots", ["workspace_id", "contact_id", "root_id", "version"], body, fmt="JSONCompactEachRow"
    )


def shapes() -> dict[str, tuple[str, Iterator[tuple[str, str]]]]:
    """What is merged into what: in which workspace, and then one merge after the other."""
    return {
        "random pairs": ("many", ((name("new", i), name("other", i)) for i in itertools.count())),
        "into a hub": ("hub", ((name("new", i), "hub") for i in itertools.count())),
        "before a chain": ("many", ((name("before", i), name("chain", 0)) for i in itertools.count())),
        "behind a chain": (
            "many",
            ((name("chain", CHAIN) if not i else name("end", i - 1), name("end", i)) for i in itertools.count()),
        ),
        "into a cycle": ("many", ((name("into", i), name("cycle", 5)) for i in itertools.count())),
    }


def fill(client: Client, merges: int) -> None:
    """Two workspaces: one hub; and pairs with a chain and a cycle among them. Their roots are right."""
    rows = [("many", name("p", i), name("q", i)) for i in range(merges)]
    rows += [("many", name("chain", i), name("chain", i + 1)) for i in range(CHAIN)]
    rows += [("many", name("cycle", i), name("cycle", (i + 1) % CHAIN)) for i in range(CHAIN)]
    rows += [("hub", name("member", i), "hub") for i in range(merges)]
    encoded = [(ws, previous, number, contact) for number, (ws, previous, contact) in enumerate(rows)]
    columns = ["workspace_id", "previous_id", "version", "contact_id"]
    client.raw_insert("contact_merges", columns, msgspec.json.Encoder().encode_lines(encoded), fmt="JSONCompactEachRow")
    client.command(
        "INSERT INTO merged_contacts SELECT DISTINCT workspace_id, contact_id, previous_id FROM contact_merges"
    )
    refresh_roots(client, ((workspace, previous) for workspace, previous, _ in rows))
    for table in ("contact_merges", "merged_contacts", "contact_roots", "root_members"):
        client.command(f"OPTIMIZE TABLE {table} FINAL")


def merge(client: Client, workspace: str, pair: tuple[str, str], refresh: Refresh) -> float:
    """Seconds to follow one merge that was just stored."""
    event = {
        "specversion": "1.0", "id": name(pair), "source": "/bench", "type": "contact.merged",
        "time": "2026-01-01T00:00:00Z", "workspaceid": workspace,
        "data": {"previous_id": pair[0], "contact_id": pair[1]},
    }  # fmt: skip
    client.raw_insert("events", COLUMNS, row_of(validate(msgspec.json.encode(event))), fmt=FORMAT)
    begun = time.perf_counter()
    refresh(client, [(workspace, pair[0])])
    return time.perf_counter() - begun


def memory(client: Client, workspace: str, pair: tuple[str, str]) -> float:
    """The most memory in MiB that Python holds at once to follow one merge; not timed, because counting costs time."""
    tracemalloc.start()
    merge(client, workspace, pair, refresh_roots)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def main() -> None:
    """Fill, and measure each shape in turn."""
    merges = int(sys.argv[1]) if len(sys.argv) > 1 else MERGES
    with tempfile.TemporaryDirectory() as folder, ServerProcess(Path(folder)) as server:
        settings = Settings(_env_file=None, clickhouse_url=SecretStr(f"{server.url}/bench"))
        migrate(settings)
        with connect(settings) as client:
            begun = time.perf_counter()
            fill(client, merges)
            print(f"2 x {merges:,} merges stored and followed in {time.perf_counter() - begun:.0f} s")
            for shape, (workspace, pairs) in shapes().items():
                new = [merge(client, workspace, next(pairs), refresh_roots) for _ in range(ROUNDS)]
                held = memory(client, workspace, next(pairs))
                old = [merge(client, workspace, next(pairs), as_it_was) for _ in range(2)]
                was, now = statistics.median(old), statistics.median(new)
                print(
                    f"{shape:<16} was {was * 1e3:>6.0f} ms, is {now * 1e3:>4.0f} ms "
                    f"({min(new) * 1e3:.0f}–{max(new) * 1e3:.0f}): {was / now:.0f} times, {held:.1f} MiB",
                    flush=True,
                )
            print(f"the hub itself: {merge(client, 'hub', ('hub', 'x'), refresh_roots):.1f} s")


if __name__ == "__main__":
    main()
