"""Bytes that no ordinary client sends: what can be told apart is kept, what cannot stops its partition alone."""

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError

from processors.dead_letters import skipping
from processors.dead_letters.dead_letter import DeadLetters
from processors.dead_letters.skipped import skip_letter
from processors.fetch.batch_header import HEADER_BYTES
from processors.fetch.record_bytes import number, record_bytes, sized
from processors.fetch.unreadable import Unreadable
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from tests.support.jejak import Ran, jejak
from tests.support.raw_batches import at_offset, batch, message, put, with_records
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.worker import LAUNCHER, running_worker

ODD = b"HDR\xff\xfe\xfdX"
ODD_NAME = ODD.decode("utf-8", "surrogateescape")
#: A record can be read in it; behind that, lengths say nothing.
LENGTHS_LOST = with_records(batch([b"x"] * 3), record_bytes(0, None, message("ahead"), ()) + number(-5) + b"rest")
STANDS_STILL = '"a partition stands still; the others go on"'
#: Nothing of it can be read.
NO_GZIP = with_records(batch([b"x"] * 3), b"no gzip", 1)


def _put(space: Space, *batches: tuple[int, bytes]) -> list[int | KafkaError]:
    topic = space.settings.topic("messages")
    return space.loop.run(put(space.settings.kafka_bootstrap_servers, topic, batches))


@pytest.fixture
def taking(stack: Stack) -> None:
    """A broker that takes what cannot be read; for the other one see `tests/faults_kafka/test_bytes_on_disk.py`."""
    if not stack.embedded:
        pytest.skip("Apache Kafka takes no such batch from a producer")


def _events(space: Space) -> set[str]:
    return {row["event_id"] for row in space.query("SELECT event_id FROM events FINAL")}


def _jejak(space: Space, *arguments: str) -> Ran:
    return jejak(*arguments, settings=space.environment)


def test_a_header_whose_name_is_not_utf8_is_kept_byte_for_byte_and_stops_nothing(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """A valid event is stored, an invalid one is a dead letter with that very name, through a replay too."""
    space = new_space()
    headers = [(ODD_NAME, b"1"), ("plain", None)]
    _put(space, (0, batch([message("good"), b"no event"], headers)))
    with running_worker(space, logs) as worker:
        space.until_committed()
        assert _events(space) == {"good"}
        (letter,) = space.dead_letters()
        assert (letter.value, list(letter.headers)) == (b"no event", headers)
        assert "header HDR\\xff\\xfe\\xfdX: 1" in _jejak(space, "dead-letters", "show", letter.id).stdout
        for arguments in (["show", letter.id, "--json"], ["list", "--json"], ["replay", letter.id, "--force"]):
            assert (ran := _jejak(space, "dead-letters", *arguments)).status == 0, ran.stderr
        wait_until(lambda: len(space.dead_letters()) == 2, "the record that was put back is rejected again")
        assert {tuple(letter.headers) for letter in space.dead_letters()} == {tuple(headers)}
        assert worker.alive
        assert _jejak(space, "status").status == 0


def test_a_bomb_is_a_dead_letter_with_its_hash_and_memory_stays_bounded(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """600 MiB of zeros in some 600 KB of gzip, which every broker takes."""
    space = new_space()
    bomb = _bomb(600 * 2**20)
    assert len(bomb) < 2**20
    with running_worker(space, logs) as worker:
        _put(space, (0, bomb), (0, batch([message("behind")])), (1, batch([message("beside")])))
        space.until_committed()
        assert worker.alive
        assert worker.peak_bytes() < 400 * 2**20
    assert _events(space) == {"behind", "beside"}
    (letter,) = space.dead_letters()
    assert (letter.reason, letter.lost_bytes, letter.value) == ("RecordTooLarge", 600 * 2**20, b"")
    assert letter.key == b"bomb"


def _bomb(size: int) -> bytes:
    head, tail = b"\x00" + number(0) + number(0) + sized(b"bomb") + number(size), number(0)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    records = packer.compress(number(len(head) + size + len(tail)) + head)
    for _ in range(size // 2**20):
        records += packer.compress(bytes(2**20))
    records += packer.compress(tail) + packer.flush()
    return with_records(batch([b""]), records, 1)


@pytest.mark.usefixtures("taking")
def test_what_cannot_be_read_stops_its_partition_alone_and_is_gone_past_by_a_command(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """Named by readiness, status, a metric and one log line; its bytes are kept, and nothing readable is lost."""
    space = new_space()
    topic = space.settings.topic("messages")
    with running_worker(space, logs) as worker:
        _put(space, (0, batch([message("before")])), (0, LENGTHS_LOST), (0, batch([message("behind")])))
        _put(space, (1, batch([message("beside")])))
        wait_until(lambda: _events(space) == {"before", "ahead", "beside"}, "all that can be read is stored")
        place = f"{topic}[0] stands still at offset 2"
        wait_until(lambda: place in worker.get("/readyz")[1], "the partition is named")
        status, text = worker.get("/readyz")
        assert (status, text.splitlines()[0]) == (200, "ready")
        assert "record 1 of its batch claims a length of -5 bytes" in text
        assert worker.metric("jejak_partitions_stopped") == 1
        assert worker.metric("jejak_ready") == 1
        wait_until(
            lambda: {lag.committed for lag in space.lags() if lag.partition == 0} >= {2}, "the rest is committed"
        )
        told = _jejak(space, "status")
        assert (told.status, place in told.stderr) == (1, True)
        wait_until(lambda: worker.logged().count(STANDS_STILL) == 1, "it is logged")

        wrong = _jejak(space, "dead-letters", "skip", "messages", "0", "1")
        assert wrong.is_one_clear_line("can be read")
        # Behind the end lie the records that are still to come.
        beyond = _jejak(space, "dead-letters", "skip", "messages", "0", "2", "--to", "99")
        assert beyond.is_one_clear_line("--to", "ends at offset")
        done = _jejak(space, "dead-letters", "skip", "messages", "0", "2")
        assert done.status == 0, done.stderr
        space.until_committed()
        assert _events(space) == {"before", "ahead", "beside", "behind"}
        assert worker.alive
        wait_until(lambda: worker.get("/readyz")[1] == "ready\n", "nothing stands still")
        assert worker.metric("jejak_partitions_stopped") == 0
        assert worker.logged().count(STANDS_STILL) == 1
    (letter,) = space.dead_letters()
    assert letter.value[8:] == LENGTHS_LOST[8:]
    assert (letter.reason, letter.topic, letter.reasons["offset"]) == ("UnreadableBatch", topic, "2")
    assert "whole batch" in _jejak(space, "dead-letters", "replay", letter.id, "--force").stderr
    # A worker that is started anew does not look at it again.
    with running_worker(space, logs) as worker:
        _put(space, (0, batch([message("later")])))
        space.until_committed()
        assert "stands still" not in worker.logged()


@pytest.mark.usefixtures("taking")
def test_two_such_batches_are_gone_past_before_a_worker_is_there_and_without_harm_by_one_that_dies(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """What was decided stays decided, whichever worker comes to it."""
    space = new_space()
    _put(space, (0, LENGTHS_LOST), (0, batch([message("between")])), (0, LENGTHS_LOST), (0, batch([message("end")])))
    for offset in (5, 1):
        assert (ran := _jejak(space, "dead-letters", "skip", "messages", "0", str(offset))).status == 0, ran.stderr
    with running_worker(space, logs) as worker:
        wait_until(lambda: "between" in _events(space), "it is on its way")
        worker.kill()
    with running_worker(space, logs):
        space.until_committed()
    assert _events(space) == {"ahead", "between", "end"}


@pytest.mark.usefixtures("taking")
def test_an_offset_amid_the_batch_lets_workers_past_it_as_its_first_one_does(
    new_space: Callable[..., Space], logs: Path
) -> None:
    space = new_space()
    _put(space, (0, NO_GZIP), (0, batch([message("behind")])))
    assert (ran := _jejak(space, "dead-letters", "skip", "messages", "0", "1")).status == 0, ran.stderr
    with running_worker(space, logs):
        space.until_committed()
    assert _events(space) == {"behind"}


@pytest.mark.usefixtures("taking")
def test_one_batch_of_very_many_bad_records_does_not_have_the_worker_restarted(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """Their letters take twice as long as a batch may be in flight; while the broker takes them nothing is stuck."""
    space = new_space()
    _put(space, (0, batch([b""] * 240, codec="gzip")))
    with running_worker(space, logs, LAUNCHER, {"STUCK_SECONDS": "6", "LETTER_SECONDS": "0.05"}) as worker:
        space.until_committed(120)
        assert worker.alive
        assert "a batch is stuck" in worker.logged(), "it took too little time to show anything"


def _nothing_in_it(count: int = 1) -> bytes:
    """A batch whose header says that it has no records, and that it takes so many offsets."""
    plain = batch([message(f"lost-{number}") for number in range(count)])
    return with_records(plain, plain[HEADER_BYTES:], record_count=0)


@pytest.mark.usefixtures("taking")
def test_a_partition_of_which_the_broker_gives_nothing_is_told_as_every_other_and_gone_past(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The embedded broker takes a batch that says it has no records, and gives nothing at its offset ever after."""
    space = new_space()
    topic = space.settings.topic("messages")
    with running_worker(space, logs) as worker:
        worker.until_ready()
        _put(space, (0, _nothing_in_it(3)), (0, batch([message("behind")])), (1, batch([message("beside")])))
        place = f"{topic}[0] stands still at offset 0: the broker returns nothing there, though the partition goes on"
        told = _jejak(space, "status")
        assert (told.status, place in told.stderr) == (1, True)
        assert "cannot be reached" not in told.stderr
        wait_until(lambda: place in worker.get("/readyz")[1], "the partition is named")
        assert worker.get("/readyz")[0] == 200
        assert worker.metric("jejak_partitions_stopped") == 1
        wait_until(lambda: worker.logged().count(STANDS_STILL) == 1, "it is logged")
        assert _events(space) == {"beside"}

        assert (done := _jejak(space, "dead-letters", "skip", "messages", "0", "0")).status == 0, done.stderr
        assert "go on at offset 3 " in done.stdout
        space.until_committed()
        assert _events(space) == {"behind", "beside"}
        wait_until(lambda: worker.get("/readyz")[1] == "ready\n", "nothing stands still")
        assert worker.logged().count(STANDS_STILL) == 1
    (letter,) = space.dead_letters()
    assert (letter.reason, letter.reasons["offset"], letter.value) == ("UnreadableBatch", "0", b"")


@pytest.mark.usefixtures("taking")
def test_where_the_broker_gives_nothing_for_very_many_offsets_a_person_has_to_name_the_end(
    new_space: Callable[..., Space], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Records may lie between two such batches, so none is jumped over."""
    space = new_space()
    topic = space.settings.topic("messages")
    _put(space, (0, _nothing_in_it(4)), (0, batch([message("between")])), (0, _nothing_in_it(1)))
    monkeypatch.setattr(skipping, "_SILENT_OFFSETS", 3)
    with pytest.raises(skipping.NothingToSkipError, match="--to"):
        space.loop.run(skipping.skip_unreadable(space.settings, topic, 0, 0), timeout=60)
    assert space.loop.run(skipping.skip_unreadable(space.settings, topic, 0, 1), timeout=60).behind == 4
    assert space.loop.run(skipping.skip_unreadable(space.settings, topic, 0, 0, 4), timeout=60).behind == 4


@pytest.mark.usefixtures("taking")
def test_a_letter_that_names_an_offset_behind_the_end_carries_no_partition_there(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """Whoever may write dead letters may write such a one, and what is still to come would be gone past."""
    space = new_space()
    topic = space.settings.topic("messages")
    _put(space, (0, NO_GZIP), (0, batch([message("behind")])))
    with running_worker(space, logs) as worker:
        wait_until(lambda: "stands still" in worker.get("/readyz")[1], "the partition stands still")
        space.loop.run(_write_skip(space, Unreadable(topic, 0, 0, 1_000, "forged", at_offset(NO_GZIP, 0))))
        wait_until(lambda: "past a partition's end" in worker.logged(), "it is told")
        assert "stands still" in worker.get("/readyz")[1]
        assert _jejak(space, "dead-letters", "skip", "messages", "0", "0").status == 0
        space.until_committed()
        _put(space, (0, batch([message("later")])))
        space.until_committed()
    assert _events(space) == {"behind", "later"}


async def _write_skip(space: Space, unreadable: Unreadable) -> None:
    letters = DeadLetters(space.settings, Tuning(), Metrics())
    await letters.send([skip_letter(unreadable)])
    await letters.stop()


@pytest.mark.usefixtures("taking")
def test_a_rebuild_from_kafka_goes_past_where_the_broker_gives_nothing(new_space: Callable[..., Space]) -> None:
    space = new_space()
    _put(space, (0, _nothing_in_it(2)), (0, batch([message("one")])))
    ran = _jejak(space, "rebuild", "--from", "kafka")
    assert ran.status == 0, ran.stderr
    assert "[0]@0 cannot be read: the broker returns nothing there" in ran.stdout + ran.stderr
    assert _events(space) == {"one"}


@pytest.mark.usefixtures("taking")
def test_a_rebuild_from_kafka_goes_past_what_cannot_be_read_and_says_so(
    new_space: Callable[..., Space], logs: Path
) -> None:
    space = new_space()
    _put(
        space,
        (0, batch([message("one")])),
        (0, LENGTHS_LOST),
        (0, batch([message("two"), b"no event"], [(ODD_NAME, None)])),
    )
    ran = _jejak(space, "rebuild", "--from", "kafka")
    assert ran.status == 0, ran.stderr
    assert "[0]@2 cannot be read" in ran.stdout + ran.stderr
    assert _events(space) == {"one", "ahead", "two"}
