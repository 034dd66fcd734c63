"""What is remembered of a conversation."""

from __future__ import annotations

from producers.simulator.staff import Agent, Inbox, Label


class Conversation:
    """What is remembered of a conversation between two sessions."""

    __slots__ = ("assignee", "id", "inbox", "labels", "status")

    def __init__(self, conversation_id: str, inbox: Inbox) -> None:
        self.id = conversation_id
        self.inbox = inbox
        self.status = ""
        """The id of its pipeline status, or empty."""
        self.labels: list[Label] = []
        self.assignee: Agent | None = None
