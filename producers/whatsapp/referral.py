"""Click-to-WhatsApp: the ad or post that a message came from.

Meta attaches a `referral` to the first message that a user sends after tapping an ad (Meta, "Text messages webhook
reference" and the other message types' pages). The click happened outside the chat, just before the message.
"""

from producers.whatsapp.fields import Fields, UnusableError, problem_of

_TEXTS = (
    "source_type",
    "source_id",
    "source_url",
    "headline",
    "body",
    "media_type",
    "image_url",
    "video_url",
    "thumbnail_url",
    "ctwa_clid",
)


def referral_of(message: Fields) -> dict[str, object] | None:
    """A message's referral as it was sent; None if it has none.

    Raises:
        UnusableError: a field of it is not what Meta documents, or nothing that an event may hold.
    """
    referral = message.child("referral")
    if referral is None:
        return None
    for name in _TEXTS:
        referral.text(name)
    whole = {name: referral.raw(name) for name in referral.names()}
    problem = problem_of(whole)
    if problem:
        raise UnusableError(f"{referral.path} {problem}")
    return whole


def is_ad(referral: dict[str, object] | None) -> bool:
    """Whether an ad was tapped; a post, or what Meta may add, is no click of ours (contract, section 5)."""
    return referral is not None and referral.get("source_type") == "ad"


def names_its_source(referral: dict[str, object]) -> bool:
    """Whether it says which ad: a `ctwa.click` needs `source_id` or `source_url` (contract, section 2)."""
    return bool(referral.get("source_id") or referral.get("source_url"))
