"""FastStream on confluent-kafka: one batch subscriber per topic, as its documentation has it for much traffic.

A subscriber's batch is checked and stored by one INSERT on another thread, meanwhile the other topics' subscribers go
on; FastStream commits a batch when its handler returns (`AckPolicy.ACK`), so after the INSERT and the dead letters.
An error ends the process, and the batch comes again. The handler is given the raw messages (a custom decoder), and
FastStream's own type checks are off: both are documented ways to make it faster.
"""

import asyncio
import logging
import os
from typing import Any

import uvloop
from confluent_kafka import Message
from faststream import AckPolicy, FastStream
from faststream.confluent import KafkaBroker, Topic
from faststream.confluent.message import KafkaMessage

from bench.contestants.work import Work, work_of_command_line

_BATCH_RECORDS = 50_000
_WAIT_SECONDS = 0.2


async def _raw(message: KafkaMessage) -> Any:
    return message.raw_message


def application(work: Work) -> FastStream:
    """The app with its seven subscribers."""
    broker = KafkaBroker(work.servers, apply_types=False, logger=None, acks="all")

    async def handle(messages: tuple[Message, ...]) -> None:
        checked = work.check(messages)
        for letter in checked.letters:
            headers = {name: (text or b"").decode(errors="replace") for name, text in letter.headers}
            key = letter.key
            await broker.publish(letter.value, work.settings.dead_letter_topic, key=key, headers=headers)
        await asyncio.to_thread(work.insert, checked.lines)

    async def store(messages: tuple[Message, ...]) -> None:
        try:
            await handle(messages)
        except Exception:
            logging.exception("not stored, so nothing may be committed")
            os._exit(1)

    for topic in work.topics:
        broker.subscriber(
            Topic(topic, declare=False),
            batch=True,
            group_id=work.group,
            max_records=_BATCH_RECORDS,
            polling_interval=_WAIT_SECONDS,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.ACK,
            session_timeout_ms=work.session_ms,
            heartbeat_interval_ms=1000,
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=4 * 2**20,
            decoder=_raw,
        )(store)
    return FastStream(broker, logger=None)


if __name__ == "__main__":
    uvloop.run(application(work_of_command_line()).run())
