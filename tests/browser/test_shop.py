"""A shop's pages in a real browser, with the real script: through the front door, Kafka and a worker to the views."""

import base64
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from playwright.sync_api import Browser, BrowserContext

from schemas.instant import iso
from tests.support import webhooks
from tests.support.faulty_door import FaultyDoor, faulty_door
from tests.support.front_door import IDENTITY_SECRET, WORKSPACE, FrontDoor, running_front_door, write_test_sources
from tests.support.space import Space
from tests.support.visitor import Visitor
from tests.support.waiting import wait_until
from tests.support.web_events import now_ms


@pytest.fixture(scope="module")
def door(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrontDoor]:
    directory = tmp_path_factory.mktemp("shop")
    write_test_sources(directory / "sources.toml", key="demo")
    with running_front_door(pipeline, directory, {"JEJAK_COLLECT_SHOP": "true"}) as running:
        yield running


@pytest.fixture(scope="module")
def way(door: FrontDoor) -> Iterator[FaultyDoor]:
    with faulty_door(door.address) as running:
        yield running


@pytest.fixture
def arrives(browser: Browser, pipeline: Space) -> Iterator[Callable[[str], Visitor]]:
    contexts: list[BrowserContext] = []

    def arrive(address: str) -> Visitor:
        contexts.append(browser.new_context())
        return Visitor(contexts[-1], address, pipeline)

    yield arrive
    for context in contexts:
        context.close()


Arrives = Callable[[str], Visitor]


def reference(url: str) -> str:
    """The visitor's id in a chat link."""
    (text,) = parse_qs(urlsplit(url).query)["text"]
    found = re.search(r" \[ref:([\w-]{22})\]$", text)
    assert found, text
    return str(uuid.UUID(bytes=base64.urlsafe_b64decode(found[1] + "==")))


def test_a_visit_from_an_ad_becomes_a_journey_and_the_ad_its_first_source(
    arrives: Arrives, door: FrontDoor, pipeline: Space
) -> None:
    visitor = arrives(door.address)
    visitor.opens("index.html")
    visitor.clicks("ad-google")
    visitor.page.wait_for_url("**/product.html*")
    visitor.clicks("btn-promo")
    visitor.clicks("wa")
    visitor.until(lambda: visitor.chats, "the chat is opened")
    seen = visitor.until_did(
        *("web.page_view", "web.button_click", "web.page_view", "web.button_click", "web.button_click")
    )
    assert [item.get("element_id") for item in seen] == [None, "ad-google", None, "btn-promo", "wa"]
    assert "utm_campaign=lebaran" in seen[2]["url"]
    assert reference(visitor.chats[0]) == visitor.id
    _writes(door, visitor.id, "6281394420999")
    wait_until(lambda: pipeline.stored("leads", "contact_id = 'wa:6281394420999'"), "the chat's lead is there")

    def lead() -> dict[str, Any] | None:
        rows = pipeline.query("SELECT * FROM leads WHERE contact_id = 'wa:6281394420999'")
        return rows[0] if rows and rows[0]["first_source"] else None

    first = wait_until(lead, "the lead has a source")
    assert (first["first_source"], first["first_source_platform"], first["origin"]) == ("lebaran", "google", "ads")
    journey = pipeline.query(
        "SELECT title FROM contact_journey(workspace_id = {w:String}, contact_id = 'wa:6281394420999') "
        "ORDER BY event_order",
        w=WORKSPACE,
    )
    titles = ["Page View", "Button Click", "Page View", "Button Click", "Button Click", "Incoming"]
    assert [row["title"] for row in journey] == titles
    assert visitor.errors == []


def _writes(door: FrontDoor, visitor: str, number: str) -> None:
    """The visitor writes in the chat, and is known by the reference."""
    message = webhooks.message(**{"from": number, "id": f"wamid.{number}", "timestamp": str(int(time.time()) + 1)})
    body = webhooks.received(message, contacts=[webhooks.contact(number)])
    assert door.webhook(json.dumps(body).encode()).status == 200
    tie = {
        "specversion": "1.0",
        "id": f"tie-{number}",
        "source": "/crm",
        "type": "contact.identified",
        "time": iso(now_ms()),
        "workspaceid": WORKSPACE,
        "data": {"visitor_id": visitor, "contact_id": f"wa:{number}"},
    }
    assert door.events(tie).status == 200


def test_a_form_says_who_somebody_is_and_nothing_else(arrives: Arrives, door: FrontDoor) -> None:
    visitor = arrives(door.address)
    visitor.opens("form.html")
    for name, value in {"nama": "Rina Wulandari", "email": "rina@example.com", "hp": "0813-9442-0117"}.items():
        visitor.page.fill(f"input[name={name}]", value)
    visitor.page.fill("textarea", "Jalan Flamboyan 176")
    visitor.page.get_by_role("button", name="Kirim").click()
    visitor.page.wait_for_url("**/thanks.html*")
    before, sent, _ = visitor.until_did("web.page_view", "web.form_submitted", "web.page_view")
    traits = {"name": "Rina Wulandari", "email": "rina@example.com", "phone": "0813-9442-0117"}
    assert (sent["form_id"], sent["traits"]) == ("sample", traits)
    assert "Flamboyan" not in json.dumps([before, sent])


def test_nothing_is_lost_while_the_door_answers_503_and_hangs(arrives: Arrives, way: FaultyDoor) -> None:
    visitor = arrives(way.address)
    way.faults[:] = [503, 503, 503, 7.0]
    visitor.opens("product.html")
    for _ in range(3):
        visitor.clicks("btn-promo")
        visitor.page.wait_for_timeout(300)
    visitor.until(lambda: not way.faults, "all faults were met")
    visitor.until(lambda: 0 in way.seen, "the hanging has ended")
    visitor.until_did("web.page_view", *["web.button_click"] * 3)
    assert way.seen.count(503) == 3


@pytest.mark.parametrize("page", ["index.html", "product.html"])
def test_without_consent_nothing_is_stored_or_sent(arrives: Arrives, way: FaultyDoor, page: str) -> None:
    visitor = arrives(way.address)
    visitor.page.add_init_script(
        "new MutationObserver(() => { for (const s of document.querySelectorAll('script[data-key]'))"
        " s.dataset.consent = 'required'; }).observe(document, {childList: true, subtree: true});"
    )
    before = len(way.seen)
    visitor.opens(page)
    visitor.page.wait_for_function("() => window.jejak")
    assert visitor.page.context.cookies() == []
    assert visitor.page.evaluate("() => localStorage.length") == 0
    assert len(way.seen) == before
    visitor.page.evaluate("() => window.jejak.consent(true)")
    visitor.until_did("web.page_view")


def test_a_token_of_the_shop_ties_the_visitor(arrives: Arrives, door: FrontDoor, pipeline: Space) -> None:
    visitor = arrives(door.address)
    token = jwt.encode({"sub": "ct_known", "exp": int(time.time()) + 600}, IDENTITY_SECRET, "HS256")
    visitor.page.add_init_script(
        "new MutationObserver(() => { for (const s of document.querySelectorAll('script[data-key]'))"
        f" s.dataset.identity = '{token}'; }}).observe(document, {{childList: true, subtree: true}});"
    )
    visitor.opens("product.html")
    visitor.until_did("web.page_view", "contact.identified")
    wait_until(lambda: pipeline.stored("journey", "contact_id = 'ct_known'"), "the visit is in the contact's journey")


@pytest.mark.parametrize(
    ("href", "opened"),
    [
        ("https://wa.me/628?text=Halo", "https://wa.me/628?text=Halo%20%5Bref%3A{ref}%5D"),
        ("https://wa.me/628", "https://wa.me/628?text=%5Bref%3A{ref}%5D"),
        ("https://wa.me/628?text=a%2Bb", "https://wa.me/628?text=a%2Bb%20%5Bref%3A{ref}%5D"),
        ("https://wa.me/628?text=Halo%20%5Bref%3Aold%5D", "https://wa.me/628?text=Halo%20%5Bref%3A{ref}%5D"),
        (
            "https://api.whatsapp.com/send?phone=628&text=Hi",
            "https://api.whatsapp.com/send?phone=628&text=Hi%20%5Bref%3A{ref}%5D",
        ),
        ("https://wa.me/message/ABC", "https://wa.me/message/ABC"),
        ("https://api.whatsapp.com/qr/x", "https://api.whatsapp.com/qr/x"),
        ("https://wa.me.evil.example/628?text=Halo", "https://wa.me.evil.example/628?text=Halo"),
        ("mailto:a@b.co", "mailto:a@b.co"),
    ],
)
def test_the_reference_is_added_to_chat_links_alone(arrives: Arrives, door: FrontDoor, href: str, opened: str) -> None:
    visitor = arrives(door.address)
    visitor.opens("product.html")
    ref = base64.urlsafe_b64encode(uuid.UUID(visitor.id).bytes).decode().rstrip("=")
    assert visitor.page.evaluate("href => window.jejak.referenced(href)", href) == opened.format(ref=ref)


def test_the_script_leaves_no_names_in_the_page(arrives: Arrives, door: FrontDoor) -> None:
    visitor = arrives(door.address)
    names = "() => Object.keys(window).filter(name => /snowplow|jejak/i.test(name))"
    visitor.opens("product.html")
    visitor.page.wait_for_function("() => window.jejak")
    assert visitor.page.evaluate(names) == ["jejak"]
