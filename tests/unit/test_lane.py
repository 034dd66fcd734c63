"""Lanes: what may be committed is the end of the contiguous prefix that is done, whatever happens in which order."""

from collections import defaultdict

from aiokafka.structs import TopicPartition
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.stream.batch import Batch
from processors.stream.lane import Lane, Lanes

PARTITION = TopicPartition("journey.messages", 0)
OTHER = TopicPartition("journey.messages", 1)

#: What happens next: a batch is entered in one of two partitions, some batch gets done, what may be is committed,
#: or the broker refuses that commit. The number chooses the partition or the batch.
ACTIONS = st.sampled_from(["enter", "enter", "done", "done", "commit", "refused"])
STEPS = st.lists(st.tuples(ACTIONS, st.integers(0, 7)), min_size=4, max_size=60)


def batch(next_offset: int, partition: TopicPartition = PARTITION, size: int = 1) -> Batch:
    return Batch(partition, (), next_offset - 1, next_offset, size)


@settings(max_examples=500)
@given(STEPS)
def test_no_interleaving_commits_past_an_undone_batch_or_moves_backwards(steps: list[tuple[str, int]]) -> None:
    lanes = Lanes()
    entered: dict[TopicPartition, list[Batch]] = defaultdict(list)
    committed: dict[TopicPartition, int] = {}
    for action, number in steps:
        if action == "enter":
            partition = TopicPartition("t", number % 2)
            end = entered[partition][-1].next_offset if entered[partition] else 0
            made = batch(end + 1 + number, partition)
            entered[partition].append(made)
            lanes.enter(made)
        elif action == "done":
            everything = [item for batches in entered.values() for item in batches]
            if everything:
                everything[number % len(everything)].done = True
        else:
            offsets = lanes.committable()
            for partition, offset in offsets.items():
                ends = [item.next_offset for item in entered[partition]]
                assert offset in ends
                assert all(item.done for item in entered[partition] if item.next_offset <= offset)
                assert offset > committed.get(partition, 0)
            if action == "commit":
                lanes.committed(offsets)
                committed |= offsets
    for batches in entered.values():
        for item in batches:
            item.done = True
    committed |= lanes.committable()
    # Nothing that is done is left behind either.
    assert committed == {partition: batches[-1].next_offset for partition, batches in entered.items()}


@settings(max_examples=500)
@given(STEPS)
def test_waiting_is_every_batch_that_is_not_done_in_the_order_of_fetching(steps: list[tuple[str, int]]) -> None:
    lane = Lane()
    entered: list[Batch] = []
    for action, number in steps:
        if action == "enter":
            entered.append(batch(len(entered) + 1))
            lane.enter(entered[-1])
        elif action == "done" and entered:
            entered[number % len(entered)].done = True
        elif action == "commit":
            lane.committable()
        assert lane.waiting() == [item for item in entered if not item.done]


def test_a_gap_holds_back_everything_behind_it() -> None:
    lane = Lane()
    batches = [batch(offset) for offset in (100, 200, 300, 400)]
    for item in batches:
        lane.enter(item)
    batches[0].done = batches[3].done = True
    assert lane.committable() == 100
    lane.committed(100)
    assert lane.committable() is None
    batches[1].done = True
    assert lane.committable() == 200
    batches[2].done = True
    assert lane.committable() == 400


def test_an_offset_that_the_broker_refused_is_offered_again() -> None:
    lane = Lane()
    lane.enter(batch(7))
    lane.waiting()[0].done = True
    assert lane.committable() == 7
    assert lane.committable() == 7
    lane.committed(7)
    assert lane.committable() is None


def test_a_cleared_lane_offers_nothing_of_what_it_held() -> None:
    lanes = Lanes()
    old = batch(50)
    lanes.enter(old)
    lanes.clear()
    old.done = True
    assert lanes.committable() == {}
    assert lanes.waiting() == []
    # The broker's answer to a commit from before is nobody's business any more.
    lanes.committed({PARTITION: 50})
    new = batch(10)
    new.done = True
    lanes.enter(new)
    assert lanes.committable() == {PARTITION: 10}


def test_partitions_do_not_wait_for_each_other() -> None:
    lanes = Lanes()
    slow, quick = batch(5), batch(9, OTHER)
    lanes.enter(slow)
    lanes.enter(quick)
    quick.done = True
    assert lanes.committable() == {OTHER: 9}


def test_admission_counts_batches_of_a_partition_and_bytes_of_all() -> None:
    lanes = Lanes()
    for offset in (1, 2):
        lanes.enter(batch(offset, size=10))
    both = {PARTITION, OTHER}
    assert lanes.with_room(both, max_batches=3, max_bytes=21) == both
    assert lanes.with_room(both, max_batches=2, max_bytes=21) == {OTHER}
    assert lanes.with_room(both, max_batches=3, max_bytes=20) == set()
    for item in lanes.waiting():
        item.done = True
    assert lanes.with_room(both, max_batches=1, max_bytes=1) == both


def test_one_batch_is_admitted_whatever_its_size() -> None:
    assert Lanes().with_room([PARTITION], max_batches=1, max_bytes=1) == {PARTITION}
