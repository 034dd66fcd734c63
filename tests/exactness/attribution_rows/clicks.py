"""Click ids: what they are worth, alone and beside a campaign; and referrals, which are of Meta."""

from typing import Any

from tests.exactness.attribution_rows.case import Case, Source, campaign, click, clicked, given, url

_GCLID = "Plausible takes a gclid only where the source is Google; here the id itself is the proof of a click"


def _both(campaign_data: dict[str, Any], **click_ids: str) -> dict[str, Any]:
    return campaign_data | {"click_ids": click_ids}


def _referred(**referral: Any) -> dict[str, Any]:
    return {"referral": referral}


ROWS = (
    # Alone.
    Case("gclid", click("google", "gclid"), clicked(gclid="a"), note=_GCLID),
    Case("gbraid", click("google", "gbraid"), clicked(gbraid="a")),
    Case("wbraid", click("google", "wbraid"), clicked(wbraid="a")),
    Case("dclid", click("google", "dclid"), clicked(dclid="a")),
    Case("gad_source", click("google", "gad_source"), clicked(gad_source="1"), note="as PostHog"),
    Case("ttclid", click("tiktok", "ttclid"), clicked(ttclid="a")),
    Case("msclkid", click("microsoft", "msclkid"), clicked(msclkid="a")),
    Case("twclid", click("x", "twclid"), clicked(twclid="a")),
    Case("li_fat_id", click("linkedin", "li_fat_id"), clicked(li_fat_id="a")),
    Case("fbclid alone", None,
         clicked(fbclid="a"), note="Meta adds it to every link that leaves its apps, organic ones too"),
    Case("a blank click id", None, clicked(gclid="  ")),
    Case("a button's", click("google", "gclid"), clicked(gclid="a") | {"element_id": "beli"}, "web.button_click"),
    Case("a form's", click("google", "gclid"), clicked(gclid="a") | {"form_id": "f"}, "web.form_submitted"),
    # Several: the first in the contract's order counts.
    Case("gclid before wbraid", click("google", "gclid"), clicked(wbraid="b", gclid="a")),
    Case("gbraid before wbraid", click("google", "gbraid"), clicked(wbraid="b", gbraid="a")),
    Case("wbraid before dclid", click("google", "wbraid"), clicked(dclid="b", wbraid="a")),
    Case("dclid before gad_source", click("google", "dclid"), clicked(gad_source="1", dclid="a")),
    Case("gad_source before ttclid", click("google", "gad_source"), clicked(ttclid="b", gad_source="1")),
    Case("ttclid before msclkid", click("tiktok", "ttclid"), clicked(msclkid="b", ttclid="a")),
    Case("msclkid before twclid", click("microsoft", "msclkid"), clicked(twclid="b", msclkid="a")),
    Case("twclid before li_fat_id", click("x", "twclid"), clicked(li_fat_id="b", twclid="a")),
    Case("li_fat_id before fbclid", click("linkedin", "li_fat_id"), clicked(fbclid="b", li_fat_id="a")),
    Case("fbclid beside gclid", click("google", "gclid"), clicked(fbclid="b", gclid="a")),
    # Beside a campaign, the campaign names the source, and the table its platform.
    Case(
        "an unpaid campaign with a click id",
        campaign("google", "google/organic/lebaran"),
        _both(given(source="google", medium="organic", name="lebaran"), gclid="a"),
    ),
    Case(
        "a source of the table beside another platform's click id",
        campaign("meta", "fb/paid/x"),
        _both(given(source="fb", medium="paid", name="x"), gclid="a"),
        note="who wrote the link names its platform; a click id may be left over from a copied URL",
    ),
    Case(
        "a source of no platform takes that of the click id",
        campaign("tiktok", "toko/video/x"),
        _both(given(source="toko", medium="video", name="x"), ttclid="a"),
    ),
    Case(
        "fbclid beside a paid medium of an unknown source",
        campaign("meta", "toko/paid/x"),
        _both(given(source="toko", medium="paid", name="x"), fbclid="a"),
    ),
    Case("fbclid beside a paid medium alone", campaign("meta", "/cpc/"), _both(given(medium="cpc"), fbclid="a")),
    Case("fbclid beside an unpaid campaign", None, _both(given(source="ig", medium="social", name="x"), fbclid="a")),
    Case("a campaign's name alone beside a click id", campaign("google", "//Promo"),
         _both(given(name="Promo"), gclid="a")),
    Case("gclid given, source in the URL", campaign("meta", "fb//"),
         url("?utm_source=fb") | {"click_ids": {"gclid": "a"}}),
    Case("the content alone beside a click id", Source("gclid", "google", "gclid", content="v2"),
         _both(given(content="v2"), gclid="a")),
    # Of a click-to-WhatsApp ad, by Meta.
    Case("a referral with a headline", Source("Promo", "meta", "12"),
         _referred(source_type="ad", source_id="12", headline="Promo"), "ctwa.click"),
    Case("a referral without a type", Source("12", "meta", "12"), _referred(source_id="12"), "ctwa.click"),
    Case("a referral with a URL only", Source("https://fb.me/1", "meta", "https://fb.me/1"),
         _referred(source_type="ad", source_url="https://fb.me/1"), "ctwa.click"),
    Case("a referral of a post", None, _referred(source_type="post", source_id="12"), "ctwa.click"),
    Case("a referral's campaign says nothing", Source("12", "meta", "12"),
         _referred(source_id="12") | given(source="google", medium="cpc"), "ctwa.click"),
    Case("a referral's click id is not the ad", Source("12", "meta", "12"),
         _referred(source_id="12", ctwa_clid="c"), "ctwa.click"),
)  # fmt: skip
