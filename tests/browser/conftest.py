"""Fixtures of the tests in a browser: one Chromium, and a team that works with the pages."""

import uuid
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.chromium import running_chromium
from tests.support.crm import Crm
from tests.support.pages import Pages, running_pages
from tests.support.space import Space
from tests.support.team import Team, fill

# A busy machine is slow, and what a test waits for still has to come.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not for the session: until it is closed, its event loop runs in this thread, and other tests begin one there."""
    with running_chromium() as running:
        yield running


@pytest.fixture(scope="session")
def pages(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    with running_pages(pipeline, tmp_path_factory.mktemp("pages")) as running:
        yield running


@pytest.fixture
def team(browser: Browser, pipeline: Space, pages: Pages) -> Iterator[Team]:
    """A workspace of its own, with a few customers."""
    crm = Crm(f"ws-{uuid.uuid4().hex[:8]}")
    fill(pipeline, crm)
    with Team(browser, pipeline, pages, crm) as working:
        yield working
