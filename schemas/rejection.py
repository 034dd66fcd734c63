"""Why a record is no event: the reasons that dead letters, `jejak produce` and the metrics speak of.

Contract, section 4. The message of a rejection names the field and what is wrong with it.
"""

from enum import StrEnum


class Reason(StrEnum):
    """The kinds of rejection. The values are public: they stand in dead letters' `exception.class.name`."""

    TOO_LARGE = "RecordTooLarge"
    NOT_UTF8 = "NotUtf8"
    NOT_JSON = "NotJson"
    NOT_CLOUDEVENT = "NotCloudEvent"
    UNKNOWN_TYPE = "UnknownType"
    WRONG_TOPIC = "WrongTopic"
    INVALID_DATA = "InvalidData"
    TIME_OUT_OF_RANGE = "TimeOutOfRange"
    #: Not a record by Kafka's own format, but told apart from its neighbours: its bytes as they lie in the batch.
    UNREADABLE_RECORD = "UnreadableRecord"
    #: A batch that somebody let the workers go past: all of its bytes.
    UNREADABLE_BATCH = "UnreadableBatch"


#: The kinds that say nothing of a value, because nothing could be read as one.
UNREADABLE = frozenset({Reason.UNREADABLE_RECORD, Reason.UNREADABLE_BATCH})


class RejectedError(Exception):
    """A record that is no event by the contract.

    Attributes:
        reason: which kind of rejection.
        message: the field and what is wrong with it, such as `data.contact_id: Field required`.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
