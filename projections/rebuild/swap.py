"""The swap: public names exchanged with those of a run, by one statement.

The statement exchanges the run's fence first and stops where that is gone, so a run that was taken over can swap
nothing, however late it wakes up. ClickHouse exchanges pair by pair: a reader who looks up many tables may get old
ones and new ones. Where definitions have not changed that is no other answer, because both get every arrival and every
root, and because no row is on its way just then (`projections/rebuild/quiet.py`). Where they have changed, readers are
led past the tables that are exchanged (`projections/rebuild/bridge.py`).
"""

from collections.abc import Iterable, Sequence

from projections.rebuild.layout import fold_tables
from projections.rebuild.quiet import quiet
from projections.rebuild.site import Site

Pair = tuple[str, str]


def exchange(site: Site, pairs: Iterable[Pair]) -> None:
    """Exchange public names with the run's own."""
    both = ", ".join(f"{one} AND {other}" for one, other in [site.run.fence, *pairs])
    site.client.command(f"EXCHANGE TABLES {both}")
    site.remember()


def written_to(site: Site) -> Sequence[str]:
    """The tables that workers write to. All others get their rows from these."""
    return ["events", "contact_roots", f"contact_roots{site.run.suffix}"]


def swap(site: Site) -> None:
    """Put all new tables in place of the old ones."""
    site.step("pause")
    with quiet(site.client, site.run.token, written_to(site)):
        site.step("swap")
        exchange(site, [(table.name, table.name + site.run.suffix) for table in fold_tables()])
    site.stands = "the new tables are in place"
