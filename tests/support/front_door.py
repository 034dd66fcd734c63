"""The front door as a process of its own, and clients that speak to it as services, Meta and browsers do."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from producers.http.sources.keys import hashed
from producers.http.sources.writing import Value, add_source
from producers.http.whatsapp import signed
from schemas.instant import iso
from tests.support.processes import JEJAK, Process
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.web_events import now_ms

WORKSPACE = "ws_door"
PAGE_KEY = "web_test"
SECRET = "a-secret-key-of-a-service-that-is-long-enough"
NARROW_SECRET = "a-secret-key-that-is-for-messages-only-0001"
APP_SECRET = "0123456789abcdef0123456789abcdef"
VERIFY_TOKEN = "a-verify-token"
IDENTITY_SECRET = "an-identity-secret-that-the-shops-backend-knows"
ORIGIN = "https://kopi.example"


@dataclass(frozen=True)
class Answer:
    """What the door answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found


def write_test_sources(path: Path, **page: Value) -> None:
    """A page, two services and a WhatsApp app of one workspace."""
    values: dict[str, Value | None] = {
        "workspace": WORKSPACE,
        "key": PAGE_KEY,
        "origins": [ORIGIN, "http://127.0.0.1:*"],
        "identity_secret": IDENTITY_SECRET,
        "events_per_second": 100_000.0,
        "automation": True,
    }
    add_source(path, "page", values | page)
    for name, secret, types in (("crm", SECRET, ["*"]), ("narrow", NARROW_SECRET, ["message.incoming"])):
        add_source(
            path, "service", {"workspace": WORKSPACE, "name": name, "key_sha256": hashed(secret), "types": types}
        )
    app = {"workspace": WORKSPACE, "app_secret": APP_SECRET, "verify_token_sha256": hashed(VERIFY_TOKEN)}
    add_source(path, "whatsapp", app)


class FrontDoor(Process):
    """A running `jejak collect`."""

    def __init__(self, settings: Mapping[str, str], log: Path, sources: Path) -> None:
        self.sources = sources
        own = {"JEJAK_COLLECT_PORT": "0", "JEJAK_COLLECT_SOURCES": str(sources)}
        super().__init__([*JEJAK, "collect"], log, own | dict(settings))

    @property
    def address(self) -> str:
        """Its URL, once it has printed it."""

        def printed() -> str:
            assert self.alive, self.logged()[-2000:]
            line = self.said().partition("\n")[0]
            return line.removeprefix("ready collect=") if line.startswith("ready collect=") else ""

        return wait_until(printed, "the front door prints its address")

    def until_ready(self, timeout: float = 60.0) -> None:
        wait_until(lambda: self.get("/readyz").status == 200, "the front door is ready", timeout)

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        try:
            return self.request("GET", path)
        except OSError as error:
            return Answer(0, {}, str(error).encode())

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric over the series with these labels."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        lines = [
            line for line in self.get("/metrics").body.decode().splitlines() if line.split("{")[0].split()[:1] == [name]
        ]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(item in line for item in wanted))

    def events(self, *events: Any, secret: str = SECRET) -> Answer:
        """Send events as a service does, in a batch."""
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/cloudevents-batch+json"}
        return self.request("POST", "/events", json.dumps(events).encode(), headers)

    def track(self, *events: Mapping[str, Any], key: str = PAGE_KEY, **headers: str) -> Answer:
        """Send events as the tracker does."""
        body = json.dumps({"schema": PAYLOAD, "data": events}).encode()
        sent = {"Content-Type": "application/json; charset=UTF-8", "Origin": ORIGIN, "User-Agent": BROWSER}
        return self.request(
            "POST", f"/t/{key}", body, sent | {name.replace("_", "-"): value for name, value in headers.items()}
        )

    def webhook(self, body: bytes, secret: str = APP_SECRET, workspace: str = WORKSPACE) -> Answer:
        """Send a body as Meta does."""
        headers = {"X-Hub-Signature-256": signed(secret, body).decode(), "Content-Type": "application/json"}
        return self.request("POST", f"/whatsapp/{workspace}", body, headers)


PAYLOAD = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36"


@contextmanager
def running_front_door(space: Space, directory: Path, changes: Mapping[str, str] | None = None) -> Iterator[FrontDoor]:
    """A front door that is ready, stopped at the end."""
    sources = directory / "sources.toml"
    if not sources.exists():
        write_test_sources(sources)
    number = len(list(directory.glob("door-*.log")))
    with FrontDoor(space.environment | dict(changes or {}), directory / f"door-{number}.log", sources) as door:
        door.until_ready()
        yield door


def message(number: str, **changes: Any) -> dict[str, Any]:
    """An incoming message of a service."""
    return {
        "specversion": "1.0",
        "id": f"m-{number}",
        "source": "/crm",
        "type": "message.incoming",
        "time": iso(now_ms()),
        "workspaceid": WORKSPACE,
        "data": {"contact_id": f"ct-{number}", "conversation_id": f"cv-{number}", "message_id": f"m-{number}"},
        **changes,
    }


def stored(space: Space, *ids: str) -> list[str]:
    """Wait until events with these ids are stored; their types, in the order of the ids."""

    def types() -> dict[str, str]:
        rows = space.query(
            "SELECT event_id, type FROM events FINAL "
            "WHERE workspace_id = {w:String} AND event_id IN {ids:Array(String)}",
            w=WORKSPACE,
            ids=list(ids),
        )
        return {row["event_id"]: row["type"] for row in rows}

    wait_until(lambda: len(types()) >= len(set(ids)), f"{ids} are stored")
    return [types()[item] for item in ids]
