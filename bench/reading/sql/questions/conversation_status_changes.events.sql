-- Nothing in `events` says where a conversation lies. Without deletions of statuses, without merges.
WITH
    names AS (
        SELECT
            JSONExtractString(data, 'status_id') AS status_id,
            argMax(JSONExtractString(data, 'name'), (occurred_at, sequence)) AS name
        FROM events
        WHERE workspace_id = {workspace_id:String} AND entity = 's' AND type = 'pipeline_status.defined'
        GROUP BY status_id
    ),
    changes AS (
        SELECT
            occurred_at AS entered_at,
            leadInFrame(toNullable(occurred_at)) OVER all_later AS left_at,
            lagInFrame(JSONExtractString(data, 'to_status_id')) OVER all_earlier AS from_status_id,
            JSONExtractString(data, 'to_status_id') AS to_status_id,
            JSONExtractString(data, 'changed_by') AS changed_by,
            contact_id,
            sequence
        FROM events FINAL
        WHERE
            workspace_id = {workspace_id:String}
            AND conversation_id = {conversation_id:String}
            AND type = 'pipeline.changed'
        WINDOW
            all_later AS (
                ORDER BY occurred_at, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            ),
            all_earlier AS (
                ORDER BY occurred_at, sequence ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
            )
    )
SELECT entered_at, left_at, before.name, behind.name, changed_by, contact_id
FROM changes
LEFT JOIN names AS before ON changes.from_status_id = before.status_id
LEFT JOIN names AS behind ON changes.to_status_id = behind.status_id
ORDER BY entered_at DESC, sequence DESC
