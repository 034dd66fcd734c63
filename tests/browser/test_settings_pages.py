"""Pipeline Management in a browser, step by step as the product's page has it."""

from playwright.sync_api import Page, expect

from tests.support.team import Team, drag


def names(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".statuses .status-name").all_text_contents()]


def test_a_status_is_added_with_a_name_and_a_colour(team: Team) -> None:
    page = team.opens()
    page.get_by_role("link", name="Settings").click()
    page.get_by_text("Add Status").click()
    page.get_by_label("Name", exact=True).last.fill("Kirim")
    page.locator("#add label").filter(has_text="#EF4444").click()
    page.get_by_role("button", name="Add", exact=True).click()
    row = page.locator(".status").filter(has_text="Kirim")
    expect(row).to_be_visible()
    expect(row.locator(".status-name circle")).to_have_attribute("fill", "#ef4444")
    expect(page.locator("#said")).to_have_text("Kirim was added")
    page.goto(team.url("pipeline"))
    expect(page.get_by_role("heading", name="Kirim")).to_be_visible()
    assert team.faults == []


def test_a_name_that_another_status_has_is_refused_in_words(team: Team) -> None:
    page = team.opens("settings/pipeline")
    page.get_by_text("Add Status").click()
    page.get_by_label("Name", exact=True).last.fill("hot")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("another status is called 'Hot'")
    expect(page.get_by_label("Name", exact=True).last).to_have_value("hot")


def test_a_status_is_renamed_and_recoloured(team: Team) -> None:
    page = team.opens("settings/pipeline")
    page.get_by_label("Edit Hot").click()
    form = page.locator("#edit-hot form")
    form.get_by_label("Name").fill("Panas")
    form.locator("label").filter(has_text="#EC4899").click()
    form.get_by_role("button", name="Save").click()
    row = page.locator(".status").filter(has_text="Panas")
    expect(row.locator(".status-name circle")).to_have_attribute("fill", "#ec4899")
    page.goto(team.url("conversations?status=hot"))
    expect(page.get_by_label("Pipeline status")).to_have_value("hot")


def test_statuses_are_reordered_by_dragging_and_by_keyboard(team: Team) -> None:
    page = team.opens("settings/pipeline")
    assert names(page) == ["Leads", "Hot", "Purchase"]
    drag(page, page.locator("#status-purchase .grip"), page.locator("#status-leads"))
    expect(page.locator("#said")).to_have_text("Purchase was moved")
    page.reload()
    assert names(page) == ["Purchase", "Leads", "Hot"]
    page.get_by_label("Move Hot up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".statuses .status-name").nth(1)).to_contain_text("Hot")
    expect(page.locator("#said")).to_have_text("Hot was moved")
    expect(page.get_by_label("Move Hot up")).to_be_focused()
    page.reload()
    assert names(page) == ["Purchase", "Hot", "Leads"]


def test_a_status_is_deleted_once_that_is_confirmed_and_conversations_keep_it(team: Team) -> None:
    page = team.opens("settings/pipeline")
    page.get_by_label("Delete Leads").click()
    page.locator("#delete-leads").get_by_role("button", name="Delete").click()
    expect(page.locator(".status").filter(has_text="Leads")).to_have_count(0)
    page.goto(team.url("conversations/k-budi"))
    expect(page.locator("#status-details-held")).to_contain_text("Leads (deleted)")
    menu = page.locator("#status-details")
    menu.locator("summary").click()
    expect(menu.get_by_role("button", name="Leads", exact=True)).to_have_count(0)
