"""Which media are paid ones."""

from tests.exactness.attribution_rows.case import Case, campaign, given

_GA4_ONLY_KNOWN = "GA4 puts it under Display only; here every ad is a touch"
_NOT_GA4 = "GA4's pattern wants the whole medium; people write it with a prefix or a suffix, and mean an ad"
_UNASSIGNED = "GA4 leaves it unassigned; it is what people write for an ad by hand"


def _paid(medium: str, note: str = "") -> Case:
    wanted = campaign("koran", f"koran/{medium.strip().lower()}/promo")
    return Case(f"medium {medium!r}", wanted, given(source="koran", medium=medium, name="promo"), note=note)


def _unpaid(medium: str, note: str = "") -> Case:
    return Case(f"medium {medium!r}", None, given(source="koran", medium=medium, name="promo"), note=note)


ROWS = (
    # GA4's paid channels: `.*cp.*`, `ppc`, `retargeting`, `paid.*`.
    _paid("cpc"),
    _paid("CPC"),
    _paid("Cpc"),
    _paid("cpm"),
    _paid("cpa"),
    _paid("cpv"),
    _paid("cpp"),
    _paid("xcpx", "the pattern takes `cp` anywhere, so does GA4"),
    _paid("google-cpc"),
    _paid("cpc_brand"),
    _paid("ppc"),
    _paid("PPC"),
    _paid("retargeting"),
    _paid("Retargeting"),
    _paid("paid"),
    _paid("paid_social"),
    _paid("paid-social"),
    _paid("PaidSearch"),
    _paid("paid search"),
    _paid("paidvideo"),
    # White space around it says nothing.
    _paid(" cpc "),
    _paid("\tppc\n"),
    _paid("\u00a0paid\u3000"),
    # GA4's display and audio channels.
    _paid("display", _GA4_ONLY_KNOWN),
    _paid("Display", _GA4_ONLY_KNOWN),
    _paid("banner", _GA4_ONLY_KNOWN),
    _paid("expandable", _GA4_ONLY_KNOWN),
    _paid("interstitial", _GA4_ONLY_KNOWN),
    _paid("audio", "GA4 puts it under Audio; here every ad is a touch"),
    # What people write by hand.
    _paid("ads", _UNASSIGNED),
    _paid("Ad", _UNASSIGNED),
    _paid("sem", _UNASSIGNED),
    _paid("SEM", _UNASSIGNED),
    _paid("remarketing", _UNASSIGNED),
    _paid("pmax", _UNASSIGNED),
    # A part of it.
    _paid("ppc-brand", _NOT_GA4),
    _paid("brand_ppc", _NOT_GA4),
    _paid("social.ppc", _NOT_GA4),
    _paid("social ppc", _NOT_GA4),
    _paid("email-retargeting", _NOT_GA4),
    _paid("retargeting_2025", _NOT_GA4),
    _paid("dynamic remarketing", _NOT_GA4),
    _paid("display.remarketing.id", _NOT_GA4),
    # No ads.
    _unpaid("email"),
    _unpaid("e-mail"),
    _unpaid("organic"),
    _unpaid("referral"),
    _unpaid("social"),
    _unpaid("social-network"),
    _unpaid("affiliate", "GA4 has a channel of its own for it; nobody paid for the click, so it is no ad"),
    _unpaid("sms"),
    _unpaid("push"),
    _unpaid("video", "GA4 calls it Organic Video"),
    _unpaid("qr"),
    _unpaid("whatsapp"),
    _unpaid("unpaid", "`paid` stands at the end of it, and the pattern wants it in front"),
    _unpaid("ppcx", "neither the whole nor a part"),
    _unpaid("retargeting2", "neither the whole nor a part"),
    _unpaid("retarget"),
    _unpaid("displayed"),
    _unpaid("banners"),
    _unpaid("adsense", "a name that merely begins with `ads`"),
    _unpaid("download", "`ad` at its end is no part of its own"),
    _unpaid("pmax-id", "only ppc, retargeting and remarketing count as a part"),
    _unpaid("cpc\nx", "GA4's dot takes no line break, so such a medium is not paid"),
    _unpaid("paid\r\nsocial"),
    _unpaid("ppc\nx"),
)
