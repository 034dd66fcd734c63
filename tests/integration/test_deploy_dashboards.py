"""The dashboards: their parts fit together, and every query of the analysts' runs and finds something."""

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from producers.simulator import Scenario, simulate
from tests.exactness.feeding import store
from tests.support.loop import BackgroundLoop
from tests.support.space import Space, made_space
from tests.support.stack import Stack
from tests.unit.deployment import DEPLOY, documents

DASHBOARDS = {path.stem: json.loads(path.read_text("utf-8")) for path in (DEPLOY / "grafana/dashboards").glob("*.json")}
WORKSPACE = "ws'kopi"


def queries() -> Iterator[tuple[str, str]]:
    for panel in DASHBOARDS["analysts"]["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["rawSql"]
    for variable in DASHBOARDS["analysts"]["templating"]["list"]:
        yield variable["name"], variable["query"]


@pytest.fixture(scope="module")
def simulated(stack: Stack, loop: BackgroundLoop) -> Iterator[Space]:
    """A month of a workspace whose id has to be quoted."""
    records = simulate(Scenario(workspace=WORKSPACE, contacts=60, days=5))
    with made_space(stack, loop) as space:
        store(space.client, [json.loads(record.value) for record in records], random.Random(1))
        yield space


def in_grafana_s_words(sql: str) -> str:
    """What Grafana and its ClickHouse plugin make of a query: variables and macros filled in."""
    quoted = "'" + WORKSPACE.replace("'", "\\'") + "'"
    sql = sql.replace("${workspace:singlequote}", quoted)
    return re.sub(r"\$__timeFilter\(([\w.]+)\)", r"\1 >= toDateTime(946684800) AND \1 <= toDateTime(4102444800)", sql)


@pytest.mark.parametrize(("title", "sql"), list(queries()))
def test_every_query_of_the_analysts_runs_and_finds_something(simulated: Space, title: str, sql: str) -> None:
    filled = in_grafana_s_words(sql)
    assert "$" not in filled
    rows = simulated.query(filled)
    assert rows, title
    if title == "workspace":
        assert rows == [{"workspace_id": WORKSPACE}]


def test_board_and_new_leads_say_what_the_views_say(simulated: Space) -> None:
    by_title: Callable[[str], list[dict[str, Any]]] = lambda title: simulated.query(  # noqa: E731
        in_grafana_s_words(dict(queries())[title])
    )
    assert by_title("New leads") == [{"leads": simulated.stored("leads")}]
    by_day = by_title("Leads by day and source")
    assert sum(row["leads"] for row in by_day) == simulated.stored("leads")
    assert {row["source"] for row in by_day} > {"organic"}
    by_channel = by_title("Messages by channel")
    types = "type IN ('message.incoming', 'message.outgoing', 'agent.ai_response')"
    assert sum(row["messages"] for row in by_channel) == simulated.stored("journey", types)


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_s_parts_fit_together(name: str) -> None:
    dashboard = DASHBOARDS[name]
    panels = dashboard["panels"]
    provisioned = {
        (item["type"], item["uid"])
        for document in documents(DEPLOY / "grafana/provisioning/datasources/jejak.yaml")
        for item in document["datasources"]
    }
    used = [
        part["datasource"]
        for panel in panels
        if panel["type"] != "row"
        for part in [panel, *panel["targets"], *dashboard["templating"]["list"]]
    ]
    assert {(item["type"], item["uid"]) for item in used} <= provisioned
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert dashboard["uid"] == f"jejak-{name}"
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells), "panels overlap"
    assert max(x for x, _ in cells) < 24
