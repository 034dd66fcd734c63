"""The Customer Journey in a browser: the six steps of the product's page, filters, details, and exact instants."""

import re

from playwright.sync_api import expect

from tests.support.team import Team

ENTRIES = "#customer-journey .entry"


def test_the_six_steps_lead_to_the_customer_journey(team: Team) -> None:
    page = team.opens()
    page.get_by_role("navigation", name="Sections").get_by_role("link", name="Chat").click()
    page.get_by_role("navigation", name="Chat").get_by_role("link", name="Contacts").click()
    page.get_by_role("link", name="Budi Santoso").click()
    page.get_by_role("link", name="Conversations", exact=True).last.click()
    page.get_by_role("main").get_by_role("link", name="Budi Santoso").click()
    page.get_by_role("link", name="Customer Journey").click()
    panel = page.get_by_role("region", name="Customer Journey")
    expect(panel).to_be_in_viewport()
    titles = panel.locator(".entry strong").all_text_contents()
    assert titles == [
        *("Agent Human Assigned", "Label Added", "Pipeline Changed", "Outgoing"),
        *("Session Started", "Incoming", "Page View"),
    ]
    assert team.faults == []


def test_a_journey_is_filtered_by_title_and_category_in_the_url(team: Team) -> None:
    page = team.opens("conversations/k-budi")
    panel = page.get_by_role("region", name="Customer Journey")
    panel.get_by_label("Category").select_option("external")
    panel.get_by_role("button", name="Apply").click()
    expect(panel.locator(".entry strong")).to_have_text(["Page View"])
    assert "category=external" in page.url
    page.goto(team.url("conversations/k-budi?title=Incoming&title=Outgoing&order=oldest"))
    expect(panel.locator(".entry strong")).to_have_text(["Incoming", "Outgoing"])


def test_an_entry_unfolds_its_details_and_shows_its_exact_instant(team: Team) -> None:
    page = team.opens("contacts/budi")
    entry = page.locator(ENTRIES).filter(has_text="Page View")
    entry.locator("summary").click()
    expect(entry.locator("dl")).to_contain_text("https://kopi.example/?utm_source=google")
    title = entry.locator("time").get_attribute("title")
    assert title is not None
    assert re.fullmatch(r"2026-03-01 09:\d\d:00\.000 \+07:00", title)


def test_a_person_that_a_list_names_has_a_page_under_each_of_its_ids(team: Team) -> None:
    """A list showed people whose page was not found, because they had been merged (PostHog 12141)."""
    team.space.append_events([team.crm.incoming("budi-old", "halo lagi"), team.crm.merged("budi", "budi-old")])
    team.space.until_committed()
    page = team.opens("contacts/budi-old")
    expect(page).to_have_url(team.url("contacts/budi"))
    profile = page.get_by_role("region", name="Profile")
    expect(profile).to_contain_text("budi-old")
    expect(profile).to_contain_text("v-budi")
    expect(page.locator(ENTRIES).filter(has_text="halo lagi")).to_be_visible()


def test_a_conversation_shows_its_messages_its_details_and_other_conversations_beside_it(team: Team) -> None:
    page = team.opens("conversations/k-budi")
    expect(page.locator(".message .text")).to_have_text(["berapa harganya?", "Rp 25.000 kak"])
    details = page.get_by_role("region", name="Conversation details")
    for text in ("WA Toko", "whatsapp", "VIP", "agent-7", "Session 1", "This is the only one."):
        expect(details).to_contain_text(text)
    other = team.crm.incoming("budi", "dari Instagram", conversation_id="k-budi-2", channel="instagram")
    team.space.append_events([other])
    expect(details.locator(".row")).to_contain_text("instagram")


def test_what_happens_appears_without_a_reload_and_leaves_what_is_unfolded_as_it_is(team: Team) -> None:
    page = team.opens("conversations/k-budi")
    first = page.locator(ENTRIES).filter(has_text="Page View").locator("details")
    first.locator("summary").click()
    team.space.append_events([team.crm.incoming("budi", "jadi pesan dua")])
    expect(page.locator(".message .text").last).to_have_text("jadi pesan dua")
    expect(page.locator(ENTRIES).first).to_contain_text("jadi pesan dua")
    expect(first).to_have_attribute("open", "")
