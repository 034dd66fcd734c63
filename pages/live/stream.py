"""The stream of server-sent events (HTML standard, section 9.2)."""

import asyncio
import json
from collections.abc import AsyncIterator

from pages.live.news import Item, News

MEDIA_TYPE = "text/event-stream"
#: Proxies close what is silent for longer than half a minute or so.
_SILENCE_SECONDS = 15.0
_RETRY_MS = 2_000


async def stream(news: News, workspace: str, late: int | None) -> AsyncIterator[str]:
    """The text of one browser's stream.

    Arguments:
        news: of all workspaces.
        workspace: which.
        late: how late the answers are now, in seconds.
    """
    with news.listening(workspace) as queue:
        yield f"retry: {_RETRY_MS}\n\n"
        yield _text(Item("late", {"seconds": late}))
        while True:
            try:
                item = await asyncio.wait_for(queue.get(), _SILENCE_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
            else:
                yield _text(item)


def _text(item: Item) -> str:
    return f"event: {item.event}\ndata: {json.dumps(item.data)}\n\n"
