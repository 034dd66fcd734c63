"""Plain Faust: what its documentation leads to for batches, `stream.take()`, one agent per topic.

The base is an honest one: validation and rows are Jejak's own (gate included), the INSERT is a raw one off the event
loop, uvloop runs the loop, and rejected records go to the dead letters. What differs is what Faust does by
itself: a message at a time up to `take()`, an INSERT per take, and its own bookkeeping of offsets, acked when the
agent asks for the next take. `take()` hands on values without their records, so the check of `time` against the
record's own timestamp falls away, which is in Faust's favour.
"""

import asyncio
from typing import Any

import faust
import uvloop

from processors.stream.row import COLUMNS, FORMAT, row_of
from projections.clickhouse import connect
from schemas.constants import TOPICS
from schemas.rejection import RejectedError
from schemas.settings import Settings
from schemas.validation import validate

_TAKE = 1000
_WITHIN_SECONDS = 0.2


def _rows(values: list[bytes], topic: str) -> tuple[list[bytes], list[tuple[bytes, str]]]:
    """The rows of the good values, and the bad values with their reasons."""
    rows: list[bytes] = []
    rejected: list[tuple[bytes, str]] = []
    for value in values:
        try:
            rows.append(row_of(validate(value, topic=topic)))
        except RejectedError as error:
            rejected.append((value, error.message))
    return rows, rejected


def application(settings: Settings) -> faust.App:
    """The app with its seven agents."""
    app = faust.App(
        settings.consumer_group,
        broker=f"kafka://{settings.kafka_bootstrap_servers}",
        store="memory://",
        value_serializer="raw",
        web_enabled=False,
        topic_disable_leader=True,
        consumer_auto_offset_reset="earliest",
        # The join is not measured; Faust's default of 60 s would hold it for 30 on the embedded broker.
        broker_session_timeout=settings.kafka_session_seconds,
        broker_heartbeat_interval=1,
    )
    client = connect(settings)
    dead_letters = app.topic(settings.dead_letter_topic)

    def add_agent(name: str) -> None:
        @app.agent(app.topic(settings.topic(name)), name=f"store-{name}")
        async def store(stream: Any) -> None:
            async for values in stream.take(_TAKE, within=_WITHIN_SECONDS):
                rows, rejected = _rows(values, name)
                for value, reason in rejected:
                    await dead_letters.send(value=value, headers={"reason": reason.encode()})
                if rows:
                    body = b"\n".join(rows)
                    await asyncio.to_thread(client.raw_insert, "events", COLUMNS, body, fmt=FORMAT)

    for topic in TOPICS:
        add_agent(topic)
    return app


def main() -> None:
    """Run until terminated."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = uvloop.new_event_loop()
    asyncio.set_event_loop(loop)
    worker = faust.Worker(application(Settings()), loop=loop, loglevel="warning", redirect_stdouts=False, quiet=True)
    worker.execute_from_commandline()


if __name__ == "__main__":
    main()
