"""Whose web events are whose: ties of visitors to contacts, before and after the fact (contract, section 3)."""

from itertools import permutations
from typing import Any

from tests.support.events import event, new_workspace, record
from tests.support.space import Space


def page(workspace: str, name: str, **data: Any) -> dict[str, Any]:
    """A page view whose id is its name."""
    return event("web.page_view", workspace, {"url": f"https://kopi.example/{name}"} | data, id=name)


def tie(workspace: str, visitor: str, contact: str, time: str = "2025-03-14T12:00:00Z") -> dict[str, Any]:
    return event("contact.identified", workspace, {"visitor_id": visitor, "contact_id": contact}, time=time)


def send(space: Space, *events: dict[str, Any]) -> None:
    """Append events and wait until they are stored."""
    space.append_events(events)
    space.until_committed()


def journey(space: Space, workspace: str) -> dict[str, str]:
    """Event id → resolved contact, by the plain view."""
    rows = space.query("SELECT event_id, contact_id FROM journey WHERE workspace_id = {w:String}", w=workspace)
    assert len({row["event_id"] for row in rows}) == len(rows)
    return {row["event_id"]: row["contact_id"] for row in rows}


def of_contact(space: Space, workspace: str, contact: str) -> list[dict[str, Any]]:
    return space.query(
        "SELECT * FROM contact_journey(workspace_id = {w:String}, contact_id = {c:String}) ORDER BY event_order",
        w=workspace,
        c=contact,
    )


def of_conversation(space: Space, workspace: str, conversation: str) -> list[dict[str, Any]]:
    return space.query(
        "SELECT * FROM conversation_journey(workspace_id = {w:String}, conversation_id = {c:String})"
        " ORDER BY event_order",
        w=workspace,
        c=conversation,
    )


def ids(rows: list[dict[str, Any]]) -> set[str]:
    assert len({row["event_id"] for row in rows}) == len(rows)
    return {row["event_id"] for row in rows}


def test_an_event_before_its_tie_appears_once_the_visitor_is_tied(pipeline: Space) -> None:
    workspace = new_workspace()
    send(pipeline, page(workspace, "before", visitor_id="v"))
    assert journey(pipeline, workspace) == {}
    assert of_contact(pipeline, workspace, "c") == []
    assert of_contact(pipeline, workspace, "v") == of_contact(pipeline, workspace, "") == []
    assert pipeline.stored(where="workspace_id = {w:String}", w=workspace) == 1
    send(pipeline, tie(workspace, "v", "c"), page(workspace, "after", visitor_id="v"))
    assert journey(pipeline, workspace) == {"before": "c", "after": "c"}
    (first, second) = of_contact(pipeline, workspace, "c")
    assert ids([first, second]) == {"before", "after"}
    assert (first["contact_id"], first["visitor_id"], first["conversation_id"]) == ("c", "v", None)


def test_an_external_event_with_both_ids_ties_them(pipeline: Space) -> None:
    workspace = new_workspace()
    send(pipeline, page(workspace, "alone", visitor_id="v"), page(workspace, "both", visitor_id="v", contact_id="c"))
    assert journey(pipeline, workspace) == {"alone": "c", "both": "c"}
    assert ids(of_contact(pipeline, workspace, "c")) == {"alone", "both"}


def test_the_last_tie_wins_in_whatever_order_ties_arrive(pipeline: Space) -> None:
    workspaces = {new_workspace(): order for order in permutations(range(3))}
    for place in range(3):
        # One partition keeps the order of arrival; the wait between them makes every tie an INSERT of its own.
        pipeline.append(
            record(tie(workspace, "v", f"c{order[place]}", f"2025-03-14T12:00:00.00{order[place]}Z"), partition=0)
            for workspace, order in workspaces.items()
        )
        pipeline.until_committed()
    for workspace in workspaces:
        own = page(workspace, "own", visitor_id="v", contact_id="c0") | {"time": "2025-03-14T11:00:00Z"}
        pipeline.append_events([page(workspace, "page", visitor_id="v"), own])
    pipeline.until_committed()
    for workspace in workspaces:
        # An event with a contact of its own stays that contact's.
        assert journey(pipeline, workspace) == {"page": "c2", "own": "c0"}
        assert ids(of_contact(pipeline, workspace, "c2")) == {"page"}
        assert ids(of_contact(pipeline, workspace, "c1")) == set()
        assert ids(of_contact(pipeline, workspace, "c0")) == {"own"}


def test_ties_of_the_same_instant_have_one_winner_everywhere(pipeline: Space) -> None:
    workspace = new_workspace()
    ties = [tie(workspace, "v", f"c{number}") for number in range(8)]
    send(pipeline, page(workspace, "page", visitor_id="v"), *ties, *reversed(ties))
    winner = journey(pipeline, workspace)["page"]
    order = pipeline.query(
        "SELECT contact_id FROM events FINAL WHERE workspace_id = {w:String} AND type = 'contact.identified'"
        " ORDER BY event_order DESC LIMIT 1",
        w=workspace,
    )
    assert winner == order[0]["contact_id"]
    assert [len(of_contact(pipeline, workspace, f"c{n}")) for n in range(8)] == [
        int(winner == f"c{n}") for n in range(8)
    ]


def test_a_tie_counts_in_its_own_workspace_only(pipeline: Space) -> None:
    workspace, other = new_workspace(), new_workspace()
    send(
        pipeline,
        tie(workspace, "v", "c"),
        page(workspace, "here", visitor_id="v"),
        page(other, "there", visitor_id="v"),
    )
    assert journey(pipeline, workspace) == {"here": "c"}
    assert journey(pipeline, other) == {}
    assert of_contact(pipeline, other, "c") == []


def test_a_conversation_has_its_own_events_and_its_contacts_external_ones_that_name_no_other(pipeline: Space) -> None:
    workspace = new_workspace()

    def message(name: str, conversation: str, contact: str = "c") -> dict[str, Any]:
        data = {"contact_id": contact, "conversation_id": conversation, "message_id": name, "text": name}
        return event("message.incoming", workspace, data, id=name)

    send(
        pipeline,
        message("own", "cv_1"),
        message("of another conversation", "cv_2"),
        message("of a stranger", "cv_3", "stranger"),
        page(workspace, "of the visitor", visitor_id="v"),
        page(workspace, "of the contact", contact_id="c"),
        page(workspace, "naming it", visitor_id="v", conversation_id="cv_1"),
        page(workspace, "naming another", visitor_id="v", conversation_id="cv_2"),
        page(workspace, "a stranger naming it", contact_id="stranger", conversation_id="cv_1"),
        page(workspace, "of a stranger's browser", visitor_id="v_stranger"),
        page(workspace, "untied but naming it", visitor_id="v_untied", conversation_id="cv_1"),
        tie(workspace, "v", "c"),
        tie(workspace, "v_stranger", "stranger"),
    )
    found = of_conversation(pipeline, workspace, "cv_1")
    assert ids(found) == {"own", "of the visitor", "of the contact", "naming it", "a stranger naming it"}
    contacts = {row["event_id"]: row["contact_id"] for row in found}
    assert contacts.pop("a stranger naming it") == "stranger"
    assert set(contacts.values()) == {"c"}
    plain = pipeline.query("SELECT * FROM journey WHERE workspace_id = {w:String}", w=workspace)
    assert sorted(found, key=str) == sorted((row for row in plain if row["event_id"] in ids(found)), key=str)
    assert of_conversation(pipeline, workspace, "cv_none") == []


def test_a_contacts_journey_has_the_rows_of_the_plain_view(pipeline: Space) -> None:
    workspace = new_workspace()
    events = [tie(workspace, f"v{number}", f"c{number % 3}") for number in range(6)]
    for number in range(30):
        events.append(page(workspace, f"p{number}", visitor_id=f"v{number % 8}"))
        events.append(page(workspace, f"q{number}", contact_id=f"c{number % 4}"))
    send(pipeline, *events)
    for contact in ("c0", "c1", "c2", "c3"):
        plain = pipeline.query(
            "SELECT * FROM journey WHERE workspace_id = {w:String} AND contact_id = {c:String} ORDER BY event_order",
            w=workspace,
            c=contact,
        )
        assert plain
        assert of_contact(pipeline, workspace, contact) == plain
