"""`jejak up`: the embedded stack as one command, from its ready line to its end, however it ends."""

import json
import os
import re
import signal
import socket
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client

from tests.support.events import event, record
from tests.support.jejak import jejak
from tests.support.kafka import append_raw
from tests.support.loop import BackgroundLoop
from tests.support.processes import JEJAK, Process, children_of, process_alive
from tests.support.waiting import wait_until
from tests.support.web_events import page_view

READY = re.compile(
    r"ready kafka=(\S+) clickhouse=http://(\S+)/jejak http=http://(\S+) collect=http://(\S+) pages=http://(\S+)\n"
)
FREE_PORTS = (
    "--kafka-port",
    "0",
    "--clickhouse-port",
    "0",
    "--http-port",
    "0",
    "--collect-port",
    "0",
    "--pages-port",
    "0",
)


class Up(Process):
    """A running `jejak up`."""

    def __init__(self, data_dir: Path, log: Path) -> None:
        self.data_dir = data_dir
        super().__init__([*JEJAK, "up", *FREE_PORTS, "--data-dir", str(data_dir)], log)

    def until_ready(self) -> None:
        def ready() -> bool:
            assert self.alive, self.logged()[-2000:]
            return READY.search(self.said()) is not None

        wait_until(ready, "`jejak up` is ready", 60)

    @property
    def kafka(self) -> str:
        return self._address(1)

    @property
    def door(self) -> str:
        """The URL of the front door."""
        return f"http://{self._address(4)}"

    @property
    def settings(self) -> dict[str, str]:
        """Settings that lead other commands to it."""
        return {
            "JEJAK_KAFKA_BOOTSTRAP_SERVERS": self.kafka,
            "JEJAK_CLICKHOUSE_URL": f"http://default:@{self._address(2)}/jejak",
        }

    def _address(self, group: int) -> str:
        found = READY.search(self.said())
        assert found
        return found[group]

    def client(self) -> Client:
        host, _, port = self._address(2).partition(":")
        return clickhouse_connect.get_client(host=host, port=int(port), database="jejak", autogenerate_session_id=False)

    def child(self, words: str) -> int:
        """The process id of the child whose command line contains the words."""
        return wait_until(
            lambda: next((pid for pid, line in children_of(self.pid).items() if words in line), 0),
            f"a child of `jejak up` is a {words}",
        )


@contextmanager
def running_up(data_dir: Path, logs: Path) -> Iterator[Up]:
    with Up(data_dir, logs / f"up-{len(list(logs.glob('up-*.log')))}.log") as up:
        up.until_ready()
        yield up


def _messages(first: int, count: int) -> list[dict[str, Any]]:
    return [
        event(
            "message.incoming",
            "ws_up",
            {"contact_id": f"c{number % 9}", "conversation_id": "cv", "message_id": str(number), "text": "Halo"},
            id=str(number),
        )
        for number in range(first, first + count)
    ]


def _send(up: Up, loop: BackgroundLoop, events: list[dict[str, Any]]) -> None:
    """Append them; the broker has confirmed them when this returns."""
    loop.run(append_raw(up.kafka, "journey.", [record(item, key=item["id"].encode()) for item in events]))


def _ids(client: Client) -> set[int]:
    rows = client.query("SELECT event_id FROM journey WHERE workspace_id = 'ws_up'").result_rows
    assert len(set(rows)) == len(rows)
    return {int(row[0]) for row in rows}


@pytest.fixture
def survivors() -> Iterator[set[int]]:
    """Process ids that must be gone at the end of the test."""
    pids: set[int] = set()
    yield pids
    wait_until(lambda: not any(map(process_alive, pids)), f"no process of {pids} is left", 20)


def test_up_serves_stores_recovers_and_stops_without_losing_or_leaving_anything(
    tmp_path: Path, loop: BackgroundLoop, survivors: set[int]
) -> None:
    data_dir = tmp_path / "data"
    with running_up(data_dir, tmp_path) as up:
        survivors |= {up.pid, *children_of(up.pid)}
        assert len(children_of(up.pid)) == 5
        _a_second_up_is_refused(up, data_dir)
        _a_killed_worker_is_replaced(up, loop)
        _a_killed_front_door_is_replaced(up)
        survivors |= set(children_of(up.pid))
        _send(up, loop, _messages(200, 3_000))
        assert up.stop() == 0
        assert up.said().count("ready") == 1
    with running_up(data_dir, tmp_path) as again:
        survivors |= {again.pid, *children_of(again.pid)}
        with again.client() as client:
            # The broker has forgotten everything, so all of this was stored before the stop.
            assert _ids(client) == set(range(3_200))
        _send(again, loop, _messages(4_000, 10))
        with again.client() as client:
            wait_until(lambda: len(_ids(client)) == 3_210, "the restarted stack stores events")
        again.kill()
    # kill -9 gives `up` no time to stop anybody; its children notice by themselves.


def _a_second_up_is_refused(up: Up, data_dir: Path) -> None:
    same_dir = jejak("up", *FREE_PORTS, "--data-dir", str(data_dir))
    assert same_dir.is_one_clear_line(str(data_dir), "in use"), same_dir
    port = up.kafka.rpartition(":")[2]
    same_port = jejak("up", "--kafka-port", port, *FREE_PORTS[2:], "--data-dir", str(data_dir.parent / "other"))
    assert same_port.is_one_clear_line(port, "taken", "--kafka-port"), same_port
    assert up.alive


def _a_killed_worker_is_replaced(up: Up, loop: BackgroundLoop) -> None:
    worker = up.child("jejak worker")
    with up.client() as client:
        _send(up, loop, _messages(0, 100))
        wait_until(lambda: _ids(client) == set(range(100)), "events are stored")
        os.kill(worker, signal.SIGKILL)
        _send(up, loop, _messages(100, 100))
        wait_until(lambda: _ids(client) == set(range(200)), "the new worker stores events", 60)
    assert up.child("jejak worker") != worker


def _a_killed_front_door_is_replaced(up: Up) -> None:
    door = up.child("jejak collect")
    assert _a_page_is_seen(up)
    os.kill(door, signal.SIGKILL)
    wait_until(lambda: _a_page_is_seen(up), "the new front door takes events", 60)
    assert up.child("jejak collect") != door
    with up.client() as client:
        seen = "SELECT count() FROM events WHERE workspace_id = 'ws_demo'"
        wait_until(lambda: client.query(seen).result_rows[0][0] >= 2, "both page views are stored")


def _a_page_is_seen(up: Up) -> bool:
    """Whether the front door takes a page view by its public key, from a page on this machine."""
    body = json.dumps({"data": [page_view()]}).encode()
    headers = {"Content-Type": "application/json", "Origin": "http://localhost:3000"}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{up.door}/t/demo", body, headers), timeout=10) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.parametrize("option", ["--clickhouse-port", "--http-port", "--collect-port", "--pages-port"])
def test_a_taken_port_is_one_clear_line(option: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = jejak("up", *FREE_PORTS, option, port, "--data-dir", str(tmp_path))
    assert ran.is_one_clear_line(port, "taken", option), ran


def test_a_data_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    ran = jejak("up", *FREE_PORTS, "--data-dir", str(tmp_path / "file"))
    assert ran.is_one_clear_line("file"), ran


def test_sigterm_before_it_is_ready_stops_all_of_it(tmp_path: Path, survivors: set[int]) -> None:
    with Up(tmp_path / "data", tmp_path / "up.log") as up:
        wait_until(lambda: len(children_of(up.pid)) == 3, "its children run")
        survivors |= {up.pid, *children_of(up.pid)}
        assert up.stop() == 0
        assert "ready" not in up.said()
