"""Leads: a page of them, faster than the view `leads` (contract, section 3).

The view works out everything about every lead before it can sort. Here the ids of the page come first, by the dates
alone, and the rest is read by key for those few. These are several small questions and not one large one, because
ClickHouse would take longer to plan the large one than to answer it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypedDict, cast

from clickhouse_connect.driver.client import Client

from projections.query import ask
from projections.readers.days import EVER_MS
from projections.readers.pages import Behind, Page, behind_parameters

#: Bytes of ids in one question: ClickHouse takes 128 KiB a parameter, and quoting may double them.
_MOST_BYTES = 50_000
#: Bytes of the contacts' own ids in one question, so that there is room for those of their visitors.
_BATCH_BYTES = 15_000


class Lead(TypedDict):
    """A row of the view `leads`."""

    workspace_id: str
    contact_id: str
    date: datetime
    customer_name: str | None
    phone_number: str | None
    email: str | None
    origin: str
    first_source: str | None
    first_source_platform: str | None
    first_source_id: str | None
    first_touched_at: datetime | None
    last_source: str | None
    last_source_platform: str | None
    last_source_id: str | None
    first_source_at: datetime | None
    first_source_medium: str | None
    first_source_campaign: str | None
    first_source_content: str | None
    last_source_at: datetime | None
    last_source_medium: str | None
    last_source_campaign: str | None
    last_source_content: str | None


LEAD_COLUMNS = tuple(Lead.__annotations__)


def newest_leads(
    client: Client,
    workspace: str,
    *,
    since_ms: int = -EVER_MS,
    until_ms: int = EVER_MS,
    source: str | None = None,
    origin: str | None = None,
    behind: Behind | None = None,
    limit: int,
) -> Page[Lead]:
    """The rows of the view `leads` that pass some filters, the newest first.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose leads.
        since_ms: the first date, in milliseconds since 1970.
        until_ms: the first date that is too late.
        source: what the first source, its platform or its id holds, in any case; None or '' for anything.
        origin: `ads` or `organic`; None for both.
        behind: the last row of the page before.
        limit: how many at most.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    span: dict[str, Any] = {"workspace_id": workspace, "since_ms": since_ms, "until_ms": until_ms, "limit": limit + 1}
    span |= _behind(behind)
    if not source and origin is None:
        chosen = ask(client, "leads_newest", **span)
    else:
        chosen = ask(client, "leads_newest_by_touch", source=source or None, origin=origin, **span)
    page = Page.of(chosen, limit)
    with_merged = {row["contact_id"] for row in page.rows if row["has_merged"]}
    found: list[Lead] = []
    for ids in _batches([row["contact_id"] for row in page.rows]):
        known = {row["contact_id"]: row for row in _details(client, workspace, ids, with_merged)}
        # One that was merged away between the two questions is a lead no more.
        found += [known[name] for name in ids if name in known]
    return Page(found, page.has_more)


def summary(client: Client, workspace: str, *, since_ms: int, until_ms: int, zone: str) -> list[dict[str, Any]]:
    """The leads of a span, counted by `day`, `platform`, `id` and `source` of the first source.

    Arguments:
        client: a client of Jejak's database.
        workspace: whose leads.
        since_ms, until_ms: as for `newest_leads`.
        zone: the time zone of days.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached or refuses.
    """
    span = {"since_ms": since_ms, "until_ms": until_ms, "zone": zone}
    return ask(client, "leads_summary", workspace_id=workspace, **span)


def count(client: Client, workspace: str, *, since_ms: int, until_ms: int) -> int:
    """How many leads a span has. Arguments and errors as for `summary`."""
    span = {"since_ms": since_ms, "until_ms": until_ms, **_behind(None)}
    return int(ask(client, "leads_count", workspace_id=workspace, **span)[0]["leads"])


def _behind(row: Behind | None) -> dict[str, Any]:
    """Every lead has a date, so that there is none without an instant."""
    return behind_parameters(row) | {"behind_ms": (row.ms or 0) if row else 0}


def _details(client: Client, workspace: str, ids: Sequence[str], with_merged: set[str]) -> list[Lead]:
    """The leads among some contacts, in no order."""
    owners = _people(client, workspace, ids, with_merged)
    if owners is not None:
        members = [entity[1:] for entity in owners if entity.startswith("c")]
        people = {"entities": list(owners), "owners": list(owners.values()), "members": members}
        return cast(list[Lead], ask(client, "leads_details", workspace_id=workspace, **people))
    if len(ids) == 1:
        return cast(list[Lead], ask(client, "leads_of_contacts", workspace_id=workspace, contact_ids=ids))
    half = len(ids) // 2
    return [row for part in (ids[:half], ids[half:]) for row in _details(client, workspace, part, with_merged)]


def _people(client: Client, workspace: str, ids: Sequence[str], with_merged: set[str]) -> dict[str, str] | None:
    """Everybody whose facts count for some contacts, as person_facts has them, with the contact they count for.

    None if these are more than fit into a question.
    """
    members = {name: name for name in ids}
    if not with_merged.isdisjoint(ids):
        merged = ask(client, "merged_into", workspace_id=workspace, contact_ids=ids)
        members |= {row["member_id"]: row["contact_id"] for row in merged}
    if _weight(members) > _MOST_BYTES:
        return None
    tied = ask(client, "tied_visitors", workspace_id=workspace, contact_ids=list(members))
    people = {f"c{name}": owner for name, owner in members.items()}
    people |= {f"v{row['visitor_id']}": members[row["contact_id"]] for row in tied}
    return people if max(_weight(people), _weight(people.values())) <= _MOST_BYTES else None


def _weight(ids: Iterable[str]) -> int:
    """The bytes of ids as a parameter, quotes and commas included."""
    return sum(len(name.encode()) + 4 for name in ids)


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    """The ids in lists that one question can carry."""
    batch: list[str] = []
    size = 0
    for name in ids:
        if batch and size + _weight([name]) > _BATCH_BYTES:
            yield batch
            batch, size = [], 0
        batch.append(name)
        size += _weight([name])
    if batch:
        yield batch
