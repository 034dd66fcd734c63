"""Lists of conversations and contacts in a browser: filters in the URL, and live rows that fit them."""

from playwright.sync_api import Page, expect

from tests.support.team import Team


def rows(page: Page) -> list[str]:
    return page.locator("table.list tbody th[scope=row]").all_text_contents()


def test_conversations_are_filtered_by_status_label_channel_assignee_and_search(team: Team) -> None:
    page = team.opens("conversations")
    assert rows(page) == ["dewi", "citra", "Budi Santoso", "Ani Lestari"]
    page.get_by_label("Pipeline status").select_option("leads")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("table.list tbody tr")).to_have_count(2)
    assert rows(page) == ["dewi", "Budi Santoso"]
    assert "status=leads" in page.url
    for query, who in {
        "status=none": ["Ani Lestari"],
        "label=VIP": ["Budi Santoso"],
        "channel=instagram": ["citra"],
        "assignee=agent-7": ["Budi Santoso"],
        "search=628111000001": ["Ani Lestari"],
        "status=leads&label=VIP": ["Budi Santoso"],
        "status=Leads": ["dewi", "Budi Santoso"],
    }.items():
        page.goto(team.url(f"conversations?{query}"))
        assert rows(page) == who, query


def test_a_click_on_a_value_filters_by_it_and_filters_can_be_cleared(team: Team) -> None:
    page = team.opens("conversations?status=leads")
    page.get_by_role("link", name="VIP").click()
    expect(page).to_have_url(team.url("conversations?status=leads&label=VIP"))
    assert rows(page) == ["Budi Santoso"]
    page.goto(team.url("conversations?search=nobody"))
    expect(page.get_by_text("No conversation fits these filters.")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Clear filters").last.click()
    expect(page).to_have_url(team.url("conversations"))


def test_live_rows_fit_the_filter(team: Team) -> None:
    """Live updates brought rows that did not match (chatwoot 7039, 8890)."""
    page = team.opens("conversations?status=leads")
    team.space.append_events([team.crm.incoming("eka", "halo"), team.crm.incoming("dewi", "masih ada?")])
    api = team.pages.workspace(team.crm.workspace)
    api.send("PUT", "conversations/k-budi/status", {"status_id": "hot"})
    expect(page.locator("table.list tbody th[scope=row]")).to_have_text(["dewi"])
    api.send("PUT", "conversations/k-ani/status", {"status_id": "leads"})
    expect(page.locator("table.list tbody th[scope=row]")).to_have_text(["dewi", "Ani Lestari"])


def test_contacts_are_filtered_by_the_status_of_their_conversations_at_once(team: Team) -> None:
    """A status was set on a conversation, and the contacts' filter found nobody (chatwoot 12500, 11137)."""
    api = team.pages.workspace(team.crm.workspace)
    api.send("PUT", "conversations/k-ani/status", {"status_id": "hot"})
    page = team.opens("contacts?status=hot")
    assert rows(page) == ["Ani Lestari"]
    page.goto(team.url("contacts?search=santoso"))
    assert rows(page) == ["Budi Santoso"]
    page.get_by_role("link", name="Budi Santoso").click()
    expect(page.get_by_role("region", name="Profile")).to_contain_text("+628111000002")


def test_pages_of_a_list_follow_each_other_without_a_gap(team: Team) -> None:
    team.space.append_events([team.crm.incoming(f"p{number:02}", "halo") for number in range(60)])
    team.space.until_committed()
    page = team.opens("conversations")
    first = rows(page)
    page.get_by_role("link", name="Next page").click()
    expect(page.get_by_role("link", name="First page")).to_be_visible()
    second = rows(page)
    assert (len(first), len(second)) == (50, 14)
    assert len({*first, *second}) == 64
