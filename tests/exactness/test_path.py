"""The same equality through the whole path: Kafka, two workers, ClickHouse."""

import itertools
import random
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from schemas.catalogue import BY_NAME
from schemas.constants import PARTITIONS
from tests.exactness.comparison import differences
from tests.exactness.drawing import Raw, event_sets, respelt
from tests.exactness.feeding import in_workspace, tie_breaks
from tests.exactness.oracle.oracle import Oracle
from tests.support.kafka import RawRecord
from tests.support.loop import BackgroundLoop
from tests.support.space import Space, made_space
from tests.support.stack import Stack
from tests.support.worker import running_worker

BUNDLE = 10
_number = itertools.count()


@pytest.fixture(scope="module")
def space(stack: Stack, loop: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Space]:
    """A space that two workers share."""
    with ExitStack() as running:
        made = running.enter_context(made_space(stack, loop))
        for number in range(2):
            running.enter_context(running_worker(made, tmp_path_factory.mktemp(f"worker{number}")))
        yield made


@settings(max_examples=3, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(bundle=st.lists(event_sets(), min_size=BUNDLE, max_size=BUNDLE), seed=st.integers(0, 2**32))
def test_every_view_equals_a_plain_fold_through_kafka_and_two_workers(
    space: Space, bundle: list[list[Raw]], seed: int
) -> None:
    """Shuffled, with duplicates in other words, over partitions that no key decides, in two appends."""
    dice = random.Random(seed)
    run = next(_number)
    sets = {f"p{run}.{index}": in_workspace(raws, f"p{run}.{index}") for index, raws in enumerate(bundle)}
    raws = [raw for events in sets.values() for raw in events]
    raws += [raw for raw in raws if dice.random() < 0.3]
    dice.shuffle(raws)
    half = len(raws) // 2
    for part in (raws[:half], raws[half:]):
        space.append(_record(raw, dice) for raw in part)
    space.until_committed()
    hashes = tie_breaks(space.client)
    assert differences(space.client, {name: Oracle(events, hashes) for name, events in sets.items()}) == []


def _record(raw: Raw, dice: random.Random) -> RawRecord:
    return RawRecord(
        topic=BY_NAME[raw["type"]].topic, value=respelt(raw, dice), partition=dice.randrange(PARTITIONS), key=None
    )
