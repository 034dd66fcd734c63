"""A trusted proxy: one that has asked an identity provider who the user is, and says so in two headers.

They count from configured addresses alone, because everybody else may send them too. A group `jejak:WORKSPACE:ROLE`
gives a role in a workspace; `*` stands for all workspaces.
"""

import ipaddress
from collections.abc import Iterable

from pages.who.files import WhoError
from pages.who.user import Role, User

USER_HEADER = "x-forwarded-user"
GROUPS_HEADER = "x-forwarded-groups"
_PREFIX = "jejak"

Networks = tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]


def networks(text: str) -> Networks:
    """The addresses of `PAGES_TRUSTED_PROXY`: addresses or networks, separated by commas.

    Raises:
        WhoError: one of them is neither.
    """
    try:
        return tuple(ipaddress.ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise WhoError(f"JEJAK_PAGES_TRUSTED_PROXY: {error}") from None


def comes_from(peer: str, trusted: Networks) -> bool:
    """Whether a connection's other end is a trusted proxy."""
    try:
        address = ipaddress.ip_address(peer)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in trusted)


def user_of(name: str, groups: str) -> User:
    """The user that the headers tell of."""
    return User(name, tuple(_roles(group.strip() for group in groups.split(","))))


def _roles(groups: Iterable[str]) -> Iterable[tuple[str, Role]]:
    for group in groups:
        prefix, _, rest = group.partition(":")
        workspace, _, role = rest.rpartition(":")
        if prefix != _PREFIX or not workspace:
            continue
        try:
            yield workspace, Role.named(role)
        except KeyError:
            continue
