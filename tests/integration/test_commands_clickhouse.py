"""The commands that ask or change ClickHouse."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from schemas.catalogue import CATALOGUE
from tests.support.events import event, new_workspace
from tests.support.jejak import jejak
from tests.support.space import Space

#: Each would end a string literal, a statement or a C string somewhere; none may do more than be an odd id.
ODD_IDS = (
    "o'brien",
    'say "hi"',
    "back\\slash",
    "x' OR '1'='1",
    "1; DROP TABLE events; --",
    "{workspace_id:String}",
    "%s %(x)s",
    "two\nlines\ttabbed",
    "☕🫘" * 32,
    "-- comment",
    "--json",
)


@pytest.fixture(scope="module")
def odd_workspace(pipeline: Space) -> Iterator[str]:
    """A workspace with one contact, conversation and visitor for each odd id."""
    workspace = f"{new_workspace()}'\\\"; 🫘"
    for number, odd in enumerate(ODD_IDS):
        data = {"contact_id": odd, "conversation_id": odd, "message_id": "m", "text": f"text {number}"}
        visit = {"visitor_id": odd, "contact_id": odd, "url": f"page {number}"}
        pipeline.append_events([event("message.incoming", workspace, data), event("web.page_view", workspace, visit)])
    pipeline.until_committed()
    yield workspace


@pytest.mark.parametrize("number", range(len(ODD_IDS)))
def test_an_odd_id_is_an_id_and_nothing_else(pipeline: Space, odd_workspace: str, number: int) -> None:
    odd = ODD_IDS[number]
    kind = ("contact", "conversation", "visitor")[number % 3]
    ran = jejak("journey", f"--workspace={odd_workspace}", f"--{kind}={odd}", "--json", settings=pipeline.environment)
    assert ran.status == 0, ran.stderr
    assert {row["summary"] for row in ran.rows} == {f"text {number}", f"page {number}"}
    assert pipeline.stored() > 0


def test_views_take_any_id_as_a_parameter(pipeline: Space, odd_workspace: str) -> None:
    for number, odd in list(enumerate(ODD_IDS))[::3]:
        rows = pipeline.query(
            "SELECT summary FROM contact_journey(workspace_id = {w:String}, contact_id = {c:String})",
            w=odd_workspace,
            c=odd,
        )
        assert {row["summary"] for row in rows} == {f"text {number}", f"page {number}"}
        rows = pipeline.query(
            "SELECT summary FROM conversation_journey(workspace_id = {w:String}, conversation_id = {c:String})",
            w=odd_workspace,
            c=odd,
        )
        assert {row["summary"] for row in rows} == {f"text {number}", f"page {number}"}


def test_a_nul_in_an_id_finds_nothing_and_breaks_nothing(pipeline: Space) -> None:
    # No argument of a program can hold one, so this goes to the view itself.
    for sql in (
        "SELECT count() FROM contact_journey(workspace_id = {w:String}, contact_id = {c:String})",
        "SELECT count() FROM conversation_journey(workspace_id = {w:String}, conversation_id = {c:String})",
    ):
        assert pipeline.value(sql, w="w\0s", c="c\0'") == 0


def test_journey_shows_a_page_newest_first_or_oldest_first(pipeline: Space) -> None:
    workspace = new_workspace()
    data = {"contact_id": "c", "conversation_id": "cv", "message_id": "m"}
    pipeline.append_events(
        [
            event("message.incoming", workspace, data | {"text": str(n)}, time=f"2025-03-14T12:00:0{n}Z")
            for n in range(5)
        ]
    )
    pipeline.until_committed()
    options = ("journey", "--workspace", workspace, "--contact", "c", "--limit", "3")
    newest = jejak(*options, "--json", settings=pipeline.environment)
    assert [row["summary"] for row in newest.rows] == ["4", "3", "2"]
    assert newest.rows[0]["occurred_at"] == "2025-03-14T12:00:04.000Z"
    assert newest.rows[0]["session_id"] is None
    assert json.loads(newest.rows[0]["data"])["text"] == "4"
    oldest = jejak(*options, "--json", "--oldest-first", settings=pipeline.environment)
    assert [row["summary"] for row in oldest.rows] == ["0", "1", "2"]
    table = jejak(*options, settings=pipeline.environment)
    assert table.status == 0
    assert "Incoming" in table.stdout


def test_journey_wants_exactly_one_subject(pipeline: Space) -> None:
    for wrong in ((), ("--contact", "c", "--visitor", "v")):
        ran = jejak("journey", "--workspace", "w", *wrong, settings=pipeline.environment)
        assert ran.is_one_clear_line("--contact", "--conversation", "--visitor"), ran
    untied = jejak("journey", "--workspace", "w", "--visitor", "nobody", settings=pipeline.environment)
    assert untied.is_one_clear_line("nobody"), untied


def test_migrate_creates_everything_and_finds_nothing_to_do_the_second_time(new_space: Callable[..., Space]) -> None:
    space = new_space()
    space.client.command(f"DROP DATABASE `{space.name}`")
    first = jejak("migrate", "--json", settings=space.environment)
    assert first.status == 0, first.stderr
    assert {"events", "journey", "contact_journey", "conversation_journey"} <= set(first.rows[0]["created"])
    second = jejak("migrate", settings=space.environment)
    assert (second.status, second.stdout.strip(), second.stderr) == (0, "up to date", "")
    databases = space.query("SELECT name FROM system.databases WHERE startsWith(name, {n:String})", n=space.name)
    assert [row["name"] for row in databases] == [space.name]


def test_a_readers_database_has_the_views_for_people_with_their_comments_and_answers_and_nothing_else(
    pipeline: Space,
) -> None:
    """Also when it is made a second time."""
    readers = f"{pipeline.name}_readers"
    columns = (
        "SELECT table, name, type, comment FROM system.columns "
        "WHERE database = {n:String} AND table IN {views:Array(String)} ORDER BY table, position"
    )
    try:
        for _ in range(2):
            ran = jejak("migrate", "--readers", readers, settings=pipeline.environment)
            assert (ran.status, ran.stderr) == (0, "")
        assert f"{readers} has 13 views" in ran.stdout
        made = pipeline.query("SELECT name, engine, comment FROM system.tables WHERE database = {n:String}", n=readers)
        assert {row["engine"] for row in made} == {"View"}
        assert all(row["comment"] and not row["comment"].startswith("Internal: ") for row in made)
        views = [row["name"] for row in made]
        assert {"leads", "contact_journey"} <= set(views)
        assert pipeline.query(columns, n=readers, views=views) == pipeline.query(columns, n=pipeline.name, views=views)
        for sql in (
            "SELECT * FROM {database}.conversations ORDER BY ALL LIMIT 5",
            "SELECT * FROM {database}.contact_journey(workspace_id = 'w', contact_id = 'c') LIMIT 5",
        ):
            here, there = (pipeline.query(sql.format(database=name)) for name in (pipeline.name, readers))
            assert here == there
    finally:
        pipeline.client.command(f"DROP DATABASE IF EXISTS `{readers}`")
    refused = jejak("migrate", "--readers", pipeline.name, settings=pipeline.environment)
    assert refused.is_one_clear_line("name another database"), refused


def test_migrate_mends_views_by_itself(new_space: Callable[..., Space]) -> None:
    space = new_space()
    space.client.command("DROP VIEW contact_journey")
    space.client.command("CREATE OR REPLACE VIEW journey AS SELECT 1 AS nothing")
    checked = jejak("migrate", "--check", "--json", settings=space.environment)
    assert checked.status == 1
    named = "\n".join(checked.rows[0]["drift"])
    assert "view contact_journey: missing" in named
    assert "view journey: column nothing" in named
    assert space.value("SELECT * FROM journey") == 1, "--check changes nothing"
    mended = jejak("migrate", "--json", settings=space.environment)
    assert (mended.status, mended.stderr) == (0, "")
    assert mended.rows == [
        {"created": ["contact_journey"], "attached": [], "replaced": ["journey"], "commented": [], "drift": []}
    ]
    assert space.stored("journey") == 0
    assert space.stored("contact_journey(workspace_id = 'w', contact_id = 'c')") == 0


def test_migrate_names_what_it_may_not_touch_and_leaves_it(new_space: Callable[..., Space]) -> None:
    space = new_space()
    comment = space.value(
        "SELECT comment FROM system.columns WHERE database = {d:String} AND table = 'events' AND name = 'visitor_id'",
        d=space.name,
    )
    space.client.command("ALTER TABLE events COMMENT COLUMN visitor_id 'altered'")
    space.client.command("ALTER TABLE visitor_ties ADD COLUMN surplus String")
    for _ in range(2):
        refused = jejak("migrate", "--json", settings=space.environment)
        assert refused.status == 1
        first, second = refused.rows[0]["drift"]
        assert first.startswith("table events: column visitor_id: comment is 'altered'")
        assert second == "table visitor_ties: column surplus is not in the file"
        *told, advice = refused.stderr.splitlines()
        assert (len(told), "run `jejak rebuild`" in advice) == (2, True)
    space.client.command(f"ALTER TABLE events COMMENT COLUMN visitor_id '{comment}'")
    space.client.command("ALTER TABLE visitor_ties DROP COLUMN surplus")
    assert jejak("migrate", settings=space.environment).status == 0


def test_schemas_writes_a_file_per_type_and_the_asyncapi_document(tmp_path: Path) -> None:
    ran = jejak("schemas", "--out", str(tmp_path / "out"))
    assert ran.status == 0, ran.stderr
    written = [Path(line) for line in ran.stdout.splitlines()]
    assert all(path.is_file() for path in written)
    names = " ".join(path.name for path in written)
    assert all(item.name in names for item in CATALOGUE)
    assert "asyncapi" in names
    assert jejak("schemas").status == 0
