"""`make screenshots`: the README's pictures, of a simulated month in the embedded stack, in a real Chromium."""

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from deploy.local.stack import EmbeddedStack, claim_ports
from producers.events import append_records
from producers.simulator import Scenario, simulate
from projections.clickhouse import connect
from projections.query import ask
from tests.support.chromium import launched_chromium

_WORKSPACE = "ws_kopi"
_PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
_SIZE = {"width": 1280, "height": 800}


async def _pictures(folder: Path) -> int:
    stack = EmbeddedStack(claim_ports(0, 0, 0, 0, 0), folder)
    try:
        await stack.start()
        scenario = Scenario(contacts=1_000, days=30, seed=6, workspace=_WORKSPACE)
        await append_records(stack.settings, simulate(scenario), advance=lambda _: None)
        if not await stack.drain():
            raise RuntimeError("the worker did not store everything in time")
        with connect(stack.settings) as client:
            contact = ask(client, "story_contact", workspace_id=_WORKSPACE)[0]["contact_id"]
        address = f"http://127.0.0.1:{stack.addresses.pages_port}/w/{_WORKSPACE}"
        return await asyncio.to_thread(_take, address, str(contact))
    finally:
        await stack.stop()


def _take(address: str, contact: str) -> int:
    with launched_chromium() as browser:
        if browser is None:
            sys.stderr.write("there is no browser; make browser gets one\n")
            return 1
        page = browser.new_context(viewport=_SIZE, locale="en-GB", color_scheme="light").new_page()  # type: ignore[arg-type]
        page.goto(f"{address}/pipeline")
        _save(page, "board")
        page.goto(f"{address}/contacts/{contact}?tab=conversations")
        page.locator(".row a").first.click()
        page.locator("#customer-journey").wait_for()
        _save(page, "journey")
        page.goto(f"{address}/leads")
        _save(page, "leads")
    return 0


def _save(page: Page, name: str) -> None:
    page.wait_for_load_state("load")
    page.screenshot(path=_PICTURES / f"{name}.png")
    sys.stdout.write(f"docs/pictures/{name}.png\n")


if __name__ == "__main__":
    with TemporaryDirectory(prefix="jejak-pictures-") as directory:
        sys.exit(asyncio.run(_pictures(Path(directory))))
