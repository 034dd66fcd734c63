"""A visitor of the shop's pages: a real browser, and what is stored of them."""

import json
import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.support.front_door import WORKSPACE
from tests.support.space import Space
from tests.support.waiting import wait_until


class Visitor:
    """A browser of somebody who has not been here before."""

    def __init__(self, context: BrowserContext, address: str, space: Space) -> None:
        self._address = address
        self._space = space
        self.chats: list[str] = []
        self.errors: list[str] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        context.route(re.compile(r"https://(wa\.me|api\.whatsapp\.com)/"), self._to_chat)

    def _to_chat(self, route: Any) -> None:
        self.chats.append(route.request.url)
        route.fulfill(body="WhatsApp")

    def opens(self, path: str) -> None:
        self.page.goto(f"{self._address}/shop/{path}")

    def clicks(self, element: str) -> None:
        self.page.locator(f"#{element}").click()

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Wait for something that happens while the page's events are handled."""

        def happened() -> bool:
            self.page.wait_for_timeout(50)
            return bool(condition())

        wait_until(happened, what, 180)

    @property
    def id(self) -> str:
        """The visitor's id, which the tracker has in a cookie."""

        def found() -> str:
            cookies = {cookie["name"]: cookie["value"] for cookie in self.page.context.cookies()}
            return next((value.split(".")[0] for name, value in cookies.items() if name.startswith("_jejak_id")), "")

        return wait_until(found, "the visitor has an id")

    def did(self) -> list[dict[str, Any]]:
        """What is stored of this visitor, in order."""
        return self._space.query(
            "SELECT type, data, event_id FROM events FINAL "
            "WHERE workspace_id = {w:String} AND visitor_id = {v:String} ORDER BY occurred_at",
            w=WORKSPACE,
            v=self.id,
        )

    def until_did(self, *types: str) -> list[dict[str, Any]]:
        """Wait until just these are stored; the data of each."""
        wait_until(lambda: len(self.did()) >= len(types), f"{types} are stored", 60)
        rows = self.did()
        assert [row["type"] for row in rows] == list(types)
        return [json.loads(row["data"]) for row in rows]
