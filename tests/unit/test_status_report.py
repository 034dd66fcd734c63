"""What `jejak status` makes of what Kafka tells."""

import pytest

from commands.status.report import Report
from processors.dead_letters.summary import Waiting
from processors.kafka.group import Group, Member
from processors.kafka.lag import PartitionLag
from processors.stream.state import KafkaState


def report(lag: PartitionLag) -> Report:
    group = Group("jejak", "Stable", [Member("w", "here", 1)])
    return Report(at=1_000.0, kafka=KafkaState([lag], group, Waiting()))


def test_an_offset_behind_the_end_is_no_healthy_group() -> None:
    problems = report(PartitionLag("journey.labels", 2, committed=5_000, end=378, lag=378)).problems()
    assert [line for line in problems if "journey.labels[2]" in line and "5000 is behind the end 378" in line]


@pytest.mark.parametrize("committed", [None, 0, 378])
def test_an_offset_up_to_the_end_is(committed: int | None) -> None:
    assert report(PartitionLag("journey.labels", 2, committed=committed, end=378, lag=0)).problems() == []
