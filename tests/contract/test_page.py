"""The contract's page and the code agree: every name on the page is the code's, every cited section is on the page."""

import re

import pytest
import typer

from commands.main import app
from schemas import constants
from schemas.catalogue import BY_NAME, CATALOGUE
from schemas.instant import iso
from schemas.settings import Settings
from tests.support.processes import ROOT
from tests.support.space import Space

PAGE = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## (\d+)\. (.*)$", PAGE, re.MULTILINE))
#: The rows of section 2's table: types, titles, category, topic and whether it names a conversation, fields.
ROWS = [line.split(" | ") for line in PAGE.splitlines() if re.match(r"\| `\w+\.\w+`", line)]
#: A view's columns: the list of names, each in the same pair of backticks, that opens with the workspace.
VIEW = re.compile(r"^`(\w+)`:[^\n]*?\s`(workspace_id, [^`]+)`", re.MULTILINE)
#: The views of which a sentence says that they have one more column.
WITH_TEXT = re.findall(
    r"`(\w+)`", (re.search(r"((?:`\w+`(?: and )?)+) also have `event_order_text`", PAGE) or ["", ""])[1]
)
CITED_IN = ("schemas", "processors", "projections", "producers", "commands", "deploy", "tests", "docs", "bench")
CITATION = re.compile(r"contract(?:'s|,)? \(?sections? (\d+)(?: and (\d+)|, (\d+) and (\d+))?")


def words(cell: str) -> list[str]:
    """The names in backticks, without what stands in braces or is a value."""
    return re.findall(r"`(\w[\w.-]*)`", re.sub(r"`\{[^}]*\}`", "", cell))


def test_lists_the_types_of_the_catalogue_in_its_order() -> None:
    listed = [name for row in ROWS for name in words(row[0])]
    assert listed == [item.name for item in CATALOGUE]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("| "))
def test_a_types_title_category_and_topic_are_the_catalogues(row: list[str]) -> None:
    titles = row[1].split(" / ")
    for name, title in zip(words(row[0]), titles, strict=True):
        item = BY_NAME[name]
        assert title == (item.title or "–")
        assert row[2] == (item.category or "–")
        assert row[3].split("`")[1] == Settings(_env_file=None).topic(item.topic)
        names_a_conversation = item.model.model_fields.get("conversation_id")
        assert row[3].endswith(" C") == bool(names_a_conversation and names_a_conversation.is_required())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0].strip("| "))
def test_every_field_of_a_type_is_on_the_page(row: list[str]) -> None:
    cell = row[4]
    if "as a page view" in cell:
        cell += next(other[4] for other in ROWS if "web.page_view" in other[0])
    for name in words(row[0]):
        fields = set(BY_NAME[name].model.model_fields)
        shown = set(words(cell)) | ({"contact_id", "conversation_id"} if row[3].endswith(" C") else set())
        assert fields <= shown, fields - shown


def test_every_cited_section_is_on_the_page() -> None:
    cited = {
        number
        for folder in CITED_IN
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in {".py", ".sql", ".md", ".sh", ".yaml"} and "node_modules" not in path.parts
        for match in CITATION.finditer(path.read_text(encoding="utf-8"))
        for number in match.groups()
        if number
    }
    assert cited
    assert cited <= SECTIONS.keys()


def test_the_topics_and_their_settings_are_those_that_are_made() -> None:
    settings = Settings(_env_file=None)
    named = set(re.findall(r"`(journey\.[a-z-]+)`", PAGE))
    assert named == {settings.topic(name) for name in (*constants.TOPICS, constants.DEAD_LETTERS)}
    assert f"with {constants.PARTITIONS} partitions" in PAGE
    assert f"`max.message.bytes` of {constants.MAX_MESSAGE_BYTES // 2**20} MiB" in PAGE
    assert f"`journey.dead-letters` ({constants.MAX_DEAD_LETTER_BYTES // 2**20} MiB)" in PAGE
    assert f"`cleanup.policy={constants.CLEANUP_POLICY}`" in PAGE
    assert f"`retention.ms={constants.RETENTION_MS}`" in PAGE
    assert f"The prefix `{constants.TOPIC_PREFIX}` is a setting" in PAGE


def test_the_limits_are_those_of_the_code() -> None:
    assert f"{constants.CONTENT_TYPE_HEADER}: {constants.MEDIA_TYPE}" in PAGE
    assert f"Ids are strings of 1–{constants.MAX_ID_LENGTH} characters" in PAGE
    assert f"| `id`, `source` | 1–{constants.MAX_SOURCE_LENGTH} characters" in PAGE
    assert constants.MAX_INTEGER == 2**63 - 1
    assert "a whole number from 0 to 2⁶³−1" in PAGE
    assert f"over {constants.MAX_VALUE_BYTES:,} bytes of value" in PAGE
    assert f"a `time` before {iso(constants.EARLIEST_MS)[:4]} or more than" in PAGE
    assert re.search(rf"more than {constants.MAX_AHEAD_MS // 60_000}\s+minutes after the record's own Kafka time", PAGE)
    assert f"the oldest unstored record older than {constants.MAX_UNSTORED_SECONDS:.0f} s" in PAGE


@pytest.mark.parametrize("name", ["MAX_VALUE_BYTES", "MEDIA_TYPE", "REASON_PREFIX", "VALUE_SHA256", "TOPIC_PREFIX"])
def test_a_constant_is_written_down_once(name: str) -> None:
    """Where a second module spells one out, the two can part."""
    value = getattr(constants, name)
    spelled = f'"{re.escape(value)}' if isinstance(value, str) else rf"\b{value:_}\b"
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("schemas", "processors", "projections", "producers", "commands")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(spelled, path.read_text(encoding="utf-8"))
    }
    assert found == {"schemas/constants.py"}


def test_the_headers_of_dead_letters_are_those_that_are_written() -> None:
    shown = re.search(r"headers `__connect\.errors\.topic`((?:, `\.[\w.]+`)+)", PAGE)
    assert shown
    assert ("topic", *re.findall(r"`\.([\w.]+)`", shown[1])) == constants.REASON_NAMES
    assert constants.REASON_PREFIX == "__connect.errors."
    assert f"`{constants.VALUE_SHA256}` and `{constants.VALUE_BYTES}`" in PAGE


def test_the_settings_are_those_of_the_code() -> None:
    section = PAGE[PAGE.index("## 5.") : PAGE.index("| command | what it does |")]
    assert set(re.findall(r"`([A-Z][A-Z_]+[A-Z])`", section)) == {name.upper() for name in Settings.model_fields}


def test_the_commands_are_those_of_the_code() -> None:
    group = typer.main.get_command(app)
    named = set(re.findall(r"`jejak ([a-z-]+)", PAGE))
    named |= {name for row in re.findall(r"^\| `jejak journey`(.*?) \|", PAGE, re.MULTILINE) for name in words(row)}
    assert named == set(group.commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("view", "columns"), VIEW.findall(PAGE), ids=lambda value: value.partition(",")[0])
def test_a_views_columns_are_those_of_the_page_in_its_order(pipeline: Space, view: str, columns: str) -> None:
    rows = pipeline.query(
        "SELECT name, comment FROM system.columns WHERE database = currentDatabase() AND table = {view:String} "
        "ORDER BY position",
        view=view,
    )
    names = columns.replace("\n", " ").split(", ")
    assert [row["name"] for row in rows] == [*names, *(["event_order_text"] if view in WITH_TEXT else [])]
    assert all(row["comment"] for row in rows)


def test_every_view_of_the_page_was_looked_at() -> None:
    assert {view for view, _ in VIEW.findall(PAGE)} >= {
        *("journey", "conversations", "pipeline_statuses", "pipeline_board", "contacts", "sessions", "leads"),
        *("status_changes", "reused_ids"),
    }
