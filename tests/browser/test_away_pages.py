"""Pages while something is away: they say so, keep what they show, and come back by themselves."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.crm import Crm
from tests.support.loop import BackgroundLoop
from tests.support.pages import running_pages
from tests.support.proxy import Mode, Proxy, running_proxy
from tests.support.space import Space
from tests.support.stack import Stack
from tests.support.team import Team, fill
from tests.support.worker import running_worker


@pytest.fixture
def proxy(stack: Stack, loop: BackgroundLoop) -> Iterator[Proxy]:
    with running_proxy(stack.clickhouse, loop) as running:
        yield running


@pytest.fixture
def fragile(browser: Browser, new_space: Callable[..., Space], proxy: Proxy, logs: Path) -> Iterator[Team]:
    """A team whose worker has stopped, and whose ClickHouse can be taken away."""
    space, crm = new_space(proxy.url), Crm(f"ws-{uuid.uuid4().hex[:8]}")
    with running_worker(space, logs):
        fill(space, crm)
    with running_pages(space, logs) as pages, Team(browser, space, pages, crm) as working:
        yield working


def test_answers_that_are_late_are_told_until_the_worker_is_back(fragile: Team, logs: Path) -> None:
    page = fragile.opens("conversations")
    expect(page.locator("#late")).to_be_hidden()
    fragile.space.append_events([fragile.crm.incoming("gita", "halo?")])
    expect(page.locator("#late")).to_contain_text("s late: new events wait to be stored", timeout=60_000)
    with running_worker(fragile.space, logs):
        expect(page.get_by_role("link", name="gita")).to_be_visible()
        expect(page.locator("#late")).to_be_hidden()


def test_a_page_says_that_clickhouse_is_away_keeps_what_it_shows_and_comes_back(fragile: Team, proxy: Proxy) -> None:
    open_page = fragile.opens("conversations")
    proxy.set(Mode.REFUSE)
    other = fragile.somebody()
    answer = other.goto(fragile.url("leads"))
    assert answer is not None
    assert (answer.status, answer.headers["retry-after"]) == (503, "2")
    expect(other.get_by_role("heading", name="Something is away")).to_be_visible()
    expect(other.locator("#problem")).to_contain_text("ClickHouse does not answer")
    open_page.evaluate("htmx.trigger('#main', 'refresh')")
    expect(open_page.locator("#lost")).to_contain_text("The connection is lost")
    expect(open_page.get_by_role("link", name="Budi Santoso")).to_be_visible()
    proxy.set(Mode.PASS)
    expect(open_page.locator("#lost")).to_be_hidden()
    expect(other.locator("#total")).to_have_text("4")
