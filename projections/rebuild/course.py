"""The steps of a rebuild, in their order.

At whichever of them a rebuild is killed or stands still, readers have whole answers and nothing is lost: until the swap
the old tables are as they were, behind it the new ones are complete. The next rebuild, or `jejak migrate`, removes what
a dead one left.
"""

from projections.clickhouse import ClickHouseAddress
from projections.drift import Difference, differences
from projections.migrate import Outcome, migrate, note
from projections.rebuild.bridge import cross, refuse_other_types
from projections.rebuild.layout import check, fold_tables, folding_views, lay_out, views
from projections.rebuild.pour import follow_merges, pour
from projections.rebuild.site import Site, open_site
from projections.rebuild.swap import swap
from projections.runs.errors import Progress, RebuildError
from schemas.settings import Settings


def rebuild(settings: Settings, progress: Progress) -> Outcome:
    """Make all fold tables again from `events` and swap them in; views follow.

    Arguments:
        settings: where ClickHouse is.
        progress: called with each step before it starts.

    Returns:
        The views that were replaced, and what still differs from the .sql files.

    Raises:
        RebuildError: a table is missing, another rebuild is under way, the tables are on a cluster, or ClickHouse
            refused; it says whether the new tables are in place.
        clickhouse_connect.driver.exceptions.Error: ClickHouse cannot be reached.
    """
    refuse_on_cluster(settings)
    with open_site(settings, progress) as site:
        check(site.client)
        found = _differences(site)
        # A rebuild does not touch `events` itself.
        changed = {item.statement.name for item in found if item.statement.name != "events"}
        _prepare(site, differ=bool(changed))
        if changed:
            cross(site, changed)
        else:
            swap(site)
        note(site.client, [*fold_tables(), *folding_views(), *(views() if changed else ())], "rebuilt")
        # Workers of an older version write roots in one place only.
        site.step("look again")
        follow_merges(site.client, "")
        site.step("remove")
        # To compare takes longer than all else about a small database, and what did not differ does not differ now.
        outcome = migrate(settings, within=site.run.token) if found else Outcome()
        outcome.replaced = sorted({*outcome.replaced, *(changed & {view.name for view in views()})})
    return outcome


def _prepare(site: Site, *, differ: bool) -> None:
    """New tables, complete and kept up to date."""
    site.step("lay out")
    lay_out(site.client, site.run)
    site.remember()
    if differ:
        refuse_other_types(site.client, site.run)
    site.step("pour")
    pour(site)
    site.step("follow")
    follow_merges(site.client, site.run.suffix)


def _differences(site: Site) -> list[Difference]:
    """Where the tables and views differ from the .sql files."""
    site.step("compare")
    database = ClickHouseAddress(site.settings.clickhouse_url.get_secret_value()).database
    return differences(site.client, database)


def refuse_on_cluster(settings: Settings) -> None:
    """Swapping tables on several servers is not atomic, and nothing may be lost between them; so there it is not done.

    Raises:
        RebuildError: the tables are on a cluster.
    """
    if settings.clickhouse_cluster:
        raise RebuildError(
            "a cluster is not rebuilt in place: fill a new database by `jejak rebuild --into DATABASE`, then let "
            "workers and readers switch over (deploy/README.md, On a cluster); nothing was changed"
        )
