"""The audit line: who changed what, one line in the log for each write."""

import structlog

from pages.publishing.request import Write

log = structlog.get_logger("jejak.audit")


def audit(write: Write, what: str, event_ids: list[str]) -> None:
    """Log a write.

    Arguments:
        write: the request.
        what: what was done, such as `status set`.
        event_ids: the events that were appended; none where nothing had to change.
    """
    log.info(
        "write",
        what=what,
        user=write.user.name,
        workspace=write.workspace,
        asked=write.body,
        events=event_ids,
    )
