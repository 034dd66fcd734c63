"""A conversation's status in a browser: set in both places, seen at once and by everybody, and never taken back."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.crm import Crm
from tests.support.pages import running_pages
from tests.support.space import Space
from tests.support.team import Team, cards, fill
from tests.support.worker import running_worker


def held(page: Page, place: str) -> Locator:
    """The status as it is shown in one of the two places."""
    return page.locator(f"#status-{place}-held")


def choose(page: Page, place: str, name: str) -> None:
    held(page, place).click()
    page.locator(f"#status-{place}").get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def standing(browser: Browser, new_space: Callable[..., Space], logs: Path) -> Iterator[Team]:
    """A team whose worker stands still, so that nothing it does is stored."""
    space, crm = new_space(), Crm(f"ws-{uuid.uuid4().hex[:8]}")
    with running_worker(space, logs):
        fill(space, crm)
    with running_pages(space, logs) as pages, Team(browser, space, pages, crm) as working:
        yield working


def test_a_status_is_set_below_the_inbox_s_name_and_above_the_text_area(team: Team) -> None:
    page = team.opens("conversations/k-budi")
    inbox = page.locator(".inbox").bounding_box()
    details, reply = held(page, "details").bounding_box(), held(page, "reply").bounding_box()
    area = page.get_by_label("Reply").bounding_box()
    assert inbox is not None and details is not None and reply is not None and area is not None
    assert inbox["y"] < details["y"]
    assert reply["y"] < area["y"]
    choose(page, "details", "Hot")
    expect(held(page, "reply")).to_contain_text("Hot")
    expect(held(page, "details")).to_contain_text("Hot")
    expect(page.locator("#said")).to_have_text("Budi Santoso is now in Hot")
    choose(page, "reply", "No status")
    expect(held(page, "details")).to_contain_text("No status")
    changes = page.locator("#customer-journey .entry").filter(has_text="Pipeline Changed")
    expect(changes.locator(".summary")).to_have_text(["Hot → –", "Leads → Hot", "– → Leads"])
    expect(changes.first).to_contain_text("local")
    assert team.faults == []


def test_a_stage_that_was_changed_does_not_revert_on_reload_though_nothing_is_stored(standing: Team) -> None:
    """It did, elsewhere (evo-crm-community 60)."""
    page = standing.opens("conversations/k-budi")
    choose(page, "reply", "Purchase")
    newest = page.locator("#customer-journey .entry").first
    expect(newest).to_contain_text("Leads → Purchase")
    for _ in range(3):
        page.reload()
        expect(held(page, "details")).to_contain_text("Purchase")
        expect(newest).to_contain_text("Leads → Purchase")
    page.goto(standing.url("pipeline"))
    expect(cards(page, "Purchase")).to_have_text(["Citra".lower(), "Budi Santoso"])


def test_the_timeline_has_the_new_value_as_soon_as_the_status_is_set(standing: Team) -> None:
    """The timeline lacked it (twenty 18173)."""
    page = standing.opens("conversations/k-ani")
    choose(page, "details", "Hot")
    expect(page.locator("#customer-journey .entry").first).to_contain_text("– → Hot")


def test_two_users_see_each_other_s_changes_and_the_later_one_is_told_of_the_earlier(team: Team) -> None:
    one, two = team.opens("conversations/k-budi"), team.opens("conversations/k-budi")
    held(two, "details").click()
    choose(one, "details", "Hot")
    expect(held(two, "reply")).to_contain_text("Hot")
    # The menu of the second one is still open, and its form knows what is held now.
    two.locator("#status-details").get_by_role("button", name="Purchase", exact=True).click()
    expect(held(one, "details")).to_contain_text("Purchase")
    assert team.faults == []


def test_a_change_that_somebody_else_was_ahead_of_is_refused_and_the_page_shows_what_is_held(team: Team) -> None:
    page = team.opens("conversations/k-budi")
    page.evaluate("document.body.dataset.dragging = 'yes'")  # The page does not renew itself meanwhile.
    api = team.pages.workspace(team.crm.workspace)
    assert api.send("PUT", "conversations/k-budi/status", {"status_id": "hot"}).status == 200
    choose(page, "reply", "Purchase")
    expect(page.get_by_role("alert")).to_contain_text("the conversation holds hot, not leads")
    page.evaluate("delete document.body.dataset.dragging")
    expect(held(page, "details")).to_contain_text("Hot")


def test_a_status_is_set_without_scripts_too(team: Team) -> None:
    page = team.opens("conversations/k-ani", java_script_enabled=False)
    choose(page, "details", "Leads")
    expect(held(page, "reply")).to_contain_text("Leads")
    expect(page).to_have_url(team.url("conversations/k-ani"))


def test_a_form_that_names_no_status_changes_nothing(team: Team) -> None:
    """It does not take the conversation off the pipeline."""
    page = team.opens("conversations/k-budi")
    url = team.url("conversations/k-budi/status")
    answer = page.request.post(url, form={"expected": "leads"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 422
    page.reload()
    expect(held(page, "details")).to_contain_text("Leads")


def test_who_changes_a_status_twice_at_once_is_no_conflict_to_oneself(team: Team) -> None:
    page = team.opens("conversations/k-budi")
    choose(page, "details", "Hot")
    choose(page, "details", "Purchase")
    changes = page.locator("#customer-journey .entry").filter(has_text="Pipeline Changed")
    expect(changes.locator(".summary")).to_have_text(["Hot → Purchase", "Leads → Hot", "– → Leads"])
    expect(page.locator("#failed")).to_be_hidden()


def test_each_of_many_changes_reaches_the_other_browser(standing: Team) -> None:
    one, two = standing.opens("conversations/k-budi"), standing.opens("conversations/k-budi")
    for number in range(12):
        name = ("Hot", "Purchase")[number % 2]
        choose(one, "details", name)
        expect(held(two, "details")).to_contain_text(name)
        expect(one.locator("#failed")).to_be_hidden()
