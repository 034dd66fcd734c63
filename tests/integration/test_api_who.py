"""Who may: users, proxies, keys, roles, workspaces, other sites' pages (contract, section 7)."""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.crm import Crm
from tests.support.jejak import jejak
from tests.support.pages import OWN_PAGE, Pages, running_pages
from tests.support.processes import JEJAK, ROOT, environment
from tests.support.space import Space
from tests.support.waiting import wait_until
from tests.support.who import add_entry

STATUS = {"name": "Baru", "color": "#123456"}


@dataclass(frozen=True)
class Guarded:
    """Pages with users, a proxy and keys."""

    pages: Pages
    keys: dict[str, str]
    users: Path


@pytest.fixture(scope="module")
def guarded(pipeline: Space, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("who")
    users, keys = folder / "users.toml", folder / "keys.toml"
    add_entry("users", users, "Sari", "agent", "ws-a", password="correct horse")
    made = {role: add_entry("keys", keys, f"{role} key", role, "ws-a") for role in ("viewer", "agent", "admin")}
    crm = Crm("ws-a")
    pipeline.append_events(
        [crm.status("Leads", 0), *map(crm.incoming, ("ani", "citra", "dina")), Crm("ws-b").incoming("budi")]
    )
    pipeline.until_committed()
    settings = {
        "JEJAK_PAGES_USERS": str(users),
        "JEJAK_PAGES_API_KEYS": str(keys),
        "JEJAK_PAGES_TRUSTED_PROXY": "127.0.0.0/8",
    }
    with running_pages(pipeline, folder, settings) as pages:
        yield Guarded(pages, made, users)


def _path(workspace: str, path: str) -> str:
    return f"/api/v1/workspaces/{workspace}/{path}"


@pytest.mark.parametrize(
    ("role", "method", "path", "body", "status"),
    [
        ("viewer", "GET", "conversations", None, 200),
        ("viewer", "PUT", "conversations/k-ani/status", {"status_id": "leads"}, 403),
        ("viewer", "POST", "pipeline/statuses", STATUS, 403),
        ("agent", "PUT", "conversations/k-ani/status", {"status_id": "leads"}, 200),
        ("agent", "POST", "pipeline/statuses", STATUS, 403),
        ("agent", "DELETE", "pipeline/statuses/leads", None, 403),
        ("agent", "PUT", "pipeline/order", {"status_ids": []}, 403),
        ("admin", "POST", "pipeline/statuses", {"name": " ", "color": "#123456"}, 422),
    ],
)
def test_a_role_may_do_its_part_and_no_more(
    guarded: Guarded, role: str, method: str, path: str, body: object, status: int
) -> None:
    """Programs need not say which site they are."""
    headers = {"Authorization": f"Bearer {guarded.keys[role]}"}
    answer = guarded.pages.ask(method, _path("ws-a", path), body, headers)
    assert answer.status == status, answer.text
    if status == 200 and method == "PUT":
        assert answer.json["status_changed_by"] == "agent key"


@pytest.mark.parametrize(
    "path", ["conversations", "conversations/k-budi", "pipeline", "leads", "changes", "contacts/x"]
)
def test_another_workspace_s_anything_is_404(guarded: Guarded, path: str) -> None:
    headers = {"Authorization": f"Bearer {guarded.keys['admin']}"}
    assert guarded.pages.ask("GET", _path("ws-b", path), headers=headers).problem[0] == 404
    assert guarded.pages.ask("POST", _path("ws-b", "pipeline/statuses"), STATUS, headers).problem[0] == 404


def test_nobody_and_unknown_keys_are_401(guarded: Guarded) -> None:
    for headers in ({}, {"Authorization": "Bearer nope"}, {"Cookie": "jejak_session=forged"}):
        answer = guarded.pages.ask("GET", _path("ws-a", "conversations"), headers=headers)
        assert answer.problem[0] == 401
        assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    ("groups", "status"),
    [
        ("jejak:ws-a:viewer", 200),
        ("other,jejak:*:admin", 200),
        ("jejak:ws-b:admin", 404),
        ("jejak:ws-a:king", 404),
        ("jejak::admin,admin", 404),
        ("", 404),
    ],
)
def test_a_trusted_proxy_says_who_asks_and_what_they_may(guarded: Guarded, groups: str, status: int) -> None:
    headers = {"X-Forwarded-User": "dina", "X-Forwarded-Groups": groups}
    assert guarded.pages.ask("GET", _path("ws-a", "conversations"), headers=headers).status == status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 422),
        ({"Sec-Fetch-Site": "none"}, 422),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "HOST"}, 403),
        ({"Origin": "HOST"}, 422),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
    ids=str,
)
def test_another_site_s_page_cannot_send_a_write(guarded: Guarded, headers: dict[str, str], status: int) -> None:
    user = {"X-Forwarded-User": "dina", "X-Forwarded-Groups": "jejak:*:admin"}
    told = {name: value.replace("HOST", guarded.pages.url) for name, value in headers.items()}
    answer = guarded.pages.ask("POST", _path("ws-a", "pipeline/statuses"), {"name": "", "color": ""}, user | told)
    assert answer.status == status


def test_a_write_is_one_line_of_the_audit_log(guarded: Guarded) -> None:
    user = {"X-Forwarded-User": "dina", "X-Forwarded-Groups": "jejak:ws-a:agent"}
    answer = guarded.pages.ask(
        "PUT", _path("ws-a", "conversations/k-citra/status"), {"status_id": "leads"}, user | OWN_PAGE
    )
    assert answer.status == 200
    lines = [line for line in guarded.pages.logged().splitlines() if '"user": "dina"' in line]
    assert len(lines) == 1
    assert answer.json["event_id"] in lines[0]


def test_without_any_of_the_three_a_foreign_name_is_refused_and_a_foreign_host_is_not_listened_on(
    pipeline: Space, tmp_path: Path
) -> None:
    with running_pages(pipeline, tmp_path) as pages:
        assert pages.ask("GET", _path("ws-a", "pipeline"), headers={"Host": "evil.example"}).problem[0] == 421
        assert pages.ask("GET", _path("ws-a", "pipeline"), headers={"Host": "localhost:1"}).status == 200
    refused = jejak("pages", settings=pipeline.environment | {"JEJAK_PAGES_HOST": "0.0.0.0", "JEJAK_PAGES_PORT": "0"})
    assert refused.is_one_clear_line("JEJAK_PAGES_USERS"), refused


def test_a_header_from_elsewhere_than_the_proxy_counts_for_nothing(pipeline: Space, tmp_path: Path) -> None:
    with running_pages(pipeline, tmp_path, {"JEJAK_PAGES_TRUSTED_PROXY": "10.0.0.1"}) as pages:
        headers = {"X-Forwarded-User": "dina", "X-Forwarded-Groups": "jejak:*:admin"}
        assert pages.ask("GET", _path("ws-a", "pipeline"), headers=headers).problem[0] == 401


def test_a_user_logs_in_and_the_session_ends_with_the_password(guarded: Guarded) -> None:
    def login(password: str) -> tuple[int, str]:
        told = guarded.pages.ask("POST", "/login", {"name": "Sari", "password": password})
        return told.status, told.headers.get("set-cookie", "")

    assert login("wrong")[0] == 401
    status, cookie = login("correct horse")
    assert status == 204
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    session = {"Cookie": cookie.partition(";")[0]}
    done = guarded.pages.ask(
        "PUT", _path("ws-a", "conversations/k-dina/status"), {"status_id": "leads"}, session | OWN_PAGE
    )
    assert (done.status, done.json["status_changed_by"]) == (200, "Sari")
    assert (
        guarded.pages.ask("POST", "/login", {"name": "x", "password": "y"}, {"Sec-Fetch-Site": "cross-site"}).status
        == 403
    )
    add_entry("users", guarded.users, "Sari", "agent", "ws-a", password="other horse")
    assert guarded.pages.ask("GET", _path("ws-a", "pipeline"), headers=session).status == 401


def test_a_name_that_fails_too_often_has_to_wait(guarded: Guarded) -> None:
    answers = [guarded.pages.ask("POST", "/login", {"name": "Mallory", "password": "x"}) for _ in range(6)]
    assert [answer.status for answer in answers[:3]] == [401] * 3
    assert answers[-1].status == 429
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_user_who_is_added_is_known_without_a_restart(guarded: Guarded) -> None:
    before = guarded.users.stat().st_mode & 0o777
    add_entry("users", guarded.users, "Tedi", "viewer", "ws-a", password="another horse")
    assert before == 0o600
    assert '"Tedi"' in guarded.users.read_text()
    assert "another horse" not in guarded.users.read_text()


@pytest.mark.parametrize(
    ("setting", "content", "told"),
    [
        ("JEJAK_PAGES_USERS", None, "cannot read"),
        ("JEJAK_PAGES_USERS", "nonsense", "not TOML"),
        ("JEJAK_PAGES_API_KEYS", "[[keys]]\nname = 1\n", "has a name, a hash, a role and workspaces"),
        ("JEJAK_PAGES_TRUSTED_PROXY", "not-an-address", "JEJAK_PAGES_TRUSTED_PROXY"),
    ],
)
def test_a_file_or_address_that_cannot_be_used_ends_in_one_line(
    pipeline: Space, tmp_path: Path, setting: str, content: str | None, told: str
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_text(content)
    value = content if setting.endswith("PROXY") else str(file)
    ran = jejak("pages", settings=pipeline.environment | {"JEJAK_PAGES_PORT": "0", setting: value or ""})
    assert ran.is_one_clear_line(told), ran


def test_a_wrong_short_password_is_refused(tmp_path: Path) -> None:
    done = subprocess.run(
        [*JEJAK, "users", "add", "x", "--role", "viewer", "--workspace", "*", "--file", str(tmp_path / "u.toml")],
        cwd=ROOT, env=environment(), input="short\n", text=True, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "fewer than 8" in done.stderr
    wait_until(lambda: not (tmp_path / "u.toml").exists(), "nothing is written")
