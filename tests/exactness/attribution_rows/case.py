"""A row of the attribution table: a web event, and the ad touch that it is."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Source:
    """What `leads` tells of the touch: the columns behind `first_source`."""

    read: str
    platform: str | None
    id: str
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None


@dataclass(frozen=True)
class Case:
    """One row.

    Attributes:
        what: the event in a few words.
        wanted: the touch; None where it is none.
        data: of the event, without the ids; a page view's where no type is given.
        type: the event's type.
        note: where Google Analytics 4, Plausible or PostHog would say something else, and why this is chosen.
    """

    what: str
    wanted: Source | None
    data: dict[str, Any] = field(default_factory=dict)
    type: str = "web.page_view"
    note: str = ""


def url(query: str) -> dict[str, Any]:
    """A page whose URL has this query, or ends in it."""
    return {"url": f"https://kopi.id/promo{query}"}


def given(**campaign: str) -> dict[str, Any]:
    """A page whose event gives a campaign, and whose URL says nothing."""
    return {"url": "https://kopi.id/", "campaign": campaign}


def clicked(**click_ids: str) -> dict[str, Any]:
    """A page whose event gives click ids."""
    return {"url": "https://kopi.id/", "click_ids": click_ids}


def campaign(platform: str | None, touch_id: str, content: str | None = None) -> Source:
    """The touch of a campaign, whose id is `source/medium/name`."""
    _, medium, name = touch_id.split("/", 2)
    return Source(name or touch_id, platform, touch_id, medium or None, name or None, content)


def click(platform: str, kind: str) -> Source:
    """The touch of a click id without a campaign."""
    return Source(kind, platform, kind)
