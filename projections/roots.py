"""Roots: where the merges of contacts end.

A merge ties one contact to another, the last tie of a contact wins, and ties form chains and even cycles (contract,
section 3, Identity). ClickHouse could follow them only by asking again and again, for every reader; so whoever writes
merges follows them once and writes the ends to `contact_roots`, before the merges count as stored.

Two workers may do so at once, each knowing merges that the other does not. A row's version is therefore the number of
merges of the workspace that its writer knew: who knows more knows all that the other did, and wins. The writer of
the last merge on a contact's path always knows the whole path.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import msgspec
from clickhouse_connect.driver.client import Client

from projections.query import ask

_COLUMNS = ["workspace_id", "contact_id", "root_id", "version"]
#: Workspaces asked about together. Ids have up to 128 characters, and proxies take URLs of some ten thousand.
_TOGETHER = 50

Merge = tuple[str, str]
"""A workspace and the contact in it that was merged into another."""


def follow(ties: Mapping[str, str]) -> dict[str, str]:
    """The end of every contact's ties.

    Arguments:
        ties: merged contact → the contact it was merged into.

    Returns:
        Merged contact → the contact it resolves to: the end of its chain or, where the chain runs into a cycle,
        the cycle's smallest id by UTF-8 bytes.
    """
    roots: dict[str, str] = {}
    for start in ties:
        path: dict[str, None] = {}
        at = start
        while at not in roots and at not in path and at in ties:
            path[at] = None
            at = ties[at]
        if at in path:
            cycle = list(path)[list(path).index(at) :]
            root = min(cycle, key=str.encode)
        else:
            root = roots.get(at, at)
        roots.update(dict.fromkeys(path, root))
    return roots


def behind(ties: Mapping[str, str], moved: Iterable[str]) -> set[str]:
    """All contacts whose path leads through one of the moved ones, these included."""
    into: dict[str, list[str]] = {}
    for previous, contact in ties.items():
        into.setdefault(contact, []).append(previous)
    found: set[str] = set()
    waiting = [contact for contact in moved if contact in ties]
    while waiting:
        contact = waiting.pop()
        if contact not in found:
            found.add(contact)
            waiting += into.get(contact, ())
    return found


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
    for some in _batched(moved.items()):
        rows = _roots(client, f"contact_merges{suffix}", dict(some))
        if rows:
            # `insert` would ask for the columns' types first, and load pandas where it is installed.
            body = msgspec.json.Encoder().encode_lines(rows)
            client.raw_insert(f"contact_roots{suffix}", _COLUMNS, body, fmt="JSONCompactEachRow")


def _batched(moved: Iterable[tuple[str, set[str]]]) -> Iterator[list[tuple[str, set[str]]]]:
    """So many workspaces at a time that their ids fit into a URL."""
    waiting = iter(moved)
    while some := list(islice(waiting, _TOGETHER)):
        yield some


def _roots(client: Client, table: str, moved: Mapping[str, set[str]]) -> list[list[str | int]]:
    """The rows of `contact_roots` for all contacts behind the moved ones, by workspace."""
    ties: dict[str, dict[str, str]] = {}
    versions: Counter[str] = Counter()
    for row in ask(client, "contact_merges", table=table, workspace_ids=list(moved)):
        ties.setdefault(row["workspace_id"], {})[row["previous_id"]] = row["contact_id"]
        versions[row["workspace_id"]] += row["merges"]
    return [
        [workspace, contact, root, versions[workspace]]
        for workspace, known in ties.items()
        for contact, root in _moved_roots(known, moved[workspace])
    ]


def _moved_roots(ties: Mapping[str, str], moved: Iterable[str]) -> list[tuple[str, str]]:
    roots = follow(ties)
    return [(contact, roots[contact]) for contact in sorted(behind(ties, moved))]
