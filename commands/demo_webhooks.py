"""The demo's sample webhooks, sent through the front door as Meta sends them: signed, one body a request."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp

from commands.terminal.errors import CommandError
from producers.http.sources.keys import hashed, new_secret
from producers.http.sources.writing import add_source
from producers.http.whatsapp import signed
from producers.whatsapp import Body, read_bodies, sample_files


def add_app(sources: Path, workspace: str) -> str:
    """Add a WhatsApp app to the sources of the front door.

    Arguments:
        sources: the sources file.
        workspace: whose app it is.

    Returns:
        The app secret.
    """
    secret = new_secret()
    values = {"workspace": workspace, "app_secret": secret, "verify_token_sha256": hashed(new_secret())}
    add_source(sources, "whatsapp", values)
    return secret


def sample_bodies() -> Iterator[bytes]:
    """The sample webhook bodies that come with Jejak."""
    for path in sample_files():
        with path.open("rb") as stream:
            for body in read_bodies(stream, path.name):
                if isinstance(body, Body):
                    yield json.dumps(body.value, ensure_ascii=False).encode()


async def send_webhooks(url: str, app_secret: str, advance: Callable[[int], object]) -> Counter[str]:
    """Send the sample bodies.

    Arguments:
        url: the webhook's address.
        app_secret: signs the bodies.
        advance: called after each.

    Returns:
        How many `webhooks` were sent, and what the answers say was `appended`, `skipped` and `rejected`.

    Raises:
        CommandError: one was not answered 200.
    """
    done: Counter[str] = Counter()
    async with aiohttp.ClientSession() as session:
        for body in sample_bodies():
            headers = {"X-Hub-Signature-256": signed(app_secret, body).decode(), "Content-Type": "application/json"}
            async with session.post(url, data=body, headers=headers) as response:
                if response.status != 200:
                    raise CommandError(f"a sample webhook was answered {response.status}: {await response.text()}")
                done.update(await response.json(), webhooks=1)
            advance(1)
    return done
