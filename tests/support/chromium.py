"""A real Chromium, for tests of what happens in a browser: `python -m tests.support.chromium` gets one.

`JEJAK_TEST_BROWSER` names its program; else the first that the machine has is taken, else Playwright's own.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Playwright, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def _program() -> str | None:
    """Where a browser is on this machine; None where only Playwright's own can be."""
    return os.environ.get("JEJAK_TEST_BROWSER") or next(filter(None, map(shutil.which, _NAMES)), None)


#: It runs as root in containers, and asks no host but the pages'.
_ARGUMENTS = ("--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync")


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """A browser, closed at the end; without one the test is not run, and says so."""
    with launched_chromium() as browser:
        if browser is None:
            pytest.skip("NOT RUN: no browser; make browser gets one, or set JEJAK_TEST_BROWSER")
        yield browser


@contextmanager
def launched_chromium() -> Iterator[Browser | None]:
    """A browser, closed at the end; None where none can be started."""
    with sync_playwright() as playwright:
        browser = _launched(playwright)
        yield browser
        if browser is not None:
            browser.close()


def _launched(playwright: Playwright) -> Browser | None:
    try:
        return playwright.chromium.launch(executable_path=_program(), args=_ARGUMENTS)
    except Error:
        return None


def _starts() -> bool:
    with launched_chromium() as browser:
        return browser is not None


def get() -> int:
    """Get a browser where there is none: Playwright's download, else Debian's package; the exit status."""
    if _starts():
        print(f"a browser is there: {_program() or 'the one of Playwright'}")
        return 0
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        ways += [["sh", "-c", "apt-get update -qq && apt-get install -qq -y --no-install-recommends chromium"]]
    for way in ways:
        subprocess.run(
            way, check=False, stdout=subprocess.DEVNULL, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        )
        if _starts():
            print("a browser was installed")
            return 0
    print("no browser can be had; install chromium, or set JEJAK_TEST_BROWSER", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(get())
