"""Bots: who is no visitor, by the user agent, after the list that `crawler-user-agents` keeps."""

import re
from functools import cache, lru_cache

from crawleruseragents import CRAWLER_USER_AGENTS_DATA, is_crawler

#: Tags of the list for what a shop's own tests are run with.
_AUTOMATION = {"browser-automation", "http-library"}


@lru_cache(maxsize=4096)
def is_bot(user_agent: str, *, automation: bool) -> bool:
    """Whether a user agent is a bot's.

    Arguments:
        user_agent: the header's value; empty is no bot.
        automation: whether automated browsers and HTTP libraries are visitors.
    """
    if not is_crawler(user_agent):
        return False
    return not automation or any(pattern.search(user_agent) for pattern in _strict_patterns())


@cache
def _strict_patterns() -> list[re.Pattern[str]]:
    """Those of the patterns that no automated browser has."""
    strict = [item["pattern"] for item in CRAWLER_USER_AGENTS_DATA if not _AUTOMATION & set(item.get("tags", ()))]
    return [re.compile("|".join(strict[start : start + 25])) for start in range(0, len(strict), 25)]
