"""The consumer group: which members it has now, asked without joining it.

Apache Kafka drops a member that is silent for longer than its session by itself. The embedded broker does so only
when the next request of any member comes in, so a group whose only worker was killed would show that worker for
ever. A heartbeat of an unknown member is such a request: it is refused (UNKNOWN_MEMBER_ID), and silent members are
gone. The embedded broker is known by telling neither host nor client id of a member; there is no heartbeat elsewhere.
"""

from dataclasses import dataclass

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.coordinator.protocol import ConsumerProtocolMemberAssignment
from aiokafka.errors import for_code
from aiokafka.protocol.group import HeartbeatRequest

from processors.fetch.internals import send_request

_NOBODY = "jejak-status"


@dataclass(frozen=True)
class Member:
    """A live worker, as the broker describes it.

    Attributes:
        id: the broker's name for it.
        host: where it runs; empty on the embedded broker.
        partitions: how many it holds; None if the broker does not say (the embedded one, and during a rebalance).
    """

    id: str
    host: str
    partitions: int | None


@dataclass(frozen=True)
class Group:
    """The group.

    Attributes:
        name: the consumer group.
        state: in Kafka's words: Stable, Empty, PreparingRebalance, CompletingRebalance, Dead, Unknown.
        members: in the order of their ids.
    """

    name: str
    state: str
    members: list[Member]


async def describe_group(admin: AIOKafkaAdminClient, name: str) -> Group:
    """Ask for the group's members.

    Arguments:
        admin: a client that is started.
        name: the consumer group.

    Raises:
        aiokafka.errors.KafkaError: Kafka cannot be reached, or refuses.
    """
    coordinator = await admin.find_coordinator(name)
    group = await _describe(admin, name, coordinator)
    if any(not member.host for member in group.members):
        await send_request(admin, HeartbeatRequest(name, -1, _NOBODY), coordinator)
        group = await _describe(admin, name, coordinator)
    return group


async def _describe(admin: AIOKafkaAdminClient, name: str, coordinator: int) -> Group:
    (response,) = await admin.describe_consumer_groups([name], coordinator)
    code, _, state, _, _, members, *_ = response.groups[0]
    if code:
        raise for_code(code)(f"consumer group {name}")
    found = [Member(str(item[0]), str(item[2] or ""), _held(item[4])) for item in members]
    return Group(name, str(state), sorted(found, key=lambda member: member.id))


def _held(assignment: bytes) -> int | None:
    """How many partitions a member's assignment names."""
    if not assignment:
        return None
    return len(ConsumerProtocolMemberAssignment.decode(assignment).partitions())
