"""Which sources are paid, and the platform of each."""

from tests.exactness.attribution_rows.case import Case, campaign, given

_PLAUSIBLE = "as Plausible, which takes such a source for paid whatever its medium; GA4 looks at the medium alone"
#: Names of the platform table, with their platforms.
_TABLE = {
    "google": "google", "youtube": "google", "yt": "google", "adwords": "google",
    "facebook": "meta", "fb": "meta", "instagram": "meta", "ig": "meta", "meta": "meta", "messenger": "meta",
    "threads": "meta", "tiktok": "tiktok", "tt": "tiktok", "bing": "microsoft", "microsoft": "microsoft",
    "msn": "microsoft", "twitter": "x", "x": "x", "t.co": "x", "linkedin": "linkedin", "li": "linkedin",
    "lnkd.in": "linkedin", "reddit": "reddit", "pinterest": "pinterest", "snapchat": "snapchat", "quora": "quora",
}  # fmt: skip


def _of(source: str, platform: str, note: str = "") -> Case:
    wanted = campaign(platform, f"{source.strip().lower()}/cpc/")
    return Case(f"source {source!r}", wanted, given(source=source, medium="cpc"), note=note)


def _paid(source: str, platform: str, medium: str = "social") -> Case:
    wanted = campaign(platform, f"{source.strip().lower()}/{medium}/promo")
    return Case(f"paid source {source!r}", wanted, given(source=source, medium=medium, name="promo"), note=_PLAUSIBLE)


def _unpaid(source: str, note: str = "") -> Case:
    return Case(f"unpaid source {source!r}", None, given(source=source, medium="social", name="promo"), note=note)


ROWS = (
    *(_of(source, platform) for source, platform in _TABLE.items()),
    # The same, spelt otherwise.
    _of("Google", "google"),
    _of(" FB ", "meta"),
    _of("www.google.com", "google"),
    _of("google.com", "google"),
    _of("m.facebook.com", "meta"),
    _of("l.facebook.com", "meta"),
    _of("l.instagram.com", "meta"),
    _of("www.tiktok.com", "tiktok"),
    _of("WWW.LinkedIn.com", "linkedin"),
    _of("facebook-ads", "meta"),
    _of("tiktok ads", "tiktok"),
    _of("www.googleads.com", "google"),
    # Of no platform that is known: it stands for itself.
    _of("criteo", "criteo"),
    _of("Newsletter Kopi", "newsletter kopi"),
    _of("ads.google.com", "ads.google.com", "a subdomain of its own is not in the table"),
    _of("googlee", "googlee"),
    _of("fb.me", "fb.me"),
    _of("mm.facebook.com", "mm.facebook.com"),
    _of("ads", "ads", "an ad suffix of nothing"),
    # Paid by their name alone.
    _paid("adwords", "google"),
    _paid("AdWords", "google", "email"),
    _paid("googleads", "google"),
    _paid("google-ads", "google"),
    _paid("google_ads", "google"),
    _paid("google.ads", "google"),
    _paid("Google Ads", "google"),
    _paid("googlead", "google"),
    _paid("fbads", "meta"),
    _paid("fb-ad", "meta"),
    _paid("facebook_ads", "meta"),
    _paid("instagram ad", "meta"),
    _paid("ig_ads", "meta"),
    _paid("meta-ads", "meta"),
    _paid("threads-ads", "meta"),
    _paid("yt-ads", "google"),
    _paid("tiktokads", "tiktok"),
    _paid("ttads", "tiktok"),
    _paid("bing_ads", "microsoft"),
    _paid("x-ads", "x"),
    _paid("linkedin ads", "linkedin"),
    _paid("reddit_ad", "reddit"),
    _paid("quora-ads", "quora"),
    # Names that end alike and are none of these.
    _unpaid("threads", "a platform of the table that happens to end in `ads`"),
    _unpaid("google"),
    _unpaid("facebook"),
    _unpaid("downloads"),
    _unpaid("criteo-ads", "criteo is not in the table"),
    _unpaid("ads-google"),
    _unpaid("google--ads"),
    _unpaid("google adsense"),
    # Paid by the name of the campaign.
    Case(
        "a campaign over several networks",
        campaign("google", "google//Cross-network"),
        given(source="google", name="Cross-network"),
        note="as GA4 and Plausible",
    ),
    Case(
        "cross-network inside a longer name, in capitals",
        campaign("google", "google/organic/LEBARAN CROSS-NETWORK 2"),
        given(source="google", medium="organic", name="LEBARAN CROSS-NETWORK 2"),
    ),
    Case("cross network without its hyphen", None, given(source="google", name="cross network")),
    Case("a campaign without a source or medium", None, given(name="lebaran")),
    Case("a paid medium without a source", campaign(None, "/cpc/"), given(medium="CPC")),
    Case(
        "a paid medium without a source, with a name",
        campaign(None, "/cpc/Lebaran"),
        given(medium="cpc", name="Lebaran"),
    ),
)
