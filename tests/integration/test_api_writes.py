"""The API's writes: events on Kafka, seen at once and once, whatever the views lag (contract, section 7)."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.crm import Crm
from tests.support.pages import Pages, Workspace, running_pages
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.worker import running_worker

SpaceMaker = Callable[..., Space]


@dataclass(frozen=True)
class Shop:
    """A workspace with three customers, and who serves it."""

    space: Space
    crm: Crm
    pages: Pages

    @property
    def api(self) -> Workspace:
        return self.pages.workspace(self.crm.workspace)

    def appended(self) -> list[dict[str, Any]]:
        """What the pages have appended, as it is stored."""
        self.space.until_committed()
        return self.space.query(
            "SELECT event_id, type, data FROM events FINAL WHERE workspace_id = {w:String} "
            "AND event_source = '/jejak/pages' ORDER BY event_order",
            w=self.crm.workspace,
        )


def _fill(space: Space) -> Crm:
    crm = Crm(f"ws-{uuid.uuid4().hex[:8]}")
    space.append_events(
        [
            *(crm.status("Leads", 0), crm.status("Hot", 1, "#F97316"), crm.status("Purchase", 2)),
            *(crm.incoming("ani"), crm.incoming("budi"), crm.moved("budi", "leads"), crm.incoming("citra")),
        ]
    )
    space.until_committed()
    return crm


@pytest.fixture(scope="module")
def pages(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with running_pages(pipeline, tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture
def shop(pipeline: Space, pages: Pages) -> Shop:
    return Shop(pipeline, _fill(pipeline), pages)


@pytest.fixture(scope="module")
def still(pipeline: Space, pages: Pages) -> Shop:
    """A shop for requests that change nothing."""
    return Shop(pipeline, _fill(pipeline), pages)


def test_a_status_that_is_set_is_answered_stored_and_in_the_journey(shop: Shop) -> None:
    done = shop.api.send("PUT", "conversations/k-budi/status", {"status_id": "hot"})
    assert done.status == 200, done.text
    held = {name: done.json[name] for name in ("status_id", "status_name", "status_color", "status_changed_by")}
    assert held == {"status_id": "hot", "status_name": "Hot", "status_color": "#F97316", "status_changed_by": "local"}
    assert [row["event_id"] for row in shop.appended()] == [done.json["event_id"]]
    newest = shop.api.get("conversations/k-budi/journey").items[0]
    assert (newest["title"], newest["summary"], newest["actor"]) == ("Pipeline Changed", "Leads → Hot", "local")
    assert shop.api.get("conversations/k-budi").json == {k: v for k, v in done.json.items() if k != "event_id"}


def test_null_takes_a_conversation_off_the_pipeline(shop: Shop) -> None:
    assert shop.api.send("PUT", "conversations/k-budi/status", {"status_id": None}).json["status_id"] is None
    assert shop.api.get("pipeline").json["without_status"]["conversations"] == 3


def test_the_same_status_again_appends_nothing(still: Shop) -> None:
    done = still.api.send("PUT", "conversations/k-budi/status", {"status_id": "leads"})
    assert (done.status, done.json["event_id"], still.appended()) == (200, None, [])


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("PUT", "conversations/nope/status", {"status_id": "hot"}, 404, None),
        ("PUT", "conversations/k-budi/status", {"status_id": "nope"}, 422, "status_id"),
        ("PUT", "conversations/k-budi/status", {"status_id": 1}, 422, "status_id"),
        ("PUT", "conversations/k-budi/status", {}, 422, "status_id"),
        ("PUT", "conversations/k-budi/status", {"status_id": "hot", "odd": 1}, 422, "odd"),
        ("PUT", "conversations/k-budi/status", b"{", 400, "body"),
        ("PUT", "conversations/k-budi/status", {"status_id": "hot", "expected": "purchase"}, 409, "expected"),
        ("PUT", "conversations/k-budi/status", {"status_id": "hot", "expected": None}, 409, "expected"),
        ("POST", "pipeline/statuses", {"name": "lEADS", "color": "#000000"}, 409, "name"),
        ("POST", "pipeline/statuses", {"name": "Baru", "color": "red"}, 422, "color"),
        ("POST", "pipeline/statuses", {"name": "  ", "color": "#000000"}, 422, "name"),
        ("POST", "pipeline/statuses", {"color": "#000000"}, 422, "name"),
        ("PATCH", "pipeline/statuses/nope", {"name": "X"}, 404, None),
        ("PATCH", "pipeline/statuses/leads", {"name": "HOT"}, 409, "name"),
        ("DELETE", "pipeline/statuses/nope", None, 404, None),
        ("PUT", "pipeline/order", {"status_ids": ["leads", "hot"]}, 422, "status_ids"),
        ("PUT", "pipeline/order", {"status_ids": ["leads", "hot", "hot"]}, 422, "status_ids"),
        ("PUT", "pipeline/order", {"status_ids": ["leads", "hot", "purchase", "nope"]}, 422, "status_ids"),
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_and_appends_nothing(
    still: Shop, method: str, path: str, body: Any, status: int, field: str | None
) -> None:
    assert still.api.send(method, path, body).problem[:2] == (status, field)
    assert still.appended() == []


def test_an_expected_status_that_is_held_lets_the_write_through(shop: Shop) -> None:
    done = shop.api.send("PUT", "conversations/k-budi/status", {"status_id": "hot", "expected": "leads"})
    assert done.status == 200
    again = shop.api.send("PUT", "conversations/k-ani/status", {"status_id": "hot", "expected": None})
    assert again.status == 200


def test_of_two_who_expect_the_same_at_once_one_wins(shop: Shop) -> None:
    def move(to: str) -> int:
        body = {"status_id": to, "expected": "leads"}
        return shop.api.send("PUT", "conversations/k-budi/status", body).status

    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(move, ["hot", "purchase"])) == [200, 409]


def test_a_key_makes_a_retry_the_same_event_and_another_request_a_refusal(shop: Shop) -> None:
    first = shop.api.send("PUT", "conversations/k-budi/status", {"status_id": "hot"}, Idempotency_Key="k1")
    again = shop.api.send("PUT", "conversations/k-budi/status", {"status_id": "hot"}, Idempotency_Key="k1")
    assert first.json["event_id"] == again.json["event_id"] == "k1"
    other = shop.api.send("PUT", "conversations/k-budi/status", {"status_id": "purchase"}, Idempotency_Key="k1")
    assert other.problem[:2] == (422, "Idempotency-Key")
    assert [row["event_id"] for row in shop.appended()] == ["k1"]
    assert (
        shop.api.send("POST", "pipeline/statuses", {"name": "A", "color": "#000000"}, Idempotency_Key="").status == 422
    )


def test_a_retry_at_another_process_is_the_same_event_too(shop: Shop, tmp_path: Path) -> None:
    """Before and behind the moment at which it is stored."""
    body = {"name": "Baru", "color": "#000000"}
    with running_pages(shop.space, tmp_path) as second:
        wait_until(lambda: second.ask("GET", "/readyz").status == 200, "the second process is ready")
        first = shop.api.send("POST", "pipeline/statuses", body, Idempotency_Key="k2")
        assert first.status == 201, first.text
        wait_until(
            lambda: len(second.workspace(shop.crm.workspace).get("pipeline").json["columns"]) == 4, "it is seen there"
        )
        again = second.workspace(shop.crm.workspace).send("POST", "pipeline/statuses", body, Idempotency_Key="k2")
        assert again.json == first.json
        shop.space.until_committed()
        assert (
            second.workspace(shop.crm.workspace)
            .send("POST", "pipeline/statuses", body, Idempotency_Key="k2")
            .json["event_id"]
            == "k2"
        )
    with running_pages(shop.space, tmp_path) as third:
        again = third.workspace(shop.crm.workspace).send("POST", "pipeline/statuses", body, Idempotency_Key="k2")
        assert again.json == first.json
    assert len(shop.appended()) == 1


def test_the_pipeline_is_managed_and_each_state_is_a_whole_definition(shop: Shop) -> None:
    added = shop.api.send("POST", "pipeline/statuses", {"name": "Batal", "color": "#6B7280"})
    assert (added.status, added.json["position"]) == (201, 3)
    new = added.json["status_id"]
    changed = shop.api.send("PATCH", f"pipeline/statuses/{new}", {"name": "Batal saja"})
    assert (changed.json["name"], changed.json["color"], changed.json["position"]) == ("Batal saja", "#6B7280", 3)
    same = shop.api.send("PATCH", f"pipeline/statuses/{new}", {"color": "#6B7280"})
    assert same.json["event_id"] is None
    order = shop.api.send("PUT", "pipeline/order", {"status_ids": [new, "leads", "hot", "purchase"]})
    assert [item["status_id"] for item in order.json["statuses"]] == [new, "leads", "hot", "purchase"]
    assert len(order.json["event_ids"]) == 4
    gone = shop.api.send("DELETE", "pipeline/statuses/leads")
    assert (gone.status, gone.json["deleted"]) == (200, 1)
    # Conversations keep it, so the board still shows it.
    columns = shop.api.get("pipeline").json["columns"]
    assert [item["status_id"] for item in columns] == [new, "leads", "hot", "purchase"]
    assert shop.api.get("conversations/k-budi").json["status_deleted"] == 1
    refused = shop.api.send("PUT", "conversations/k-ani/status", {"status_id": "leads"})
    assert refused.problem[:2] == (422, "status_id")
    before = columns
    shop.space.until_committed()
    assert shop.api.get("pipeline").json["columns"] == before
    assert shop.space.stored("reused_ids", "workspace_id = {w:String}", w=shop.crm.workspace) == 0


def test_a_status_set_after_one_that_is_dated_later_counts(shop: Shop) -> None:
    """A user's last word is what the page shows, whatever the clocks of other services say."""
    late = shop.crm.moved("ani", "purchase")
    shop.space.append_events([late | {"time": "2026-11-26T23:59:59.000Z"}])
    shop.space.until_committed()
    shop.api.send("PUT", "conversations/k-ani/status", {"status_id": "hot"})
    shop.space.until_committed()
    assert shop.api.get("conversations/k-ani").json["status_id"] == "hot"


def test_every_answer_shows_a_change_while_nothing_is_stored_and_nothing_doubles_when_it_is(
    new_space: SpaceMaker, logs: Path
) -> None:
    """The worker stands still; two processes; then it comes back."""
    space = new_space()
    with running_worker(space, logs):
        crm = _fill(space)
    with running_pages(space, logs) as pages, running_pages(space, logs) as others:
        wait_until(lambda: others.ask("GET", "/readyz").status == 200, "both follow the topics")
        api, second = pages.workspace(crm.workspace), others.workspace(crm.workspace)
        api.send("PUT", "conversations/k-ani/status", {"status_id": "hot"})
        api.send("PUT", "conversations/k-budi/status", {"status_id": None})
        added = api.send("POST", "pipeline/statuses", {"name": "Baru", "color": "#111111"}).json["status_id"]
        api.send("PATCH", "pipeline/statuses/hot", {"name": "Panas"})
        api.send("PUT", "conversations/k-citra/status", {"status_id": added})
        wait_until(
            lambda: second.get("conversations/k-citra").json["status_name"] == "Baru", "the second process sees it"
        )

        seen = [_everything(side, added) for side in (api, second)]
        assert seen[0] == seen[1]
        assert seen[0]["of status"] == {
            "none": ["k-budi"], "Panas": ["k-ani"], "hot": ["k-ani"], "Baru": ["k-citra"], "leads": []
        }  # fmt: skip
        assert seen[0]["contacts"] == {"none": ["budi"], "Panas": ["ani"], "Baru": ["citra"], "leads": []}
        assert seen[0]["board"] == [("Leads", 0), ("Panas", 1), ("Purchase", 0), ("Baru", 1)]
        assert seen[0]["summaries"] == ["– → Panas", "Leads → –", "– → Baru"]

        with running_worker(space, logs):
            space.until_committed()
            assert [_everything(side, added) for side in (api, second)] == seen


def _everything(api: Workspace, added: str) -> dict[str, Any]:
    """What the answers say of statuses, whichever way one asks."""
    wanted = ("none", "Panas", "Baru", "leads")
    journeys = [api.get(f"conversations/k-{name}/journey", title="Pipeline Changed").items for name in
                ("ani", "budi", "citra")]  # fmt: skip
    assert [api.get(f"contacts/{name}/journey", title="Pipeline Changed").items for name in
            ("ani", "budi", "citra")] == journeys  # fmt: skip
    board = api.get("pipeline").json
    assert board["without_status"] == {"conversations": 1, "contacts": 1}
    assert [item["conversation_id"] for item in api.all_items("conversations", limit=1)] == [
        *("k-citra", "k-budi", "k-ani"),
    ]
    assert api.get("contacts/citra").json["status_ids"] == [added]
    return {
        "of status": {
            name: [item["conversation_id"] for item in api.get("conversations", status=name).items]
            for name in (*wanted[:2], "hot", *wanted[2:])
        },
        "contacts": {name: [item["contact_id"] for item in api.get("contacts", status=name).items] for name in wanted},
        "board": [(item["name"], item["conversations"]) for item in board["columns"]],
        "summaries": [items[0]["summary"] for items in journeys],
        "journeys": [[item["event_id"] for item in items] for items in journeys],
    }
