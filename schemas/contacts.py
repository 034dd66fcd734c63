"""Topic `journey.contacts`: who a person is, and which ids are the same person."""

from schemas.data import Data
from schemas.fields import Id, OptionalPhone, OptionalText


class ContactUpdated(Data):
    """Profile fields: an absent one is unchanged, a null or empty one is cleared, each for itself."""

    contact_id: Id
    name: OptionalText = None
    phone: OptionalPhone = None
    email: OptionalText = None


class ContactIdentified(Data):
    """A visitor turned out to be a contact."""

    visitor_id: Id
    contact_id: Id
    method: OptionalText = None


class ContactMerged(Data):
    """Two contacts are one: `contact_id` stays, `previous_id` becomes part of it."""

    contact_id: Id
    previous_id: Id
