"""Every view equals a plain fold of the set of events, whatever the order, the batches and the duplicates.

It can fail: `make test-mistakes` makes a dozen mistakes, such as a version without its tie-break, a filter on cleared
statuses or `min` of nothing, and it must catch each of them.
"""

import itertools
import os
import random
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.exactness.comparison import differences, lookup_differences
from tests.exactness.drawing import Raw, event_sets
from tests.exactness.feeding import in_workspace, store, tie_breaks
from tests.exactness.oracle.oracle import Oracle

#: Sets are drawn and fed in bundles, because an INSERT costs the same for one as for ten.
BUNDLE = 10
BUNDLES = int(os.environ.get("JEJAK_TEST_EXACTNESS", "30"))
TABLES = ("events", "conversation_facts", "conversation_labels", "person_facts", "ad_touches", "contact_roots",
          "session_starts", "visitor_ties", "pipeline_status_facts", "responses", "pipeline_changes")  # fmt: skip
_number = itertools.count()


@pytest.fixture(scope="module")
def hashes(tables: Client) -> dict[tuple[str, str], int]:
    return tie_breaks(tables)


def feed(client: Client, sets: dict[str, list[Raw]], dice: random.Random) -> None:
    """Feed all sets: shuffled, in several blocks, with duplicates, a replay now and then, merges of parts between."""
    raws = [raw for events in sets.values() for raw in events]
    raws += [raw for raw in raws if dice.random() < 0.3]
    dice.shuffle(raws)
    blocks = dice.choice([1, 2, 3])
    for index in range(blocks):
        if part := raws[index::blocks]:
            store(client, part, dice)
        if dice.random() < 0.3:
            client.command(f"OPTIMIZE TABLE {dice.choice(TABLES)} FINAL")
    if dice.random() < 0.3:
        store(client, raws, dice)


@settings(max_examples=BUNDLES, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(bundle=st.lists(event_sets(), min_size=BUNDLE, max_size=BUNDLE), seed=st.integers(0, 2**32))
def test_every_view_equals_a_plain_fold_in_any_order(
    tables: Client, hashes: dict[Any, int], bundle: list[list[Raw]], seed: int
) -> None:
    dice = random.Random(seed)
    run = next(_number)
    oracles: dict[str, Oracle] = {}
    for variant in range(2):
        sets = {f"w{run}.{variant}.{i}": in_workspace(raws, f"w{run}.{variant}.{i}") for i, raws in enumerate(bundle)}
        feed(tables, sets, dice)
        oracles |= {workspace: Oracle(raws, hashes) for workspace, raws in sets.items()}
    assert differences(tables, oracles) == []
    workspace = dice.choice(list(oracles))
    assert lookup_differences(tables, workspace, oracles[workspace]) == []
