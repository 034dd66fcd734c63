"""The commands that write to Kafka or read from it: topics, produce, import, simulate, dead-letters, status."""

import base64
import json
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from producers.simulator import Scenario, simulate
from schemas.constants import DEAD_LETTERS, TOPICS
from schemas.examples import EXAMPLES
from tests.support.events import event, new_workspace
from tests.support.jejak import jejak
from tests.support.kafka import RawRecord, read_topic
from tests.support.loop import BackgroundLoop
from tests.support.space import Space, made_space
from tests.support.stack import Stack

MESSAGE = {"contact_id": "ct_1", "conversation_id": "cv_1", "message_id": "m_1", "text": "Halo ☕"}
SAMPLES = files("producers.whatsapp") / "samples"


@pytest.fixture(scope="module")
def idle(stack: Stack, loop: BackgroundLoop) -> Iterator[Space]:
    """A space that no worker reads, for commands that only append."""
    with made_space(stack, loop) as space:
        yield space


def test_topics_creates_what_is_missing_and_finds_it_the_second_time(idle: Space) -> None:
    names = [f"{idle.name}.more.{name}" for name in (*TOPICS, DEAD_LETTERS)]
    settings = idle.environment | {"JEJAK_TOPIC_PREFIX": f"{idle.name}.more."}
    first, second = (jejak("topics", "--json", settings=settings) for _ in range(2))
    assert (first.status, second.status) == (0, 0)
    assert first.rows == [{"created": names, "present": [], "differences": []}]
    assert second.rows == [{"created": [], "present": names, "differences": []}]


def test_produce_appends_the_good_lines_and_reports_the_bad_ones_by_number(pipeline: Space, tmp_path: Path) -> None:
    workspace = new_workspace()
    good = [event("message.incoming", workspace, MESSAGE, id=str(number)) for number in range(3)]
    lines = [
        json.dumps(good[0]),
        "{",
        "",
        json.dumps(good[1] | {"time": "yesterday"}),
        json.dumps(good[1], ensure_ascii=False) + "\r",
        json.dumps(event("label.added", workspace, MESSAGE)),
        json.dumps(good[2]),
    ]
    path = tmp_path / "events.jsonl"
    path.write_text("\n".join(lines))
    ran = jejak("produce", str(path), settings=pipeline.environment)
    assert ran.status == 1
    reported = ran.stderr.splitlines()
    assert [line.partition(":")[0] for line in reported] == ["line 2", "line 4", "line 6"]
    assert "time" in reported[1]
    assert "data.label_id" in reported[2]
    assert ran.stdout == "appended 3 events, rejected 3 lines\n"
    pipeline.until_committed()
    assert pipeline.stored("journey", "workspace_id = {w:String}", w=workspace) == 3


def test_produce_reads_stdin_and_sends_each_type_to_its_topic_under_its_key(idle: Space) -> None:
    workspace = new_workspace()
    lines = [
        json.dumps(item | {"workspaceid": workspace, "time": "2025-03-14T12:00:00Z"}) for item in EXAMPLES.values()
    ]
    ran = jejak("produce", "--json", settings=idle.environment, stdin="\n".join(lines).encode())
    assert (ran.status, ran.rows, ran.stderr) == (0, [{"appended": len(EXAMPLES), "rejected": 0}], "")
    raw = [
        found
        for name in TOPICS
        for found in idle.loop.run(read_topic(idle.settings.kafka_bootstrap_servers, idle.settings.topic(name)))
    ]
    values = {record.value.decode(): record for record in raw if workspace in record.value.decode()}
    assert values.keys() == set(lines)
    for record in values.values():
        data = json.loads(record.value)["data"]
        owner = data.get("contact_id") or data.get("visitor_id") or data["status_id"]
        assert record.key.decode() == f"{workspace}/{owner}"
        assert record.headers == (("content-type", b"application/cloudevents+json"),)


def test_produce_names_a_field_that_looks_like_attribution_in_the_wrong_place_once(idle: Space) -> None:
    page = {"visitor_id": "v", "url": "/", "campaign": {"utm_source": "fb"}, "click_ids": {"gclid": "a"}}
    events = [event("web.page_view", new_workspace(), page | extra) for extra in ({}, {}, {"ttclid": "b"})]
    ran = jejak("produce", settings=idle.environment, stdin="\n".join(map(json.dumps, events)).encode())
    assert (ran.status, ran.stdout) == (0, "appended 3 events, rejected 0 lines\n")
    assert ran.stderr.splitlines() == [
        "line 1: warning: data.campaign.utm_source is kept, but is not read as attribution; "
        "it belongs in data.campaign.source",
        "line 3: warning: data.ttclid is kept, but is not read as attribution; it belongs in data.click_ids.ttclid",
    ]


def test_the_documented_examples_can_be_produced_as_they_are(idle: Space) -> None:
    lines = "\n".join(json.dumps(item) for item in EXAMPLES.values())
    ran = jejak("produce", settings=idle.environment, stdin=lines.encode())
    assert (ran.status, ran.stderr) == (0, "")


def test_import_whatsapp_prints_events_that_produce_accepts(idle: Space) -> None:
    bodies = [str(SAMPLES / sample.name) for sample in SAMPLES.iterdir() if sample.name.endswith((".json", ".jsonl"))]
    printed = jejak("import", "whatsapp", "--workspace", "ws_sample", *sorted(bodies))
    assert printed.status == 0, printed.stderr
    assert len(printed.rows) > 50
    assert {row["workspaceid"] for row in printed.rows} == {"ws_sample"}
    produced = jejak("produce", settings=idle.environment, stdin=printed.stdout.encode())
    assert produced.status == 0, produced.stderr
    assert produced.stdout.startswith(f"appended {len(printed.rows)} events")


def test_import_whatsapp_appends_and_tells_the_broken_body_by_its_number(pipeline: Space, tmp_path: Path) -> None:
    workspace = new_workspace()
    sample = (SAMPLES / "01-iklan-kopi-susu.jsonl").read_text().splitlines()
    path = tmp_path / "bodies.jsonl"
    path.write_text("\n".join([sample[0], '{"entry": [', *sample[1:]]))
    ran = jejak("import", "whatsapp", "--workspace", workspace, "--produce", str(path), settings=pipeline.environment)
    assert ran.status == 1
    assert "bodies.jsonl" in ran.stderr.splitlines()[0]
    assert "2" in ran.stderr.splitlines()[0]
    whole = jejak("import", "whatsapp", "--workspace", workspace, stdin="\n".join(sample).encode())
    pipeline.until_committed()
    assert whole.status == 0
    wanted = {(row["source"], row["id"]) for row in whole.rows}
    rows = pipeline.query(
        "SELECT event_source, event_id FROM events FINAL WHERE workspace_id = {w:String}", w=workspace
    )
    assert {(row["event_source"], row["event_id"]) for row in rows} == wanted


def test_simulate_gives_the_same_bytes_for_the_same_seed() -> None:
    options = ("simulate", "--contacts", "30", "--days", "5", "--disorder", "0.2", "--duplicates", "0.1")
    first, second = (jejak(*options, "--seed", "5") for _ in range(2))
    assert first.status == second.status == 0
    assert first.stdout == second.stdout
    scenario = Scenario(contacts=30, days=5, seed=5, disorder=0.2, duplicates=0.1)
    assert first.stdout.encode() == b"".join(record.value + b"\n" for record in simulate(scenario))
    assert jejak(*options, "--seed", "6").stdout != first.stdout


def test_simulated_events_bad_ones_included_are_stored_or_dead_letters(pipeline: Space) -> None:
    workspace = new_workspace()
    options = ("--contacts", "20", "--days", "3", "--bad", "0.2", "--duplicates", "0.2", "--workspace", workspace)
    before = len(pipeline.dead_letters())
    ran = jejak("simulate", *options, "--produce", settings=pipeline.environment)
    assert ran.status == 0, ran.stderr
    scenario = Scenario(contacts=20, days=3, bad=0.2, duplicates=0.2, workspace=workspace)
    records = list(simulate(scenario))
    assert str(len(records)) in ran.stderr
    pipeline.until_committed()
    good = {json.loads(record.value)["id"] for record in records if record.good}
    assert pipeline.stored(where="workspace_id = {w:String}", w=workspace) == len(good)
    assert len(pipeline.dead_letters()) - before == sum(1 for record in records if not record.good) > 10


def test_dead_letters_are_listed_newest_first_and_shown_whole(pipeline: Space) -> None:
    odd = b'{"id": "\xff\x00'
    ((topic, partition, offset),) = pipeline.append(
        [RawRecord("labels", odd, key=b"\xfekey", headers=(("h", b"\x01"),))]
    )
    pipeline.until_committed()
    listed = jejak("dead-letters", "list", "--json", "--limit", "1000", settings=pipeline.environment)
    assert listed.status == 0
    place = {"topic": topic, "partition": str(partition), "offset": str(offset)}
    mine = next(row for row in listed.rows if place.items() <= row.items())
    assert [row["rejected_at"] for row in listed.rows] == sorted(
        (row["rejected_at"] for row in listed.rows), reverse=True
    )
    assert mine["exception_class_name"] == "NotUtf8"
    shown = jejak("dead-letters", "show", mine["id"], "--json", settings=pipeline.environment)
    assert base64.b64decode(shown.rows[0]["value_base64"]) == odd
    table = jejak("dead-letters", "show", mine["id"], settings=pipeline.environment)
    assert table.status == 0
    assert f"offset: {offset}" in table.stdout
    assert jejak("dead-letters", "list", settings=pipeline.environment).status == 0
    missing = jejak("dead-letters", "show", "9:999999", settings=pipeline.environment)
    assert missing.is_one_clear_line("9:999999"), missing


def test_status_says_that_all_is_stored(pipeline: Space) -> None:
    pipeline.append_events([event("message.incoming", new_workspace(), MESSAGE)])
    pipeline.until_committed()
    ran = jejak("status", "--json", settings=pipeline.environment)
    assert ran.status == 0, ran.stdout + ran.stderr
    (answer,) = ran.rows
    assert answer["problems"] == []
    assert len(answer["lag"]) == len(TOPICS) * 4
    assert sum(item["lag"] for item in answer["lag"]) == 0
    assert next(table["rows"] for table in answer["tables"] if table["name"] == "events") > 0
    assert jejak("status", settings=pipeline.environment).status == 0


def test_status_is_unhealthy_where_a_table_is_missing(new_space: Callable[..., Space]) -> None:
    space = new_space()
    space.client.command("DROP TABLE visitor_ties")
    ran = jejak("status", "--json", settings=space.environment)
    assert ran.status == 1
    assert any("visitor_ties" in problem for problem in ran.rows[0]["problems"])
