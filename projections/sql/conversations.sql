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
WHERE conversation_id != '' AND type IN ({{ internal_types }})
GROUP BY workspace_id, conversation_id;

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
WHERE type IN ('label.added', 'label.removed');

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
    {{ resolved tupleElement(facts.contact, 'id') }} AS contact_id,
    nullIf(tupleElement(facts.channel, 'name'), '') AS channel,
    nullIf(tupleElement(facts.inbox, 'id'), '') AS inbox_id,
    nullIf(tupleElement(facts.status, 'id'), '') AS status_id,
    if(names.is_defined, names.name, nullIf(tupleElement(facts.status, 'id'), '')) AS status_name,
    if(names.is_defined, names.color, NULL) AS status_color,
    if(names.is_defined, names.position, NULL) AS status_position,
    names.is_deleted AS status_deleted,
    if(
        tupleElement(facts.status, 'version') > 0,
        {{ instant tupleElement(facts.status, 'version') }},
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
WHERE {{ whole_answer }}
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
        uniqExact({{ resolved tupleElement(facts.contact, 'id') }}) AS holders,
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
WHERE {{ whole_answer }}
GROUP BY workspace_id, status_id
HAVING conversations > 0 OR max(is_shown)
COMMENT 'One row per status of the pipeline board, with how many conversations and contacts hold it now';
