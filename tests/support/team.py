"""A team that works with the pages in browsers: what tests do and see there."""

import re
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.support.crm import Crm
from tests.support.pages import Pages
from tests.support.space import Space


def fill(space: Space, crm: Crm) -> None:
    """Three statuses and four customers: ani without a status, budi and dewi in Leads, citra in Purchase."""
    space.append_events(
        [
            crm.status("Leads", 0, "#3B82F6"),
            crm.status("Hot", 1, "#F97316"),
            crm.status("Purchase", 2, "#22C55E"),
            crm.contact("ani", name="Ani Lestari", phone="+628111000001", email="ani@example.com"),
            crm.contact("budi", name="Budi Santoso", phone="+628111000002"),
            crm.page_view("v-budi", "https://kopi.example/?utm_source=google&utm_medium=cpc&utm_campaign=lebaran"),
            crm.identified("v-budi", "budi"),
            crm.incoming("ani", "halo, mau pesan"),
            crm.incoming("budi", "berapa harganya?", inbox_id="WA Toko"),
            crm.session("budi", "s1"),
            crm.outgoing("budi", "Rp 25.000 kak"),
            crm.moved("budi", "leads"),
            crm.labelled("budi", "VIP"),
            crm.assigned("budi", "agent-7"),
            crm.incoming("citra", "sudah transfer", channel="instagram"),
            crm.moved("citra", "purchase"),
            crm.incoming("dewi", "ada promo?"),
            crm.moved("dewi", "leads"),
        ]
    )
    space.until_committed()


class Team:
    """People at browsers, over one workspace. Closes their browsers at the end."""

    def __init__(self, browser: Browser, space: Space, pages: Pages, crm: Crm) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self.space = space
        self.pages = pages
        self.crm = crm
        self.faults: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for context in self._contexts:
            context.close()

    def somebody(self, **options: Any) -> Page:
        """A browser of somebody. What its console complains about, and what it asks of other hosts, are faults."""
        context = self._browser.new_context(**{"locale": "en-GB"} | options)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda said: self.faults.append(said.text) if "Content Security" in said.text else None)
        page.on("request", lambda asked: None if self._is_ours(asked.url) else self.faults.append(asked.url))
        return page

    def _is_ours(self, url: str) -> bool:
        return url.startswith((self.pages.url, "data:"))

    def url(self, path: str = "", workspace: str | None = None) -> str:
        """The address of a page."""
        return f"{self.pages.url}/w/{quote(workspace or self.crm.workspace)}/{path}"

    def opens(self, path: str = "", **options: Any) -> Page:
        """Somebody with a page open."""
        page = self.somebody(**options)
        page.goto(self.url(path))
        return page


def column(page: Page, name: str) -> Locator:
    """A column of the board, by its heading."""
    return page.locator("section.column").filter(has=page.get_by_role("heading", name=re.compile(rf"^{name}\b")))


def cards(page: Page, name: str) -> Locator:
    """The names on the cards of a column."""
    return column(page, name).locator("li.card > a")


def drag(page: Page, card: Locator, onto: Locator) -> None:
    """Drag something as a hand does, in steps."""
    card.scroll_into_view_if_needed()
    start = card.bounding_box()
    assert start is not None
    page.mouse.move(start["x"] + 20, start["y"] + start["height"] / 2)
    page.mouse.down()
    goal = onto.bounding_box()
    assert goal is not None
    for part in (0.2, 0.6, 1.0):
        x, y = goal["x"] + goal["width"] / 2, goal["y"] + goal["height"] / 2
        page.mouse.move(start["x"] + (x - start["x"]) * part, start["y"] + (y - start["y"]) * part, steps=4)
    page.mouse.up()
