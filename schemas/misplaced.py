"""Misplaced: fields of a web event that look like attribution but are in a place where nothing reads them.

Unknown fields are kept and shown, never an error (contract, section 1). `{"campaign": {"utm_source": …}}` is therefore
a good event, and yet its campaign has no source. Whoever sends it should hear so (`jejak produce`).
"""

from collections.abc import Iterator
from typing import Any

from schemas.event import Event
from schemas.touches import Campaign, ClickIds, PageView

_CAMPAIGN, _CLICK_IDS = tuple(Campaign.model_fields), tuple(ClickIds.model_fields)


def _bare(name: str) -> str:
    """A name without what people spell in different ways."""
    return name.lower().replace("_", "").replace("-", "")


#: A name that looks like attribution, bare → where it belongs.
_UTM = {_bare(f"utm_{name}"): f"data.campaign.{name}" for name in _CAMPAIGN} | {"utmcampaign": "data.campaign.name"}
_CLICKED = {_bare(name): f"data.click_ids.{name}" for name in _CLICK_IDS}
_SHORT = {_bare(name): f"data.campaign.{name}" for name in _CAMPAIGN} | {"campaign": "data.campaign.name"}


def misplaced(event: Event) -> Iterator[tuple[str, str]]:
    """Every field of an event that looks like attribution and is not read as such.

    Arguments:
        event: an accepted event.

    Yields:
        Where the field is, and where it belongs, such as `data.campaign.utm_source` and `data.campaign.source`.
    """
    if not issubclass(event.type.model, PageView):
        return
    yield from _among(event.data, "data", _UTM | _CLICKED)
    yield from _among(event.data.get("campaign"), "data.campaign", _SHORT | _UTM | _CLICKED)
    yield from _among(event.data.get("click_ids"), "data.click_ids", _UTM | _CLICKED)


def _among(fields: Any, path: str, wanted: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name in fields if isinstance(fields, dict) else ():
        belongs = wanted.get(_bare(name))
        if belongs and belongs != f"{path}.{name}":
            yield f"{path}.{name}", belongs
