"""Roots: where the merges of contacts end, written to `contact_roots`.

ClickHouse could follow merges only by asking again and again, for every reader; so whoever writes merges follows them
once (`projections/following.py`) and writes the ends, before the merges count as stored.

Two writers may do so at once, each knowing merges that the other does not. Each workspace therefore has a clock, a row
among the roots themselves. A writer stores its merges, turns the clock on, reads ties, and writes its rows with that
time. Whoever misses a merge has read before it was there, so turned the clock before the merge's own writer did,
and loses to it. The writer of the last merge on a contact's path knows the whole path, and nobody beats it but those
who know it too. Two who turn the clock in the same moment may get the same time: then each turned it after the other's
merges were there, or has nothing to do with them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

import msgspec
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from projections.asking import all_ties, surroundings, ties_of_small
from projections.faults import code_of
from projections.following import MANY, moved_roots
from projections.query import ask

_COLUMNS = ["workspace_id", "contact_id", "root_id", "version"]
#: What is asked about together: so many bytes of workspaces' ids, and so many merges.
_TOGETHER_BYTES = 50_000
_TOGETHER_MERGES = 5_000
#: Rows of one INSERT.
_BLOCK = 100_000
#: Where clocks begin. Before there were clocks, a row's version was the number of merges that its writer knew.
_FIRST = 2**40

#: Of an INSERT beside the public table: the rebuild has ended meanwhile; or this user may not write there, and then the
#: rebuild's own last look must do.
NOT_OURS = (60, 497)

Merge = tuple[str, str]
"""A workspace and the contact in it that was merged into another."""

Row = tuple[str, str, str, int]


def refresh_roots(client: Client, merges: Iterable[Merge], *, suffix: str = "") -> None:
    """Bring `contact_roots` up to date after merges were stored. May be repeated, and run by several at once.

    Arguments:
        client: a client of Jejak's database.
        merges: what was merged.
        suffix: of the tables to read and write, while new ones are made beside the old.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    moved: dict[str, set[str]] = {}
    for workspace, previous in merges:
        moved.setdefault(workspace, set()).add(previous)
    for some in _together(moved):
        now = _turn_clocks(client, list(some), suffix)
        rows = _rows(client, some, now, suffix)
        while block := list(islice(rows, _BLOCK)):
            _insert(client, suffix, block)


def _together(moved: Mapping[str, set[str]]) -> Iterator[dict[str, set[str]]]:
    """Workspaces in batches, those with many merges alone."""
    some: dict[str, set[str]] = {}
    size = merges = 0
    for workspace, contacts in moved.items():
        size, merges = size + len(workspace.encode()), merges + len(contacts)
        if some and (size > _TOGETHER_BYTES or merges > _TOGETHER_MERGES):
            yield some
            some, size, merges = {}, len(workspace.encode()), len(contacts)
        some[workspace] = contacts
    if some:
        yield some


def _turn_clocks(client: Client, workspaces: list[str], suffix: str) -> dict[str, int]:
    """The workspaces' time from now on: later than that of everybody who has turned their clocks before.

    The tables of every rebuild that stands are given the time too, and before the public ones: they take their place,
    perhaps before this writer has written its rows. A table that is made later is given a later time by its rebuild.
    """
    times = {row["workspace_id"]: row["version"] for row in ask(client, "roots_clocks", workspace_ids=workspaces)}
    now = {workspace: max(times.get(workspace, 0), _FIRST) + 1 for workspace in workspaces}
    rows = [(workspace, "", "", time) for workspace, time in now.items()]
    for row in ask(client, "standing_roots"):
        try:
            _insert(client, row["suffix"], rows)
        except DatabaseError as error:
            if row["suffix"] == suffix or code_of(error) not in NOT_OURS:
                raise
    _insert(client, "", rows)
    return now


def _rows(client: Client, moved: Mapping[str, set[str]], now: Mapping[str, int], suffix: str) -> Iterator[Row]:
    """The rows for all contacts behind the moved ones."""
    if (ties := ties_of_small(client, moved, suffix)) is not None:
        for workspace, contacts in moved.items():
            found = moved_roots(ties.get(workspace, {}), contacts)
            yield from ((workspace, contact, root, now[workspace]) for contact, root in found)
        return
    few = {workspace: contacts for workspace, contacts in moved.items() if len(contacts) < MANY}
    done: set[str] = set()
    for workspace, around in surroundings(client, few, suffix).items():
        if not around.too_many:
            yield from ((workspace, contact, root, now[workspace]) for contact, root in around.roots())
            done.add(workspace)
    for workspace in moved.keys() - done:
        found = moved_roots(all_ties(client, workspace, suffix), moved[workspace])
        yield from ((workspace, contact, root, now[workspace]) for contact, root in found)


def _insert(client: Client, suffix: str, rows: Sequence[Row]) -> None:
    # `insert` would ask for the columns' types first, and load pandas where it is installed.
    body = msgspec.json.Encoder().encode_lines(rows)
    client.raw_insert(f"contact_roots{suffix}", _COLUMNS, body, fmt="JSONCompactEachRow")
