"""Who may send events: the sources file, its keys and origins, and the commands that write it."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from producers.http.limits import Rate, Rates
from producers.http.metrics import table
from producers.http.origins import LOOPBACK, checked_origin, is_allowed, origin_of
from producers.http.sources.keys import hashed
from producers.http.sources.lookup import Lookup
from producers.http.sources.model import Page, Service, Sources, SourcesError, WhatsApp, parsed_sources
from producers.http.sources.watching import SourcesFile
from producers.http.sources.writing import Value, add_source
from tests.support.jejak import Ran, jejak
from tests.support.processes import ROOT

PAGE: dict[str, Value | None] = {"workspace": "ws", "key": "web_1", "origins": ["https://kopi.example"]}


def sources(**tables: list[dict[str, Any]]) -> Sources:
    return Sources.model_validate(tables)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"[[page]\n", "not TOML"),
        (b"\xff", "not TOML"),
        (b"[[pages]]\n", "pages"),
        (b'[[page]]\nkey = "k"\norigins = ["https://a.co"]\n', "page.0.workspace"),
        (b'[[page]]\nworkspace = "w"\nkey = "k"\norigins = []\n', "page.0.origins"),
        (b'[[page]]\nworkspace = "w"\nkey = "k"\norigins = ["https://a.co/path"]\n', "page.0.origins.0"),
        (b'[[page]]\nworkspace = "w"\nkey = "a/b"\norigins = ["https://a.co"]\n', "page.0.key"),
        (b'[[page]]\nworkspace = "w"\nkey = "k"\norigins = ["https://a.co"]\nidentity_secret = "hush"\n', "identity"),
        (b'[[service]]\nworkspace = "w"\nname = "n"\nkey_sha256 = "hush"\ntypes = ["*"]\n', "service.0.key_sha256"),
        (
            b'[[whatsapp]]\nworkspace = "w"\napp_secret = "hush"\nverify_token_sha256 = "hush"\n',
            "whatsapp.0.app_secret",
        ),
    ],
)
def test_a_wrong_file_says_where_and_quotes_no_value(content: bytes, words: str) -> None:
    with pytest.raises(SourcesError, match=words) as error:
        parsed_sources(content)
    assert "hush" not in str(error.value)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match="no event type"):
        sources(service=[{"workspace": "w", "name": "n", "key_sha256": "0" * 64, "types": ["message.lost"]}])


def test_a_key_is_there_once(tmp_path: Path) -> None:
    add_source(tmp_path / "s.toml", "page", PAGE)
    with pytest.raises(SourcesError, match="twice"):
        add_source(tmp_path / "s.toml", "page", PAGE)


def test_adding_keeps_what_is_there_and_only_the_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "deeper" / "s.toml"
    add_source(path, "page", PAGE | {"identity_secret": None})
    path.write_text("# ours\n" + path.read_text())
    add_source(path, "page", PAGE | {"key": "web_2", "workspace": 'a "quoted" ☕ name'})
    assert path.read_text().startswith("# ours\n")
    assert [page["key"] for page in tomllib.loads(path.read_text())["page"]] == ["web_1", "web_2"]
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_sources_are_found_by_what_a_request_brings() -> None:
    service = {"workspace": "w", "name": "n", "key_sha256": hashed("secret"), "types": ["label.added"]}
    found = Lookup(sources(page=[PAGE], service=[service]))
    assert found.page("web_1") is not None and found.page("web_2") is None
    known = found.service("secret")
    assert known is not None and known.may_send("label.added") and not known.may_send("label.removed")
    assert found.service("Secret") is None and found.service("") is None
    assert found.whatsapp("w") == []


def test_without_a_file_nobody_may_send_and_it_is_told() -> None:
    file = SourcesFile(None)
    assert "JEJAK_COLLECT_SOURCES" in (file.problem or "")
    assert file.now.page("demo") is None


def test_a_missing_file_at_the_start_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourcesError, match=r"none\.toml: cannot be read"):
        SourcesFile(tmp_path / "none.toml")


def test_a_file_that_goes_away_and_comes_back_is_told_both_times(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    add_source(path, "page", PAGE)
    file = SourcesFile(path)
    content = path.read_bytes()
    path.unlink()
    file.look()
    assert "cannot be read" in (file.problem or "") and file.now.page("web_1") is not None
    path.write_bytes(content)
    file.look()
    assert file.problem is None


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("https://kopi.example", True),
        ("HTTPS://Kopi.Example", True),
        ("https://kopi.example:443", False),
        ("https://kopi.example.evil.example", False),
        ("https://evil.example", False),
        ("http://localhost", True),
        ("http://localhost:3000", True),
        ("http://localhost:3000.evil.example", False),
        ("http://localhost.evil.example:80", False),
        ("http://[::1]:5173", True),
        ("http://127.0.0.1:99999999", False),
        ("null", False),
        ("", False),
    ],
)
def test_an_origin_is_allowed_as_a_whole(origin: str, allowed: bool) -> None:
    assert is_allowed(origin, ["https://kopi.example", *LOOPBACK]) is allowed


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://kopi.example/menu?x=1", "https://kopi.example"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("http://[::1", None),
        ("about:blank", None),
        ("", None),
    ],
)
def test_a_referer_has_an_origin(url: str, origin: str | None) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize("text", ["kopi.example", "ftp://a.co", "https://a.co/", "*", "https://*", "https://a.co:x"])
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no origin"):
        checked_origin(text)


def test_a_rate_lets_a_burst_pass_and_then_says_how_long_to_wait() -> None:
    rate = Rate(20.0)
    assert rate.take(150) == 0
    assert 0 < rate.take(100) <= 100 / 20
    assert Rates().take("key", None, 10**9) == 0


def test_a_batch_larger_than_the_burst_passes_once_the_bucket_is_full() -> None:
    assert Rate(1.0).take(10_000) == 0


def _added(*arguments: str, path: Path) -> Ran:
    settings = {"JEJAK_COLLECT_SOURCES": str(path), "JEJAK_WHATSAPP_APP_SECRET": "an-app-secret-of-meta"}
    return jejak("sources", "add", *arguments, settings=settings)


def test_the_commands_write_a_file_that_the_door_reads(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    page = _added("page", "--workspace", "ws", "--origin", "https://kopi.example", "--identity", path=path)
    service = _added("service", "--workspace", "ws", "--name", "crm", "--type", "label.added", path=path)
    whatsapp = _added("whatsapp", "--workspace", "ws", path=path)
    assert [page.status, service.status, whatsapp.status] == [0, 0, 0], page.stderr + service.stderr + whatsapp.stderr
    found = parsed_sources(path.read_bytes())
    assert f'data-key="{found.page[0].key}"' in page.stdout
    assert found.page[0].identity_secret is not None
    secret = service.stdout.strip().removeprefix("Authorization: Bearer ")
    assert found.service[0].key_sha256 == hashed(secret)
    assert secret not in path.read_text()
    token = whatsapp.stdout.strip().splitlines()[-1].removeprefix("verify token: ")
    assert found.whatsapp[0].verify_token_sha256 == hashed(token)


def test_a_wrong_source_is_one_clear_line(tmp_path: Path) -> None:
    wrong = _added("page", "--workspace", "ws", "--origin", "kopi.example", path=tmp_path / "s.toml")
    assert wrong.is_one_clear_line("--origin"), wrong
    unset = jejak("sources", "add", "service", "--workspace", "ws", "--name", "n")
    assert unset.is_one_clear_line("JEJAK_COLLECT_SOURCES"), unset


def test_the_page_lists_the_metrics_and_the_fields_of_the_file() -> None:
    page = (ROOT / "docs" / "collecting.md").read_text(encoding="utf-8")
    assert page.endswith(table()), "`python -m producers.http.metrics` prints the table"
    for kind, model in (("page", Page), ("service", Service), ("whatsapp", WhatsApp)):
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `[[{kind}]]`")]
        assert set(re.findall(r"`(\w+)`", row)) == model.model_fields.keys()
