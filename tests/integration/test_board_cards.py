"""The cards of the board: the short way where nothing is filtered finds what looking at every conversation finds."""

import uuid

from projections.readers.conversations import Conversation, board_cards, conversations
from tests.support.crm import Crm
from tests.support.space import Space

_EACH = 2


def _columns(rows: list[Conversation]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row["status_id"] or "", []).append(row["conversation_id"])
    return found


def test_the_short_way_and_the_whole_one_find_the_same_cards_in_the_same_order(pipeline: Space) -> None:
    crm = Crm(f"ws-{uuid.uuid4().hex[:8]}")
    people = [f"p{number}" for number in range(9)]
    events = [crm.status("Leads", 0), crm.status("Hot", 1), *map(crm.incoming, people)]
    events += [crm.moved(people[number], "leads") for number in (0, 1, 2, 3)] + [crm.moved("p4", "hot")]
    # One that only a label is known of has no message, and comes last.
    events += [crm.labelled("quiet", "VIP"), crm.moved("p0", None), crm.incoming("p2", "masih ada?")]
    pipeline.append_events(events)
    pipeline.until_committed()
    short = board_cards(pipeline.client, crm.workspace, limit=_EACH)
    # Every channel is the same here but that of the one without a message.
    whole = board_cards(pipeline.client, crm.workspace, channel="whatsapp", limit=_EACH)
    assert _columns(short) == _columns(whole) == {
        "": ["k-p8", "k-p7"], "leads": ["k-p2", "k-p3"], "hot": ["k-p4"]
    }  # fmt: skip
    everything = conversations(pipeline.client, crm.workspace, limit=50).rows
    all_of_them = board_cards(pipeline.client, crm.workspace, limit=50)
    assert _columns(all_of_them) == _columns(everything)
    left_out = board_cards(pipeline.client, crm.workspace, leave_out=["k-p8"], limit=_EACH)
    assert _columns(left_out)[""] == ["k-p7", "k-p6"]
