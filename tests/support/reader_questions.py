"""Every view and lookup, asked as a reader with settings of its own asks, over events that are rich in odd cases."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from hypothesis import HealthCheck, Phase, given, settings

from processors.stream.row import COLUMNS, FORMAT, row_of
from producers.simulator import Scenario, simulate
from projections.clickhouse import ClickHouseAddress
from schemas.settings import Settings
from schemas.validation import validate
from tests.exactness.comparison import VIEWS
from tests.exactness.drawing import Raw, event_sets
from tests.exactness.feeding import in_workspace, store
from tests.support.reader_cases import CASES, Case

#: Lookup → what names its rows beside the workspace, and the view that has such names.
LOOKUPS = {
    "contact_journey": ("contact_id", "journey"),
    "contact_sessions": ("contact_id", "sessions"),
    "conversation_journey": ("conversation_id", "journey"),
    "conversation_status_changes": ("conversation_id", "status_changes"),
}
_SCENARIO = Scenario(contacts=10, days=14, seed=36, workspace="ws_kopi")
_SETS = 40

#: How values are written; what `compatibility` says of it is not the matter here.
_SPELLING = {"output_format_json_quote_64bit_integers": "1"}


@dataclass(frozen=True)
class Answer:
    """Columns as name and type, and the rows, sorted, since no view promises an order."""

    columns: list[dict[str, str]]
    rows: list[str]


@dataclass(frozen=True)
class Tried:
    """What one value of a setting did.

    Attributes:
        case: the setting.
        value: its value.
        refused: question → the error.
        other: question → another answer, in one line.
        parts: questions whose rows are fewer than without, and all among them.
    """

    case: Case
    value: str
    refused: dict[str, str] = field(default_factory=dict)
    other: dict[str, str] = field(default_factory=dict)
    parts: set[str] = field(default_factory=set)


def fill(client: Client) -> None:
    """Store drawn sets of events, where all that can collide does, and a simulated fortnight; always the same."""
    dice = random.Random(1)
    raws = [raw for index, events in enumerate(_drawn()) for raw in in_workspace(events, f"w{index}")]
    dice.shuffle(raws)
    for part in (raws[::3], raws[1::3], raws[2::3], raws[::4]):
        store(client, part, dice)
    rows = [row_of(validate(record.value)) for record in simulate(_SCENARIO)]
    client.raw_insert("events", COLUMNS, b"\n".join(rows), fmt=FORMAT)


def _drawn() -> list[list[Raw]]:
    found: list[list[Raw]] = []

    @settings(
        max_examples=_SETS,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(event_sets())
    def draw(events: list[Raw]) -> None:
        found.append(events)

    draw()
    return found


def reader(of: Settings) -> Client:
    """A client as people have one, which pins nothing."""
    address = ClickHouseAddress(of.clickhouse_url.get_secret_value())
    return clickhouse_connect.get_client(
        host=address.host,
        port=address.port,
        username=address.username,
        password=address.password,
        database=address.database,
        autogenerate_session_id=False,
    )


def questions(client: Client) -> dict[str, str]:
    """Name → SQL: every view, and every lookup for the id that has the most rows among those that were drawn.

    Columns are named, because some settings say what `*` is.
    """
    asked = {view: f"SELECT {_columns(client, view)} FROM {view}" for view in VIEWS}
    for lookup, (key, view) in LOOKUPS.items():
        workspace, name = client.query(
            f"SELECT workspace_id, {key} FROM {view} "
            f"WHERE workspace_id != {_quoted(_SCENARIO.workspace)} AND {key} != '' "
            "GROUP BY 1, 2 ORDER BY count() DESC, 1, 2 LIMIT 1"
        ).result_rows[0]
        source = f"{lookup}(workspace_id = {_quoted(workspace)}, {key} = {_quoted(name)})"
        asked[lookup] = f"SELECT {_columns(client, source)} FROM {source}"
    return asked


def _columns(client: Client, source: str) -> str:
    rows = client.query(f"DESCRIBE (SELECT * FROM {source})").named_results()
    return ", ".join(row["name"] for row in rows)


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def answer(client: Client, sql: str, values: Mapping[str, str]) -> Answer:
    """The answer under some settings.

    Raises:
        clickhouse_connect.driver.exceptions.Error: ClickHouse refuses.
    """
    body = json.loads(client.raw_query(sql, fmt="JSONCompact", settings={**_SPELLING, **values}))
    return Answer(body["meta"], sorted(json.dumps(row, ensure_ascii=False) for row in body["data"]))


def tried(client: Client, cases: Sequence[Case] = CASES) -> Iterator[Tried]:
    """Ask all questions under every value of every case.

    Arguments:
        client: a reader's client of a database that is filled.
        cases: the settings.
    """
    asked = questions(client)
    right = {name: answer(client, sql, {}) for name, sql in asked.items()}
    assert all(item.rows for item in right.values()), "a question that nothing answers shows nothing"

    def one(case: Case, value: str) -> Tried:
        done = Tried(case, value)
        for name, sql in asked.items():
            _compare(client, done, name, sql, right[name])
        return done

    with ThreadPoolExecutor(2) as threads:
        yield from threads.map(lambda pair: one(*pair), [(case, value) for case in cases for value in case.values])


def _compare(client: Client, done: Tried, name: str, sql: str, right: Answer) -> None:
    try:
        got = answer(client, sql, {done.case.setting: done.value, **done.case.along})
    except ClickHouseError as error:
        done.refused[name] = " ".join(str(error).split())
        return
    if got == right:
        return
    if set(got.rows) <= set(right.rows) and len(got.rows) < len(right.rows) and got.columns == right.columns:
        done.parts.add(name)
    types = [pair for pair in zip(right.columns, got.columns, strict=False) if pair[0] != pair[1]]
    rows = sorted(set(right.rows) ^ set(got.rows))
    done.other[name] = f"{len(right.rows)} rows are {len(got.rows)}; types {types[:1]}; not in both {rows[:2]}"
