"""What an asynchronous service does: aiochclient. Arguments: URL, database, workspace, contact, views."""

import asyncio
import sys
from importlib.metadata import version

from aiochclient import ChClient
from aiohttp import ClientSession
from said import say

url, database, workspace, contact, *views = sys.argv[1:]
LOOKUP = """SELECT title, actor, occurred_at, event_order
FROM contact_journey(workspace_id = {workspace}, contact_id = {contact}) ORDER BY event_order LIMIT 5"""


def asked(work):
    """Run `work` with a client of its own."""

    async def run():
        async with ClientSession() as session:
            return await work(ChClient(session, url=url, database=database))

    return lambda: asyncio.run(run())


async def inserted(client):
    await client.execute("CREATE OR REPLACE TABLE from_aiochclient (id UInt64, name String) ENGINE = Memory")
    await client.execute("INSERT INTO from_aiochclient (id, name) VALUES", *((n, f"it's {n % 7}") for n in range(100)))
    found = await client.fetch("SELECT count(), uniqExact(name) FROM from_aiochclient")
    await client.execute("DROP TABLE from_aiochclient")
    return [list(row.values()) for row in found]


async def streamed(client):
    return sum([row["number"] async for row in client.iterate("SELECT number FROM numbers(30000)")])


async def lookup(client):
    found = await client.fetch(LOOKUP, params={"workspace": workspace, "contact": contact})
    return {"rows": [list(row.values()) for row in found]}


async def read(client, view):
    return {"rows": [list(row.values()) for row in await client.fetch(f"SELECT * FROM {view} ORDER BY ALL LIMIT 20")]}


say("driver", lambda: version("aiochclient"))
say("alive", asked(lambda client: client.is_alive()))
for view in views:
    say(f"view {view}", asked(lambda client, view=view: read(client, view)))
say("bound lookup", asked(lookup))
say("stream", asked(streamed))
say("insert", asked(inserted))
say("error", asked(lambda client: client.fetch("SELECT * FROM nothing_of_the_kind")))
