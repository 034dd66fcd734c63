"""The front door end to end: over HTTP, through Kafka and a worker, to the views."""

import json
from collections.abc import Iterator
from datetime import datetime

import pytest
from cloudevents.core.bindings.http import to_binary_event, to_structured_event
from cloudevents.core.v1.event import CloudEvent

from producers.http.metrics import Dropped, Endpoint
from tests.support import webhooks
from tests.support.front_door import (
    NARROW_SECRET,
    ORIGIN,
    PAGE_KEY,
    SECRET,
    VERIFY_TOKEN,
    WORKSPACE,
    FrontDoor,
    message,
    running_front_door,
    stored,
)
from tests.support.jejak import jejak
from tests.support.space import Space
from tests.support.web_events import button_click, form, link_click, now_ms, page_view


@pytest.fixture(scope="module")
def door(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    with running_front_door(pipeline, tmp_path_factory.mktemp("door")) as running:
        yield running


class TestEvents:
    """`POST /events`."""

    def test_a_batch_is_stored(self, door: FrontDoor, pipeline: Space) -> None:
        answer = door.events(message("b1"), message("b2"))
        assert (answer.status, answer.json) == (200, {"appended": 2})
        assert stored(pipeline, "m-b1", "m-b2") == ["message.incoming"] * 2

    def test_an_empty_batch_is_fine(self, door: FrontDoor) -> None:
        assert door.events().status == 200

    def test_a_structured_event_takes_the_workspace_of_its_key(self, door: FrontDoor, pipeline: Space) -> None:
        event = message("s1")
        del event["workspaceid"]
        headers = {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/cloudevents+json; charset=UTF-8"}
        assert door.request("POST", "/events", json.dumps(event).encode(), headers).status == 200
        assert stored(pipeline, "m-s1") == ["message.incoming"]

    def test_a_binary_event_is_stored(self, door: FrontDoor, pipeline: Space) -> None:
        event = message("é-1")
        headers = {f"ce-{name}": str(event[name]) for name in ("specversion", "source", "type", "time")}
        headers |= {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json", "ce-id": "m-%C3%A9-1"}
        answer = door.request("POST", "/events", json.dumps(event["data"]).encode(), headers)
        assert answer.status == 200, answer.body
        assert stored(pipeline, "m-é-1") == ["message.incoming"]

    def test_what_the_reference_implementation_sends_is_stored(self, door: FrontDoor, pipeline: Space) -> None:
        for number, as_message in (("sdk-1", to_binary_event), ("sdk-2", to_structured_event)):
            attributes = message(number)
            attributes["time"] = datetime.fromisoformat(attributes["time"])
            sent = as_message(CloudEvent(attributes=attributes, data=attributes.pop("data")))
            headers = {**sent.headers, "Authorization": f"Bearer {SECRET}"}
            answer = door.request("POST", "/events", sent.body, headers)
            assert answer.status == 200, answer.body
        assert stored(pipeline, "m-sdk-1", "m-sdk-2") == ["message.incoming"] * 2

    def test_one_bad_event_refuses_the_whole_batch(self, door: FrontDoor, pipeline: Space) -> None:
        appended = door.metric("jejak_collect_appended_total", endpoint=Endpoint.EVENTS)
        bad = message("n2")
        del bad["data"]["contact_id"]
        answer = door.events(message("n1"), bad)
        assert answer.status == 400
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json["index"] == 1
        assert answer.json["field"] == "data.contact_id"
        assert door.metric("jejak_collect_appended_total", endpoint=Endpoint.EVENTS) == appended
        # What is appended behind it is stored, and nothing of it.
        assert door.events(message("n3")).status == 200
        stored(pipeline, "m-n3")
        assert pipeline.stored(where="event_id IN ('m-n1', 'm-n2')") == 0

    def test_a_body_cannot_end_the_event_that_it_is_in(self, door: FrontDoor) -> None:
        headers = {f"ce-{name}": str(message("x")[name]) for name in ("specversion", "id", "source", "type", "time")}
        headers |= {"Authorization": f"Bearer {SECRET}", "Content-Type": "application/json"}
        answer = door.request("POST", "/events", b'{}, "workspaceid": "another"', headers)
        assert (answer.status, answer.json["field"]) == (400, "data")

    def test_a_key_is_for_its_types_only(self, door: FrontDoor) -> None:
        label = message("l", type="label.added")
        label["data"]["label_id"] = "vip"
        assert door.events(message("t1"), secret=NARROW_SECRET).status == 200
        answer = door.events(message("t2"), label, secret=NARROW_SECRET)
        assert (answer.status, answer.json["index"], answer.json["field"]) == (403, 1, "type")


class TestWhatsApp:
    """Meta's webhook."""

    def test_the_challenge_is_answered(self, door: FrontDoor) -> None:
        query = f"hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444"
        answer = door.get(f"/whatsapp/{WORKSPACE}?{query}")
        assert (answer.status, answer.body) == (200, b"1158201444")

    def test_a_body_delivered_again_is_the_same_events_again(self, door: FrontDoor, pipeline: Space) -> None:
        body = json.dumps(webhooks.received(webhooks.message(id="wamid.twice"))).encode()
        assert [door.webhook(body).status for _ in range(3)] == [200] * 3
        stored(pipeline, "wamid.twice")
        pipeline.until_committed()
        assert pipeline.stored("journey", "event_id = 'wamid.twice'") == 1

    def test_the_good_parts_are_stored_and_the_body_is_a_dead_letter(self, door: FrontDoor, pipeline: Space) -> None:
        good, bad = webhooks.message(id="wamid.good"), webhooks.message(id="wamid.bad", timestamp="soon")
        body = json.dumps(webhooks.received(good, bad)).encode()
        answer = door.webhook(body)
        assert answer.status == 200
        stored(pipeline, "wamid.good")
        (letter,) = [item for item in pipeline.dead_letters() if item.value == body]
        assert letter.topic == pipeline.settings.topic("messages")
        assert letter.reason == "UnusableWebhook"
        assert "timestamp" in letter.message

    def test_what_is_signed_and_no_json_is_a_dead_letter(self, door: FrontDoor, pipeline: Space) -> None:
        body = b"{ this is no JSON \xff"
        assert door.webhook(body).status == 200
        assert [item.reason for item in pipeline.dead_letters() if item.value == body] == ["UnusableWebhook"]


class TestTracker:
    """`POST /t/{key}`."""

    def test_a_visit_is_stored_and_its_submit_click_is_not(self, door: FrontDoor, pipeline: Space) -> None:
        at = now_ms()
        events = [
            page_view(eid="e-view"),
            link_click(eid="e-link"),
            button_click({"label": "Kirim"}, eid="e-submit", dtm=str(at)),
            form([{"name": "nama", "value": "Rina", "type": "text"}], eid="e-form", dtm=str(at + 3)),
        ]
        dropped = door.metric("jejak_collect_dropped_total", why=Dropped.SUBMIT_BUTTON)
        answer = door.track(*events)
        assert (answer.status, answer.json) == (200, {"appended": 3, "rejected": 0})
        assert stored(pipeline, "e-view", "e-link", "e-form") == [
            "web.page_view",
            "web.button_click",
            "web.form_submitted",
        ]
        assert pipeline.stored(where="event_id = 'e-submit'") == 0
        assert door.metric("jejak_collect_dropped_total", why=Dropped.SUBMIT_BUTTON) == dropped + 1

    def test_one_bad_event_of_several_is_a_dead_letter(self, door: FrontDoor, pipeline: Space) -> None:
        answer = door.track(page_view(eid="e-good"), page_view(eid="e-bad", url=None, page="no address"))
        assert (answer.status, answer.json) == (200, {"appended": 1, "rejected": 1})
        stored(pipeline, "e-good")
        (letter,) = [item for item in pipeline.dead_letters() if b"no address" in item.value]
        assert letter.message == "url: missing"
        assert letter.reason == "UnusableWebEvent"
        assert (letter.topic, letter.reasons["partition"], letter.reasons["offset"]) == (
            pipeline.settings.topic("touches"),
            "-1",
            "-1",
        )

    def test_its_dead_letter_is_listed_shown_and_not_put_back(self, door: FrontDoor, pipeline: Space) -> None:
        assert door.track(page_view(url="nowhere", page="a page without a host")).json["rejected"] == 1
        settings = pipeline.environment
        listed = jejak("dead-letters", "list", "--json", "--reason", "UnusableWebEvent", settings=settings)
        shown = [jejak("dead-letters", "show", row["id"], settings=settings).stdout for row in listed.rows]
        (text,) = [text for text in shown if "a page without a host" in text]
        assert "url: has no host" in text and WORKSPACE in text
        for row in listed.rows:
            replayed = jejak("dead-letters", "replay", row["id"], "--force", settings=settings)
            assert replayed.status == 1
            assert "what the front door was sent" in replayed.stdout + replayed.stderr

    def test_nobody_is_followed_who_is_anonymous(self, door: FrontDoor) -> None:
        before = door.metric("jejak_collect_dropped_total", why=Dropped.ANONYMOUS)
        assert door.track(page_view(duid=None)).json == {"appended": 0, "rejected": 0}
        assert door.metric("jejak_collect_dropped_total", why=Dropped.ANONYMOUS) == before + 1

    def test_a_bot_is_no_visitor(self, door: FrontDoor) -> None:
        answer = door.track(page_view(), User_Agent="Mozilla/5.0 (compatible; Googlebot/2.1)")
        assert (answer.status, answer.json["appended"]) == (200, 0)

    def test_the_page_may_read_the_answer(self, door: FrontDoor) -> None:
        answer = door.track(page_view())
        assert answer.headers["access-control-allow-origin"] == ORIGIN
        assert answer.headers["vary"] == "Origin"

    def test_a_preflight_is_answered_to_the_keys_origins_alone(self, door: FrontDoor) -> None:
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        own = door.request("OPTIONS", f"/t/{PAGE_KEY}", headers=asked | {"Origin": ORIGIN})
        assert own.status == 204
        assert own.headers["access-control-allow-origin"] == ORIGIN
        assert own.headers["access-control-allow-headers"] == "content-type"
        other = door.request("OPTIONS", f"/t/{PAGE_KEY}", headers=asked | {"Origin": "https://evil.example"})
        assert other.status == 403
        assert "access-control-allow-origin" not in other.headers

    def test_a_page_with_an_unknown_key_is_told_to_stop(self, door: FrontDoor) -> None:
        """The hazard: a tracker that may not read the 403 sends its events again for ever."""
        assert door.request("OPTIONS", "/t/gone", headers={"Origin": "https://old.example"}).status == 204
        answer = door.track(page_view(), key="gone", Origin="https://old.example")
        assert (answer.status, answer.headers["access-control-allow-origin"]) == (403, "https://old.example")
