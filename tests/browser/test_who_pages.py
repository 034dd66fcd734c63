"""Who may, in a browser: login and logout, roles, and workspaces of others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.crm import Crm
from tests.support.pages import running_pages
from tests.support.space import Space
from tests.support.team import Team, fill
from tests.support.who import add_entry

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("users") / "users.toml"
    for name, role in {"Vina": "viewer", "Agus": "agent", "Adi": "admin"}.items():
        add_entry("users", file, name, role, "ws-who", password=PASSWORD)
    return file


@pytest.fixture(scope="module")
def guarded(browser: Browser, pipeline: Space, users: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    crm = Crm("ws-who")
    fill(pipeline, crm)
    settings = {"JEJAK_PAGES_USERS": str(users)}
    folder = tmp_path_factory.mktemp("guarded")
    with running_pages(pipeline, folder, settings) as pages, Team(browser, pipeline, pages, crm) as working:
        yield working


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_a_login_leads_to_the_page_that_was_asked_for_and_a_logout_ends_the_session(guarded: Team) -> None:
    page = guarded.opens("leads?origin=ads")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    log_in(page, "Agus", "wrong")
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("Agus")
    log_in(page, "Agus")
    expect(page).to_have_url(guarded.url("leads?origin=ads"))
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(guarded.url("leads"))
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    assert guarded.faults == []


def test_a_login_leads_to_no_other_site(guarded: Team) -> None:
    page = guarded.somebody()
    for evil in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        page.context.clear_cookies()
        page.goto(f"{guarded.pages.url}/login?next={evil}")
        log_in(page, "Agus")
        expect(page).to_have_url(guarded.url("conversations"))


def test_a_viewer_sees_everything_and_changes_nothing(guarded: Team) -> None:
    page = guarded.opens("conversations/k-budi")
    log_in(page, "Vina")
    expect(page.locator("#status-details")).to_contain_text("Leads")
    expect(page.locator("form[data-moves]")).to_have_count(0)
    page.goto(guarded.url("pipeline"))
    expect(page.locator("li.card")).to_have_count(4)
    expect(page.locator("[data-cards], form[data-moves]")).to_have_count(0)
    page.goto(guarded.url("settings/pipeline"))
    expect(page.get_by_text("Only an admin changes the pipeline.")).to_be_visible()
    expect(page.locator("main form")).to_have_count(0)
    answer = page.request.post(
        guarded.url("conversations/k-budi/status"),
        form={"status_id": "hot"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status == 403


def test_an_agent_moves_cards_and_an_admin_changes_the_pipeline(guarded: Team) -> None:
    page = guarded.opens("settings/pipeline")
    log_in(page, "Agus")
    expect(page.get_by_text("Only an admin changes the pipeline.")).to_be_visible()
    page.goto(guarded.url("conversations/k-ani"))
    page.locator("#status-details-held").click()
    page.locator("#status-details").get_by_role("button", name="Hot", exact=True).click()
    changes = page.locator("#customer-journey .entry").filter(has_text="Pipeline Changed")
    expect(changes.first).to_contain_text("Agus")
    other = guarded.opens("settings/pipeline")
    log_in(other, "Adi")
    expect(other.get_by_text("Add Status")).to_be_visible()


@pytest.mark.parametrize("path", ["", "conversations", "contacts/ani", "pipeline", "settings/pipeline", "leads.csv"])
def test_another_workspace_s_pages_do_not_exist(guarded: Team, path: str) -> None:
    page = guarded.opens("conversations")
    log_in(page, "Adi")
    expect(page.get_by_role("heading", name="Conversations")).to_be_visible()
    answer = page.goto(guarded.url(path, workspace="ws-other"))
    assert answer is not None
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
