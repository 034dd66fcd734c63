"""What the engine may take of a laptop: it would otherwise help itself as a server does."""

from __future__ import annotations

import os
import resource
from dataclasses import dataclass, field

_GIB = 1 << 30


def _half_of_the_memory() -> int:
    """Half of the machine's memory in bytes, but at most 4 GiB and at least 1."""
    return min(4 * _GIB, max(_GIB, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2))


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of memory in all, bytes for each of the two index caches, and threads for background work."""

    memory: int = field(default_factory=_half_of_the_memory)
    cache: int = 128 << 20
    threads: int = 2

    def arguments(self) -> dict[str, str]:
        """The same, by the names under which the engine takes them at its start."""
        values = {
            "max_server_memory_usage": self.memory,
            "mark_cache_size": self.cache,
            "primary_index_cache_size": self.cache,
            "uncompressed_cache_size": 0,
            "background_pool_size": self.threads,
            "background_schedule_pool_size": 2 * self.threads,
        }
        return {name: str(value) for name, value in values.items()}


def raise_open_files() -> None:
    """Let this process open as many files as the system allows: each column of each part is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else min(hard, 65536)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        # macOS has a lower ceiling than it says; what is open by default still serves a development machine.
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, max(soft, 10240)), hard))
