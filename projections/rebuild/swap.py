"""The swap: public names exchanged with those of a run, by one statement.

The statement exchanges the run's fence first and stops where that is gone, so a run that was taken over can swap
nothing, however late it wakes up. ClickHouse exchanges pair by pair: a reader who looks up many tables may get old
ones and new ones. Where definitions have not changed that is no other answer, because both get every arrival and every
root, and because no row is on its way just then (`projections/runs/quiet.py`). Where they have changed, readers are
led past the tables that are exchanged (`projections/rebuild/bridge.py`).
"""

from collections.abc import Iterable, Sequence

from projections.rebuild.layout import fold_tables
from projections.rebuild.site import Site
from projections.runs.errors import RebuildError
from projections.runs.quiet import PAUSE_SECONDS, quiet

Pair = tuple[str, str]

_PAUSES = 3


def exchange(site: Site, pairs: Iterable[Pair]) -> None:
    """Exchange public names with the run's own."""
    both = ", ".join(f"{one} AND {other}" for one, other in [site.run.fence, *pairs])
    site.client.command(f"EXCHANGE TABLES {both}")
    site.remember()


def written_to(site: Site) -> Sequence[str]:
    """The tables that workers write to. All others get their rows from these."""
    return ["events", "contact_roots", f"contact_roots{site.run.suffix}"]


def exchange_in_quiet(site: Site, step: str, pairs: Sequence[Pair]) -> None:
    """Exchange while no row is on its way. Where the pause has passed before that, another one is made.

    Arguments:
        site: of the rebuild.
        step: called once it is quiet.
        pairs: public names, each with one of the run's own.
    """
    for _ in range(_PAUSES):
        with quiet(site.client, site.run.token, written_to(site)) as moment:
            site.step(step)
            if moment.lasts(site.client):
                exchange(site, pairs)
                return
    raise RebuildError(f"the pause of {PAUSE_SECONDS} s before the swap was over too soon, {_PAUSES} times")


def swap(site: Site) -> None:
    """Put all new tables in place of the old ones."""
    site.step("pause")
    exchange_in_quiet(site, "swap", [(table.name, table.name + site.run.suffix) for table in fold_tables()])
    site.stands = "the new tables are in place"
