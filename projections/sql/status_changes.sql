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
WHERE type = 'pipeline.changed';

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
    {{ status_change joined; {{ resolved changes.contact_id }} }}
FROM (
    SELECT
        {{ change_with_its_neighbours }}
    FROM pipeline_changes FINAL
    {{ window_of_conversation }}
) AS changes
LEFT JOIN pipeline_status_names AS from_status
    ON changes.workspace_id = from_status.workspace_id AND changes.from_status_id = from_status.status_id
LEFT JOIN pipeline_status_names AS to_status
    ON changes.workspace_id = to_status.workspace_id AND changes.to_status_id = to_status.status_id
LEFT JOIN contact_roots AS roots FINAL
    ON changes.workspace_id = roots.workspace_id AND changes.contact_id = roots.contact_id
WHERE {{ whole_answer }}
COMMENT 'Every change of a conversation''s pipeline status, with what it held before and until when';

-- One conversation's changes: conversation_status_changes(workspace_id = …, conversation_id = …). The columns are those
-- of status_changes.
CREATE VIEW conversation_status_changes
AS WITH
    {{ status_words }} AS words,
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
    {{ status_change looked_up; transform(changes.contact_id, merged.1, merged.2, changes.contact_id) }}
FROM (
    SELECT
        {{ change_with_its_neighbours }}
    FROM pipeline_changes FINAL
    WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    {{ window_of_conversation }}
) AS changes
WHERE {{ whole_answer }}
COMMENT 'Lookup: the changes of one conversation''s pipeline status, by workspace_id and conversation_id';
