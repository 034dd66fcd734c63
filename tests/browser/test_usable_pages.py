"""Pages for everybody: Indonesian, by keyboard alone, on a phone of 360 px, and for those who do not see them."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.team import Team

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PAGES = [
    "conversations",
    "conversations?search=nobody",
    "conversations/k-budi",
    "contacts",
    "contacts/budi",
    "contacts/budi?tab=conversations",
    "contacts/budi?tab=sessions",
    "pipeline",
    "settings/pipeline",
    "leads",
    "nothing-here",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(team: Team, scheme: str) -> None:
    page = team.somebody(color_scheme=scheme, bypass_csp=True)
    found = {}
    for path in PAGES:
        page.goto(team.url(path))
        page.evaluate(AXE)
        result = json.loads(page.evaluate("axe.run().then((result) => JSON.stringify(result.violations))"))
        serious = [
            (item["id"], item["nodes"][0]["html"][:200]) for item in result if item["impact"] in ("serious", "critical")
        ]
        if serious:
            found[path] = serious
    assert found == {}


def test_no_page_is_wider_than_a_phone_of_360_px(team: Team) -> None:
    page = team.somebody(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    for path in PAGES:
        page.goto(team.url(path))
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path


def test_the_pages_speak_indonesian_by_the_browser_s_language_and_by_choice(team: Team) -> None:
    page = team.opens("conversations", locale="id-ID")
    expect(page.get_by_role("heading", name="Percakapan")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "id"
    page = team.opens("leads?origin=ads&lang=id")
    expect(page.get_by_role("link", name="Unduh CSV")).to_be_visible()
    page.get_by_role("link", name="Pipeline").click()
    expect(page.get_by_role("heading", name="Tanpa status")).to_be_visible()
    page.get_by_role("link", name="EN", exact=True).click()
    expect(page.get_by_role("heading", name="No status")).to_be_visible()


def test_a_status_is_found_and_set_by_keyboard_alone(team: Team) -> None:
    page = team.opens("conversations")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Budi Santoso":
            break
    page.keyboard.press("Enter")
    expect(page.locator("#who")).to_have_text("Budi Santoso")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "status-reply-held":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#status-details-held")).to_contain_text("Hot")


def test_a_customer_s_text_is_text_and_no_markup(team: Team) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}"
    team.space.append_events([team.crm.contact("ani", name=evil), team.crm.incoming("ani", evil)])
    team.space.until_committed()
    page = team.somebody()
    page.on("dialog", lambda dialog: team.faults.append(dialog.message))
    for path in ("conversations", "conversations/k-ani", "contacts/ani", "pipeline", "leads"):
        page.goto(team.url(path))
        expect(page.get_by_role("main")).to_contain_text(evil)
    assert team.faults == []
