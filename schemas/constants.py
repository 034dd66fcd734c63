"""The contract's constants in one place: topics and their settings, headers, limits.

Models, worker, commands and the AsyncAPI document take them from here, and `tests/contract` holds the contract's page
against them. What only one module can know (a model's fields, a pattern) stays with it. This module imports nothing
of Jejak, so that naming a topic costs nothing.
"""

from typing import Final

# --- Topics (section 2) ---

#: The topics' names behind the prefix, in the contract's order.
SESSIONS, MESSAGES, PIPELINES, LABELS = "sessions", "messages", "pipelines", "labels"
TOUCHES, CONTACTS, STATUSES = "touches", "contacts", "pipeline-statuses"
TOPICS: Final = (SESSIONS, MESSAGES, PIPELINES, LABELS, TOUCHES, CONTACTS, STATUSES)
DEAD_LETTERS: Final = "dead-letters"

TOPIC_PREFIX: Final = "journey."
PARTITIONS: Final = 4
#: Kafka is the history: nothing is ever deleted, nothing compacted away.
CLEANUP_POLICY: Final = "delete"
RETENTION_MS: Final = -1
MAX_MESSAGE_BYTES: Final = 2 * 2**20
MAX_DEAD_LETTER_BYTES: Final = 16 * 2**20

# --- Events (sections 1 and 4) ---

#: The header that producers are recommended to send, and its value.
CONTENT_TYPE_HEADER: Final = "content-type"
MEDIA_TYPE: Final = "application/cloudevents+json"

MAX_VALUE_BYTES: Final = 1_048_576
MAX_ID_LENGTH: Final = 128
#: Of `id` and `source`.
MAX_SOURCE_LENGTH: Final = 256
#: Of `sequence`; ClickHouse holds the whole numbers of this contract in 63 bits.
MAX_INTEGER: Final = 2**63 - 1
#: 2000-01-01T00:00:00Z; nothing older is taken.
EARLIEST_MS: Final = 946_684_800_000
#: 2299-12-31T23:59:59.999Z, the last instant that ClickHouse's DateTime64 holds.
LATEST_MS: Final = 10_413_791_999_999
#: How far a producer's clock may run ahead of the record's Kafka timestamp.
MAX_AHEAD_MS: Final = 10 * 60 * 1000

# --- Dead letters (section 4) ---

#: How the headers that say why a record was rejected begin. The names are Kafka Connect's (KIP-298).
REASON_PREFIX: Final = "__connect.errors."
#: What they say, in the order in which they stand behind the record's own headers.
REASON_NAMES: Final = ("topic", "partition", "offset", "stage", "exception.class.name", "exception.message")
#: Kafka Connect's name for the step from bytes to a typed record, which is where every rejection here happens.
REJECTED_AT_STAGE: Final = "VALUE_CONVERTER"
#: Headers of a value that was too large to be kept.
VALUE_SHA256, VALUE_BYTES = "jejak.value.sha256", "jejak.value.bytes"

# --- Health (section 5) ---

#: `jejak status` is unhealthy where the oldest record that is not stored is older.
MAX_UNSTORED_SECONDS: Final = 60.0
