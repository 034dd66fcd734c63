"""What the shop's people and rules do with a conversation beside writing: assign, resolve, label, move.

Everything here happens a few seconds after the session's last message and moves the session's clock on.
"""

from __future__ import annotations

from dataclasses import dataclass

from producers.simulator.chat import Session
from producers.simulator.clock import SECOND
from producers.simulator.ledger import CRM, Data

LEAD, WARM, BOUGHT, BOUGHT_AGAIN = 1, 2, 3, 4
# The chance, per session, of the next step up from each stage.
_STEP_UP = (0.93, 0.5, 0.55, 0.5, 0.0)
# What each stage is reached by; for a lead anything will do.
_OUTCOMES = ("", "", "warm", "buy", "buy_again")
_AFTER_THE_LAST_ANSWER = frozenset({"warm", "buy", "buy_again", "haggle", "cool"})


def assign(session: Session) -> None:
    """Give the conversation to a human agent; sometimes to another than before."""
    dice, conversation = session.dice, session.conversation
    previous, agent = conversation.assignee, dice.pick(session.shop.agents)
    session.now += dice.between(SECOND, 20 * SECOND)
    data = session.ids()
    data["agent_id"] = agent.id
    if dice.chance(0.9):
        data["agent_name"] = agent.name
    if previous and previous is not agent:
        data["previous_agent_id"] = previous.id
    if dice.chance(0.8):
        data["assigned_by"] = _actor(session)
    conversation.assignee = agent
    session.write("agent.human_assigned", data)
    if dice.chance(0.2):
        session.system_notes()


def resolve(session: Session) -> None:
    """The assigned agent marks the matter as done."""
    agent = session.conversation.assignee or session.dice.pick(session.shop.agents)
    session.now += session.dice.between(5 * SECOND, 120 * SECOND)
    data = session.ids()
    data |= {"agent_id": agent.id, "agent_name": agent.name, "session_id": session.id}
    session.write("agent.human_resolved", data)


def add_labels(session: Session) -> None:
    """Put the label that fits the talk on the conversation, or two with one click: then `sequence` orders them."""
    dice, worn = session.dice, session.conversation.labels
    session.now += dice.between(SECOND, 15 * SECOND)
    for place in range(2 if dice.chance(0.2) else 1):
        label = session.shop.label_for("" if place else session.talk.topic, worn)
        data = session.ids()
        data["label_id"] = label.id
        if dice.chance(0.92):
            data["label_name"] = label.name
        data["changed_by"] = _actor(session)
        session.write("label.added", data, CRM, sequence=str(place) if place else None)
        if label not in worn:
            worn.append(label)


def remove_label(session: Session) -> None:
    """Take the oldest label off, if there is one."""
    if not session.conversation.labels:
        return
    label = session.conversation.labels.pop(0)
    session.now += session.dice.between(SECOND, 15 * SECOND)
    data = session.ids()
    data |= {"label_id": label.id, "label_name": label.name, "changed_by": _actor(session)}
    session.write("label.removed", data, CRM)


def _actor(session: Session) -> str:
    """Who changed something, by name: the assignee, an AI or a rule."""
    agent = session.conversation.assignee
    draw = session.dice.random()
    if agent and draw < 0.7:
        return agent.name
    return session.shop.ai_agents[0].name if draw < 0.85 else "automation"


@dataclass(frozen=True, slots=True)
class Plan:
    """Where a session will move the conversation, and what must be talked about for that (see `Talk.steer`)."""

    outcome: str
    status: str
    """The id of the pipeline status; empty takes the conversation off the pipeline."""

    @property
    def at_once(self) -> bool:
        """Whether the move follows the first answer; others follow the last."""
        return self.outcome not in _AFTER_THE_LAST_ANSWER


def plan(session: Session) -> Plan | None:
    """How the sale goes on in this session: mostly up, now and then back, aside or off; None leaves it."""
    dice, person, pipeline = session.dice, session.person, session.shop.pipeline
    draw = dice.random()
    if person.stage and draw > 0.95:
        return Plan(*dice.pick(pipeline.sidetracks))
    if person.stage and draw > 0.92:
        return Plan("leave", "")
    if person.stage > LEAD and draw > 0.89:
        person.stage -= 1
        return Plan("cool", pipeline.ladder[person.stage])
    if draw < _STEP_UP[person.stage]:
        person.stage += 2 if person.stage == LEAD and dice.chance(0.35) else 1
        return Plan(_OUTCOMES[person.stage], pipeline.ladder[person.stage])
    return None


def move(session: Session, status: str) -> None:
    """Move the conversation through the pipeline; an empty status takes it off."""
    dice, conversation = session.dice, session.conversation
    if status == conversation.status:
        return
    session.now += dice.between(2 * SECOND, 60 * SECOND)
    data: Data = session.ids()
    data["to_status_id"] = status or None
    if conversation.status and dice.chance(0.85):
        data["from_status_id"] = conversation.status
    if dice.chance(0.9):
        data["changed_by"] = _actor(session)
    conversation.status = status
    session.write("pipeline.changed", data, CRM)
