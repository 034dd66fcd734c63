"""Bytes that no ordinary client sends: what can be told apart is kept, what cannot stops its partition alone."""

import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from processors.fetch.record_bytes import number, sized
from tests.support.hostile import LENGTHS_LOST, NO_GZIP, STANDS_STILL, events, put_in, run_jejak
from tests.support.raw_batches import batch, message, with_records
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import LAUNCHER, running_worker

ODD = b"HDR\xff\xfe\xfdX"
ODD_NAME = ODD.decode("utf-8", "surrogateescape")


def test_a_header_whose_name_is_not_utf8_is_kept_byte_for_byte_and_stops_nothing(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """A valid event is stored, an invalid one is a dead letter with that very name, through a replay too."""
    space = new_space()
    headers = [(ODD_NAME, b"1"), ("plain", None)]
    put_in(space, (0, batch([message("good"), b"no event"], headers)))
    with running_worker(space, logs) as worker:
        space.until_committed()
        assert events(space) == {"good"}
        (letter,) = space.dead_letters()
        assert (letter.value, list(letter.headers)) == (b"no event", headers)
        assert "header HDR\\xff\\xfe\\xfdX: 1" in run_jejak(space, "dead-letters", "show", letter.id).stdout
        for arguments in (["show", letter.id, "--json"], ["list", "--json"], ["replay", letter.id, "--force"]):
            assert (ran := run_jejak(space, "dead-letters", *arguments)).status == 0, ran.stderr
        wait_until(lambda: len(space.dead_letters()) == 2, "the record that was put back is rejected again")
        assert {tuple(letter.headers) for letter in space.dead_letters()} == {tuple(headers)}
        assert worker.alive
        assert run_jejak(space, "status").status == 0


def test_a_bomb_is_a_dead_letter_with_its_hash_and_memory_stays_bounded(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """600 MiB of zeros in some 600 KB of gzip, which every broker takes."""
    space = new_space()
    bomb = _bomb(600 * 2**20)
    assert len(bomb) < 2**20
    with running_worker(space, logs) as worker:
        put_in(space, (0, bomb), (0, batch([message("behind")])), (1, batch([message("beside")])))
        space.until_committed()
        assert worker.alive
        assert worker.peak_bytes() < 400 * 2**20
    assert events(space) == {"behind", "beside"}
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
        put_in(space, (0, batch([message("before")])), (0, LENGTHS_LOST), (0, batch([message("behind")])))
        put_in(space, (1, batch([message("beside")])))
        wait_until(lambda: events(space) == {"before", "ahead", "beside"}, "all that can be read is stored")
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
        told = run_jejak(space, "status")
        assert (told.status, place in told.stderr) == (1, True)
        wait_until(lambda: worker.logged().count(STANDS_STILL) == 1, "it is logged")

        wrong = run_jejak(space, "dead-letters", "skip", "messages", "0", "1")
        assert wrong.is_one_clear_line("can be read")
        # Behind the end lie the records that are still to come.
        beyond = run_jejak(space, "dead-letters", "skip", "messages", "0", "2", "--to", "99")
        assert beyond.is_one_clear_line("--to", "ends at offset")
        done = run_jejak(space, "dead-letters", "skip", "messages", "0", "2")
        assert done.status == 0, done.stderr
        space.until_committed()
        assert events(space) == {"before", "ahead", "beside", "behind"}
        assert worker.alive
        wait_until(lambda: worker.get("/readyz")[1] == "ready\n", "nothing stands still")
        assert worker.metric("jejak_partitions_stopped") == 0
        assert worker.logged().count(STANDS_STILL) == 1
    (letter,) = space.dead_letters()
    assert letter.value[8:] == LENGTHS_LOST[8:]
    assert (letter.reason, letter.topic, letter.reasons["offset"]) == ("UnreadableBatch", topic, "2")
    assert "whole batch" in run_jejak(space, "dead-letters", "replay", letter.id, "--force").stderr
    # A worker that is started anew does not look at it again.
    with running_worker(space, logs) as worker:
        put_in(space, (0, batch([message("later")])))
        space.until_committed()
        assert "stands still" not in worker.logged()


@pytest.mark.usefixtures("taking")
def test_two_such_batches_are_gone_past_before_a_worker_is_there_and_without_harm_by_one_that_dies(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """What was decided stays decided, whichever worker comes to it."""
    space = new_space()
    put_in(space, (0, LENGTHS_LOST), (0, batch([message("between")])), (0, LENGTHS_LOST), (0, batch([message("end")])))
    for offset in (5, 1):
        assert (ran := run_jejak(space, "dead-letters", "skip", "messages", "0", str(offset))).status == 0, ran.stderr
    with running_worker(space, logs) as worker:
        wait_until(lambda: "between" in events(space), "it is on its way")
        worker.kill()
    with running_worker(space, logs):
        space.until_committed()
    assert events(space) == {"ahead", "between", "end"}


@pytest.mark.usefixtures("taking")
def test_an_offset_amid_the_batch_lets_workers_past_it_as_its_first_one_does(
    new_space: Callable[..., Space], logs: Path
) -> None:
    space = new_space()
    put_in(space, (0, NO_GZIP), (0, batch([message("behind")])))
    assert (ran := run_jejak(space, "dead-letters", "skip", "messages", "0", "1")).status == 0, ran.stderr
    with running_worker(space, logs):
        space.until_committed()
    assert events(space) == {"behind"}


@pytest.mark.usefixtures("taking")
def test_one_batch_of_very_many_bad_records_does_not_have_the_worker_restarted(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """Their letters take twice as long as a batch may be in flight; while the broker takes them nothing is stuck."""
    space = new_space()
    put_in(space, (0, batch([b""] * 240, codec="gzip")))
    with running_worker(space, logs, LAUNCHER, {"STUCK_SECONDS": "6", "LETTER_SECONDS": "0.05"}) as worker:
        space.until_committed(120)
        assert worker.alive
        assert "a batch is stuck" in worker.logged(), "it took too little time to show anything"


@pytest.mark.usefixtures("taking")
def test_a_rebuild_from_kafka_goes_past_what_cannot_be_read_and_says_so(
    new_space: Callable[..., Space], logs: Path
) -> None:
    space = new_space()
    put_in(
        space,
        (0, batch([message("one")])),
        (0, LENGTHS_LOST),
        (0, batch([message("two"), b"no event"], [(ODD_NAME, None)])),
    )
    ran = run_jejak(space, "rebuild", "--from", "kafka")
    assert ran.status == 0, ran.stderr
    assert "[0]@2 cannot be read" in ran.stdout + ran.stderr
    assert events(space) == {"one", "ahead", "two"}
