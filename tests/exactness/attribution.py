"""Ad touches once more, in plain Python: what the table of `ad_touches` is held against.

Written from the contract alone: section 2 says how a web event is attributed, section 3 (`leads`) what a source is and
what it is called.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

WEB = {"web.page_view", "web.button_click", "web.form_submitted"}
CAMPAIGN = {"utm_source": "source", "utm_medium": "medium", "utm_campaign": "name", "utm_content": "content"}
#: Click id → its platform, in the order in which they count. `fbclid` is last, and makes no touch by itself.
CLICK_IDS = {
    **dict.fromkeys(("gclid", "gbraid", "wbraid", "dclid", "gad_source"), "google"),
    "ttclid": "tiktok", "msclkid": "microsoft", "twclid": "x", "li_fat_id": "linkedin", "fbclid": "meta",
}  # fmt: skip
PLATFORMS = {
    **dict.fromkeys(("google", "youtube", "yt", "adwords"), "google"),
    **dict.fromkeys(("facebook", "fb", "instagram", "ig", "meta", "messenger", "threads"), "meta"),
    **dict.fromkeys(("tiktok", "tt"), "tiktok"),
    **dict.fromkeys(("bing", "microsoft", "msn"), "microsoft"),
    **dict.fromkeys(("twitter", "x", "t.co"), "x"),
    **dict.fromkeys(("linkedin", "li", "lnkd.in"), "linkedin"),
    **{name: name for name in ("reddit", "pinterest", "snapchat", "quora")},
}
PAID_CHANNELS = re.compile(r"^(.*cp.*|ppc|retargeting|paid.*)$")
DISPLAY_AND_AUDIO = {"display", "banner", "expandable", "interstitial", "cpm", "audio"}
OTHER_PAID = {"ads", "ad", "sem", "remarketing", "pmax"}
AD_SUFFIX = re.compile(r"[-_.\s]?ads?$")


class Touch(NamedTuple):
    """What `leads` tells of a touch; None where it has none."""

    source: str
    platform: str | None
    id: str
    medium: str | None = None
    campaign: str | None = None
    content: str | None = None


def touch_of(kind: str, data: dict[str, Any]) -> Touch | None:
    """The ad touch that an event is, None where it is none.

    Arguments:
        kind: the event's type.
        data: its `data`.
    """
    if kind in ("ctwa.click", "message.incoming"):
        return _referred(data.get("referral") or {})
    return _attributed(attribution_of(data)) if kind in WEB else None


def attribution_of(data: dict[str, Any]) -> dict[str, str]:
    """What is known of a web event's campaign and click ids, by the names that URLs use."""
    campaign, clicks = data.get("campaign") or {}, data.get("click_ids") or {}
    found = {name: campaign.get(field) or "" for name, field in CAMPAIGN.items()}
    found |= {name: clicks.get(name) or "" for name in CLICK_IDS}
    found = {name: text.strip() for name, text in found.items()}
    query = data["url"].partition("#")[0].partition("?")[2]
    for name, text in parse_qsl(query, errors="replace"):
        if not found.get(name.lower(), "-"):
            found[name.lower()] = text.strip()
    return {name: text for name, text in found.items() if text}


def _referred(referral: dict[str, Any]) -> Touch | None:
    name = referral.get("source_id") or referral.get("source_url")
    if not name or (referral.get("source_type") or "ad") != "ad":
        return None
    return Touch(referral.get("headline") or name, "meta", name)


def _attributed(known: dict[str, str]) -> Touch | None:
    source, medium = known.get("utm_source", "").lower(), known.get("utm_medium", "").lower()
    name = known.get("utm_campaign", "")
    kinds = [kind for kind in CLICK_IDS if kind in known]
    is_clicked = bool(kinds) and kinds[0] != "fbclid"
    if not (is_clicked or _is_paid_medium(medium) or "cross-network" in name.lower() or _is_paid_source(source)):
        return None
    touch_id = f"{source}/{medium}/{name}" if source or medium or name else kinds[0]
    platform = platform_of(source) or (CLICK_IDS[kinds[0]] if kinds else None) or source or None
    return Touch(name or touch_id, platform, touch_id, medium or None, name or None, known.get("utm_content"))


def _is_paid_medium(medium: str) -> bool:
    if re.search(r"[\r\n]", medium):
        return False
    parts = set(re.split(r"[-_.\s]", medium))
    return bool(
        PAID_CHANNELS.match(medium)
        or medium in DISPLAY_AND_AUDIO | OTHER_PAID
        or parts & {"ppc", "retargeting", "remarketing"}
    )


def _is_paid_source(source: str) -> bool:
    bare = AD_SUFFIX.sub("", source)
    return source == "adwords" or (bare != source and bare in PLATFORMS)


def platform_of(source: str) -> str | None:
    """The platform that the table knows a source by, given in lower case."""
    site = re.sub(r"^(www|m|l)\.", "", source).removesuffix(".com")
    return PLATFORMS.get(site) or PLATFORMS.get(AD_SUFFIX.sub("", site))
