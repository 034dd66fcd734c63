"""`jejak status`: each unhealthy condition is produced for real, and is told with exit status 1 and what to do."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from deploy.local.ports import claim
from processors.dead_letters.marks import Mark
from tests.support.events import event, new_workspace
from tests.support.jejak import Ran, jejak
from tests.support.kafka import RawRecord
from tests.support.processes import JEJAK, Process
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker, start_worker

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "text": "Halo"}


def _status(space: Space, **changes: str) -> Ran:
    return jejak("status", "--json", settings=space.environment | changes)


def _says(ran: Ran, *words: str) -> bool:
    """Whether one of its problems has all these words."""
    return any(all(word in problem for word in words) for problem in ran.rows[0]["problems"])


def _incoming() -> dict[str, object]:
    return event("message.incoming", new_workspace(), MESSAGE)


def test_records_that_wait_without_a_worker_are_unhealthy(new_space: Callable[..., Space]) -> None:
    space = new_space()
    assert _status(space).status == 0
    assert _status(space).rows[0]["warnings"] == [f"no worker is in the group {space.name}"]
    space.append_events([_incoming()])
    ran = _status(space)
    assert ran.status == 1
    assert _says(ran, "1 record waits", "jejak worker"), ran
    assert not _says(ran, "old")
    (row,) = [row for row in ran.rows[0]["lag"] if row["lag"]]
    assert (row["committed"], row["end"], row["lag"]) == (None, 1, 1)
    assert row["oldest_at"] is not None


def test_a_record_that_waits_for_longer_than_a_minute_is_unhealthy(new_space: Callable[..., Space]) -> None:
    space = new_space()
    minutes_ago = int((time.time() - 180) * 1000)
    space.append([RawRecord("labels", b"{}", partition=2, timestamp_ms=minutes_ago), RawRecord("labels", b"{}")])
    ran = _status(space)
    assert ran.status == 1
    assert _says(ran, "oldest record", "3 minutes old"), ran
    assert ran.rows[0]["oldest_unstored_seconds"] > 175
    shown = jejak("status", settings=space.environment)
    assert shown.status == 1
    assert "3 minutes ago" in shown.stdout
    assert "unhealthy" in shown.stdout
    assert "3 minutes old" in shown.stderr


@contextmanager
def _mute_server() -> Iterator[int]:
    """A port that takes connections and never says anything."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_kafka_and_clickhouse_away_are_both_told_in_one_run(new_space: Callable[..., Space]) -> None:
    port = claim(0, "", "")
    space = new_space()
    away = {"JEJAK_KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{port}", "JEJAK_CLICKHOUSE_URL": f"http://127.0.0.1:{port}/x"}
    ran = _status(space, **away)
    assert ran.status == 1
    assert _says(ran, "Kafka cannot be reached", "nothing listens", "JEJAK_KAFKA_BOOTSTRAP_SERVERS"), ran
    assert _says(ran, "ClickHouse cannot be reached", "nothing listens", "JEJAK_CLICKHOUSE_URL"), ran
    unknown = _status(space, JEJAK_CLICKHOUSE_URL="http://nosuch.invalid/x")
    assert _says(unknown, "host name is unknown"), unknown
    assert len(unknown.rows[0]["lag"]) == 28


def test_a_kafka_and_a_clickhouse_that_hang_do_not_hang_status(new_space: Callable[..., Space]) -> None:
    with _mute_server() as port:
        ran = _status(
            new_space(),
            JEJAK_KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{port}",
            JEJAK_CLICKHOUSE_URL=f"http://127.0.0.1:{port}/x",
        )
    assert ran.status == 1
    assert _says(ran, "Kafka cannot be reached", "no answer"), ran
    assert _says(ran, "ClickHouse cannot be reached", "no answer"), ran


def test_what_is_missing_in_clickhouse_is_unhealthy_and_what_is_of_another_version_is_not(
    new_space: Callable[..., Space],
) -> None:
    space = new_space()
    space.client.command(
        "INSERT INTO schema_history (jejak_version, object, action, checksum) VALUES ('9', 'leads', 'replaced', 'x')"
    )
    ran = _status(space)
    assert ran.status == 0
    assert "view leads is of another version; run `jejak migrate`" in ran.rows[0]["warnings"]
    space.client.command("DROP VIEW session_starts_from_events")
    space.client.command("DROP VIEW pipeline_board")
    ran = _status(space)
    assert ran.status == 1
    assert _says(ran, "materialized view session_starts_from_events", "jejak migrate"), ran
    assert _says(ran, "view pipeline_board is missing", "jejak migrate"), ran
    assert not _says(ran, "jejak rebuild"), "no row has passed the view: workers waited"
    space.client.command("DROP TABLE session_starts SYNC")
    assert _says(_status(space), "table session_starts", "`jejak migrate`, then `jejak rebuild`")
    space.client.command("DROP TABLE events SYNC")
    assert _says(_status(space), "table events", "`jejak rebuild --from kafka`")
    elsewhere = space.environment["JEJAK_CLICKHOUSE_URL"] + "_elsewhere"
    assert _says(_status(space, JEJAK_CLICKHOUSE_URL=elsewhere), "database does not exist", "jejak migrate")


def test_a_missing_topic_is_unhealthy_and_dead_letters_are_a_warning(new_space: Callable[..., Space]) -> None:
    space = new_space()
    headers = (("__connect.errors.exception.class.name", b"NotJson"), ("__connect.errors.topic", b"t"))
    sent = [RawRecord("dead-letters", value, headers=headers, partition=1) for value in (b"x", b"y", b"z")]
    (_, _, offset), *_ = space.append(sent)
    mark = Mark((1, offset), "t", 0, 0)
    space.append([RawRecord("dead-letters", None, key=mark.key, headers=tuple(mark.headers), partition=1)])
    ran = _status(space)
    assert ran.status == 0
    assert "2 dead letters wait; see `jejak dead-letters list --waiting`" in ran.rows[0]["warnings"]
    assert ran.rows[0]["dead_letters"]["count"] == 2
    assert ran.rows[0]["dead_letters"]["last"]["reason"] == "NotJson"

    async def delete() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=space.settings.kafka_bootstrap_servers)
        await admin.start()
        try:
            await admin.delete_topics([space.settings.topic("labels")])
        finally:
            await admin.close()

    space.loop.run(delete())
    ran = _status(space)
    assert ran.status == 1
    assert _says(ran, "topics are missing", space.settings.topic("labels"), "jejak topics"), ran


def test_a_worker_that_was_killed_is_no_member_and_its_series_are_the_others(
    new_space: Callable[..., Space], logs: Path
) -> None:
    """The hazard: a member that is dead, or the lag of a partition that went away, is shown for ever."""
    space = new_space()
    with running_worker(space, logs) as first:
        assert len(_status(space).rows[0]["group"]["members"]) == 1
        assert _lag_series(first) == 28
        with start_worker(space, logs) as second:
            wait_until(lambda: first.metric("jejak_partitions_held") == 14, "they share the partitions", 60)
            wait_until(lambda: _lag_series(first) == 14, "what went away is shown no more")
            assert len(_status(space).rows[0]["group"]["members"]) == 2
            second.kill()
        first.kill()
    space.append_events([_incoming()])
    ran = wait_until(
        lambda: answer if _says(answer := _status(space), "no worker") else None, "nobody is left", timeout=60
    )
    assert ran.status == 1
    assert ran.rows[0]["group"]["members"] == []


def _lag_series(worker: object) -> int:
    _, text = worker.get("/metrics")  # type: ignore[attr-defined]
    return sum(line.startswith("jejak_lag_records{") for line in text.splitlines())


def test_watch_looks_again_until_ctrl_c_and_ends_well(pipeline: Space, tmp_path: Path) -> None:
    with Process([*JEJAK, "status", "--watch"], tmp_path / "watch.log", pipeline.environment) as watching:
        wait_until(lambda: watching.said().count("Ctrl-C ends") >= 2, "it has looked twice", 60)
        assert watching.said().count("healthy") >= 2
        watching.interrupt()
        assert watching.wait() == 0
    assert watching.logged() == ""


@pytest.mark.parametrize("options", [("--json", "--watch")])
def test_status_for_machines_is_one_look(pipeline: Space, options: tuple[str, ...]) -> None:
    assert jejak("status", *options, settings=pipeline.environment).is_one_clear_line("--watch")
