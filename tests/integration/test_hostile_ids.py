"""Ids and texts that try to be more than values: no command reads or writes anything but what it was asked for.

Every value is bound to its place in a query (`projections/query.py`), never written into it. So whatever an id holds,
the command answers with the rows that hold it, and with nobody else's. Each text has a workspace of its own with two
people in it: one all of whose ids and names are made of the text, and a bystander.
"""

import json
from typing import Any

import pytest

from tests.support.events import event, new_workspace
from tests.support.jejak import Ran
from tests.support.reading import read, records
from tests.support.space import Space

TEXTS = {
    "statements": "a'b\"c`d'; DROP TABLE events; -- /* c */ # ' OR '1'='1",
    "places": '{workspace_id:String} %s %(x)s $1 %_*[a-z]?.\\d+( &param_workspace_id=b#c=d%27 ","b":[{',
    "escapes": "\\ \\' \\n \\0 \\x41 \\N a\nb\tc\rd\x01\x1f\x7f \\",
    "characters": "🫘𝔘\u202eabc\u0301\ufeff\U0010ffff [bold]x[/bold] \x1b[31m <b>&amp;</b>",
}
#: Not to be had in any event, and in no argument of a process; commands are called without a process here.
NUL = "a\0b"


class People:
    """A workspace with one person made of a text, and a bystander."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.workspace = new_workspace() + text
        self.events = [*self._person(text), *self._person("bystander")]

    def _person(self, text: str) -> list[dict[str, Any]]:
        def of(type_name: str, second: int, **data: Any) -> dict[str, Any]:
            return event(type_name, self.workspace, data, time=f"2025-03-14T12:00:{second:02d}Z", source=f"/{text}")

        person = {"contact_id": f"c{text}", "conversation_id": f"k{text}"}
        referral = {"source_type": "ad", "source_id": f"s{text}", "headline": f"h{text}"}
        return [
            of("contact.identified", 0, visitor_id=f"v{text}", contact_id=f"c{text}"),
            of("contact.merged", 0, contact_id=f"c{text}", previous_id=f"p{text}"),
            of("contact.updated", 0, contact_id=f"c{text}", name=f"n{text}"),
            of("pipeline_status.defined", 0, status_id=f"t{text}", name=f"T{text}", color="#00AA55", position=1),
            of("pipeline.changed", 1, **person, to_status_id=f"t{text}"),
            of("label.added", 2, **person, label_id=f"l{text}", label_name=f"L{text}"),
            of(
                "message.incoming", 3, **person, message_id=f"m{text}", channel=f"w{text}", text=text, referral=referral
            ),
            of("web.page_view", 4, visitor_id=f"v{text}", url=f"https://x/{text}", title=f"title{text}"),
        ]

    def asked(self) -> dict[tuple[str, ...], list[str]]:
        """Command lines, and the ids that each must answer with, the first column's."""
        text = self.text
        contact, conversation = [f"c{text}"], [f"k{text}"]
        both = [f"c{text}", "cbystander"]
        return {
            ("journey", f"--contact=c{text}"): contact * 4,
            ("journey", f"--contact=p{text}"): contact * 4,
            ("journey", f"--visitor=v{text}"): contact * 4,
            ("journey", f"--conversation=k{text}"): contact * 4,
            ("conversations", f"--status=t{text}"): conversation,
            ("conversations", f"--label=L{text}"): conversation,
            ("conversations", f"--channel=w{text}"): conversation,
            ("contacts", f"--status=T{text}"): contact,
            ("contacts", f"--search=n{text}"): contact,
            ("leads", f"--source=s{text}", "--origin=ads"): contact,
            ("leads",): both,
            ("pipeline",): [f"t{text}", "tbystander"],
        }


KEYS = {"journey": "contact_id", "conversations": "conversation_id", "pipeline": "status_id"}


@pytest.fixture(scope="module")
def people(pipeline: Space) -> dict[str, People]:
    made = {name: People(text) for name, text in TEXTS.items()}
    pipeline.append_events([item for one in made.values() for item in one.events])
    pipeline.until_committed()
    return made


def _ids(ran: Ran, command: str) -> list[str]:
    assert ran.status == 0, ran.stderr
    return sorted(row[KEYS.get(command, "contact_id")] for row in ran.rows)


@pytest.mark.parametrize("name", TEXTS)
def test_every_command_answers_with_what_was_asked_for_and_nothing_else(
    pipeline: Space, people: dict[str, People], name: str
) -> None:
    one = people[name]
    for (command, *options), wanted in one.asked().items():
        ran = read(pipeline, command, f"--workspace={one.workspace}", *options, "--json")
        assert _ids(ran, command) == sorted(wanted), (command, options)
        assert {row["workspace_id"] for row in ran.rows} == {one.workspace}


@pytest.mark.parametrize("name", TEXTS)
def test_the_same_texts_name_nobody_in_another_workspace(pipeline: Space, people: dict[str, People], name: str) -> None:
    """With a text as the workspace, and with one's workspace and another's ids."""
    one = people[name]
    other = people["statements" if name != "statements" else "places"]
    for command, *options in one.asked():
        if not options and command in ("leads", "pipeline"):
            ran = read(pipeline, command, f"--workspace={one.text}", "--json")
            assert ran.status == 0
            assert ran.rows == []
    for command, option in (("journey", "--contact=c"), ("conversations", "--label=L"), ("contacts", "--search=n")):
        ran = read(pipeline, command, f"--workspace={other.workspace}", option + one.text, "--json")
        assert ran.rows == []


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_told_to_people_and_in_csv_holds_the_text(
    pipeline: Space, people: dict[str, People], name: str
) -> None:
    one = people[name]
    (row,) = records(read(pipeline, "conversations", f"--workspace={one.workspace}", f"--label=L{one.text}", "--csv"))
    assert json.loads(row["labels"]) == [f"L{one.text}"]
    for command, *option in (
        ("conversations",),
        ("contacts",),
        ("leads",),
        ("pipeline",),
        ("journey", f"--contact=c{one.text}"),
    ):
        ran = read(pipeline, command, f"--workspace={one.workspace}", *option)
        assert ran.status == 0, ran.stderr
        # What moves a terminal's cursor or changes its colours must not come through.
        assert not set(ran.stdout) & {"\x1b", "\x01", "\r", "\x7f"}


def test_a_nul_matches_nobody(pipeline: Space, people: dict[str, People]) -> None:
    workspace = people["statements"].workspace
    for command, option in (
        ("journey", "--contact"), ("journey", "--conversation"), ("journey", "--visitor"), ("journey", "--phone"),
        ("conversations", "--status"), ("conversations", "--label"), ("conversations", "--channel"),
        ("contacts", "--status"), ("contacts", "--search"), ("leads", "--source"), ("leads", "--since"),
        ("leads", "--until"), ("leads", "--origin"),
    ):  # fmt: skip
        ran = read(pipeline, command, f"--workspace={workspace}", f"{option}={NUL}", "--json")
        assert ran.rows == []
        assert "Traceback" not in ran.stderr
    for command in ("conversations", "contacts", "leads", "pipeline"):
        assert read(pipeline, command, f"--workspace={NUL}", "--json").rows == []


def test_every_table_is_there_after_all_that(pipeline: Space, people: dict[str, People]) -> None:
    for one in people.values():
        stored = pipeline.stored(where="workspace_id = {w:String}", w=one.workspace)
        assert stored == len(one.events)
