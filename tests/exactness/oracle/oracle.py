"""All read models, and the check for ids that were used twice."""

from collections import defaultdict

from tests.exactness.oracle.event import Row, instant
from tests.exactness.oracle.journey import Journey


class Oracle(Journey):
    """All read models of one workspace's events.

    The order's last part is a fixed hash of source and id, which the contract leaves open; it is given, so that no
    second implementation of it is needed.
    """

    def reused_ids(self) -> list[Row]:
        versions: dict[tuple[str, str], list[int]] = defaultdict(list)
        for event in self.events:
            versions[event.source, event.id].append(event.ms)
        return [
            {"event_source": source, "event_id": name, "versions": len(times), "first_at": instant(min(times)),
             "last_at": instant(max(times))}
            for (source, name), times in versions.items() if len(times) > 1
        ]  # fmt: skip
