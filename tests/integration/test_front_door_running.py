"""The front door as a process: its sources file changes, Kafka does not answer, it is told to stop."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.support import webhooks
from tests.support.front_door import (
    SECRET,
    FrontDoor,
    message,
    running_front_door,
    stored,
    write_test_sources,
)
from tests.support.loop import BackgroundLoop
from tests.support.own_broker import own_broker
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.waiting import wait_until
from tests.support.web_events import page_view


class TestSources:
    """The sources file while the door runs."""

    def test_a_new_key_counts_without_a_restart_and_a_broken_file_changes_nothing(
        self, pipeline: Space, tmp_path: Path
    ) -> None:
        with running_front_door(pipeline, tmp_path) as door:
            assert door.track(page_view(), key="second").status == 403
            good = door.sources.read_text()
            page = '\n[[page]]\nworkspace = "ws_door"\nkey = "second"\norigins = ["https://kopi.example"]\n'
            door.sources.write_text(good + page)
            wait_until(lambda: door.track(page_view(), key="second").status == 200, "the new key counts")
            door.sources.write_text('[[page]]\nsecret = "not to be told"\n')
            wait_until(lambda: door.metric("jejak_collect_sources_broken") == 1, "the broken file is told")
            assert door.track(page_view(), key="second").status == 200
            ready = door.get("/readyz")
            assert ready.status == 200
            assert str(door.sources) in ready.body.decode()
            assert "sources file cannot be used" in door.logged()
            assert "not to be told" not in door.logged() + ready.body.decode()
            door.sources.write_text(good)
            wait_until(lambda: door.metric("jejak_collect_sources_broken") == 0, "the mended file is told")
            wait_until(lambda: door.track(page_view(), key="second").status == 403, "the old file counts")

    def test_a_key_sends_no_more_than_it_may(self, pipeline: Space, tmp_path: Path) -> None:
        write_test_sources(tmp_path / "sources.toml", events_per_second=1.0)
        with running_front_door(pipeline, tmp_path) as door:
            statuses = [door.track(*[page_view() for _ in range(60)]).status for _ in range(2)]
            assert statuses == [200, 429]
            answer = door.track(*[page_view() for _ in range(60)])
            assert int(answer.headers["retry-after"]) >= 10


def test_on_sigterm_a_request_on_its_way_is_still_answered(pipeline: Space, tmp_path: Path) -> None:
    with running_front_door(pipeline, tmp_path) as door:
        body = json.dumps([message("late")]).encode()
        connection = http.client.HTTPConnection(door.address.removeprefix("http://"), timeout=30)
        connection.putrequest("POST", "/events")
        for name, value in {
            "Authorization": f"Bearer {SECRET}",
            "Content-Type": "application/cloudevents-batch+json",
            "Content-Length": str(len(body)),
        }.items():
            connection.putheader(name, value)
        connection.endheaders(body[:20])
        wait_until(lambda: door.metric("jejak_collect_in_flight_bytes") > 0, "the request is on its way")
        door.terminate()
        time.sleep(0.2)
        connection.send(body[20:])
        assert connection.getresponse().status == 200
        assert door.wait() == 0
        assert "ready collect=" in door.said()
        stored(pipeline, "m-late")


def test_without_kafka_the_door_starts_and_answers_503(pipeline: Space, tmp_path: Path) -> None:
    sources = tmp_path / "sources.toml"
    write_test_sources(sources)
    nowhere = pipeline.environment | {"JEJAK_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    with FrontDoor(nowhere, tmp_path / "door.log", sources) as door:
        assert door.get("/healthz").status == 200
        ready = door.get("/readyz")
        assert ready.status == 503
        wait_until(lambda: "cannot be reached" in door.get("/readyz").body.decode(), "the reason is told")
        body = json.dumps(webhooks.received(webhooks.message())).encode()
        for answer in (door.events(message("k")), door.track(page_view()), door.webhook(body)):
            assert (answer.status, "retry-after" in answer.headers) == (503, True)


def test_while_kafka_does_not_answer_nothing_is_answered_200(
    stack: Stack, loop: BackgroundLoop, tmp_path: Path
) -> None:
    """The hazard: a 200 for what is only in the producer's memory, and memory that grows with each retry."""
    with own_broker(stack, tmp_path, loop) as broker, running_front_door(broker.space, tmp_path) as door:
        assert door.events(message("before")).status == 200
        with broker.standing_still():
            begun = time.monotonic()
            for answer in (door.events(message("during")), door.track(page_view(eid="e-during"))):
                assert (answer.status, answer.headers["retry-after"]) == (503, "2")
                assert "not acknowledged within 4 s" in answer.json["detail"]
            assert time.monotonic() - begun < 2 * 5
            assert door.metric("jejak_collect_in_flight_bytes") > 0
            wait_until(lambda: door.get("/readyz").status == 503, "it is told that Kafka does not answer")
        wait_until(lambda: door.events(message("during")).status == 200, "the retry is answered 200")
        wait_until(lambda: door.metric("jejak_collect_in_flight_bytes") == 0, "nothing is in flight any more")
        door.until_ready()


def test_what_is_in_flight_is_bounded_while_kafka_does_not_answer(
    stack: Stack, loop: BackgroundLoop, tmp_path: Path
) -> None:
    event = message("large")
    event["data"]["text"] = "x" * 1_000_000
    least = {"JEJAK_COLLECT_IN_FLIGHT_BYTES": str(16 * 2**20)}
    with own_broker(stack, tmp_path, loop) as broker, running_front_door(broker.space, tmp_path, least) as door:
        with broker.standing_still(), ThreadPoolExecutor(24) as clients:
            answers = list(clients.map(lambda _: door.events(event), range(24)))
            assert {answer.status for answer in answers} == {503}
            assert any("in flight" in answer.json["detail"] for answer in answers)
            assert door.metric("jejak_collect_in_flight_bytes") <= 16 * 2**20
        wait_until(lambda: door.events(event).status == 200, "there is room again", 60)
