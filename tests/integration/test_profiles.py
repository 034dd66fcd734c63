"""Settings that are the server's choice: whatever a profile has, the answers are the same, or the error is told."""

import random
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from clickhouse_connect.driver.models import SettingDef
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from projections.clickhouse import connect
from projections.pinned import PINNED, pin
from projections.rebuild.course import rebuild
from schemas.catalogue import BY_NAME
from tests.exactness.comparison import differences
from tests.exactness.drawing import Raw, event_sets, respelt
from tests.exactness.feeding import in_workspace, store, tie_breaks
from tests.exactness.oracle.oracle import Oracle
from tests.support.kafka import RawRecord
from tests.support.loop import BackgroundLoop
from tests.support.profile import running_with_profile
from tests.support.proxy import Proxy, running_proxy
from tests.support.space import Space, made_space
from tests.support.stack import Stack
from tests.support.worker import Worker, running_worker

#: Each setting at another value than the pinned one.
_OTHER = {"0": "1", "1": "0", "throw": "break", "disable": "enable", "INVOKER": "DEFINER", "DEFINER": "INVOKER"}
OTHER = {name: _OTHER.get(value, "") for name, value in PINNED.items()} | {
    "group_by_overflow_mode": "any",
    "deduplicate_insert_select": "force_enable",
    "distributed_ddl_output_mode": "none",
    "distributed_ddl_task_timeout": "1",
    "date_time_input_format": "best_effort",
    "union_default_mode": "DISTINCT",
    "insert_deduplication_token": "the same for all",
    "additional_table_filters": "{'events':'0'}",
    "additional_result_filter": "0",
}
#: With these the embedded server cannot read its own books. What is sent is checked for them, as for all others.
_ITS_OWN = ("limit", "offset", "additional_result_filter", "use_query_cache")
PROFILE = {name: value for name, value in OTHER.items() if name not in _ITS_OWN}
SETS = 6


@pytest.fixture(scope="module")
def proxied(
    stack: Stack, loop: BackgroundLoop, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Space, Worker, Proxy]]:
    """A worker that reaches a ClickHouse of that profile through a proxy."""
    directory = tmp_path_factory.mktemp("profile")
    with (
        running_with_profile(directory, PROFILE) as clickhouse,
        running_proxy(clickhouse, loop) as proxy,
        made_space(replace(stack, clickhouse=clickhouse), loop, proxy.url) as space,
        running_worker(space, directory) as worker,
    ):
        yield space, worker, proxy


def test_the_server_has_every_setting_at_the_other_value(proxied: tuple[Space, Worker, Proxy]) -> None:
    server_settings = proxied[0].client.server_settings
    for name, value in PROFILE.items():
        if name != "async_insert":  # the embedded server cannot do that, and turns it off
            assert server_settings[name].value == value, name
            assert server_settings[name].value != PINNED[name], name


@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(bundle=st.lists(event_sets(), min_size=SETS, max_size=SETS), seed=st.integers(0, 2**32))
def test_every_view_is_exact_under_a_profile_of_other_values(
    proxied: tuple[Space, Worker, Proxy], bundle: list[list[Raw]], seed: int
) -> None:
    """The whole path: worker, merges, and a rebuild behind it."""
    space, _, _ = proxied
    dice = random.Random(seed)
    sets = {f"s{seed}.{index}": in_workspace(raws, f"s{seed}.{index}") for index, raws in enumerate(bundle)}
    raws = [raw for events in sets.values() for raw in events]
    dice.shuffle(raws)
    for part in (raws[::2], raws[1::2], raws):
        space.append(RawRecord(topic=BY_NAME[raw["type"]].topic, value=respelt(raw, dice), key=None) for raw in part)
        space.until_committed()
    hashes = tie_breaks(space.client)
    oracles = {name: Oracle(events, hashes) for name, events in sets.items()}
    assert differences(space.client, oracles) == []
    rebuild(space.direct, lambda *_: None)
    assert differences(space.client, oracles) == []


def test_every_request_of_a_worker_carries_the_pinned_settings(proxied: tuple[Space, Worker, Proxy]) -> None:
    """`async_insert`, `limit` and the like, which the embedded server cannot be given, included."""
    space, _, proxy = proxied
    space.append([RawRecord(topic="labels", value=b"{}", key=None)])
    space.until_committed()
    asked = [parse_qs(urlsplit(line.split(" ")[1]).query, keep_blank_values=True) for line in proxy.asked]
    ours = [query for query in asked if "async_insert" in query]
    inserts = [query for query in ours if query.get("query", [""])[0].startswith("INSERT")]
    assert any("INTO events" in query["query"][0] for query in inserts)
    for query in ours:
        assert {name: query[name] for name in PINNED} == {name: [value] for name, value in PINNED.items()}
    # Opening a client asks for version and settings, before any can be sent.
    assert all("INSERT" not in query.get("query", [""])[0] for query in asked if query not in ours)


def test_a_limit_stops_what_rests_on_an_answer_and_never_cuts_it(stack: Stack, loop: BackgroundLoop) -> None:
    """The hazard: a rebuild pours the events that a limit left, and counts them to be all."""
    pour = "INSERT INTO session_starts (workspace_id, session_id) SELECT workspace_id, event_id FROM events"
    limits = {"max_rows_to_read": "5000", "max_block_size": "1000", "max_threads": "1"}
    raw = {"specversion": "1.0", "source": "s", "type": "label.added", "time": "2025-01-01T00:00:00Z"}
    ids = {"contact_id": "c", "conversation_id": "v", "label_id": "l"}
    raws = [raw | {"id": str(n), "workspaceid": "w", "data": ids} for n in range(20_000)]
    with made_space(stack, loop) as space, connect(space.direct) as client:
        store(client, raws, random.Random(1))
        for sql in ("SELECT uniqExact(event_id) FROM events", pour):
            with pytest.raises(DatabaseError, match="Limit for rows"):
                client.command(sql, settings=limits)
        # What it would be without: the same limits, with the pinned mode as a profile may have it.
        limits["read_overflow_mode"] = "break"
        assert int(str(client.command("SELECT uniqExact(event_id) FROM events", settings=limits))) < len(raws)
        client.command(pour, settings=limits)
        assert 0 < space.stored("session_starts") < len(raws)


def test_a_setting_that_is_constant_at_another_value_is_refused_in_one_line(stack: Stack, loop: BackgroundLoop) -> None:
    with made_space(stack, loop) as space, connect(space.direct) as client:
        client.server_settings["async_insert"] = SettingDef(name="async_insert", value="1", readonly=1)
        with pytest.raises(ValueError, match="async_insert at '1' for this user, and Jejak needs '0'"):
            pin(client)
        client.server_settings["async_insert"] = SettingDef(name="async_insert", value="0", readonly=1)
        del client.server_settings["deduplicate_insert"]
        pin(client)
