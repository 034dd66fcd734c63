"""Reading from the tables of merges what `projections/following.py` needs."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from clickhouse_connect.driver.client import Client

from projections.following import MANY, Asked, Surroundings, Tie, explore
from projections.query import ask_many

#: Many keys are looked up by one thread in a third of the time that several take; few keys need no second.
_ON_ONE_THREAD = {"max_threads": 1}

#: Up to so many merges of the workspaces in question, all of them are read.
FEW = 4_000

Key = tuple[str, str]
"""A workspace and a contact."""


def surroundings(client: Client, moved: Mapping[str, Iterable[str]], suffix: str) -> dict[str, Surroundings]:
    """Find the ties that decide about the moved contacts and all behind them.

    Arguments:
        client: a client of Jejak's database.
        moved: workspace → contacts that were merged.
        suffix: of the tables to read.
    """
    steps = explore(moved)
    answer: Iterable[Tie] | None = None
    while True:
        try:
            asked = next(steps) if answer is None else steps.send(answer)
        except StopIteration as end:
            found: dict[str, Surroundings] = end.value
            return found
        answer = _answer(client, asked, suffix)


def ties_of_small(client: Client, workspaces: Iterable[str], suffix: str) -> dict[str, dict[str, str]] | None:
    """Every last tie of some workspaces, read in one go if they have few merges; None if they have more.

    One question over a short range costs less than several that each look for keys.

    Arguments:
        client: a client of Jejak's database.
        workspaces: which.
        suffix: of the table to read.
    """
    where = {"table": f"contact_merges{suffix}", "workspace_ids": list(workspaces), "limit": FEW}
    merges = list(ask_many(client, "merges_of", where, settings=_ON_ONE_THREAD))
    if len(merges) >= FEW:
        return None
    ties: dict[str, dict[str, str]] = {}
    for workspace, previous, _, contact in sorted(merges, key=lambda merge: int(merge[2])):
        ties.setdefault(workspace, {})[previous] = contact
    return ties


def all_ties(client: Client, workspace: str, suffix: str) -> dict[str, str]:
    """Every last tie of a workspace.

    Arguments:
        client: a client of Jejak's database.
        workspace: which.
        suffix: of the table to read.
    """
    return dict(ask_many(client, "contact_merges", {"table": f"contact_merges{suffix}", "workspace_id": workspace}))


def _answer(client: Client, asked: list[Asked], suffix: str) -> Iterator[Tie]:
    """Candidates first, then the ties of all."""

    def about(*whats: str) -> set[Key]:
        return {(workspace, contact) for workspace, contact, what in asked if what in whats}

    def some(name: str, table: str, keys: set[Key]) -> Iterator[Any]:
        if not keys:
            return iter(())
        return ask_many(client, name, {"table": f"{table}{suffix}"}, keys=keys, settings=_ON_ONE_THREAD)

    found = about("tie")
    found.update(some("sources_of", "merged_contacts", about("sources")))
    kin = set(some("roots_of", "contact_roots", about("kin")))
    # Above that number all ties are read at once.
    found.update(islice(some("members_of", "root_members", about("members") | kin), MANY))
    return some("ties_of", "contact_merges", found)
