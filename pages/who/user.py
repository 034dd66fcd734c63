"""A user: a name, a role, and workspaces."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

#: The name of all workspaces.
EVERY = "*"


class Role(IntEnum):
    """What one may do; each may also do what those before it may."""

    VIEWER = 1
    AGENT = 2
    ADMIN = 3

    @classmethod
    def named(cls, name: str) -> "Role":
        """The role of a name in lower case.

        Raises:
            KeyError: there is none.
        """
        return cls[name.upper()] if name == name.lower() else cls[""]

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True)
class User:
    """Who is asking.

    Attributes:
        name: what is written into events as `changed_by`.
        roles: workspace → role; `*` stands for all workspaces.
        is_program: whether it came with a key, so that no browser can have been led to send the request.
    """

    name: str
    roles: tuple[tuple[str, Role], ...]
    is_program: bool = False

    @classmethod
    def of(cls, name: str, role: Role, workspaces: Iterable[str], *, is_program: bool = False) -> "User":
        """A user with one role in some workspaces."""
        return cls(name, tuple((workspace, role) for workspace in workspaces), is_program)

    def role_in(self, workspace: str) -> Role | None:
        """What they may do in a workspace; None if they may not even know of it."""
        found = [role for name, role in self.roles if name in (workspace, EVERY)]
        return max(found) if found else None

    @property
    def workspaces(self) -> list[str]:
        """The workspaces that they may see, as far as they have names."""
        return sorted({name for name, _ in self.roles if name != EVERY})
