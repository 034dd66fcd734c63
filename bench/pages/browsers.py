"""How soon a change of status is seen: in the browser of who makes it, and in another one."""

from dataclasses import dataclass
from statistics import median
from urllib.parse import quote

from playwright.sync_api import Error, Page

from bench.errors import BenchError
from tests.support.chromium import launched_chromium

# Both browsers note when the text of the status changes, by the clock of the machine that they share.
_WATCH = """
(wanted) => {
  window.seenAt = 0;
  const look = () => {
    if (!window.seenAt && document.querySelector("#status-details-held").textContent.includes(wanted)) {
      window.seenAt = performance.timeOrigin + performance.now();
    }
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
}
"""
_CHOOSE = """
(wanted) => {
  const buttons = [...document.querySelectorAll("#status-details form button")];
  window.chosenAt = performance.timeOrigin + performance.now();
  buttons.find((button) => button.textContent.includes(wanted)).click();
}
"""
_PATIENCE_MS = 20_000


@dataclass(frozen=True)
class Seen:
    """Milliseconds from the click to the change on the screen; the medians."""

    own: float
    anothers: float


def seen(address: str, workspace: str, conversation: str, runs: int) -> Seen:
    """Change the status of a conversation back and forth.

    Arguments:
        address: of the server.
        workspace: whose.
        conversation: which.
        runs: how often.

    Raises:
        BenchError: there is no browser, or there are fewer than two statuses.
    """
    url = f"{address}/w/{quote(workspace)}/conversations/{quote(conversation)}"
    with launched_chromium() as browser:
        if browser is None:
            raise BenchError("there is no browser; make browser gets one")
        one, two = browser.new_context().new_page(), browser.new_context().new_page()
        for page in (one, two):
            page.goto(url)
        names = [text.strip() for text in one.locator("#status-details form .chip").all_text_contents()]
        if len(names) < 3:
            raise BenchError("there are fewer than two statuses")
        times = [_changed(one, two, names[number % 2]) for number in range(runs)]
    return Seen(median(own for own, _ in times), median(other for _, other in times))


def _changed(one: Page, two: Page, name: str) -> tuple[float, float]:
    for page in (one, two):
        page.evaluate(_WATCH, name)
    one.evaluate(_CHOOSE, name)
    for page in (one, two):
        try:
            page.locator("#status-details-held", has_text=name).wait_for(timeout=_PATIENCE_MS)
        except Error:
            shown = page.locator("#status-details-held").inner_text()
            failed = one.locator("#failed").text_content()
            whose = "one's own" if page is one else "another's"
            raise BenchError(f"{whose} browser shows {shown!r}, not {name!r} {failed}") from None
    begun = one.evaluate("window.chosenAt")
    return one.evaluate("window.seenAt") - begun, two.evaluate("window.seenAt") - begun
