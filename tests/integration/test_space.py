"""The tables that tests begin with are those that `jejak migrate` makes."""

from collections.abc import Callable

from projections.migrate import migrate
from projections.query import ask
from projections.statements import statements
from tests.support.space import Space


def test_a_space_has_the_tables_that_migrate_makes(new_space: Callable[..., Space]) -> None:
    space = new_space()
    done = migrate(space.direct)
    assert (done.created, done.attached, done.replaced, done.commented, done.opened, done.drift) == (
        *([], [], [], [], False),
        [],
    )
    assert len(ask(space.client, "applied_checksums")) == len(statements())
