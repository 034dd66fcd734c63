"""`jejak pages` as a process of its own, and what it answers over HTTP."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.support.processes import JEJAK, Process
from tests.support.space import Space
from tests.support.waiting import wait_until

#: What a browser says of a request that its own page sends.
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def json(self) -> Any:
        """The body, which is JSON."""
        return json.loads(self.text)

    @property
    def items(self) -> list[dict[str, Any]]:
        """The items of a list."""
        assert self.status == 200, self.text
        found: list[dict[str, Any]] = self.json["items"]
        return found

    @property
    def problem(self) -> tuple[int, str | None, str]:
        """Status, field and detail of a problem document."""
        assert self.headers["content-type"] == "application/problem+json", self.headers
        body = self.json
        assert body["status"] == self.status
        return self.status, body.get("field"), body["detail"]


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Stay)


class Pages(Process):
    """The process."""

    @property
    def url(self) -> str:
        """Where it listens."""
        line = next(line for line in self.said().splitlines() if line.startswith("ready pages="))
        return line.removeprefix("ready pages=")

    def until_listening(self) -> None:
        """Wait until it takes connections."""

        def listens() -> bool:
            assert self.alive, f"the pages ended: {self.logged()[-2000:]}"
            return "ready pages=" in self.said()

        wait_until(listens, "the pages listen", 60)

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, **query: Any
    ) -> Answer:
        """Send a request as a browser's own page does.

        Arguments:
            method: of HTTP.
            path: below the address.
            body: what is sent as JSON; bytes as they are.
            headers: instead of those of an own page.
            query: parameters; lists repeat.
        """
        wanted = {name: value for name, value in query.items() if value is not None}
        url = f"{self.url}{path}{'?' + urlencode(wanted, doseq=True) if wanted else ''}"
        sent = dict(OWN_PAGE if headers is None else headers)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            sent.setdefault("Content-Type", "application/json")
        request = urllib.request.Request(url, data, sent, method=method)
        try:
            with _opener.open(request, timeout=30) as response:
                return Answer(response.status, dict(_lower(response.headers)), response.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, dict(_lower(error.headers)), error.read().decode())

    def workspace(self, name: str) -> "Workspace":
        """The API of one workspace."""
        return Workspace(self, f"/api/v1/workspaces/{name}/")


def _lower(headers: Any) -> Iterator[tuple[str, str]]:
    for name, value in headers.items():
        yield name.lower(), value


@dataclass(frozen=True)
class Workspace:
    """The API below one workspace's path."""

    pages: Pages
    path: str

    def get(self, path: str, headers: Mapping[str, str] | None = None, **query: Any) -> Answer:
        """GET."""
        return self.pages.ask("GET", self.path + path, headers=headers, **query)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """A request that changes something; `_` in a header's name stands for `-`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.pages.ask(method, self.path + path, body, OWN_PAGE | more)

    def all_items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        items: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = self.get(path, **query, cursor=cursor)
            items += page.items
            cursor = page.json["next"]
            if cursor is None:
                return items


@contextmanager
def running_pages(space: Space, directory: Path, changes: dict[str, str] | None = None) -> Iterator[Pages]:
    """`jejak pages` over a space, stopped at the end."""
    number = len(list(directory.glob("pages-*.log")))
    settings = space.environment | {"JEJAK_PAGES_PORT": "0", "JEJAK_TIMEZONE": "Asia/Jakarta"} | (changes or {})
    with Pages([*JEJAK, "pages"], directory / f"pages-{number}.log", settings) as pages:
        pages.until_listening()
        yield pages
