"""What a notebook does: ibis. Arguments: URL, database, workspace, contact, views."""

import sys
from importlib.metadata import version
from urllib.parse import urlsplit

import ibis
from said import say

url, database, workspace, contact, *views = sys.argv[1:]
at = urlsplit(url)
client = ibis.clickhouse.connect(host=at.hostname, port=at.port, user="default", password="", database=database)


def grouped():
    leads = client.table("leads").filter(ibis._.workspace_id == workspace)
    counted = leads.group_by("origin").agg(leads=ibis._.count()).order_by("origin")
    return counted.to_pyarrow().to_pylist()


def first_touches():
    leads = client.table("leads").filter(ibis._.workspace_id == workspace, ibis._.first_touched_at.notnull())
    return leads.mutate(seconds=leads.first_touched_at.delta(leads.date, unit="second")).seconds.max().execute()


def read(view):
    # ibis has no integers of 256 bits; a text carries them.
    table = client.table(view)
    if "event_order" in table.columns:
        asked = client.sql(f"SELECT * REPLACE (toString(event_order) AS event_order) FROM {view} ORDER BY ALL LIMIT 20")
    else:
        asked = table.order_by(table.columns).limit(20)
    return {"rows": [list(row.values()) for row in asked.to_pyarrow().to_pylist()]}


say("driver", lambda: version("ibis-framework"))
say("version", lambda: client.version)
say("tables", client.list_tables)
for view in views:
    say(f"schema {view}", lambda view=view: {name: str(kind) for name, kind in client.table(view).schema().items()})
    say(f"view {view}", lambda view=view: read(view))
say("grouped", grouped)
say("longest", lambda: int(first_touches()))
say("error", lambda: client.raw_sql("SELECT * FROM nothing_of_the_kind"))
