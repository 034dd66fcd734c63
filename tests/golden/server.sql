-- Every accepted event, once: the source of all read models, and of `jejak rebuild`.
--
-- The same event (workspace, source, id) may arrive any number of times; ReplacingMergeTree keeps one row of those
-- that agree in the sorting key, and every reader asks with FINAL or folds idempotently. Sorting by the person
-- first makes a journey one short range of the table, whatever its size.

CREATE TABLE events
(
    workspace_id    LowCardinality(String) COMMENT 'The tenant (CloudEvents workspaceid)',
    event_source    LowCardinality(String)
        COMMENT 'CloudEvents source; with event_id and workspace_id it identifies the event',
    event_id        String CODEC(ZSTD(3)) COMMENT 'CloudEvents id',
    type            LowCardinality(String) COMMENT 'CloudEvents type',
    occurred_at     DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)) COMMENT 'CloudEvents time: when it happened',
    sequence        UInt64 CODEC(ZSTD(3)) COMMENT 'CloudEvents sequence, 0 where absent',
    contact_id      String CODEC(ZSTD(3)) COMMENT 'The contact that the event itself names, empty for none',
    visitor_id      String CODEC(ZSTD(3)) COMMENT 'The visitor that the event itself names, empty for none',
    conversation_id String CODEC(ZSTD(3)) COMMENT 'The conversation, empty for none',
    session_id      String CODEC(ZSTD(3)) COMMENT 'The service session, empty for none',
    data            String CODEC(ZSTD(3)) COMMENT 'The type''s own fields as JSON text, unknown ones included',
    entity          String
        MATERIALIZED multiIf(contact_id != '', concat('c', contact_id), visitor_id != '', concat('v', visitor_id), 's')
        CODEC(ZSTD(3))
        COMMENT 'Whose event it is: c and the contact, else v and the visitor, else s',
    event_order     UInt256
        ALIAS bitShiftLeft(toUInt256(toUnixTimestamp64Milli(occurred_at)), 192)
            + bitShiftLeft(toUInt256(sequence), 128)
            + toUInt256(reinterpretAsUInt128(sipHash128(event_source, event_id)))
        COMMENT 'The total order of events: 64 bits of milliseconds, 64 of sequence, 128 of hash'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, entity, occurred_at, sequence, event_source, event_id)
SETTINGS index_granularity = 2048, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: every accepted event, once';

-- Who is whom (contract, section 3, Identity).
--
-- A visitor is tied to a contact by `contact.identified` and by an external event that carries both ids; a contact is
-- merged into another by `contact.merged`. Per visitor, and per merged contact, the last tie wins. Nothing is resolved
-- when an event is written, because the tie may come after it.

CREATE TABLE visitor_ties
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    visitor_id   String COMMENT 'The visitor',
    contact_id   String COMMENT 'The contact it is tied to',
    version      UInt256 COMMENT 'event_order of the tie; the highest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, visitor_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the last tie of each visitor to a contact';

CREATE MATERIALIZED VIEW visitor_ties_from_events TO visitor_ties
AS SELECT
    workspace_id,
    visitor_id,
    contact_id,
    event_order AS version
FROM events
WHERE visitor_id != '' AND contact_id != ''
COMMENT 'Internal: fills visitor_ties from events';

-- The same ties from the other side. A visitor stays here when it is tied to somebody else later, so readers ask
-- visitor_ties about each of them.
CREATE TABLE contact_visitors
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'A contact',
    visitor_id   String COMMENT 'A visitor that was ever tied to it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, visitor_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all visitors that were ever tied to a contact';

CREATE MATERIALIZED VIEW contact_visitors_from_events TO contact_visitors
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    visitor_id
FROM events
WHERE visitor_id != '' AND contact_id != ''
COMMENT 'Internal: fills contact_visitors from events';

-- Every merge there ever was. Chains and cycles cannot be followed by a join of fixed depth, so the worker follows
-- them (projections/roots.py) before it counts a merge as stored, and writes the ends to contact_roots.
CREATE TABLE contact_merges
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    previous_id  String COMMENT 'The contact that became part of another',
    version      UInt256 COMMENT 'event_order of the merge; the highest of a previous_id wins',
    contact_id   String COMMENT 'The contact it became part of'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, previous_id, version)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all merges of contacts';

CREATE MATERIALIZED VIEW contact_merges_from_events TO contact_merges
AS SELECT
    workspace_id,
    JSONExtractString(data, 'previous_id') AS previous_id,
    event_order AS version,
    contact_id
FROM events
WHERE type = 'contact.merged'
COMMENT 'Internal: fills contact_merges from events';

-- The same merges from the other side: who leads to a contact. A contact stays here when it is merged into somebody
-- else later, so whoever follows merges asks contact_merges about each of them. In small granules, because it is
-- asked for single contacts only.
CREATE TABLE merged_contacts
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'A contact',
    previous_id  String COMMENT 'A contact that was ever merged into it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, previous_id)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all contacts that were ever merged into a contact';

CREATE MATERIALIZED VIEW merged_contacts_from_events TO merged_contacts
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    JSONExtractString(data, 'previous_id') AS previous_id
FROM events
WHERE type = 'contact.merged'
COMMENT 'Internal: fills merged_contacts from events';

-- Where the merges of a contact end. Contacts that were never merged are not in here. The row of the empty id, which no
-- contact has, is the workspace's clock: whoever follows merges turns it on first, and its rows have that version.
CREATE TABLE contact_roots
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'A contact that was merged',
    root_id      String COMMENT 'The contact it resolves to',
    version      UInt64 COMMENT 'The workspace''s clock when its writer began to read merges; the highest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, contact_id)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the resolved contact of every merged contact';

-- The same from the other side; readers ask contact_roots whether it still holds.
CREATE TABLE root_members
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    root_id      String COMMENT 'A contact',
    contact_id   String COMMENT 'A contact that ever resolved to it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, root_id, contact_id)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all contacts that ever resolved to a contact';

CREATE MATERIALIZED VIEW root_members_from_roots TO root_members
AS SELECT
    workspace_id,
    root_id,
    contact_id
FROM contact_roots
COMMENT 'Internal: fills root_members from contact_roots';

-- The clock of each workspace. Rows that came twice are counted once by those who ask.
CREATE VIEW roots_clock
AS SELECT
    workspace_id,
    max(version) AS version
FROM contact_roots
WHERE contact_id = ''
GROUP BY workspace_id
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Internal: how often the merges of each workspace were followed';

-- Visitors by the contact they resolve to.
CREATE VIEW visitor_contacts
AS SELECT
    ties.workspace_id AS workspace_id,
    ties.visitor_id AS visitor_id,
    if(roots.root_id != '', roots.root_id, ties.contact_id) AS contact_id
FROM visitor_ties AS ties FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON ties.workspace_id = roots.workspace_id AND ties.contact_id = roots.contact_id
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Internal: the contact that each visitor turned out to be, merges resolved';

-- Pipeline statuses as they are defined today (contract, section 3).

CREATE TABLE pipeline_status_facts
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    status_id    String COMMENT 'The status',
    defined      SimpleAggregateFunction(max, Tuple(version UInt256, name String, color String, position UInt64))
        COMMENT 'Its last definition, version 0 where there is none',
    deleted      SimpleAggregateFunction(max, UInt256) COMMENT 'event_order of its last deletion, 0 for none'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, status_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the last definition and the last deletion of each pipeline status';

CREATE MATERIALIZED VIEW pipeline_status_facts_from_events TO pipeline_status_facts
AS SELECT
    workspace_id,
    JSONExtractString(data, 'status_id') AS status_id,
    maxIf(
        (
            event_order,
            JSONExtractString(data, 'name'),
            JSONExtractString(data, 'color'),
            JSONExtractUInt(data, 'position')
        ),
        type = 'pipeline_status.defined'
    ) AS defined,
    maxIf(event_order, type = 'pipeline_status.deleted') AS deleted
FROM events
WHERE type IN ('pipeline_status.defined', 'pipeline_status.deleted')
GROUP BY workspace_id, status_id
COMMENT 'Internal: fills pipeline_status_facts from events';

-- What a conversation's status is called today, also where it was deleted or never defined.
CREATE VIEW pipeline_status_names
AS SELECT
    workspace_id,
    status_id,
    tupleElement(defined, 'version') > 0 AS is_defined,
    deleted > tupleElement(defined, 'version') AS is_deleted,
    tupleElement(defined, 'name') AS name,
    tupleElement(defined, 'color') AS color,
    tupleElement(defined, 'position') AS position
FROM pipeline_status_facts FINAL
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Internal: what pipeline statuses are called today, deleted ones included';

CREATE VIEW pipeline_statuses
(
    workspace_id String COMMENT 'The tenant',
    status_id    String COMMENT 'The status',
    name         String COMMENT 'Its name in its last definition',
    color        String COMMENT 'Its colour, #RRGGBB',
    position     UInt64 COMMENT 'Its place on the board, from 0',
    deleted      UInt8 COMMENT '1 when it was deleted after its last definition'
)
AS SELECT
    workspace_id,
    status_id,
    name,
    color,
    position,
    is_deleted AS deleted
FROM pipeline_status_names
WHERE is_defined AND toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'One row per pipeline status that was ever defined, as it is defined today';

-- Conversations as they stand now (contract, section 3): one row per conversation of any internal event.
--
-- Every fact keeps the order of the event it is from, and the highest order wins, so a late older event changes
-- nothing. A status that was taken off is the fact '' with its order, not the absence of one.

CREATE TABLE conversation_facts
(
    workspace_id     LowCardinality(String) COMMENT 'The tenant',
    conversation_id  String COMMENT 'The conversation',
    contact          SimpleAggregateFunction(max, Tuple(version UInt256, id String))
        COMMENT 'The contact of its last internal event, as that event names it',
    channel          SimpleAggregateFunction(max, Tuple(version UInt256, name String)) COMMENT 'The last known channel',
    inbox            SimpleAggregateFunction(max, Tuple(version UInt256, id String)) COMMENT 'The last known inbox',
    status           SimpleAggregateFunction(max, Tuple(version UInt256, id String, changed_by String))
        COMMENT 'The last pipeline.changed; id empty where it took the conversation off the pipeline',
    assignee         SimpleAggregateFunction(max, Tuple(version UInt256, id String)) COMMENT 'The last assigned agent',
    last_message_at  SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The last message',
    last_incoming_at SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The last incoming message'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, conversation_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the last facts of each conversation';

CREATE MATERIALIZED VIEW conversation_facts_from_events TO conversation_facts
AS WITH
    JSONExtract(
        data,
        'Tuple(channel String, inbox_id String, to_status_id String, changed_by String, agent_id String)'
    ) AS fields,
    type IN ('session.started', 'message.incoming', 'message.outgoing', 'agent.ai_response') AS tells_channel
SELECT
    workspace_id,
    conversation_id,
    max((event_order, contact_id)) AS contact,
    maxIf((event_order, fields.channel), tells_channel AND fields.channel != '') AS channel,
    maxIf((event_order, fields.inbox_id), tells_channel AND fields.inbox_id != '') AS inbox,
    maxIf((event_order, fields.to_status_id, fields.changed_by), type = 'pipeline.changed') AS status,
    maxIf((event_order, fields.agent_id), type = 'agent.human_assigned') AS assignee,
    maxOrNullIf(occurred_at, type IN ('message.incoming', 'message.outgoing', 'agent.ai_response')) AS last_message_at,
    maxOrNullIf(occurred_at, type = 'message.incoming') AS last_incoming_at
FROM events
WHERE conversation_id != '' AND type IN ('session.started', 'session.ended', 'agent.human_assigned', 'agent.human_resolved', 'message.incoming', 'message.outgoing', 'agent.ai_response', 'pipeline.changed', 'label.added', 'label.removed')
GROUP BY workspace_id, conversation_id
COMMENT 'Internal: fills conversation_facts from events';

-- Per label the last added or removed wins. A label that is on had `label.added` last, so its name is that event's.
CREATE TABLE conversation_labels
(
    workspace_id    LowCardinality(String) COMMENT 'The tenant',
    conversation_id String COMMENT 'The conversation',
    label_id        String COMMENT 'The label',
    version         UInt256 COMMENT 'event_order of the change; the highest wins',
    is_on           UInt8 COMMENT '1 when it was added, 0 when it was removed',
    name            LowCardinality(String) COMMENT 'Its name in that event, else its id'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, conversation_id, label_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the last change of each label on each conversation';

CREATE MATERIALIZED VIEW conversation_labels_from_events TO conversation_labels
AS SELECT
    workspace_id,
    conversation_id,
    JSONExtractString(data, 'label_id') AS label_id,
    event_order AS version,
    type = 'label.added' AS is_on,
    if(JSONExtractString(data, 'label_name') != '', JSONExtractString(data, 'label_name'), label_id) AS name
FROM events
WHERE type IN ('label.added', 'label.removed')
COMMENT 'Internal: fills conversation_labels from events';

CREATE VIEW conversations
(
    workspace_id      String COMMENT 'The tenant',
    conversation_id   String COMMENT 'The conversation',
    contact_id        String COMMENT 'The contact of its last internal event, merges resolved',
    channel           Nullable(String) COMMENT 'The last known channel',
    inbox_id          Nullable(String) COMMENT 'The last known inbox',
    status_id         Nullable(String) COMMENT 'Its pipeline status, NULL when it has none or was taken off',
    status_name       Nullable(String) COMMENT 'The status''s name today, its id where it was never defined',
    status_color      Nullable(String) COMMENT 'The status''s colour today',
    status_position   Nullable(UInt64) COMMENT 'The status''s place on the board today',
    status_deleted    UInt8 COMMENT '1 when the status was deleted and the conversation not moved since',
    status_changed_at Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was last moved or taken off',
    status_changed_by Nullable(String) COMMENT 'Who did that',
    labels            Array(String) COMMENT 'Names of the labels that are on it, sorted',
    assignee_id       Nullable(String) COMMENT 'The agent assigned last',
    last_message_at   Nullable(DateTime64(3, 'UTC')) COMMENT 'The last message in or out',
    last_incoming_at  Nullable(DateTime64(3, 'UTC')) COMMENT 'The last message of the customer'
)
AS SELECT
    facts.workspace_id AS workspace_id,
    facts.conversation_id AS conversation_id,
    if(roots.root_id != '', roots.root_id, tupleElement(facts.contact, 'id')) AS contact_id,
    nullIf(tupleElement(facts.channel, 'name'), '') AS channel,
    nullIf(tupleElement(facts.inbox, 'id'), '') AS inbox_id,
    nullIf(tupleElement(facts.status, 'id'), '') AS status_id,
    if(names.is_defined, names.name, nullIf(tupleElement(facts.status, 'id'), '')) AS status_name,
    if(names.is_defined, names.color, NULL) AS status_color,
    if(names.is_defined, names.position, NULL) AS status_position,
    names.is_deleted AS status_deleted,
    if(
        tupleElement(facts.status, 'version') > 0,
        fromUnixTimestamp64Milli(toInt64(bitShiftRight(tupleElement(facts.status, 'version'), 192)), 'UTC'),
        NULL
    ) AS status_changed_at,
    nullIf(tupleElement(facts.status, 'changed_by'), '') AS status_changed_by,
    on_it.labels AS labels,
    nullIf(tupleElement(facts.assignee, 'id'), '') AS assignee_id,
    -- Their type is the view's own: clients do not know SimpleAggregateFunction, which would else shine through.
    CAST(facts.last_message_at AS Nullable(DateTime64(3, 'UTC'))) AS last_message_at,
    CAST(facts.last_incoming_at AS Nullable(DateTime64(3, 'UTC'))) AS last_incoming_at
FROM conversation_facts AS facts FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON facts.workspace_id = roots.workspace_id AND tupleElement(facts.contact, 'id') = roots.contact_id
LEFT JOIN pipeline_status_names AS names
    ON facts.workspace_id = names.workspace_id AND tupleElement(facts.status, 'id') = names.status_id
LEFT JOIN (
    SELECT workspace_id, conversation_id, arraySort(groupArray(toString(name))) AS labels
    FROM conversation_labels FINAL
    WHERE is_on
    GROUP BY workspace_id, conversation_id
) AS on_it
    ON facts.workspace_id = on_it.workspace_id AND facts.conversation_id = on_it.conversation_id
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'One row per conversation, as it stands now: contact, pipeline status, labels, agent, last messages';

CREATE VIEW pipeline_board
(
    workspace_id  String COMMENT 'The tenant',
    status_id     String COMMENT 'The status',
    name          String COMMENT 'Its name today, its id where it was never defined',
    color         Nullable(String) COMMENT 'Its colour today',
    position      Nullable(UInt64) COMMENT 'Its place on the board today',
    conversations UInt64 COMMENT 'How many conversations hold it now',
    contacts      UInt64 COMMENT 'How many distinct contacts those are'
)
AS SELECT
    workspace_id,
    status_id,
    if(max(is_defined), max(name), status_id) AS name,
    if(max(is_defined), max(color), NULL) AS color,
    if(max(is_defined), max(position), NULL) AS position,
    sum(held) AS conversations,
    sum(holders) AS contacts
FROM (
    SELECT
        facts.workspace_id AS workspace_id,
        tupleElement(facts.status, 'id') AS status_id,
        0 AS is_defined,
        '' AS name,
        '' AS color,
        toUInt64(0) AS position,
        count() AS held,
        uniqExact(if(roots.root_id != '', roots.root_id, tupleElement(facts.contact, 'id'))) AS holders,
        0 AS is_shown
    FROM conversation_facts AS facts FINAL
    LEFT JOIN contact_roots AS roots FINAL
        ON facts.workspace_id = roots.workspace_id AND tupleElement(facts.contact, 'id') = roots.contact_id
    WHERE tupleElement(facts.status, 'id') != ''
    GROUP BY workspace_id, status_id
    UNION ALL
    SELECT
        workspace_id,
        status_id,
        is_defined,
        name,
        color,
        position,
        0 AS held,
        0 AS holders,
        is_defined AND NOT is_deleted AS is_shown
    FROM pipeline_status_names
)
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
GROUP BY workspace_id, status_id
HAVING conversations > 0 OR max(is_shown)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'One row per status of the pipeline board, with how many conversations and contacts hold it now';

-- The history of each conversation in the pipeline (contract, section 3, `status_changes`).

-- Every change, in the sorting order of its conversation. What was held before and how long is worked out when it is asked,
-- because an earlier change may still come.
CREATE TABLE pipeline_changes
(
    workspace_id    LowCardinality(String) COMMENT 'The tenant',
    conversation_id String COMMENT 'The conversation',
    version         UInt256 COMMENT 'event_order of the change',
    contact_id      String COMMENT 'The contact, as the event names it',
    to_status_id    String COMMENT 'The status, empty where it took the conversation off the pipeline',
    changed_by      String COMMENT 'Who did that, empty for unknown'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, conversation_id, version, contact_id)
SETTINGS index_granularity = 1024, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all changes of pipeline statuses';

CREATE MATERIALIZED VIEW pipeline_changes_from_events TO pipeline_changes
AS SELECT
    workspace_id,
    conversation_id,
    event_order AS version,
    contact_id,
    JSONExtractString(data, 'to_status_id') AS to_status_id,
    JSONExtractString(data, 'changed_by') AS changed_by
FROM events
WHERE type = 'pipeline.changed'
COMMENT 'Internal: fills pipeline_changes from events';

CREATE VIEW status_changes
(
    workspace_id     String COMMENT 'The tenant',
    conversation_id  String COMMENT 'The conversation',
    contact_id       String COMMENT 'The contact that the change names, merges resolved',
    from_status_id   Nullable(String) COMMENT 'What the conversation held before, NULL for none',
    from_status_name Nullable(String) COMMENT 'Its name today, its id where it was never defined',
    to_status_id     Nullable(String) COMMENT 'What it held from then on, NULL where it was taken off the pipeline',
    to_status_name   Nullable(String) COMMENT 'Its name today, its id where it was never defined',
    changed_by       Nullable(String) COMMENT 'Who changed it',
    entered_at       DateTime64(3, 'UTC') COMMENT 'When it was changed',
    left_at          Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was changed next, NULL for the last change',
    event_order      UInt256 COMMENT 'The order of events: time, sequence, hash; page by it',
    event_order_text String COMMENT 'The same as 78 digits, which sort as the number does'
)
AS SELECT
    changes.workspace_id AS workspace_id,
    changes.conversation_id AS conversation_id,
    if(roots.root_id != '', roots.root_id, changes.contact_id) AS contact_id,
    nullIf(changes.from_status_id, '') AS from_status_id,
    if(from_status.is_defined, from_status.name, nullIf(changes.from_status_id, '')) AS from_status_name,
    nullIf(changes.to_status_id, '') AS to_status_id,
    if(to_status.is_defined, to_status.name, nullIf(changes.to_status_id, '')) AS to_status_name,
    nullIf(changes.changed_by, '') AS changed_by,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(changes.version, 192)), 'UTC') AS entered_at,
    if(changes.next_version > 0, fromUnixTimestamp64Milli(toInt64(bitShiftRight(changes.next_version, 192)), 'UTC'), NULL) AS left_at,
    changes.version AS event_order,
    leftPad(toString(changes.version), 78, '0') AS event_order_text
FROM (
    SELECT
        workspace_id,
        conversation_id,
        contact_id,
        to_status_id,
        changed_by,
        version,
        lagInFrame(to_status_id) OVER conversation AS from_status_id,
        leadInFrame(version) OVER conversation AS next_version
    FROM pipeline_changes FINAL
    WINDOW conversation AS (
        PARTITION BY workspace_id, conversation_id
        ORDER BY version ASC, contact_id ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
) AS changes
LEFT JOIN pipeline_status_names AS from_status
    ON changes.workspace_id = from_status.workspace_id AND changes.from_status_id = from_status.status_id
LEFT JOIN pipeline_status_names AS to_status
    ON changes.workspace_id = to_status.workspace_id AND changes.to_status_id = to_status.status_id
LEFT JOIN contact_roots AS roots FINAL
    ON changes.workspace_id = roots.workspace_id AND changes.contact_id = roots.contact_id
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Every change of a conversation''s pipeline status, with what it held before and until when';

-- One conversation's changes: conversation_status_changes(workspace_id = …, conversation_id = …). The columns are those
-- of status_changes.
CREATE VIEW conversation_status_changes
AS WITH
    (
        SELECT
            (
                arrayPushFront(groupArray(status_id), ''),
                arrayPushFront(groupArray(if(name != '', name, status_id)), '–')
            )
        FROM (
            SELECT status_id, tupleElement(max(defined), 'name') AS name
            FROM pipeline_status_facts
            WHERE workspace_id = {workspace_id:String}
            GROUP BY status_id
        )
    ) AS words,
    (
        SELECT (arrayPushFront(groupArray(contact_id), ''), arrayPushFront(groupArray(root_id), ''))
        FROM (
            SELECT contact_id, argMax(root_id, version) AS root_id
            FROM contact_roots
            WHERE
                workspace_id = {workspace_id:String}
                AND contact_id IN (
                    SELECT contact_id
                    FROM pipeline_changes
                    WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
                )
            GROUP BY contact_id
        )
    ) AS merged
SELECT
    changes.workspace_id AS workspace_id,
    changes.conversation_id AS conversation_id,
    transform(changes.contact_id, merged.1, merged.2, changes.contact_id) AS contact_id,
    nullIf(changes.from_status_id, '') AS from_status_id,
    if(changes.from_status_id = '', NULL, transform(changes.from_status_id, words.1, words.2, changes.from_status_id)) AS from_status_name,
    nullIf(changes.to_status_id, '') AS to_status_id,
    if(changes.to_status_id = '', NULL, transform(changes.to_status_id, words.1, words.2, changes.to_status_id)) AS to_status_name,
    nullIf(changes.changed_by, '') AS changed_by,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(changes.version, 192)), 'UTC') AS entered_at,
    if(changes.next_version > 0, fromUnixTimestamp64Milli(toInt64(bitShiftRight(changes.next_version, 192)), 'UTC'), NULL) AS left_at,
    changes.version AS event_order,
    leftPad(toString(changes.version), 78, '0') AS event_order_text
FROM (
    SELECT
        workspace_id,
        conversation_id,
        contact_id,
        to_status_id,
        changed_by,
        version,
        lagInFrame(to_status_id) OVER conversation AS from_status_id,
        leadInFrame(version) OVER conversation AS next_version
    FROM pipeline_changes FINAL
    WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    WINDOW conversation AS (
        PARTITION BY workspace_id, conversation_id
        ORDER BY version ASC, contact_id ASC
        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
    )
) AS changes
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Lookup: the changes of one conversation''s pipeline status, by workspace_id and conversation_id';

-- Contacts (contract, section 3): one row per resolved contact that any event or tie names.

-- Facts are kept by the person an event itself names, contact or visitor, because who that is may change later.
CREATE TABLE person_facts
(
    workspace_id     LowCardinality(String) COMMENT 'The tenant',
    entity           String COMMENT 'c and the contact, or v and the visitor, as in events',
    name             SimpleAggregateFunction(max, Tuple(version UInt256, text String))
        COMMENT 'From the last contact.updated that has the field; empty where it cleared it',
    phone            SimpleAggregateFunction(max, Tuple(version UInt256, text String)) COMMENT 'Likewise',
    email            SimpleAggregateFunction(max, Tuple(version UInt256, text String)) COMMENT 'Likewise',
    first_seen_at    SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The first sign of the person',
    last_seen_at     SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The last sign of the person',
    first_message_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The first incoming message',
    first_session_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC')))
        COMMENT 'The first session that the contact began'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, entity)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: what is known of each contact and visitor';

CREATE MATERIALIZED VIEW person_facts_from_events TO person_facts
AS WITH
    -- JSON is read where it is needed only: ClickHouse evaluates the branches of an if lazily, not an aggregate's arguments.
    if(type = 'session.started', JSONExtractString(data, 'initiator'), '') = 'contact' AS is_own_session,
    type = 'contact.updated' AS is_update,
    if(
        is_update,
        JSONExtract(data, 'Tuple(name String, phone String, email String)'),
        ('', '', '')::Tuple(name String, phone String, email String)
    ) AS profile
SELECT
    workspace_id,
    entity,
    maxIf((event_order, profile.name), if(is_update, JSONHas(data, 'name'), 0)) AS name,
    maxIf((event_order, profile.phone), if(is_update, JSONHas(data, 'phone'), 0)) AS phone,
    maxIf((event_order, profile.email), if(is_update, JSONHas(data, 'email'), 0)) AS email,
    minOrNullIf(occurred_at, type IN ('message.incoming', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click') OR is_own_session) AS first_seen_at,
    maxOrNullIf(occurred_at, type IN ('message.incoming', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click') OR is_own_session) AS last_seen_at,
    minOrNullIf(occurred_at, type = 'message.incoming') AS first_message_at,
    minOrNullIf(occurred_at, is_own_session) AS first_session_at
FROM events
WHERE entity != 's'
GROUP BY workspace_id, entity
COMMENT 'Internal: fills person_facts from events';

-- A contact that only a merge names is a contact too.
CREATE MATERIALIZED VIEW person_facts_from_merges TO person_facts
AS SELECT
    workspace_id,
    concat('c', JSONExtractString(data, 'previous_id')) AS entity
FROM events
WHERE type = 'contact.merged'
COMMENT 'Internal: fills person_facts from events';

-- The same by the contact each person resolves to. Untied visitors are nobody, and left out.
CREATE VIEW person_facts_by_contact
(
    workspace_id     String COMMENT 'The tenant',
    contact_id       String COMMENT 'The contact, ties and merges resolved',
    name             Tuple(version UInt256, text String) COMMENT 'From the last contact.updated that has the field',
    phone            Tuple(version UInt256, text String) COMMENT 'Likewise',
    email            Tuple(version UInt256, text String) COMMENT 'Likewise',
    first_seen_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'The first sign of the person',
    last_seen_at     Nullable(DateTime64(3, 'UTC')) COMMENT 'The last sign of the person',
    first_message_at Nullable(DateTime64(3, 'UTC')) COMMENT 'The first incoming message',
    first_session_at Nullable(DateTime64(3, 'UTC')) COMMENT 'The first session that the contact began'
)
AS SELECT
    facts.workspace_id AS workspace_id,
    if(roots.root_id != '', roots.root_id, substring(facts.entity, 2)) AS contact_id,
    facts.name AS name,
    facts.phone AS phone,
    facts.email AS email,
    facts.first_seen_at AS first_seen_at,
    facts.last_seen_at AS last_seen_at,
    facts.first_message_at AS first_message_at,
    facts.first_session_at AS first_session_at
FROM person_facts AS facts FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON facts.workspace_id = roots.workspace_id AND substring(facts.entity, 2) = roots.contact_id
WHERE facts.entity >= 'c' AND facts.entity < 'd'
UNION ALL
SELECT
    facts.workspace_id AS workspace_id,
    ties.contact_id AS contact_id,
    facts.name AS name,
    facts.phone AS phone,
    facts.email AS email,
    facts.first_seen_at AS first_seen_at,
    facts.last_seen_at AS last_seen_at,
    facts.first_message_at AS first_message_at,
    facts.first_session_at AS first_session_at
FROM person_facts AS facts FINAL
INNER JOIN visitor_contacts AS ties
    ON facts.workspace_id = ties.workspace_id AND substring(facts.entity, 2) = ties.visitor_id
WHERE facts.entity >= 'v' AND facts.entity < 'w'
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Internal: what is known of persons, by resolved contact';

CREATE VIEW contacts
(
    workspace_id  String COMMENT 'The tenant',
    contact_id    String COMMENT 'The contact, merges resolved',
    name          Nullable(String) COMMENT 'From the last contact.updated that has it, over all merged ids',
    phone         Nullable(String) COMMENT 'Likewise, E.164',
    email         Nullable(String) COMMENT 'Likewise',
    status_ids    Array(String) COMMENT 'The pipeline statuses its conversations hold now, sorted',
    first_seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Its first message, external event or own session',
    last_seen_at  Nullable(DateTime64(3, 'UTC')) COMMENT 'The last of those'
)
AS SELECT
    people.workspace_id AS workspace_id,
    people.contact_id AS contact_id,
    nullIf(people.name, '') AS name,
    nullIf(people.phone, '') AS phone,
    nullIf(people.email, '') AS email,
    held.status_ids AS status_ids,
    people.first_seen_at AS first_seen_at,
    people.last_seen_at AS last_seen_at
FROM (
    -- By argMax over the version, not by max over the tuple: to compare whole tuples takes several times as long.
    SELECT
        workspace_id,
        contact_id,
        argMax(tupleElement(facts.name, 'text'), tupleElement(facts.name, 'version')) AS name,
        argMax(tupleElement(facts.phone, 'text'), tupleElement(facts.phone, 'version')) AS phone,
        argMax(tupleElement(facts.email, 'text'), tupleElement(facts.email, 'version')) AS email,
        min(first_seen_at) AS first_seen_at,
        max(last_seen_at) AS last_seen_at
    FROM person_facts_by_contact AS facts
    GROUP BY workspace_id, contact_id
) AS people
LEFT JOIN (
    SELECT
        facts.workspace_id AS workspace_id,
        if(roots.root_id != '', roots.root_id, tupleElement(facts.contact, 'id')) AS contact_id,
        arraySort(groupUniqArray(tupleElement(facts.status, 'id'))) AS status_ids
    FROM conversation_facts AS facts FINAL
    LEFT JOIN contact_roots AS roots FINAL
        ON facts.workspace_id = roots.workspace_id AND tupleElement(facts.contact, 'id') = roots.contact_id
    WHERE tupleElement(facts.status, 'id') != ''
    GROUP BY workspace_id, contact_id
) AS held
    ON people.workspace_id = held.workspace_id AND people.contact_id = held.contact_id
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'One row per contact, merges resolved: profile, pipeline statuses held now, first and last sign';

-- Service sessions (contract, section 3): one row per started session, from its earliest start and earliest end.

CREATE TABLE session_starts
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    session_id   String COMMENT 'The session',
    start        SimpleAggregateFunction(min, Tuple(version UInt256, contact_id String, conversation_id String,
                     initiator String, channel String)) COMMENT 'Its earliest session.started'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, session_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: how each session began';

CREATE MATERIALIZED VIEW session_starts_from_events TO session_starts
AS SELECT
    workspace_id,
    session_id,
    min((
        event_order,
        contact_id,
        conversation_id,
        JSONExtractString(data, 'initiator'),
        JSONExtractString(data, 'channel')
    )) AS start
FROM events
WHERE type = 'session.started'
GROUP BY workspace_id, session_id
COMMENT 'Internal: fills session_starts from events';

CREATE TABLE session_ends
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    session_id   String COMMENT 'The session',
    end          SimpleAggregateFunction(min, Tuple(version UInt256, reason String)) COMMENT 'Its earliest session.ended'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, session_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: how each session ended';

CREATE MATERIALIZED VIEW session_ends_from_events TO session_ends
AS SELECT
    workspace_id,
    session_id,
    min((event_order, JSONExtractString(data, 'reason'))) AS end
FROM events
WHERE type = 'session.ended'
GROUP BY workspace_id, session_id
COMMENT 'Internal: fills session_ends from events';

-- Sessions by contact, for lookups. An id stays here when an earlier start names another contact, so readers ask
-- session_starts about each of them.
CREATE TABLE contact_session_ids
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'A contact',
    session_id   String COMMENT 'A session that any session.started gave it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, session_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all sessions that were ever a contact''s';

CREATE MATERIALIZED VIEW contact_session_ids_from_events TO contact_session_ids
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    session_id
FROM events
WHERE type = 'session.started'
COMMENT 'Internal: fills contact_session_ids from events';

CREATE VIEW sessions
(
    workspace_id    String COMMENT 'The tenant',
    session_id      String COMMENT 'The session',
    contact_id      String COMMENT 'Whose it is, merges resolved',
    conversation_id String COMMENT 'The conversation it is in',
    number          UInt64 COMMENT '1, 2, … per contact, by start and then by id',
    initiator       String COMMENT 'Who began it: contact, human, ai or broadcast',
    channel         Nullable(String) COMMENT 'The channel, where the start tells it',
    started_at      DateTime64(3, 'UTC') COMMENT 'When it began',
    ended_at        Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended, NULL while it lasts',
    end_reason      Nullable(String) COMMENT 'expired, resolved or manual, where the end tells it'
)
AS SELECT
    starts.workspace_id AS workspace_id,
    starts.session_id AS session_id,
    if(roots.root_id != '', roots.root_id, tupleElement(starts.start, 'contact_id')) AS contact_id,
    tupleElement(starts.start, 'conversation_id') AS conversation_id,
    row_number() OVER (
        PARTITION BY workspace_id, contact_id
        ORDER BY bitShiftRight(tupleElement(starts.start, 'version'), 192) ASC, session_id ASC
    ) AS number,
    tupleElement(starts.start, 'initiator') AS initiator,
    nullIf(tupleElement(starts.start, 'channel'), '') AS channel,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(tupleElement(starts.start, 'version'), 192)), 'UTC') AS started_at,
    if(
        tupleElement(ends.end, 'version') > 0,
        fromUnixTimestamp64Milli(toInt64(bitShiftRight(tupleElement(ends.end, 'version'), 192)), 'UTC'),
        NULL
    ) AS ended_at,
    nullIf(tupleElement(ends.end, 'reason'), '') AS end_reason
FROM session_starts AS starts FINAL
LEFT JOIN session_ends AS ends FINAL
    ON starts.workspace_id = ends.workspace_id AND starts.session_id = ends.session_id
LEFT JOIN contact_roots AS roots FINAL
    ON starts.workspace_id = roots.workspace_id AND tupleElement(starts.start, 'contact_id') = roots.contact_id
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'One row per service session: whose, number, channel, start and end';

-- One contact's sessions: contact_sessions(workspace_id = …, contact_id = …). The columns are those of sessions.
CREATE VIEW contact_sessions
AS WITH
    (
        WITH
            -- As in contact_journey.
            (
                SELECT groupArray(contact_id)
                FROM root_members
                WHERE workspace_id = {workspace_id:String} AND root_id = {contact_id:String}
            ) AS candidates,
            (
                SELECT (groupArray(contact_id), groupArrayIf(contact_id, root = {contact_id:String}))
                FROM (
                    SELECT contact_id, argMax(root_id, version) AS root
                    FROM contact_roots
                    WHERE
                        workspace_id = {workspace_id:String}
                        AND has(arrayPushBack(candidates, {contact_id:String}), contact_id)
                    GROUP BY contact_id
                )
            ) AS merged,
            if(has(merged.1, {contact_id:String}), merged.2, arrayPushBack(merged.2, {contact_id:String})) AS members,
            (
                SELECT groupUniqArray(session_id)
                FROM contact_session_ids
                WHERE workspace_id = {workspace_id:String} AND has(members, contact_id)
            ) AS session_ids
        SELECT (members, session_ids)
    ) AS known
SELECT
    starts.workspace_id AS workspace_id,
    starts.session_id AS session_id,
    {contact_id:String} AS contact_id,
    tupleElement(starts.start, 'conversation_id') AS conversation_id,
    row_number() OVER (ORDER BY bitShiftRight(tupleElement(starts.start, 'version'), 192) ASC, session_id ASC) AS number,
    tupleElement(starts.start, 'initiator') AS initiator,
    nullIf(tupleElement(starts.start, 'channel'), '') AS channel,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(tupleElement(starts.start, 'version'), 192)), 'UTC') AS started_at,
    if(
        tupleElement(ends.end, 'version') > 0,
        fromUnixTimestamp64Milli(toInt64(bitShiftRight(tupleElement(ends.end, 'version'), 192)), 'UTC'),
        NULL
    ) AS ended_at,
    nullIf(tupleElement(ends.end, 'reason'), '') AS end_reason
FROM (
    SELECT
        workspace_id,
        session_id,
        min(start) AS start
    FROM session_starts
    WHERE workspace_id = {workspace_id:String} AND has(known.2, session_id)
    GROUP BY workspace_id, session_id
    HAVING has(known.1, tupleElement(start, 'contact_id'))
) AS starts
LEFT JOIN (
    SELECT
        session_id,
        min(end) AS end
    FROM session_ends
    WHERE workspace_id = {workspace_id:String} AND has(known.2, session_id)
    GROUP BY session_id
) AS ends
    ON starts.session_id = ends.session_id
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Lookup: the sessions of one contact, by workspace_id and contact_id';

-- Ad touches (contract, section 2, attribution, and section 3, `leads`): what a touch is, what it is called and which
-- platform it is of. Only the first and the last of each person are kept, which is what leads tell.

CREATE TABLE ad_touches
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    entity       String COMMENT 'c and the contact, or v and the visitor, as in events',
    earliest     SimpleAggregateFunction(min, Tuple(version UInt256, source String, platform String, id String, medium String, campaign String, content String)) COMMENT 'The earliest touch',
    latest       SimpleAggregateFunction(max, Tuple(version UInt256, source String, platform String, id String, medium String, campaign String, content String)) COMMENT 'The latest touch'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, entity)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the first and the last ad touch of each contact and visitor';

-- In steps, from the inside out: what the event says, what its campaign and click ids are, what follows from these.
-- What cannot be a touch is left out before its JSON is read: most messages have no referral, and most pages neither a
-- campaign nor a query in their URL.
CREATE MATERIALIZED VIEW ad_touches_from_events TO ad_touches
AS SELECT
    workspace_id,
    entity,
    min(touch) AS earliest,
    max(touch) AS latest
FROM (
    SELECT
        workspace_id,
        entity,
        multiIf(
            is_referral, 'meta',
            platform_of_source != '', platform_of_source,
            platform_of_advertiser != '', platform_of_advertiser,
            click_id IN ('gclid', 'gbraid', 'wbraid', 'dclid', 'gad_source'), 'google',
            click_id = 'ttclid', 'tiktok',
            click_id = 'msclkid', 'microsoft',
            click_id = 'twclid', 'x',
            click_id = 'li_fat_id', 'linkedin',
            has_fbclid, 'meta',
            source
        ) AS platform,
        multiIf(
            is_referral, referred_id,
            source != '' OR medium != '' OR campaign != '', concat(source, '/', medium, '/', campaign),
            click_id
        ) AS touch_id,
        if(is_referral, headline, campaign) AS title,
        (event_order, if(title != '', title, touch_id), platform, touch_id, medium, campaign, content) AS touch
    FROM (
        WITH map(
            'google', 'google',
            'youtube', 'google',
            'yt', 'google',
            'adwords', 'google',
            'facebook', 'meta',
            'fb', 'meta',
            'instagram', 'meta',
            'ig', 'meta',
            'meta', 'meta',
            'messenger', 'meta',
            'threads', 'meta',
            'tiktok', 'tiktok',
            'tt', 'tiktok',
            'bing', 'microsoft',
            'microsoft', 'microsoft',
            'msn', 'microsoft',
            'twitter', 'x',
            'x', 'x',
            't.co', 'x',
            'linkedin', 'linkedin',
            'li', 'linkedin',
            'lnkd.in', 'linkedin',
            'reddit', 'reddit',
            'pinterest', 'pinterest',
            'snapchat', 'snapchat',
            'quora', 'quora'
        ) AS platforms
        SELECT
            workspace_id,
            entity,
            event_order,
            is_referral,
            if(referral.source_id != '', referral.source_id, referral.source_url) AS referred_id,
            referral.headline AS headline,
            referral.source_type IN ('ad', '') AS is_ad,
            tupleElement(parameters, 1) AS names,
            tupleElement(parameters, 2) AS texts,
            lowerUTF8(texts[indexOf(names, 'utm_source')]) AS source,
            lowerUTF8(texts[indexOf(names, 'utm_medium')]) AS medium,
            texts[indexOf(names, 'utm_campaign')] AS campaign,
            texts[indexOf(names, 'utm_content')] AS content,
            arrayFirst(kind -> has(names, kind), [
                'gclid', 'gbraid', 'wbraid', 'dclid', 'gad_source', 'ttclid', 'msclkid', 'twclid', 'li_fat_id'
            ]) AS click_id,
            has(names, 'fbclid') AS has_fbclid,
            replaceRegexpOne(replaceRegexpOne(source, '^(www|m|l)\\.', ''), '\\.com$', '') AS site,
            transform(site, mapKeys(platforms), mapValues(platforms), '') AS platform_of_source,
            transform(replaceRegexpOne(site, '[-_.\\s\\p{Z}]?ads?$', ''), mapKeys(platforms), mapValues(platforms), '') AS platform_of_advertiser,
            (
                NOT match(medium, '[\\r\\n]')
                AND match(
                    medium,
                    '^(.*cp.*|paid.*|display|banner|expandable|interstitial|audio|ads?|sem|pmax|'
                    || '(.*[-_.\\s\\p{Z}])?(ppc|retargeting|remarketing)([-_.\\s\\p{Z}].*)?)$'
                )
            ) OR (
                source = 'adwords'
                OR (replaceRegexpOne(source, '[-_.\\s\\p{Z}]?ads?$', '') != source AND transform(replaceRegexpOne(source, '[-_.\\s\\p{Z}]?ads?$', ''), mapKeys(platforms), mapValues(platforms), '') != '')
            ) OR position(lowerUTF8(campaign), 'cross-network') > 0 AS is_paid
        FROM (
            SELECT
                workspace_id,
                entity,
                event_order,
                type NOT IN ('web.page_view', 'web.button_click', 'web.form_submitted') AS is_referral,
                JSONExtract(data, 'Tuple(
                    url String,
                    campaign Tuple(source String, medium String, name String, content String),
                    click_ids Tuple(
                        gclid String, gbraid String, wbraid String, dclid String, gad_source String, ttclid String,
                        msclkid String, twclid String, li_fat_id String, fbclid String
                    ),
                    referral Tuple(source_type String, source_id String, source_url String, headline String)
                )') AS fields,
                fields.referral AS referral,
                if(is_referral, [], arrayFilter(
                    parameter -> parameter.2 != '',
                    arrayMap(
                        parameter -> (parameter.1, replaceRegexpAll(parameter.2, '^[\\s\\v\\x{1c}-\\x{1f}\\x{85}\\p{Z}]+|[\\s\\v\\x{1c}-\\x{1f}\\x{85}\\p{Z}]+$', '')),
                        arrayConcat(
                            arrayFilter(
                                parameter -> parameter.2 != '',
                                [
                                    ('utm_source', fields.campaign.source),
                                    ('utm_medium', fields.campaign.medium),
                                    ('utm_campaign', fields.campaign.name),
                                    ('utm_content', fields.campaign.content),
                                    ('gclid', fields.click_ids.gclid),
                                    ('gbraid', fields.click_ids.gbraid),
                                    ('wbraid', fields.click_ids.wbraid),
                                    ('dclid', fields.click_ids.dclid),
                                    ('gad_source', fields.click_ids.gad_source),
                                    ('ttclid', fields.click_ids.ttclid),
                                    ('msclkid', fields.click_ids.msclkid),
                                    ('twclid', fields.click_ids.twclid),
                                    ('li_fat_id', fields.click_ids.li_fat_id),
                                    ('fbclid', fields.click_ids.fbclid)
                                ]
                            ),
                            arrayFilter(
                                parameter -> parameter.1 IN (
                                    'utm_source', 'utm_medium', 'utm_campaign', 'utm_content',
                                    'gclid', 'gbraid', 'wbraid', 'dclid', 'gad_source', 'ttclid', 'msclkid', 'twclid', 'li_fat_id', 'fbclid'
                                ),
                                arrayMap(
                                    text -> (
                                        lower(decodeURLFormComponent(substring(text, 1, position(text, '=') - 1))),
                                        toValidUTF8(decodeURLFormComponent(substring(text, position(text, '=') + 1)))
                                    ),
                                    arrayFilter(text -> position(text, '=') > 1, splitByChar('&', queryString(cutFragment(fields.url))))
                                )
                            )
                        )
                    )
                )) AS parameters
            FROM events
            WHERE
                (type IN ('web.page_view', 'web.button_click', 'web.form_submitted') AND multiSearchAny(data, ['?', '"campaign"', '"click_ids"']))
                OR (type IN ('message.incoming', 'ctwa.click') AND position(data, '"referral"') > 0)
        )
    )
    WHERE if(
        is_referral,
        is_ad AND referred_id != '',
        click_id != '' OR is_paid
    )
)
GROUP BY workspace_id, entity
COMMENT 'Internal: fills ad_touches from events';

-- The same by the contact each person resolves to.
CREATE VIEW ad_touches_by_contact
(
    workspace_id String COMMENT 'The tenant',
    contact_id   String COMMENT 'The contact, ties and merges resolved',
    earliest     Tuple(version UInt256, source String, platform String, id String, medium String, campaign String, content String) COMMENT 'The earliest touch',
    latest       Tuple(version UInt256, source String, platform String, id String, medium String, campaign String, content String) COMMENT 'The latest touch'
)
AS SELECT
    touches.workspace_id AS workspace_id,
    if(roots.root_id != '', roots.root_id, substring(touches.entity, 2)) AS contact_id,
    touches.earliest AS earliest,
    touches.latest AS latest
FROM ad_touches AS touches FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON touches.workspace_id = roots.workspace_id AND substring(touches.entity, 2) = roots.contact_id
WHERE touches.entity >= 'c' AND touches.entity < 'd'
UNION ALL
SELECT
    touches.workspace_id AS workspace_id,
    ties.contact_id AS contact_id,
    touches.earliest AS earliest,
    touches.latest AS latest
FROM ad_touches AS touches FINAL
INNER JOIN visitor_contacts AS ties
    ON touches.workspace_id = ties.workspace_id AND substring(touches.entity, 2) = ties.visitor_id
WHERE touches.entity >= 'v' AND touches.entity < 'w'
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Internal: first and last ad touches by resolved contact';

-- Leads (contract, section 3): one row per resolved contact that has sent at least one incoming message.

-- Every instant of a response: an answer of an AI agent, or a message that a human or an AI sent. Which of them
-- was the first after the first message is decided when it is asked, because an earlier message may still come.
CREATE TABLE responses
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'The contact, as the event names it',
    responded_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)) COMMENT 'When it was answered'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, responded_at)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: when contacts were answered';

CREATE MATERIALIZED VIEW responses_from_events TO responses
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    occurred_at AS responded_at
FROM events
WHERE
    type = 'agent.ai_response'
    OR (type = 'message.outgoing' AND JSONExtractString(data, 'sender') IN ('human', 'ai'))
COMMENT 'Internal: fills responses from events';

CREATE VIEW responses_by_contact
AS SELECT
    responses.workspace_id AS workspace_id,
    if(roots.root_id != '', roots.root_id, responses.contact_id) AS contact_id,
    groupArray(responses.responded_at) AS instants
FROM responses
LEFT JOIN contact_roots AS roots FINAL
    ON responses.workspace_id = roots.workspace_id AND responses.contact_id = roots.contact_id
GROUP BY workspace_id, contact_id
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Internal: when contacts were answered, merges resolved';

CREATE VIEW leads
(
    workspace_id          String COMMENT 'The tenant',
    contact_id            String COMMENT 'The contact, merges resolved',
    date                  DateTime64(3, 'UTC') COMMENT 'Its first message or first own session, the earlier of them',
    customer_name         Nullable(String) COMMENT 'Its name today',
    phone_number          Nullable(String) COMMENT 'Its phone today, E.164',
    email                 Nullable(String) COMMENT 'Its e-mail address today',
    origin                String COMMENT 'ads where an ad was touched at or before the first message, else organic',
    first_source          Nullable(String) COMMENT 'The earliest ad touch, to read: headline or campaign, else its id',
    first_source_platform Nullable(String) COMMENT 'meta, google, tiktok and so on, else the campaign''s source',
    first_source_id       Nullable(String) COMMENT 'The ad''s id or URL, or source/medium/name, or the kind of click id',
    first_touched_at      Nullable(DateTime64(3, 'UTC')) COMMENT 'The first answer of a human or an AI to it',
    last_source           Nullable(String) COMMENT 'The latest ad touch where it differs from the earliest, to read',
    last_source_platform  Nullable(String) COMMENT 'Its platform',
    last_source_id        Nullable(String) COMMENT 'Its id',
    first_source_at       Nullable(DateTime64(3, 'UTC')) COMMENT 'When the earliest ad was touched',
    first_source_medium   Nullable(String) COMMENT 'Its campaign''s medium, in lower case',
    first_source_campaign Nullable(String) COMMENT 'Its campaign''s name',
    first_source_content  Nullable(String) COMMENT 'Its campaign''s content: which of several ads',
    last_source_at        Nullable(DateTime64(3, 'UTC')) COMMENT 'The same of the latest ad, where it differs',
    last_source_medium    Nullable(String) COMMENT 'Its campaign''s medium, in lower case',
    last_source_campaign  Nullable(String) COMMENT 'Its campaign''s name',
    last_source_content   Nullable(String) COMMENT 'Its campaign''s content'
)
-- Rows are read with FINAL and folded over merged ids by argMax over the version, column by column: to compare whole
-- tuples, as max would, takes several times as long.
AS SELECT
    people.workspace_id AS workspace_id,
    people.contact_id AS contact_id,
    least(assumeNotNull(people.first_message_at), ifNull(people.first_session_at, assumeNotNull(people.first_message_at))) AS date,
    nullIf(people.name, '') AS customer_name,
    nullIf(people.phone, '') AS phone_number,
    nullIf(people.email, '') AS email,
    if(
        touches.first_version > 0
        AND bitShiftRight(touches.first_version, 192) <= toUInt64(toUnixTimestamp64Milli(assumeNotNull(people.first_message_at))),
        'ads',
        'organic'
    ) AS origin,
    nullIf(touches.first_source, '') AS first_source,
    nullIf(touches.first_platform, '') AS first_source_platform,
    nullIf(touches.first_id, '') AS first_source_id,
    if(
        arrayExists(at -> at >= people.first_message_at, answers.instants),
        arrayMin(arrayFilter(at -> at >= people.first_message_at, answers.instants)),
        NULL
    ) AS first_touched_at,
    if(touches.is_same_source, NULL, nullIf(touches.last_source, '')) AS last_source,
    if(touches.is_same_source, NULL, nullIf(touches.last_platform, '')) AS last_source_platform,
    if(touches.is_same_source, NULL, nullIf(touches.last_id, '')) AS last_source_id,
    if(touches.first_version > 0, fromUnixTimestamp64Milli(toInt64(bitShiftRight(touches.first_version, 192)), 'UTC'), NULL) AS first_source_at,
    nullIf(touches.first_medium, '') AS first_source_medium,
    nullIf(touches.first_campaign, '') AS first_source_campaign,
    nullIf(touches.first_content, '') AS first_source_content,
    if(touches.is_same_source OR touches.last_version = 0, NULL, fromUnixTimestamp64Milli(toInt64(bitShiftRight(touches.last_version, 192)), 'UTC')) AS last_source_at,
    if(touches.is_same_source, NULL, nullIf(touches.last_medium, '')) AS last_source_medium,
    if(touches.is_same_source, NULL, nullIf(touches.last_campaign, '')) AS last_source_campaign,
    if(touches.is_same_source, NULL, nullIf(touches.last_content, '')) AS last_source_content
FROM (
    -- Visitors have no profile, write no messages and begin no sessions.
    SELECT
        facts.workspace_id AS workspace_id,
        if(roots.root_id != '', roots.root_id, substring(facts.entity, 2)) AS contact_id,
        argMax(tupleElement(facts.name, 'text'), tupleElement(facts.name, 'version')) AS name,
        argMax(tupleElement(facts.phone, 'text'), tupleElement(facts.phone, 'version')) AS phone,
        argMax(tupleElement(facts.email, 'text'), tupleElement(facts.email, 'version')) AS email,
        min(facts.first_message_at) AS first_message_at,
        min(facts.first_session_at) AS first_session_at
    FROM person_facts AS facts FINAL
    LEFT JOIN contact_roots AS roots FINAL
        ON facts.workspace_id = roots.workspace_id AND substring(facts.entity, 2) = roots.contact_id
    WHERE facts.entity >= 'c' AND facts.entity < 'd'
    GROUP BY workspace_id, contact_id
    HAVING first_message_at IS NOT NULL
) AS people
LEFT JOIN (
    SELECT
        workspace_id,
        contact_id,
        min(tupleElement(earliest, 'version')) AS first_version,
        argMin(tupleElement(earliest, 'source'), tupleElement(earliest, 'version')) AS first_source,
        argMin(tupleElement(earliest, 'platform'), tupleElement(earliest, 'version')) AS first_platform,
        argMin(tupleElement(earliest, 'id'), tupleElement(earliest, 'version')) AS first_id,
        argMin(tupleElement(earliest, 'medium'), tupleElement(earliest, 'version')) AS first_medium,
        argMin(tupleElement(earliest, 'campaign'), tupleElement(earliest, 'version')) AS first_campaign,
        argMin(tupleElement(earliest, 'content'), tupleElement(earliest, 'version')) AS first_content,
        max(tupleElement(latest, 'version')) AS last_version,
        argMax(tupleElement(latest, 'source'), tupleElement(latest, 'version')) AS last_source,
        argMax(tupleElement(latest, 'platform'), tupleElement(latest, 'version')) AS last_platform,
        argMax(tupleElement(latest, 'id'), tupleElement(latest, 'version')) AS last_id,
        argMax(tupleElement(latest, 'medium'), tupleElement(latest, 'version')) AS last_medium,
        argMax(tupleElement(latest, 'campaign'), tupleElement(latest, 'version')) AS last_campaign,
        argMax(tupleElement(latest, 'content'), tupleElement(latest, 'version')) AS last_content,
        first_platform = last_platform AND first_id = last_id AS is_same_source
    FROM ad_touches_by_contact
    GROUP BY workspace_id, contact_id
) AS touches
    ON people.workspace_id = touches.workspace_id AND people.contact_id = touches.contact_id
LEFT JOIN responses_by_contact AS answers
    ON people.workspace_id = answers.workspace_id AND people.contact_id = answers.contact_id
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'One row per person who has written at least once, with the ads that brought them and the first answer';

-- The customer journey: one row per event of the 14 titles (contract, section 3).

-- Where the events that name a conversation lie in `events`.
CREATE TABLE conversation_entities
(
    workspace_id    LowCardinality(String) COMMENT 'The tenant',
    conversation_id String COMMENT 'The conversation',
    entity          String COMMENT 'The entity of an event that names it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, conversation_id, entity)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: whose events name a conversation';

CREATE MATERIALIZED VIEW conversation_entities_from_events TO conversation_entities
AS SELECT DISTINCT
    workspace_id,
    conversation_id,
    entity
FROM events
WHERE conversation_id != ''
COMMENT 'Internal: fills conversation_entities from events';

-- Every journey entry as its own event tells it, not yet resolved to a contact, and statuses not yet named.
--
-- The catalogue (schemas/catalogue.py) says which fields of `data` tell the actor and the summary of a type: `first` where
-- it is there, else `second`, and of outgoing messages and clicks a third one. Planning a query costs more than reading a
-- journey, and grows with every expression in it; that is why there are few of them, and why they are worked out in steps.
CREATE VIEW journey_entries
AS SELECT
    workspace_id,
    entity,
    contact_id AS own_contact_id,
    nullIf(conversation_id, '') AS conversation_id,
    nullIf(session_id, '') AS session_id,
    nullIf(visitor_id, '') AS visitor_id,
    occurred_at,
    title,
    category,
    type,
    multiIf(
        actor_first != '', actor_first,
        actor_second != '', actor_second,
        actor_else != '', actor_else,
        JSONExtractString(data, 'sender')
    ) AS actor,
    multiIf(
        summary_first != '', summary_first,
        summary_second = '', '',
        second_field = 'message_type', concat('[', summary_second, ']'),
        summary_second
    ) AS summary,
    from_status_id,
    to_status_id,
    event_id,
    event_source,
    event_order,
    data
FROM (
    SELECT
        workspace_id,
        entity,
        contact_id,
        conversation_id,
        session_id,
        visitor_id,
        occurred_at,
        type,
        transform(type, ['session.started', 'session.ended', 'agent.human_assigned', 'agent.human_resolved', 'message.incoming', 'message.outgoing', 'agent.ai_response', 'pipeline.changed', 'label.added', 'label.removed', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click'], ['Session Started', 'Session Ended', 'Agent Human Assigned', 'Agent Human Resolve', 'Incoming', 'Outgoing', 'Agent AI Response', 'Pipeline Changed', 'Label Added', 'Label Removed', 'Page View', 'Button Click', 'Form', 'CTWA Click'], '') AS title,
        transform(type, ['session.started', 'session.ended', 'agent.human_assigned', 'agent.human_resolved', 'message.incoming', 'message.outgoing', 'agent.ai_response', 'pipeline.changed', 'label.added', 'label.removed', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click'], ['internal', 'internal', 'internal', 'internal', 'internal', 'internal', 'internal', 'internal', 'internal', 'internal', 'external', 'external', 'external', 'external'], '') AS category,
        transform(type, ['session.started', 'agent.human_assigned', 'agent.human_resolved', 'message.outgoing', 'agent.ai_response', 'pipeline.changed', 'label.added', 'label.removed'], ['initiator', 'assigned_by', 'agent_name', 'agent_name', 'agent_name', 'changed_by', 'changed_by', 'changed_by'], '') AS actor_field,
        transform(type, ['agent.human_resolved', 'message.outgoing', 'agent.ai_response'], ['agent_id', 'agent_id', 'agent_id'], '') AS actor_second_field,
        transform(type, ['session.ended', 'agent.human_assigned', 'message.incoming', 'agent.ai_response', 'pipeline.changed', 'label.added', 'label.removed', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click'], ['system', 'system', 'contact', 'ai', 'system', 'system', 'system', 'contact', 'contact', 'contact', 'contact'], '') AS actor_else,
        transform(type, ['session.started', 'session.ended', 'agent.human_assigned', 'agent.human_resolved', 'message.incoming', 'message.outgoing', 'agent.ai_response', 'label.added', 'label.removed', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click'], ['channel', 'reason', 'agent_name', 'agent_name', 'text', 'text', 'text', 'label_name', 'label_name', 'title', 'element_text', 'form_name', 'headline'], '') AS first_field,
        transform(type, ['agent.human_assigned', 'agent.human_resolved', 'message.incoming', 'message.outgoing', 'agent.ai_response', 'label.added', 'label.removed', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click'], ['agent_id', 'agent_id', 'message_type', 'message_type', 'message_type', 'label_id', 'label_id', 'url', 'element_id', 'form_id', 'source_id'], '') AS second_field,
        if(actor_field = '', '', JSONExtractString(data, actor_field)) AS actor_first,
        if(actor_second_field = '', '', JSONExtractString(data, actor_second_field)) AS actor_second,
        if(type = 'ctwa.click', JSONExtractRaw(data, 'referral'), data) AS told,
        if(first_field = '', '', JSONExtractString(told, first_field)) AS summary_first,
        multiIf(
            second_field = '', '',
            type = 'ctwa.click' AND JSONExtractString(told, 'source_id') = '', JSONExtractString(told, 'source_url'),
            JSONExtractString(told, second_field)
        ) AS summary_second,
        if(type = 'pipeline.changed', JSONExtractString(data, 'from_status_id'), '') AS from_status_id,
        if(type = 'pipeline.changed', JSONExtractString(data, 'to_status_id'), '') AS to_status_id,
        event_id,
        event_source,
        event_order,
        data
    FROM events FINAL
    WHERE type IN ('session.started', 'session.ended', 'agent.human_assigned', 'agent.human_resolved', 'message.incoming', 'message.outgoing', 'agent.ai_response', 'pipeline.changed', 'label.added', 'label.removed', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click')
)
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Internal: journey entries before anybody is resolved';

CREATE VIEW journey
(
    workspace_id    String                   COMMENT 'The tenant',
    contact_id      String                   COMMENT 'The contact, ties and merges resolved',
    conversation_id Nullable(String)         COMMENT 'The conversation the event names',
    session_id      Nullable(String)         COMMENT 'The service session the event names',
    visitor_id      Nullable(String)         COMMENT 'The website visitor the event names',
    occurred_at     DateTime64(3, 'UTC')     COMMENT 'When it happened',
    title           String                   COMMENT 'What happened, one of the 14 titles',
    category        String                   COMMENT 'internal: in the chat; external: on a website or an ad',
    type            String                   COMMENT 'The CloudEvents type',
    actor           String                   COMMENT 'Who did it: an agent, ai, contact, system, a sender or an initiator',
    summary         String                   COMMENT 'One line to read',
    event_id        String                   COMMENT 'CloudEvents id',
    event_source    String                   COMMENT 'CloudEvents source',
    event_order     UInt256                  COMMENT 'The order of events: time, sequence, hash; page by it',
    data            String                   COMMENT 'The event''s data as JSON text',
    event_order_text String                  COMMENT 'event_order as 78 digits, which sort as the number does'
)
AS SELECT
    entries.workspace_id AS workspace_id,
    multiIf(
        roots.root_id != '', roots.root_id,
        entries.own_contact_id != '', entries.own_contact_id,
        ties.contact_id
    ) AS contact_id,
    conversation_id,
    session_id,
    entries.visitor_id AS visitor_id,
    occurred_at,
    title,
    category,
    type,
    actor,
    replaceRegexpAll(
        if(
            type = 'pipeline.changed',
            concat(
                multiIf(
                    from_status.name != '', from_status.name,
                    entries.from_status_id != '', entries.from_status_id,
                    '–'
                ),
                ' → ',
                multiIf(
                    to_status.name != '', to_status.name,
                    entries.to_status_id != '', entries.to_status_id,
                    '–'
                )
            ),
            entries.summary
        ),
        '[\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{2028}\\x{2029}]+',
        ' '
    ) AS summary,
    event_id,
    event_source,
    event_order,
    data,
    leftPad(toString(event_order), 78, '0') AS event_order_text
FROM journey_entries AS entries
LEFT JOIN pipeline_status_names AS from_status
    ON entries.workspace_id = from_status.workspace_id AND entries.from_status_id = from_status.status_id
LEFT JOIN pipeline_status_names AS to_status
    ON entries.workspace_id = to_status.workspace_id AND entries.to_status_id = to_status.status_id
LEFT JOIN visitor_contacts AS ties
    ON entries.workspace_id = ties.workspace_id AND entries.visitor_id = ties.visitor_id
LEFT JOIN contact_roots AS roots FINAL
    ON entries.workspace_id = roots.workspace_id AND entries.own_contact_id = roots.contact_id
WHERE
    (own_contact_id != '' OR ties.contact_id != '')
    AND toUInt8(
        if(
            has(
                [
                    getSetting('read_overflow_mode'),
                    getSetting('read_overflow_mode_leaf'),
                    getSetting('timeout_overflow_mode'),
                    getSetting('timeout_overflow_mode_leaf')
                ],
                'break'
            ),
            'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
            '1'
        )
    )
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'The customer journey: one row per thing that happened, of all contacts; for one of them use the lookups';

-- One contact's journey: contact_journey(workspace_id = …, contact_id = …). The columns are those of journey.
--
-- To plan such a lookup costs ClickHouse far more than to read it, twice so in a parameterized view, and twice again in
-- one inside another. Who is who is therefore worked out here, in arrays: a scalar is planned and read once, however
-- often it is used, which neither a join nor a nested IN is. `words` are statuses by id, for transform().
CREATE VIEW contact_journey
AS WITH
    (
        SELECT groupArray(contact_id)
        FROM root_members
        WHERE workspace_id = {workspace_id:String} AND root_id = {contact_id:String}
    ) AS candidates,
    (
        SELECT
            (
                groupArray(contact_id),
                groupArrayIf(contact_id, root = {contact_id:String}),
                groupArrayIf(concat('c', contact_id), root = {contact_id:String})
            )
        FROM (
            SELECT contact_id, argMax(root_id, version) AS root
            FROM contact_roots
            WHERE
                workspace_id = {workspace_id:String}
                AND has(arrayPushBack(candidates, {contact_id:String}), contact_id)
            GROUP BY contact_id
        )
    ) AS merged,
    -- The contact itself, unless it was merged away, and those that were merged into it.
    if(has(merged.1, {contact_id:String}), merged.2, arrayPushBack(merged.2, {contact_id:String})) AS members,
    (
        SELECT groupArray(visitor_id)
        FROM contact_visitors
        WHERE workspace_id = {workspace_id:String} AND has(members, contact_id)
    ) AS known,
    (
        SELECT groupArray(concat('v', visitor_id))
        FROM (
            SELECT visitor_id, argMax(visitor_ties.contact_id, version) AS tied
            FROM visitor_ties
            WHERE workspace_id = {workspace_id:String} AND has(known, visitor_id)
            GROUP BY visitor_id
        )
        WHERE has(members, tied)
    ) AS visitors,
    arrayConcat(
        if(has(merged.1, {contact_id:String}), merged.3, arrayPushBack(merged.3, concat('c', {contact_id:String}))),
        visitors
    ) AS entities,
    (
        SELECT
            (
                arrayPushFront(groupArray(status_id), ''),
                arrayPushFront(groupArray(if(name != '', name, status_id)), '–')
            )
        FROM (
            SELECT status_id, tupleElement(max(defined), 'name') AS name
            FROM pipeline_status_facts
            WHERE workspace_id = {workspace_id:String}
            GROUP BY status_id
        )
    ) AS words
SELECT
    workspace_id,
    {contact_id:String} AS contact_id,
    conversation_id,
    session_id,
    visitor_id,
    occurred_at,
    title,
    category,
    type,
    actor,
    replaceRegexpAll(
        if(
            type = 'pipeline.changed',
            concat(
                transform(from_status_id, words.1, words.2, from_status_id),
                ' → ',
                transform(to_status_id, words.1, words.2, to_status_id)
            ),
            entries.summary
        ),
        '[\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{2028}\\x{2029}]+',
        ' '
    ) AS summary,
    event_id,
    event_source,
    event_order,
    data,
    leftPad(toString(event_order), 78, '0') AS event_order_text
FROM journey_entries AS entries
WHERE
    workspace_id = {workspace_id:String}
    AND has(entities, entity)
    AND toUInt8(
        if(
            has(
                [
                    getSetting('read_overflow_mode'),
                    getSetting('read_overflow_mode_leaf'),
                    getSetting('timeout_overflow_mode'),
                    getSetting('timeout_overflow_mode_leaf')
                ],
                'break'
            ),
            'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
            '1'
        )
    )
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Lookup: the journey of one contact, by workspace_id and contact_id';

-- One conversation's journey: conversation_journey(workspace_id = …, conversation_id = …): the conversation's own
-- events, and its contact's external events that name no other conversation. The columns are those of journey.
--
-- `known` is who is who, worked out in one scalar, so that the query over `events` sees only constants: 1 the entities
-- of the contact; 2 and 3 everybody whose events may be in it, with the contact each resolves to; 4 where to look.
CREATE VIEW conversation_journey
AS WITH
    (
        SELECT groupArray(entity)
        FROM conversation_entities
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    ) AS naming,
    (
        SELECT tupleElement(max(contact), 'id')
        FROM conversation_facts
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    ) AS last_contact,
    (
        SELECT argMax(root_id, version)
        FROM contact_roots
        WHERE workspace_id = {workspace_id:String} AND contact_id = last_contact
    ) AS last_root,
    if(last_root != '', last_root, last_contact) AS owner,
    (
        SELECT groupArray(contact_id)
        FROM root_members
        WHERE workspace_id = {workspace_id:String} AND root_id = owner
    ) AS once_members,
    arrayConcat(
        [owner],
        arrayMap(entity -> substring(entity, 2), arrayFilter(entity -> startsWith(entity, 'c'), naming)),
        once_members
    ) AS contacts,
    -- Every visitor in question, with whom it is tied to now.
    (
        SELECT groupArray((visitor_id, contact_id))
        FROM (
            SELECT visitor_id, argMax(contact_id, version) AS contact_id
            FROM visitor_ties
            WHERE
                workspace_id = {workspace_id:String}
                AND (
                    visitor_id IN (SELECT substring(arrayJoin(naming), 2))
                    OR visitor_id IN (
                        SELECT visitor_id
                        FROM contact_visitors
                        WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT arrayJoin(contacts))
                    )
                )
            GROUP BY visitor_id
        )
    ) AS ties,
    -- Every contact in question that was merged, with whom it resolves to.
    (
        SELECT groupArray((contact_id, root_id))
        FROM (
            SELECT contact_id, argMax(root_id, version) AS root_id
            FROM contact_roots
            WHERE
                workspace_id = {workspace_id:String}
                AND contact_id IN (SELECT arrayJoin(arrayConcat(contacts, tupleElement(ties, 2))))
            GROUP BY contact_id
        )
    ) AS merged,
    (
        WITH
            arrayConcat(
                arrayMap(id -> (concat('c', id), id), contacts),
                arrayMap((visitor, id) -> (concat('v', visitor), id), tupleElement(ties, 1), tupleElement(ties, 2))
            ) AS persons,
            arrayMap(
                person -> (
                    tupleElement(person, 1),
                    transform(
                        tupleElement(person, 2), tupleElement(merged, 1), tupleElement(merged, 2), tupleElement(person, 2)
                    )
                ),
                persons
            ) AS resolved,
            arrayMap(
                person -> tupleElement(person, 1),
                arrayFilter(person -> tupleElement(person, 2) = owner AND owner != '', resolved)
            ) AS owned
        SELECT (owned, tupleElement(resolved, 1), tupleElement(resolved, 2), arrayConcat(naming, owned))
    ) AS known,
    (
        SELECT
            (
                arrayPushFront(groupArray(status_id), ''),
                arrayPushFront(groupArray(if(name != '', name, status_id)), '–')
            )
        FROM (
            SELECT status_id, tupleElement(max(defined), 'name') AS name
            FROM pipeline_status_facts
            WHERE workspace_id = {workspace_id:String}
            GROUP BY status_id
        )
    ) AS words
SELECT
    workspace_id,
    transform(entity, known.2, known.3, '') AS contact_id,
    conversation_id,
    session_id,
    visitor_id,
    occurred_at,
    title,
    category,
    type,
    actor,
    replaceRegexpAll(
        if(
            type = 'pipeline.changed',
            concat(
                transform(from_status_id, words.1, words.2, from_status_id),
                ' → ',
                transform(to_status_id, words.1, words.2, to_status_id)
            ),
            entries.summary
        ),
        '[\\x{a}\\x{b}\\x{c}\\x{d}\\x{85}\\x{2028}\\x{2029}]+',
        ' '
    ) AS summary,
    event_id,
    event_source,
    event_order,
    data,
    leftPad(toString(event_order), 78, '0') AS event_order_text
FROM journey_entries AS entries
WHERE
    workspace_id = {workspace_id:String}
    AND has(known.4, entity)
    AND (
        conversation_id = {conversation_id:String}
        OR (conversation_id IS NULL AND category = 'external' AND has(known.1, entity))
    )
    AND has(known.2, entity)
    AND toUInt8(
        if(
            has(
                [
                    getSetting('read_overflow_mode'),
                    getSetting('read_overflow_mode_leaf'),
                    getSetting('timeout_overflow_mode'),
                    getSetting('timeout_overflow_mode_leaf')
                ],
                'break'
            ),
            'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
            '1'
        )
    )
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Lookup: the journey of one conversation, by workspace_id and conversation_id';

-- Ids that a producer has used for more than one event (contract, sections 1 and 3, `reused_ids`): one row per id.
--
-- `events` keeps one row of those that agree in its sorting key, so what is left of an id by FINAL is different events. It
-- reads all ids of a workspace.
CREATE VIEW reused_ids
(
    workspace_id String COMMENT 'The tenant',
    event_source String COMMENT 'CloudEvents source',
    event_id     String COMMENT 'CloudEvents id',
    versions     UInt64 COMMENT 'How many different events are stored under it',
    first_at     DateTime64(3, 'UTC') COMMENT 'When the earliest of them happened',
    last_at      DateTime64(3, 'UTC') COMMENT 'When the latest of them happened'
)
AS SELECT
    workspace_id,
    event_source,
    event_id,
    count() AS versions,
    min(occurred_at) AS first_at,
    max(occurred_at) AS last_at
FROM events FINAL
WHERE toUInt8(
    if(
        has(
            [
                getSetting('read_overflow_mode'),
                getSetting('read_overflow_mode_leaf'),
                getSetting('timeout_overflow_mode'),
                getSetting('timeout_overflow_mode_leaf')
            ],
            'break'
        ),
        'A view answers in full or with an error: set read_overflow_mode and timeout_overflow_mode (also _leaf) to throw',
        '1'
    )
)
GROUP BY workspace_id, event_source, event_id
HAVING versions > 1
SETTINGS aggregate_functions_null_for_empty = 0, empty_result_for_aggregation_by_empty_set = 0, group_by_use_nulls = 0, join_default_strictness = 'ALL', join_use_nulls = 0, transform_null_in = 0, prefer_column_name_to_alias = 0, optimize_if_transform_strings_to_enum = 0, group_by_overflow_mode = 'throw', distinct_overflow_mode = 'throw', sort_overflow_mode = 'throw', set_overflow_mode = 'throw', join_overflow_mode = 'throw', transfer_overflow_mode = 'throw'
COMMENT 'Ids under which more than one event is stored, which is a producer''s error; for checks, not for speed';
