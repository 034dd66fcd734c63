"""A run: one rebuild, and the names of all that it makes.

Every object of a run ends with the run's own suffix, so no run can touch what another made. What public tables and
views become is decided by `EXCHANGE TABLES` with an object of the run, which fails where that object is gone.

People keep tables in the same database, and give them names such as `notes_rebuild` or `leads_rebuild_20260101`. What
looks like a run's is removed, so nothing of theirs may look so: a token begins with a letter, as no date does.
"""

import re
import uuid
from dataclasses import dataclass, field

from projections.statements import statements

_OBJECT = re.compile(r"_rebuild_([a-f][0-9a-f]{7})$")
#: A version of Jejak without locks ended the names of its tables and materialized views with this alone.
_OLD = "_rebuild"
_OLD_FEED = "events_rebuild_feed"


def _token() -> str:
    drawn = uuid.uuid4().hex
    return "abcdef"[int(drawn[-1], 16) % 6] + drawn[:7]


@dataclass(frozen=True)
class Run:
    """The names of one run.

    Attributes:
        token: distinguishes it from every other run.
    """

    token: str = field(default_factory=_token)

    @property
    def suffix(self) -> str:
        """What the names of its objects end with."""
        return f"_rebuild_{self.token}" if self.token else _OLD

    @property
    def feed(self) -> str:
        """Stores nothing and stands before the new tables: what is inserted into it reaches them all."""
        return f"events_feed{self.suffix}"

    @property
    def copy(self) -> str:
        """Copies arrivals into the feed."""
        return f"events_copy{self.suffix}"

    @property
    def fence(self) -> tuple[str, str]:
        """Two empty tables that every swap of this run exchanges first. Where they are gone, it can swap no more."""
        return f"fence_a{self.suffix}", f"fence_b{self.suffix}"

    @property
    def query_prefix(self) -> str:
        """What the ids of its long queries begin with."""
        return f"jejak{self.suffix}-"

    def query_id(self) -> str:
        """An id for a query that may outlive its client."""
        return f"{self.query_prefix}{uuid.uuid4()}"


def run_of(name: str) -> Run | None:
    """The run that made an object; None if no rebuild made it. An object without a token belongs to the run ''."""
    if found := _OBJECT.search(name):
        return Run(found[1])
    made = {"events_copy", *(item.name for item in statements() if item.kind != "VIEW")}
    is_old = (name.endswith(_OLD) and name.removesuffix(_OLD) in made) or name.startswith(_OLD_FEED)
    return Run("") if is_old else None


def run_read_by(definition: str) -> set[str]:
    """The tokens of the runs whose objects a definition names."""
    return set(re.findall(r"_rebuild_([a-f][0-9a-f]{7})\b", definition))
