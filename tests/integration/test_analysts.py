"""The analysts' page does not lie: its queries, commands and scripts answer what it shows, on the workspace it names.

The events of that workspace are written straight into the tables. What is exchanged in commands and scripts is the
address and the database. A script whose library is not installed is skipped.
"""

import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from projections.clickhouse import ClickHouseAddress
from tests.support.analysts import SCENARIO, Recipe, answer, recipes, shown_table, store_workspace
from tests.support.loop import BackgroundLoop
from tests.support.processes import ROOT, environment
from tests.support.readme import File, Shell, Step, matches, script
from tests.support.space import Space, made_space
from tests.support.stack import Stack

PAGE = (ROOT / "docs" / "analysts.md").read_text(encoding="utf-8")
RECIPES = list(recipes(PAGE))
FILES = {item.name: item for item in script(PAGE) if isinstance(item, File) and item.name.endswith(".py")}
STEPS = [item for item in script(PAGE) if isinstance(item, Step)]


@pytest.fixture(scope="module")
def workspace(stack: Stack, loop: BackgroundLoop) -> Iterator[Space]:
    """The page's workspace, in a database of its own."""
    with made_space(stack, loop) as space:
        assert store_workspace(space.client) == space.stored()
        yield space


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.heading)
def test_a_query_answers_what_the_page_shows(workspace: Space, recipe: Recipe) -> None:
    assert recipe.shown, "the query is shown without its answer"
    assert answer(workspace.client, recipe.sql) == recipe.shown


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.command.split()[-1].strip('"'))
def test_a_command_writes_what_the_page_shows(workspace: Space, step: Step, tmp_path: Path) -> None:
    if step.command.startswith("curl") and shutil.which("curl") is None:
        pytest.skip("the page asks with curl")
    for word in shlex.split(step.command):
        if word in FILES:
            for library in re.findall(r"^import (\w+)", FILES[word].text, re.MULTILINE):
                pytest.importorskip(library)
            (tmp_path / word).write_text(_here(FILES[word].text, workspace), encoding="utf-8")
    activated = environment({"PATH": f"{Path(sys.executable).parent}:{environment()['PATH']}", "TZ": "Asia/Jakarta"})
    shell = Shell(tmp_path, activated)
    try:
        said = shell.run(_here(step.command, workspace))
    finally:
        shell.close()
    assert matches(step.shown, said), said


def _here(text: str, space: Space) -> str:
    """A command or script with this stack's address and the workspace's database."""
    at = ClickHouseAddress(space.settings.clickhouse_url.get_secret_value())
    text = text.replace(
        "http://127.0.0.1:8123/?database=jejak",
        f"http://{at.username}:{at.password}@{at.host}:{at.port}/?database={at.database}",
    )
    return text.replace(
        'host="127.0.0.1", port=8123, username="default", password="", database="jejak"',
        f"host={at.host!r}, port={at.port}, username={at.username!r}, password={at.password!r}, "
        f"database={at.database!r}",
    )


def _listed_views() -> dict[str, list[str]]:
    """The views that the page lists, with their keys."""
    table = re.search(r"(?:^\|.*\|\n)+", PAGE, re.MULTILINE)
    assert table
    return {row[0].strip("`"): re.findall(r"`(\w+)`", row[2]) for row in shown_table(table[0])[1:]}


def test_lists_the_documented_views(workspace: Space) -> None:
    documented = workspace.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine = 'View' "
        "AND NOT match(comment, '^(Internal|Lookup): ')"
    )
    assert set(_listed_views()) == {row["name"] for row in documented}


@pytest.mark.parametrize(("view", "key"), _listed_views().items())
def test_a_view_has_one_row_per_key(workspace: Space, view: str, key: list[str]) -> None:
    rows, keys = workspace.client.query(
        f"SELECT count(), uniqExact({', '.join(key)}) FROM {view} WHERE workspace_id = 'ws_kopi'"
    ).result_rows[0]
    assert rows == keys
    assert rows > 0 or view == "reused_ids", "the simulated shop makes no such mistake"


@pytest.mark.parametrize("view", _listed_views())
def test_columns_come_with_the_types_that_a_view_declares(workspace: Space, view: str) -> None:
    def types(of: str) -> list[tuple[str, str]]:
        return [(row["name"], row["type"]) for row in workspace.query(f"DESCRIBE TABLE {of}")]

    # Another type of the same values, SimpleAggregateFunction say, shines through and is new to many clients.
    assert types(f"(SELECT * FROM {view})") == types(view)


def test_the_lookups_of_one_person_give_the_rows_of_the_views(workspace: Space) -> None:
    contact = re.search(r"contact_journey\(workspace_id = 'ws_kopi', contact_id = '(.*?)'\)", PAGE)
    assert contact
    for lookup, view in (("contact_journey", "journey"), ("contact_sessions", "sessions")):
        found = workspace.query(
            f"SELECT * FROM {lookup}(workspace_id = 'ws_kopi', contact_id = {{c:String}})", c=contact[1]
        )
        same = workspace.query(
            f"SELECT * FROM {view} WHERE workspace_id = 'ws_kopi' AND contact_id = {{c:String}}", c=contact[1]
        )
        assert sorted(map(str, found)) == sorted(map(str, same)) != []


def test_the_lookup_of_a_conversations_changes_gives_the_rows_of_the_view(workspace: Space) -> None:
    asked = re.search(r"conversation_status_changes\(workspace_id = 'ws_kopi', conversation_id = '(.*?)'\)", PAGE)
    assert asked
    where = "WHERE workspace_id = 'ws_kopi' AND conversation_id = {c:String}"
    found = workspace.query(
        "SELECT * FROM conversation_status_changes(workspace_id = 'ws_kopi', conversation_id = {c:String})", c=asked[1]
    )
    same = workspace.query(f"SELECT * FROM status_changes {where}", c=asked[1])
    assert sorted(map(str, found)) == sorted(map(str, same)) != []


def test_names_the_command_that_makes_its_workspace() -> None:
    command = re.search(r"`jejak simulate (.*?) --produce`", PAGE)
    assert command
    assert command[1] == (
        f"--workspace {SCENARIO.workspace} --contacts {SCENARIO.contacts} --days {SCENARIO.days} --seed {SCENARIO.seed}"
    )


def test_every_block_is_run_by_a_test() -> None:
    fences = re.findall(r"^```(\w.*)$", PAGE, re.MULTILINE)
    kinds = {"sql", "sql grafana", "console", *(f"python {name}" for name in FILES)}
    assert set(fences) == kinds
    assert len(RECIPES) == sum(fence.startswith("sql") for fence in fences) > 20
    assert set(FILES) <= {word for step in STEPS for word in shlex.split(step.command)}


def test_a_query_is_read_with_its_answer() -> None:
    text = (
        "# A\n```sql\nSELECT 1\n```\n\n| a | b |\n|---|---:|\n| x \\| y | 1 |\n\n## B\n\n```sql\nSELECT 2\n```\ntext\n"
    )
    assert list(recipes(text)) == [
        Recipe("A", "SELECT 1\n", [["a", "b"], ["x | y", "1"]]),
        Recipe("B", "SELECT 2\n", []),
    ]


@pytest.mark.parametrize(
    ("shown", "is_true"),
    [
        ("| n | t |\n|---|---|\n| 1 | NULL |\n", True),
        ("| n | t |\n|---|---|\n| 2 | NULL |\n", False),
        ("| n | t |\n|---|---|\n| 1 |  |\n", False),
        ("| n | u |\n|---|---|\n| 1 | NULL |\n", False),
        ("| n | t |\n|---|---|\n| 1 | NULL |\n| 1 | NULL |\n", False),
        ("| n | t |\n|---|---|\n", False),
    ],
)
def test_only_the_whole_answer_is_taken(workspace: Space, shown: str, is_true: bool) -> None:
    assert (answer(workspace.client, "SELECT 1 AS n, NULL AS t") == shown_table(shown)) is is_true
