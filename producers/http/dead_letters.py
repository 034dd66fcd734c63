"""Dead letters of the door: what a browser or Meta sent and nothing could be made of, with the reason.

They go where the workers' go, in their shape (`schemas.dead_letter`), so that `jejak dead-letters` shows all of them.
There is no record behind them: partition and offset are -1, and the topic is the one that it would have gone to. A
header says which workspace and which way in. Services get no dead letters; their requests are refused instead.
"""

from dataclasses import dataclass

from producers.append import Outgoing
from producers.http.metrics import Endpoint
from schemas.constants import MESSAGES, TOUCHES
from schemas.dead_letter import reason_headers
from schemas.rejection import Reason
from schemas.settings import Settings

#: Where it would have gone.
_TOPICS = {Endpoint.WHATSAPP: MESSAGES, Endpoint.TRACKER: TOUCHES}
ENDPOINT_HEADER, WORKSPACE_HEADER = "jejak.collect.endpoint", "jejak.collect.workspace"


@dataclass(frozen=True, slots=True)
class _Origin:
    """Stands for the record that there is none of."""

    topic: str
    partition: int = -1
    offset: int = -1


def dead_letter(
    settings: Settings, endpoint: Endpoint, workspace: str, value: bytes, reason: Reason, message: str
) -> Outgoing:
    """The record for the dead letter topic.

    Arguments:
        settings: the topics' prefix.
        endpoint: the way in.
        workspace: whose source sent it.
        value: what was sent, byte for byte.
        reason: which kind of rejection.
        message: the field, and what is wrong with it.
    """
    origin = _Origin(settings.topic(_TOPICS[endpoint]))
    own = [(ENDPOINT_HEADER, endpoint.value.encode()), (WORKSPACE_HEADER, workspace.encode())]
    told = [(name, content or b"") for name, content in reason_headers(origin, reason, message)]
    return Outgoing(settings.dead_letter_topic, value, f"{workspace}/".encode(), [*own, *told])
