"""Where a click on a click-to-WhatsApp ad or post came from: Meta's `referral` object.

Field names and values are those of the WhatsApp Cloud API's messages webhook; Meta adds to them now and then, so
`source_type` is free text. An ad id (`source_id`) and a click id (`ctwa_clid`) are different things.
"""

from typing import ClassVar

from schemas.data import Data
from schemas.fields import OptionalText


class Referral(Data):
    """A referral as it comes with a message. One without id and URL is kept and is not a touch."""

    source_type: OptionalText = None
    source_id: OptionalText = None
    source_url: OptionalText = None
    headline: OptionalText = None
    body: OptionalText = None
    media_type: OptionalText = None
    image_url: OptionalText = None
    video_url: OptionalText = None
    thumbnail_url: OptionalText = None
    ctwa_clid: OptionalText = None
    # Meta sends an object, `{"text": …}`; the contract only names the field.
    welcome_message: object = None


class ClickReferral(Referral):
    """The referral of a `ctwa.click`, which must say what was clicked."""

    require_any: ClassVar[tuple[tuple[str, ...], ...]] = (("source_id", "source_url"),)
