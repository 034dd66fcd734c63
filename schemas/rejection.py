"""Why a record isn't an event: the reasons that dead letters, `jejak produce` and the metrics use.

Contract, section 4. The message of a rejection names the field and what is wrong with it.
"""

from enum import StrEnum


class Reason(StrEnum):
    """The kinds of rejection. The values are public: they are the dead letters' `exception.class.name`."""

    TOO_LARGE = "RecordTooLarge"
    NOT_UTF8 = "NotUtf8"
    NOT_JSON = "NotJson"
    NOT_CLOUDEVENT = "NotCloudEvent"
    UNKNOWN_TYPE = "UnknownType"
    WRONG_TOPIC = "WrongTopic"
    INVALID_DATA = "InvalidData"
    TIME_OUT_OF_RANGE = "TimeOutOfRange"
    #: Not a record by Kafka's own format, but separable from its neighbours: its bytes as they are in the batch.
    UNREADABLE_RECORD = "UnreadableRecord"
    #: A batch that somebody let the workers skip: all of its bytes.
    UNREADABLE_BATCH = "UnreadableBatch"
    #: A webhook body of Meta's, some or all of which is unusable: the whole body.
    UNUSABLE_WEBHOOK = "UnusableWebhook"
    #: An event as the tracker in a browser sent it.
    UNUSABLE_WEB_EVENT = "UnusableWebEvent"


#: The kinds that say nothing of a value, because nothing could be read as one.
UNREADABLE = frozenset({Reason.UNREADABLE_RECORD, Reason.UNREADABLE_BATCH})
#: The kinds that only the front door (`jejak collect`) gives: there never was a record.
AT_THE_DOOR = frozenset({Reason.UNUSABLE_WEBHOOK, Reason.UNUSABLE_WEB_EVENT})


#: A message quotes names from the input, and goes to headers, logs and terminals: no more than so many characters.
_MAX_MESSAGE = 4_000


def printable(text: str) -> str:
    """A text in which whatever could do something to a terminal or a log, and not be read, stands as its escape."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


class RejectedError(Exception):
    """A record that is no event by the contract.

    Attributes:
        reason: which kind of rejection.
        message: the field and what is wrong with it, such as `data.contact_id: Field required`; printable.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        self.reason = reason
        self.message = printable(message[:_MAX_MESSAGE])
        super().__init__(self.message)
