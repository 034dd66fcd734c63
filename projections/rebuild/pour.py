"""Pouring: copies everything that is stored through the feed into the new tables. New events are folded once."""

import time
from concurrent.futures import ThreadPoolExecutor

from clickhouse_connect.driver.client import Client

from projections.query import ask
from projections.rebuild.site import Site
from projections.roots import refresh_roots

_LOOK_SECONDS = 0.1


def pour(site: Site) -> None:
    """Insert all stored events into the feed, telling how far it is."""
    client, run = site.client, site.run
    total = int(client.query("SELECT count() FROM events").result_rows[0][0])
    query_id = run.query_id()
    with ThreadPoolExecutor(1) as executor, site.connect(send_receive_timeout=86_400) as pouring:
        begun = executor.submit(
            pouring.command, f"INSERT INTO {run.feed} SELECT * FROM events", settings={"query_id": query_id}
        )
        while not begun.done():
            rows = ask(client, "query_progress", query_id=query_id)
            site.progress("pour", min(rows[0]["read_rows"] if rows else 0, total), total)
            time.sleep(_LOOK_SECONDS)
        begun.result()
    site.progress("pour", total, total)


def follow_merges(client: Client, suffix: str) -> None:
    """Write the roots of all merges there are."""
    merges = client.query(f"SELECT DISTINCT workspace_id, previous_id FROM contact_merges{suffix}").result_rows
    refresh_roots(client, ((workspace, previous) for workspace, previous in merges), suffix=suffix)
