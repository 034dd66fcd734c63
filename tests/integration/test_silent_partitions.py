"""Partitions of which the broker gives nothing, and letters that name what is to come: no record is jumped over."""

from collections.abc import Callable
from pathlib import Path

import pytest

from processors.dead_letters import skipping
from processors.dead_letters.dead_letter import DeadLetters
from processors.dead_letters.skipped import skip_letter
from processors.fetch.batch_header import HEADER_BYTES
from processors.fetch.unreadable import Unreadable
from processors.telemetry.metrics import Metrics
from processors.tuning import Tuning
from tests.support.hostile import NO_GZIP, STANDS_STILL, events, put_in, run_jejak
from tests.support.raw_batches import at_offset, batch, message, with_records
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker


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
        put_in(space, (0, _nothing_in_it(3)), (0, batch([message("behind")])), (1, batch([message("beside")])))
        place = f"{topic}[0] stands still at offset 0: the broker returns nothing there, though the partition goes on"
        told = run_jejak(space, "status")
        assert (told.status, place in told.stderr) == (1, True)
        assert "cannot be reached" not in told.stderr
        wait_until(lambda: place in worker.get("/readyz")[1], "the partition is named")
        assert worker.get("/readyz")[0] == 200
        assert worker.metric("jejak_partitions_stopped") == 1
        wait_until(lambda: worker.logged().count(STANDS_STILL) == 1, "it is logged")
        assert events(space) == {"beside"}

        assert (done := run_jejak(space, "dead-letters", "skip", "messages", "0", "0")).status == 0, done.stderr
        assert "go on at offset 3 " in done.stdout
        space.until_committed()
        assert events(space) == {"behind", "beside"}
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
    put_in(space, (0, _nothing_in_it(4)), (0, batch([message("between")])), (0, _nothing_in_it(1)))
    monkeypatch.setattr(skipping, "_SILENT_OFFSETS", 3)
    with pytest.raises(skipping.NothingToSkipError, match="--to"):
        space.loop.run(skipping.skip_unreadable(space.settings, topic, 0, 0), timeout=60)
    assert space.loop.run(skipping.skip_unreadable(space.settings, topic, 0, 1), timeout=60).behind == 4
    assert space.loop.run(skipping.skip_unreadable(space.settings, topic, 0, 0, 4), timeout=60).behind == 4


@pytest.mark.usefixtures("taking")
def test_a_rebuild_from_kafka_goes_past_where_the_broker_gives_nothing(new_space: Callable[..., Space]) -> None:
    space = new_space()
    put_in(space, (0, _nothing_in_it(2)), (0, batch([message("one")])))
    ran = run_jejak(space, "rebuild", "--from", "kafka")
    assert ran.status == 0, ran.stderr
    assert "[0]@0 cannot be read: the broker returns nothing there" in ran.stdout + ran.stderr
    assert events(space) == {"one"}


@pytest.mark.usefixtures("taking")
def test_a_letter_that_names_an_offset_behind_the_end_carries_no_partition_there(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """Whoever may write dead letters may write such a one, and what is still to come would be gone past."""
    space = new_space()
    topic = space.settings.topic("messages")
    put_in(space, (0, NO_GZIP), (0, batch([message("behind")])))
    with running_worker(space, logs) as worker:
        wait_until(lambda: "stands still" in worker.get("/readyz")[1], "the partition stands still")
        space.loop.run(_write_skip(space, Unreadable(topic, 0, 0, 1_000, "forged", at_offset(NO_GZIP, 0))))
        wait_until(lambda: "past a partition's end" in worker.logged(), "it is told")
        assert "stands still" in worker.get("/readyz")[1]
        assert run_jejak(space, "dead-letters", "skip", "messages", "0", "0").status == 0
        space.until_committed()
        put_in(space, (0, batch([message("later")])))
        space.until_committed()
    assert events(space) == {"behind", "later"}


async def _write_skip(space: Space, unreadable: Unreadable) -> None:
    letters = DeadLetters(space.settings, Tuning(), Metrics())
    await letters.send([skip_letter(unreadable)])
    await letters.stop()
