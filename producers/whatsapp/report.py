"""What an import did: counts to show at its end, and everything it could not use."""

from collections import Counter
from dataclasses import dataclass, field

from producers.whatsapp.bodies import BrokenBody

#: Kinds are the sender's words; a report shows no more of them than this.
_MAX_KIND = 64


@dataclass(slots=True)
class Report:
    """The tallies of one run.

    Attributes:
        bodies: how many bodies were read, broken ones included.
        events: how many events were made, by type.
        skipped: what is no event of Jejak's, by kind: `statuses.delivered`, `messages.edit`, `fields.history` …
        broken: bodies and parts of bodies that nothing could be made of, in the order in which they were met.
    """

    bodies: int = 0
    events: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    broken: list[BrokenBody] = field(default_factory=list)

    def skip(self, group: str, kind: object = None, count: int = 1) -> None:
        """Count something that Meta sends and Jejak has no event for.

        Arguments:
            group: where it stood, such as `statuses`.
            kind: which sort of it, in Meta's word, if there is one.
            count: how many.
        """
        name = f"{group}.{kind}" if isinstance(kind, str) and kind else group
        self.skipped[name.encode("ascii", "replace").decode()[:_MAX_KIND]] += count
