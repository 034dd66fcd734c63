"""The demo shows a workspace in one look: the board, the newest leads, and a journey that tells a sale."""

import json

import pytest

from commands import demo
from processors.stream.row import COLUMNS, FORMAT, merge_of, row_of
from producers.simulator import Scenario, simulate
from projections.readers.journey import Span, contact_journey
from projections.roots import refresh_roots
from schemas.validation import validate
from tests.support.loop import BackgroundLoop
from tests.support.space import made_space
from tests.support.stack import Stack
from tests.support.webhooks import sample_events

#: Beside what is tested here, the demo prints 14 lines: what it loads, the lag, and how to connect.
LINES = 60 - 14


def test_shows_the_board_the_newest_leads_and_a_sale_in_one_look(
    stack: Stack, loop: BackgroundLoop, capsys: pytest.CaptureFixture[str]
) -> None:
    scenario = Scenario(contacts=demo.CONTACTS, days=30, seed=demo.SEED, workspace=demo.WORKSPACE)
    events = [validate(json.dumps(event).encode()) for event in sample_events(demo.WORKSPACE)]
    events += [validate(record.value) for record in simulate(scenario)]
    with made_space(stack, loop) as space:
        space.client.raw_insert("events", COLUMNS, b"\n".join(map(row_of, events)), fmt=FORMAT)
        refresh_roots(space.client, {merge_of(event) for event in events if event.type.name == "contact.merged"})
        capsys.readouterr()
        contact = demo.show_workspace(space.settings)
        journey = contact_journey(space.client, demo.WORKSPACE, contact, Span(oldest_first=True, limit=100)).rows
    shown = capsys.readouterr().out
    assert len(shown.splitlines()) < LINES
    assert shown.index("The board") < shown.index("The newest leads") < shown.index("One journey")
    told = [(row["type"], row["summary"]) for row in journey]
    kinds = [kind for kind, _ in told]
    assert 8 <= len(told) <= 20
    assert kinds.index("ctwa.click") < kinds.index("message.incoming")
    assert "agent.ai_response" in kinds
    assert any('"sender":"human"' in row["data"] for row in journey)
    assert [summary for kind, summary in told if kind == "pipeline.changed"][-1].endswith("→ Purchase")
