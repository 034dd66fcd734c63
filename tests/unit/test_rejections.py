"""What was rejected in the log: everything is counted in some line, and a storm does not drown the others."""

from types import SimpleNamespace

from processors.stream.rejections import FIRST_SECONDS, LONGEST_SECONDS, Rejections, Told
from schemas.rejection import Reason, RejectedError


def rejected(topic: str, *reasons: Reason, offset: int = 0) -> Rejections:
    found = Rejections(topic)
    for number, reason in enumerate(reasons):
        found.note(SimpleNamespace(partition=2, offset=offset + number), RejectedError(reason, f"{reason}: wrong"))
    return found


def test_the_batches_of_a_flush_are_one_line_a_topic_with_its_first_example() -> None:
    told = Told()
    told.add(rejected("journey.labels", Reason.NOT_JSON, Reason.NOT_JSON, offset=7))
    told.add(rejected("journey.labels", Reason.INVALID_DATA, offset=90))
    told.add(rejected("journey.touches", Reason.TOO_LARGE))
    labels, touches = told.take(0.0)
    assert (labels.topic, touches.topic) == ("journey.labels", "journey.touches")
    assert labels.reasons == {"NotJson": 2, "InvalidData": 1}
    assert labels.example == (2, 7, "NotJson: wrong")
    assert told.take(0.0) == []
    assert told.next_due() is None


def test_a_storm_of_an_hour_is_a_few_lines_and_none_of_it_is_left_out() -> None:
    told, lines, sent = Told(), 0, 0
    counted = 0
    for flush in range(7_200):
        told.add(rejected("journey.labels", *[Reason.NOT_JSON] * 3))
        sent += 3
        found = told.take(flush / 2)
        lines += len(found)
        counted += sum(item.reasons.total() for item in found)
    counted += sum(item.reasons.total() for item in told.take(float("inf")))
    assert counted == sent
    assert lines <= 130


def test_a_storm_in_one_topic_keeps_no_other_waiting() -> None:
    told = Told()
    for flush in range(100):
        told.add(rejected("journey.labels", Reason.NOT_JSON))
        told.take(flush / 2)
    told.add(rejected("journey.touches", Reason.NOT_JSON))
    assert [item.topic for item in told.take(50.0)] == ["journey.touches"]


def test_what_is_not_due_yet_is_told_when_it_is_and_after_a_quiet_time_at_once_again() -> None:
    told = Told()
    told.add(rejected("journey.labels", Reason.NOT_JSON))
    assert len(told.take(10.0)) == 1
    told.add(rejected("journey.labels", Reason.NOT_JSON))
    assert told.take(10.5) == []
    assert told.next_due() == 10.0 + FIRST_SECONDS
    assert len(told.take(10.0 + FIRST_SECONDS)) == 1
    later = 100.0 + 2 * LONGEST_SECONDS
    for now in (later, later + FIRST_SECONDS):
        told.add(rejected("journey.labels", Reason.NOT_JSON))
        assert len(told.take(now)) == 1
