"""Who is who: merges of contacts, and the contacts that visitors turned out to be."""

from typing import Any

from tests.exactness.oracle.event import EXTERNAL, Event


class Identity:
    """The events in their order, and whose they are."""

    def __init__(self, raws: list[dict[str, Any]], tie_breaks: dict[tuple[str, str], int]) -> None:
        events = (Event(raw, tie_breaks[raw["source"], raw["id"]]) for raw in raws)
        # The same id at the same time is the same event; at another time it is another one.
        unique = {event.order: event for event in events}
        self.events = [unique[order] for order in sorted(unique)]
        self._ties: dict[str, str] = {}
        self._merges: dict[str, str] = {}
        for event in self.events:
            if event.type == "contact.merged":
                self._merges[event.get("previous_id")] = event.get("contact_id")
            elif (
                event.type in EXTERNAL | {"contact.identified"} and event.get("visitor_id") and event.get("contact_id")
            ):
                self._ties[event.get("visitor_id")] = event.get("contact_id")

    def root(self, contact: str) -> str:
        seen = [contact]
        while contact in self._merges:
            contact = self._merges[contact]
            if contact in seen:
                return min(seen[seen.index(contact) :], key=str.encode)
            seen.append(contact)
        return contact

    def contact(self, event: Event) -> str | None:
        own = event.get("contact_id") or self._ties.get(event.get("visitor_id") or "")
        return self.root(own) if own else None
