"""The API's answers (contract, section 7), over a small workspace that is stored; only reads."""

import csv
import io
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.crm import Crm
from tests.support.pages import Pages, Workspace, running_pages
from tests.support.space import Space
from tests.support.worker import Worker

FORMULA = '=HYPERLINK("http://evil.example","x")'


@pytest.fixture(scope="module")
def pages(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with running_pages(pipeline, tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture(scope="module")
def shop(pipeline: Space, pages: Pages) -> Workspace:
    """Five customers: Ani is new, Budi and Citra have statuses, Dewi was Dedi, Eko came from an ad."""
    crm = Crm(f"ws-{uuid.uuid4().hex[:8]}")
    pipeline.append_events(
        [
            *(crm.status("Leads", 0), crm.status("Hot", 1, "#F97316"), crm.status("Purchase", 2)),
            *(crm.contact("ani", name="Ani", phone="+6281112345678"), crm.session("ani", "s1"), crm.incoming("ani")),
            *(crm.contact("budi", name="Budi", email="budi@kopi.id"), crm.incoming("budi"), crm.moved("budi", "leads")),
            *(crm.labelled("budi", "VIP"), crm.assigned("budi", "sari"), crm.outgoing("budi", "baik")),
            *(crm.contact("citra", name=FORMULA), crm.incoming("citra", channel="livechat"), crm.moved("citra", "hot")),
            *(crm.incoming("dewi"), crm.incoming("dedi"), crm.merged("dewi", "dedi")),
            *(crm.page_view("v1", "https://kopi.id/?utm_source=google&utm_medium=cpc"), crm.identified("v1", "eko")),
            crm.incoming("eko", at=datetime(2026, 3, 5, 18, tzinfo=UTC)),
        ]
    )
    pipeline.until_committed()
    return pages.workspace(crm.workspace)


def test_conversations_come_newest_message_first_with_the_view_s_columns(shop: Workspace) -> None:
    items = shop.get("conversations").items
    assert [item["conversation_id"] for item in items] == ["k-eko", "k-dedi", "k-dewi", "k-citra", "k-budi", "k-ani"]
    assert items[4] | {"workspace_id": ""} == {
        "workspace_id": "",
        "conversation_id": "k-budi",
        "contact_id": "budi",
        "channel": "whatsapp",
        "inbox_id": None,
        "status_id": "leads",
        "status_name": "Leads",
        "status_color": "#22C55E",
        "status_position": 0,
        "status_deleted": 0,
        "status_changed_at": items[4]["status_changed_at"],
        "status_changed_by": "Sari",
        "labels": ["VIP"],
        "assignee_id": "sari",
        "last_message_at": items[4]["last_message_at"],
        "last_incoming_at": items[4]["last_incoming_at"],
    }
    assert items[0]["last_message_at"] == "2026-03-05T18:00:00.000Z"


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"status": "leads"}, ["k-budi"]),
        ({"status": "Hot"}, ["k-citra"]),
        ({"status": "none"}, ["k-eko", "k-dedi", "k-dewi", "k-ani"]),
        ({"status": "nope"}, []),
        ({"label": "VIP"}, ["k-budi"]),
        ({"channel": "livechat"}, ["k-citra"]),
        ({"assignee": "sari"}, ["k-budi"]),
        ({"contact": "dewi"}, ["k-dedi", "k-dewi"]),
        ({"contact": "dedi"}, ["k-dedi", "k-dewi"]),
        ({"search": "BUDI@"}, ["k-budi"]),
        ({"search": "+6281112345678"}, ["k-ani"]),
        ({"search": "k-ci"}, ["k-citra"]),
        ({"status": "leads", "label": "VIP", "channel": "livechat"}, []),
        ({"status": ""}, ["k-eko", "k-dedi", "k-dewi", "k-citra", "k-budi", "k-ani"]),
    ],
    ids=str,
)
def test_filters_of_conversations_combine(shop: Workspace, filters: dict[str, Any], names: list[str]) -> None:
    assert [item["conversation_id"] for item in shop.get("conversations", **filters).items] == names


@pytest.mark.parametrize(
    "path", ["conversations", "contacts", "leads", "contacts/budi/journey", "contacts/ani/sessions"]
)
@pytest.mark.parametrize("limit", [1, 2, 4])
def test_pages_of_a_list_give_each_item_once_and_in_the_list_s_order(shop: Workspace, path: str, limit: int) -> None:
    whole = shop.get(path, limit=500)
    assert whole.json["next"] is None
    assert shop.all_items(path, limit=limit) == whole.items
    assert whole.items


def test_contacts_have_the_statuses_of_their_conversations(shop: Workspace) -> None:
    statuses = {item["contact_id"]: item["status_ids"] for item in shop.get("contacts").items}
    assert statuses == {"ani": [], "budi": ["leads"], "citra": ["hot"], "dewi": [], "eko": []}
    assert [item["contact_id"] for item in shop.get("contacts", status="hot").items] == ["citra"]
    assert [item["contact_id"] for item in shop.get("contacts", search="bud").items] == ["budi"]


def test_a_person_is_listed_and_its_page_is_found(shop: Workspace) -> None:
    for item in shop.get("contacts").items:
        person = shop.get(f"contacts/{item['contact_id']}")
        assert person.status == 200
        assert item.items() <= person.json.items()


def test_a_person_unites_its_merged_ids_and_visitors(shop: Workspace) -> None:
    assert shop.get("contacts/dewi").json["merged_ids"] == ["dedi"]
    assert shop.get("contacts/eko").json["visitor_ids"] == ["v1"]


@pytest.mark.parametrize("tail", ["", "/sessions?limit=1", "/journey?order=oldest"])
def test_a_merged_id_answers_308_to_the_resolved_one(shop: Workspace, tail: str) -> None:
    moved = shop.get(f"contacts/dedi{tail}")
    assert (moved.status, moved.headers["location"]) == (308, f"{shop.path}contacts/dewi{tail}")


def test_a_journey_is_filtered_by_titles_and_category_and_turned_round(shop: Workspace) -> None:
    whole = shop.get("contacts/budi/journey").items
    assert [item["title"] for item in whole] == [
        *("Outgoing", "Agent Human Assigned", "Label Added", "Pipeline Changed", "Incoming"),
    ]
    assert shop.get("conversations/k-budi/journey", order="oldest").items == whole[::-1]
    some = shop.get("contacts/budi/journey", title=["Incoming", "Label Added"]).items
    assert [item["title"] for item in some] == ["Label Added", "Incoming"]
    external = shop.get("contacts/eko/journey", category="external").items
    assert [(item["title"], item["category"]) for item in external] == [("Page View", "external")]
    assert isinstance(whole[0]["event_order"], str)
    assert whole[3]["summary"] == "– → Leads"


def test_leads_of_a_span_have_until_exclusive_and_days_in_the_workspace_s_zone(shop: Workspace) -> None:
    def names(**span: Any) -> list[str]:
        return [item["contact_id"] for item in shop.get("leads", **span).items]

    assert names() == ["eko", "dewi", "citra", "budi", "ani"]
    # 18:00 UTC on the fifth is the sixth in Jakarta.
    assert names(since="2026-03-06") == ["eko"]
    assert names(until="2026-03-06") == ["dewi", "citra", "budi", "ani"]
    assert names(since="2026-03-05T18:00:00Z", until="2026-03-05T18:00:00.001Z") == ["eko"]
    assert names(since="2026-03-05T17:00:00Z", until="2026-03-05T18:00:00Z") == []
    assert names(origin="ads") == ["eko"]
    assert names(source="GOOGLE") == ["eko"]


def test_the_summary_agrees_with_the_list(shop: Workspace) -> None:
    """Those without an ad are counted too."""
    summary = shop.get("leads/summary", since="2026-03-06", until="2026-03-11").json
    assert summary == {
        "total": 1,
        "previous_total": 4,
        "by_day": [{"day": "2026-03-06", "leads": 1}],
        "by_source": [{"platform": "google", "id": "google/cpc/", "source": "google/cpc/", "leads": 1}],
    }
    whole = shop.get("leads/summary").json
    assert whole["total"] == len(shop.get("leads").items) == 5
    assert whole["by_source"][0] == {"platform": None, "id": None, "source": None, "leads": 4}
    assert [item["day"] for item in whole["by_day"]] == [f"2026-03-0{day}" for day in range(1, 7)]


def test_the_board_has_its_columns_in_order_and_counts_who_has_no_status(shop: Workspace) -> None:
    board = shop.get("pipeline").json
    assert [(item["name"], item["conversations"], item["contacts"]) for item in board["columns"]] == [
        *(("Leads", 1, 1), ("Hot", 1, 1), ("Purchase", 0, 0)),
    ]
    assert board["without_status"] == {"conversations": 4, "contacts": 3}


def test_csv_is_the_whole_list_in_the_workspace_s_zone_and_safe_for_spreadsheets(shop: Workspace) -> None:
    answer = shop.get("leads", headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert list(rows[0]) == list(shop.get("leads").items[0])
    assert [row["contact_id"] for row in rows] == ["eko", "dewi", "citra", "budi", "ani"]
    assert rows[0]["date"] == "2026-03-06T01:00:00.000+07:00"
    assert rows[2]["customer_name"] == f"'{FORMULA}"
    assert (rows[4]["phone_number"], rows[4]["email"]) == ("+6281112345678", "")
    assert answer.text.count("\r\n") == 6


def test_csv_with_a_limit_says_where_it_goes_on(shop: Workspace) -> None:
    first = shop.get("conversations", headers={"Accept": "text/csv"}, limit=4)
    assert len(list(csv.DictReader(io.StringIO(first.text)))) == 4
    assert 'rel="next"' in first.headers["link"]


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("conversations/nope", {}, 404, None),
        ("conversations/nope/journey", {}, 404, None),
        ("contacts/nope", {}, 404, None),
        ("contacts/nope/journey", {}, 404, None),
        ("contacts/nope/sessions", {}, 404, None),
        ("nope", {}, 404, None),
        ("conversations", {"limit": "0"}, 422, "limit"),
        ("conversations", {"limit": "501"}, 422, "limit"),
        ("conversations", {"limit": "x"}, 422, "limit"),
        ("conversations", {"cursor": "x"}, 422, "cursor"),
        ("conversations", {"cursor": "WzEsIDJd"}, 422, "cursor"),
        ("contacts/budi/journey", {"cursor": "WzEsICJhIl0"}, 422, "cursor"),
        ("contacts/budi/journey", {"order": "upwards"}, 422, "order"),
        ("contacts/budi/journey", {"category": "odd"}, 422, "category.0"),
        ("leads", {"since": "yesterday"}, 422, "since"),
        ("leads", {"until": "2026-02-30"}, 422, "until"),
        ("leads", {"origin": "moon"}, 422, "origin"),
        ("leads/summary", {"since": "x"}, 422, "since"),
    ],
    ids=str,
)
def test_every_error_is_a_problem_document_that_names_the_field(
    shop: Workspace, path: str, query: dict[str, Any], status: int, field: str | None
) -> None:
    assert shop.get(path, **query).problem[:2] == (status, field)


def test_a_method_that_a_path_does_not_take_is_a_problem_too(shop: Workspace) -> None:
    assert shop.send("POST", "conversations").problem[0] == 405


def test_another_workspace_has_nothing_of_it(pages: Pages, shop: Workspace) -> None:
    other = pages.workspace("ws-other")
    assert other.get("conversations").items == []
    assert other.get("conversations/k-budi").problem[0] == 404


def test_the_openapi_document_describes_every_path_with_models(pages: Pages) -> None:
    document = pages.ask("GET", "/api/v1/openapi.json").json
    assert document["openapi"].startswith("3.1")
    paths = {path.removeprefix("/api/v1/workspaces/{workspace}/"): set(of) for path, of in document["paths"].items()}
    assert paths == {
        "conversations": {"get"},
        "conversations/{conversation_id}": {"get"},
        "conversations/{conversation_id}/journey": {"get"},
        "conversations/{conversation_id}/status": {"put"},
        "contacts": {"get"},
        "contacts/{contact_id}": {"get"},
        "contacts/{contact_id}/journey": {"get"},
        "contacts/{contact_id}/sessions": {"get"},
        "leads": {"get"},
        "leads/summary": {"get"},
        "pipeline": {"get"},
        "pipeline/statuses": {"post"},
        "pipeline/statuses/{status_id}": {"patch", "delete"},
        "pipeline/order": {"put"},
        "changes": {"get"},
    }
    assert "Lead" in json.dumps(document["components"]["schemas"])


def test_answers_are_guarded_by_headers_and_kept_by_no_cache(shop: Workspace) -> None:
    headers = shop.get("conversations").headers
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")


def test_probes_and_metrics_answer(pages: Pages, shared_worker: tuple[Space, Worker]) -> None:
    assert pages.ask("GET", "/healthz").status == 200
    assert pages.ask("GET", "/readyz").text == "ready\n"
    assert "jejak_pages_requests_total" in pages.ask("GET", "/metrics").text
