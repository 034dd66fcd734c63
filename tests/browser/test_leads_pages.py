"""Leads in a browser: seven columns, ranges, origins and sources, and CSV of exactly what is shown."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages import Answer
from tests.support.team import Team

COLUMNS = ["Date", "Customer Name", "Phone Number", "Email", "First Source", "First Touched At", "Last Source"]


def shown(page: Page) -> list[list[str]]:
    rows = page.locator("#leads tbody tr").all()
    return [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows]


def download(team: Team, page: Page) -> list[list[str]]:
    href = page.get_by_role("link", name="Download CSV").get_attribute("href")
    assert href is not None
    path, _, query = href.partition("?")
    answer: Answer = team.pages.ask("GET", f"{path}?{query}")
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text)))


def test_the_page_has_the_seven_columns_and_how_many_leads_are_new(team: Team) -> None:
    page = team.opens("leads")
    assert page.locator("#leads thead th").all_text_contents() == COLUMNS
    names = [row[1] for row in shown(page)]
    assert names == ["dewi", "citra", "Budi Santoso", "Ani Lestari"]
    budi = shown(page)[2]
    assert budi[2] == "+628111000002"
    assert budi[4].split() == ["lebaran", "google"]
    expect(page.locator("#total")).to_have_text("4")
    assert team.faults == []


def test_a_click_on_a_source_and_on_a_day_filters(team: Team) -> None:
    page = team.opens("leads")
    page.get_by_role("region", name="By first source").get_by_role("link", name="lebaran").click()
    expect(page.locator("#leads tbody tr")).to_have_count(1)
    assert [row[1] for row in shown(page)] == ["Budi Santoso"]
    page.goto(team.url("leads"))
    page.get_by_role("region", name="By first source").get_by_role("link", name="Organic").click()
    expect(page).to_have_url(team.url("leads?origin=organic"))
    assert [row[1] for row in shown(page)] == ["dewi", "citra", "Ani Lestari"]
    page.goto(team.url("leads"))
    page.get_by_text("The numbers").click()
    page.get_by_role("link", name="1 Mar 2026").last.click()
    expect(page).to_have_url(team.url("leads?since=2026-03-01&until=2026-03-02"))
    expect(page.locator("#total")).to_have_text("4")


def test_a_range_is_compared_with_the_period_before(team: Team) -> None:
    days = [team.crm.incoming(f"old{n}", "halo", datetime(2026, 2, 28, 5, n, tzinfo=UTC)) for n in range(2)]
    team.space.append_events(days)
    team.space.until_committed()
    page = team.opens("leads?since=2026-03-01&until=2026-03-02")
    figure = page.get_by_role("region", name="New leads")
    expect(figure).to_contain_text("+100% · 2 in the period before")


def test_the_export_equals_what_is_shown_in_the_workspace_s_zone_with_organic_leads(team: Team) -> None:
    """Exports were in UTC (metabase 13677), and direct traffic was missing from them (plausible 2523)."""
    late = datetime(2026, 2, 28, 18, 30, tzinfo=UTC)  # 1 March in Jakarta
    team.space.append_events([team.crm.incoming("fajar", "malam", late)])
    team.space.until_committed()
    page = team.opens("leads?since=2026-03-01&until=2026-03-02&origin=organic")
    header, *rows = download(team, page)
    assert header == COLUMNS
    assert [row[1] for row in rows] == [row[1] for row in shown(page)] == ["dewi", "citra", "Ani Lestari", "fajar"]
    assert rows[-1][0] == "2026-03-01T01:30:00.000+07:00"


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1"])
def test_no_formula_of_a_customer_s_name_runs_in_a_spreadsheet(team: Team, name: str) -> None:
    """It did (chatwoot 15334, PostHog 54162)."""
    team.space.append_events([team.crm.contact("ani", name=name)])
    team.space.until_committed()
    page = team.opens("leads?search=ani")
    assert download(team, page)[-1][1] == f"'{name}"
    assert shown(page)[-1][1] == name.strip()


def test_the_list_and_the_figures_agree(team: Team) -> None:
    """List and insight disagreed (PostHog 12750)."""
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    team.space.append_events([team.crm.incoming(f"x{n}", "halo", at + timedelta(hours=5 * n)) for n in range(8)])
    team.space.until_committed()
    page = team.opens("leads?since=2026-03-02&until=2026-03-04")
    bars = page.locator("#numbers td").all_inner_texts()
    page.get_by_text("The numbers").click()
    bars = page.locator("#numbers td").all_inner_texts()
    assert page.locator("#total").inner_text() == str(sum(map(int, bars))) == str(len(shown(page))) == "8"
