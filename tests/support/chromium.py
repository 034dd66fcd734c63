"""A real Chromium, for tests of what happens in a browser.

`JEJAK_TEST_BROWSER` names its program; else the first that the machine has is taken, else Playwright's own.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def _program() -> str | None:
    """Where a browser is on this machine; None where only Playwright's own can be."""
    return os.environ.get("JEJAK_TEST_BROWSER") or next(filter(None, map(shutil.which, _NAMES)), None)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser, closed at the end; without one the test is not run, and says so."""
    with sync_playwright() as playwright:
        browser = _launched(playwright)
        try:
            yield browser
        finally:
            browser.close()


def _launched(playwright: Playwright) -> Browser:
    try:
        return playwright.chromium.launch(executable_path=_program(), args=["--no-sandbox"])
    except Error as error:
        first = str(error).strip().splitlines()[0]
        pytest.skip(f"NOT RUN: no browser; set JEJAK_TEST_BROWSER, or install chromium ({first})")
