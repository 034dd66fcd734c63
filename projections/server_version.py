"""ClickHouse's version: whether it has a hole through which an analyst sees other workspaces (docs/security.md)."""

import re

#: By release line, the first version in which `mergeTreeIndex` minds row policies. Older lines have the hole, newer
#: ones never had it, and a line in between that is not named was never fixed.
MENDED = {(26, 3): (22, 6), (26, 5): (8, 18), (26, 6): (4, 10), (26, 7): (6, 5)}

_WHY = "docs/security.md"
_VERSION = re.compile(r"\s*v?([0-9]+)\.([0-9]+)(?:\.([0-9]+)(?:\.([0-9]+))?)?(?![0-9]|\.[0-9])")


def version_warning(version: str) -> str | None:
    """What is wrong with a version, in one line; None for nothing.

    Arguments:
        version: as `SELECT version()` answers, with whatever a vendor hangs on.
    """
    found = _VERSION.match(version)
    if not found:
        return f"ClickHouse's version {version[:40]!r} is not understood; it should be at least {_least()} ({_WHY})"
    line = int(found[1]), int(found[2])
    if line > max(MENDED) or (line in MENDED and (int(found[3] or 0), int(found[4] or 0)) >= MENDED[line]):
        return None
    told = "shows values of all workspaces past row policies"
    return f"ClickHouse {found[0].strip()} {told}; update to {_least()} ({_WHY})"


def _least() -> str:
    told = [f"{line[0]}.{line[1]}.{rest[0]}.{rest[1]}" for line, rest in sorted(MENDED.items())]
    return f"{', '.join(told)} or a newer line"
