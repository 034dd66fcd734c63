"""The numbers that the worker runs by, each with its reason. None of them is a setting of the contract."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tuning:
    """How much, how often, how long."""

    #: Group commit: a flush at whichever comes first. A row of a block of 50,000 costs ClickHouse a fifth more than
    #: one of 100,000. A row has about 700 bytes, counted here before compression; what waits is compressed.
    flush_rows: int = 100_000
    flush_bytes: int = 96 * 2**20
    flush_seconds: float = 0.5
    #: The same while more than a block waits in the broker. Fewer parts make fewer merges: an eighth less CPU in all.
    flush_behind_seconds: float = 2.5
    #: Admission, which bounds the worker's memory: of values not decoded yet and of packed rows. It must let the next
    #: block be gathered while one is on its way, or fetching and storing take turns.
    batches_per_partition: int = 32
    bytes_in_flight: int = 16 * 2**20
    #: One fetch of one partition; also what bounds the time an agent holds the event loop.
    max_poll_records: int = 10_000
    max_partition_fetch_bytes: int = 2 * 2**20
    #: aiokafka keeps one fetch in flight per broker, so an idle topic's long poll would throttle a lagging one.
    fetch_max_wait_ms: int = 100
    #: How long a topic's new partitions stay unread; the client's own default is five minutes.
    metadata_max_age_ms: int = 10_000
    #: Records decoded between two looks at the event loop: heartbeats, health checks.
    records_between_yields: int = 500
    commit_seconds: float = 0.5
    heartbeat_seconds: float = 1.0
    #: How long a rebalance or a stop waits for batches already taken. What is cut off comes again.
    drain_seconds: float = 20.0
    #: A whole stop; orchestrators usually kill after 30.
    stop_seconds: float = 26.0
    rebalance_drain_seconds: float = 4.0
    #: One INSERT; afterwards it is retried.
    insert_timeout_seconds: float = 60.0
    #: How often ClickHouse is asked whether it is there and whole: while it is, and until it is.
    probe_seconds: float = 5.0
    probe_again_seconds: float = 0.5
    #: One answer to that question.
    probe_timeout_seconds: float = 3.0
    #: How often merges without a root are looked for; on a cluster, where replicas may know different ones.
    follow_seconds: float = 600.0
    follow_on_cluster_seconds: float = 60.0
    retry_first_seconds: float = 0.1
    retry_max_seconds: float = 5.0
    #: How often one worker of the group counts the dead letters that wait, and how long that may take. Of each it keeps
    #: some hundred bytes.
    dead_letters_seconds: float = 30.0
    dead_letters_timeout_seconds: float = 20.0
    dead_letters_read: int = 50_000
    #: A batch in flight for longer makes the worker unready and its stacks are logged.
    stuck_seconds: float = 60.0
