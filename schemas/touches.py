"""Topic `journey.touches`: what a person did outside the chat, on a website or on a click-to-WhatsApp ad."""

from typing import Annotated, ClassVar

from schemas.data import Data
from schemas.fields import EmptyIsAbsent, Id, OptionalId, OptionalText, Text
from schemas.referral import ClickReferral


class Campaign(Data):
    """The UTM parameters of the visit. One that is absent is read from the query of `url` (contract, section 2)."""

    source: OptionalText = None
    medium: OptionalText = None
    name: OptionalText = None
    term: OptionalText = None
    content: OptionalText = None


class ClickIds(Data):
    """The advertising platforms' click ids, by the name of their URL parameter. Those absent are read from `url`."""

    gclid: OptionalText = None
    gbraid: OptionalText = None
    wbraid: OptionalText = None
    dclid: OptionalText = None
    fbclid: OptionalText = None
    ttclid: OptionalText = None
    msclkid: OptionalText = None
    twclid: OptionalText = None
    li_fat_id: OptionalText = None
    gad_source: OptionalText = None


class Touch(Data):
    """What external events share: a visitor, a contact, or both (which ties the one to the other)."""

    require_any: ClassVar[tuple[tuple[str, ...], ...]] = (("visitor_id", "contact_id"),)

    visitor_id: OptionalId = None
    contact_id: OptionalId = None
    conversation_id: OptionalId = None


class PageView(Touch):
    """A page was seen."""

    url: Text
    title: OptionalText = None
    referrer: OptionalText = None
    campaign: Annotated[Campaign | None, EmptyIsAbsent] = None
    click_ids: Annotated[ClickIds | None, EmptyIsAbsent] = None
    user_agent: OptionalText = None
    web_session_id: OptionalId = None


class ButtonClick(PageView):
    """A button on a page was clicked."""

    element_id: Id
    element_text: OptionalText = None
    target_url: OptionalText = None


class Traits(Data):
    """What a form asked for. It changes no profile: that is `contact.updated`'s."""

    name: OptionalText = None
    email: OptionalText = None
    phone: OptionalText = None


class FormSubmitted(PageView):
    """A form on a page was sent."""

    form_id: Id
    form_name: OptionalText = None
    traits: Annotated[Traits | None, EmptyIsAbsent] = None


class CtwaClick(Touch):
    """A click-to-WhatsApp ad or post was clicked."""

    referral: ClickReferral
    message_id: OptionalId = None
