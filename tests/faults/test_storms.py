"""Records of awkward sizes, storms of bad and of empty ones, and partitions with nothing in them."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from schemas.constants import MAX_VALUE_BYTES, PARTITIONS
from tests.support.events import event, record
from tests.support.figures import Figures, report
from tests.support.kafka import RawRecord
from tests.support.rounds import LONG
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

pytestmark = pytest.mark.long


#: Contract, section 4.
LIMIT = MAX_VALUE_BYTES
TINY = 1_000_000 if LONG else 20_000
STORM = 40_000 if LONG else 8_000
#: So many are appended at once; what the tests hold in memory is bounded by it.
PIECE = 10_000
KEY = b"w/c"
GOOD = {"contact_id": "c", "conversation_id": "k", "message_id": "m"}
#: What is wrong with the bad ones, in turn: no JSON, no event, an unknown type, a field amiss, nothing at all.
BAD = (b"\xff\xfe", b"[1, 2, 3]", b'{"specversion": "1.0", "type": "no.such"}', b'{"id": 7}', b"", b"null")


def _message(number: int, **data: str) -> bytes:
    """A good event; what numbers it is its id alone, so that it is nearly as small as an event can be."""
    return json.dumps(event("message.incoming", "w", GOOD | data, id=str(number)), separators=(",", ":")).encode()


def _sized(size: int, number: int) -> bytes:
    """An event whose value has exactly so many bytes."""
    return _message(number, text="x" * (size - len(_message(number, text=""))))


def _append(space: Space, values: Iterable[bytes | None]) -> int:
    """Append values to the partitions of a topic in turn, piece by piece; returns how many."""
    sent: list[RawRecord] = []
    count = 0
    for count, value in enumerate(values, 1):
        sent.append(RawRecord("messages", value, key=KEY, partition=count % PARTITIONS))
        if len(sent) == PIECE:
            space.append(sent)
            sent = []
    space.append(sent)
    return count


def _report(space: Space, fault: str, sent: int) -> None:
    stored, shown = space.stored(), space.stored("journey")
    letters = len(space.dead_letters())
    report(Figures(fault, sent, stored, sent - stored - letters, shown - stored, letters))


def test_a_record_of_exactly_1_mib_is_stored_and_one_of_a_byte_more_is_a_dead_letter(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a fetch, a row or a dead letter that is too small for the largest record holds its partition up.

    It fails where the limit is off by one, where either of them stops what lies behind it, and where the large dead
    letter is not kept byte for byte.
    """
    space = new_space()
    at_limit, over, behind = _sized(LIMIT, 1), _sized(LIMIT + 1, 2), _message(3)
    assert (len(at_limit), len(over)) == (LIMIT, LIMIT + 1)
    with running_worker(space, logs) as worker:
        space.append([RawRecord("messages", value, partition=0) for value in (at_limit, over, behind)])
        space.until_committed()
        assert worker.alive
    assert {row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")} == {"1", "3"}
    assert space.value("SELECT length(JSONExtractString(data, 'text')) FROM events FINAL WHERE event_id = '1'") == len(
        json.loads(at_limit)["data"]["text"]
    )
    (letter,) = space.dead_letters()
    assert letter.value == over
    assert letter.reasons["exception.class.name"] == "RecordTooLarge"
    _report(space, "a record of 1 MiB, and one of a byte more", 3)


def test_very_many_tiny_records_are_all_stored(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: a fetch of bytes holds so many records that decoding them starves heartbeats and health checks.

    All of them are there before the worker starts, so that fetches are as full as they get. It fails where the
    worker leaves the group over them, and where any of them is dropped or doubled.
    """
    space = new_space()
    assert _append(space, map(_message, range(TINY))) == TINY
    with running_worker(space, logs) as worker:
        space.until_committed(300)
        assert worker.alive
        assert worker.logged().count('"partitions assigned"') == 1
    assert space.value("SELECT uniqExact(event_id) FROM events") == TINY
    _report(space, f"{TINY} tiny records", TINY)
    assert space.stored("journey") == TINY


def test_in_a_poison_storm_every_good_record_is_stored_and_every_bad_one_kept(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a bad record costs so much that the good ones behind it wait, or costs them their place.

    Every second record is bad, each in its own way, in every partition. It fails where a good one is lost or held up
    until the storm is over, and where a dead letter is missing or is not what was sent, byte for byte.
    """
    space = new_space()
    # The number makes each different, and none of them better.
    bad = [BAD[number % len(BAD)] + b" " * number for number in range(STORM // 2)]
    storm = [value for number, item in enumerate(bad) for value in (_message(number), item)]
    with running_worker(space, logs) as worker:
        _append(space, storm[: STORM // 2])
        wait_until(lambda: space.stored() > 0, "good ones are stored amid the storm")
        _append(space, storm[STORM // 2 :])
        space.until_committed(120)
        assert worker.alive
        assert worker.metric("jejak_records_rejected_total") == STORM // 2
    assert space.stored() == STORM // 2
    letters = space.dead_letters()
    assert Counter(map(_digest, (letter.value for letter in letters))) == Counter(map(_digest, bad))
    _report(space, f"poison storm: {STORM} records, every second one bad", STORM)


def _digest(value: bytes) -> bytes:
    return hashlib.sha256(value).digest()


def test_a_storm_of_tombstones_is_skipped_committed_and_counted(new_space: Callable[..., Space], logs: Path) -> None:
    """The hazard: a batch without a row is never done, and its partition is stuck; or it is taken for rejected.

    Of the four partitions one has tombstones alone, one has some between events, one has a single event, and one has
    nothing; the other topics are empty. It fails where what lies behind tombstones is not stored, where their offsets
    are not committed, and where nothing to read is taken for a fault.
    """
    space = new_space()
    none = [RawRecord("messages", None, key=KEY, partition=0)] * (STORM // 2)
    mixed = [RawRecord("messages", None if n % 2 else _message(n), key=KEY, partition=1) for n in range(STORM)]
    with running_worker(space, logs) as worker:
        space.append(none + mixed + [RawRecord("messages", _message(STORM), partition=2)])
        space.until_committed()
        worker.until_ready()
        assert worker.metric("jejak_records_skipped_total") == STORM
    assert space.stored() == STORM // 2 + 1
    assert not space.dead_letters()
    committed = {lag.partition: lag.committed for lag in space.lags() if lag.topic.endswith(".messages")}
    assert committed == {0: STORM // 2, 1: STORM, 2: 1, 3: None}
    report(Figures(f"{STORM} tombstones, an empty partition, empty topics", STORM // 2 + 1, space.stored(), 0, 0, 0))


def test_a_worker_on_empty_topics_is_ready_and_stores_what_comes_at_last(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: an idle member is thrown out of the group, or never learns where an empty partition begins.

    It fails where a worker with nothing to do is not ready, where it commits what is not there, and where the first
    record of all is passed over.
    """
    space = new_space()
    with running_worker(space, logs) as worker:
        assert {lag.committed for lag in space.lags()} == {None}
        space.append([record(event("message.incoming", "w", GOOD), partition=3)])
        space.until_committed()
        worker.until_ready()
    assert space.stored() == 1
