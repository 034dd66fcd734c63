"""The application: the API and the pages over one desk, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from pages import probes
from pages.api import contacts, conversations, leads, live, pipeline
from pages.desk import Desk
from pages.html import board, conversation, home, login, settings
from pages.html import contacts as contacts_pages
from pages.html import conversations as conversations_pages
from pages.html import leads as leads_pages
from pages.html.assets import PATH, Assets
from pages.html.errors import error_page, is_page
from pages.live.lateness import Lateness
from pages.metrics import Measured, Metrics
from pages.problems import add_problems
from pages.who.headers import SecurityHeaders

API = "/api/v1/workspaces/{workspace}"
PAGES = "/w/{workspace}"


def create_app(desk: Desk) -> FastAPI:
    """The application.

    Arguments:
        desk: what requests share; nothing of it is connected yet.
    """
    # FastAPI's own pages of documentation load their scripts from another host.
    app = FastAPI(
        title="Jejak",
        version="1",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_beside,
    )
    app.state.desk = desk
    app.state.metrics = Metrics()
    app.state.lateness = Lateness(desk.settings, desk.news)
    app.state.metrics.streams.set_function(lambda: desk.news.listeners)
    add_problems(app, is_page, error_page)
    for room in (conversations, contacts, leads, pipeline, live):
        app.include_router(room.router, prefix=API)
    for page in (conversations_pages, conversation, contacts_pages, board, settings, leads_pages):
        app.include_router(page.router, prefix=PAGES)
    app.include_router(home.router)
    app.include_router(login.router)
    app.mount(PATH, Assets(), name="static")
    app.include_router(probes.router)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Measured, metrics=app.state.metrics)
    return app


@asynccontextmanager
async def _beside(app: FastAPI) -> AsyncIterator[None]:
    """Follow the topics and look for news while requests are answered."""
    desk: Desk = app.state.desk
    work: list[Coroutine[Any, Any, None]] = [desk.tail.run(), desk.news.run(), app.state.lateness.run()]
    tasks = [asyncio.create_task(item) for item in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await desk.publisher.stop()
