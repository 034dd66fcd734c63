"""What brings people to the shop: click-to-WhatsApp ads with Meta's referral, and campaigns with UTM parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from producers.simulator.dice import Dice, ballot
from producers.simulator.ids import CLICK_IDS, digits, token
from producers.simulator.texts.window import Writer

# (source, medium, its click id): the paid mediums are those GA4's paid channels match, in several spellings.
_CHANNELS = ballot(
    {
        ("google", "cpc", "gclid"): 6,
        ("google", "cpc", "gbraid"): 1,
        ("google", "CPC", "wbraid"): 1,
        ("facebook", "paid_social", "fbclid"): 5,
        ("instagram", "paid", "fbclid"): 3,
        ("tiktok", "paid-video", "ttclid"): 3,
        ("bing", "ppc", "msclkid"): 2,
        ("criteo", "retargeting", ""): 1,
        ("google", "organic", ""): 5,
        ("instagram", "social", "fbclid"): 4,
        ("newsletter", "email", ""): 3,
        ("whatsapp", "chat", ""): 2,
        ("blogger", "referral", ""): 2,
        ("shopee", "affiliate", ""): 1,
    }
)
_REFERRERS = {
    "google": "https://www.google.com/",
    "facebook": "https://l.facebook.com/",
    "instagram": "https://l.instagram.com/",
    "tiktok": "https://www.tiktok.com/",
    "bing": "https://www.bing.com/",
    "blogger": "https://kopisetiaphari.blogspot.com/ulasan/kopi-terbaik",
}


_MONTHS = ("oktober", "november", "desember", "q4")


@dataclass(frozen=True, slots=True)
class Ad:
    """A click-to-WhatsApp ad: the referral that all its clicks have in common, and the product it is about."""

    referral: dict[str, Any]
    product: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign with UTM parameters, and the parts of its landings that never change."""

    utm: dict[str, str]
    query: str
    click_id: str
    """The name of the click id that its network adds, or empty."""
    referrer: str


def launch_campaign(dice: Dice, writer: Writer) -> Campaign:
    """A campaign of one of the usual networks; some leave parts of their UTM parameters out."""
    source, medium, click_id = dice.pick(_CHANNELS)
    utm = {"source": source, "medium": medium, "name": f"{writer.campaign()}_{dice.pick(_MONTHS)}_2025"}
    if dice.chance(0.3):
        utm["term"] = writer.term()
    if dice.chance(0.4):
        utm["content"] = f"{writer.content()}_{dice.between(1, 9)}"
    if dice.chance(0.06):
        del utm["name"]
    query = urlencode({"utm_campaign" if part == "name" else f"utm_{part}": text for part, text in utm.items()})
    return Campaign(utm, query, click_id, _REFERRERS.get(source, ""))


def click_ids(dice: Dice, campaign: Campaign) -> dict[str, str]:
    """The click id of one click on a campaign (empty if the network gives none, or it was stripped)."""
    if not campaign.click_id or dice.chance(0.08):
        return {}
    return {campaign.click_id: CLICK_IDS[campaign.click_id](dice)}


def _image_url(dice: Dice) -> str:
    return (
        f"https://scontent.xx.fbcdn.net/v/t45.1600-4/{digits(dice, 9)}_{digits(dice, 18)}_{digits(dice, 19)}_n.jpg"
        f"?_nc_cat={dice.between(100, 111)}&ccb=1-7&_nc_sid=c02adf&_nc_ohc={token(dice, 24)}"
        f"&_nc_ht=scontent.xx&edm=AJdBtusEAAAA&oh=00_{token(dice, 27)}&oe={dice.getrandbits(32):08X}"
    )


def place_ad(dice: Dice, writer: Writer) -> Ad:
    """An ad, now and then a post; the referral's `ctwa_clid` is the click's."""
    text = writer.ad()
    kind = "ad" if dice.chance(0.93) else "post"
    referral: dict[str, Any] = {
        "source_type": kind,
        "source_id": f"1202{digits(dice, 14)}",
        "source_url": f"https://fb.me/{quote(token(dice, 7))}",
        "headline": text.headline,
        "body": text.body,
    }
    if dice.chance(0.65):
        referral |= {"media_type": "image", "image_url": _image_url(dice)}
    else:
        video = f"https://www.facebook.com/reel/{digits(dice, 16)}/"
        referral |= {"media_type": "video", "video_url": video, "thumbnail_url": _image_url(dice)}
    if dice.chance(0.8):
        referral["welcome_message"] = {"text": text.welcome}
    return Ad(referral, text.product)
