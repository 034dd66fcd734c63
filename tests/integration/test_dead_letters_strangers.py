"""What others have put into the dead letter topic, whatever they wrote there: no command and no worker ends with it."""

import contextlib
import json

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidTimestampError

from processors.dead_letters.marks import Dismissal
from processors.dead_letters.skipped import BEHIND, FINGERPRINT, Skipped
from schemas.constants import REASON_PREFIX, VALUE_BYTES, VALUE_SHA256
from schemas.rejection import Reason
from tests.support.jejak import jejak
from tests.support.letters import LetterBox, Rejected
from tests.support.loop import BackgroundLoop
from tests.support.stack import Stack

DIGITS = b"9" * 5_000
PLACE = [
    (REASON_PREFIX + "topic", b"journey.messages"),
    (REASON_PREFIX + "partition", DIGITS),
    (REASON_PREFIX + "offset", DIGITS),
]
SKIP = [*PLACE, (REASON_PREFIX + "exception.class.name", Reason.UNREADABLE_BATCH.encode())]
STRANGERS = (
    [(VALUE_SHA256, b"x"), (VALUE_BYTES, DIGITS)],
    [(BEHIND, DIGITS), (FINGERPRINT, b"x"), *SKIP],
    PLACE,
)
#: A day in the year 10000, and the last instant that Kafka can say.
ABSURD_MS = (253_402_300_800_000, 2**63 - 1)


@pytest.fixture(scope="module")
def box(stack: Stack, loop: BackgroundLoop) -> LetterBox:
    """Numbers that are none, timestamps that no calendar has, and one letter of ours."""
    box = LetterBox(stack, loop)
    box.put([Rejected(b"ours")])
    loop.run(_put(box))
    return box


async def _put(box: LetterBox) -> None:
    topic = box.settings.dead_letter_topic
    async with AIOKafkaProducer(bootstrap_servers=box.settings.kafka_bootstrap_servers) as producer:
        for headers in STRANGERS:
            await producer.send_and_wait(topic, b"", headers=headers, partition=1)
        mark = Dismissal((0, 0), "why")
        for at_ms in ABSURD_MS:
            # Apache Kafka takes them only where the topic is set so.
            with contextlib.suppress(InvalidTimestampError):
                await producer.send_and_wait(topic, b"late", partition=2, timestamp_ms=at_ms)
                await producer.send_and_wait(
                    topic, None, key=mark.key, headers=mark.headers, partition=0, timestamp_ms=at_ms
                )


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("list", "--json"),
        ("list", "--since", "1h"),
        ("show", "0:0"),
        ("show", "0:0", "--json"),
        ("show", "1:0"),
        ("replay", "--dry-run"),
    ],
    ids=" ".join,
)
def test_absurd_numbers_and_timestamps_end_no_command(box: LetterBox, arguments: tuple[str, ...]) -> None:
    ran = box.command(*arguments)
    assert not ran.stderr.startswith("jejak: "), ran.stderr
    assert ran.stdout


def test_status_tells_of_them(box: LetterBox) -> None:
    told = json.loads(jejak("status", "--json", settings=box.environment).stdout)
    assert told["dead_letters"]["count"] >= len(STRANGERS)


def test_a_worker_that_stands_still_reads_past_them(box: LetterBox, loop: BackgroundLoop) -> None:
    loop.run(Skipped(box.settings).read_on([]))
