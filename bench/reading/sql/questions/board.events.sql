-- Without deletions of statuses, without merges.
WITH
    names AS (
        SELECT
            JSONExtractString(data, 'status_id') AS status_id,
            argMax(JSONExtractString(data, 'name'), (occurred_at, sequence)) AS name,
            argMax(JSONExtractString(data, 'color'), (occurred_at, sequence)) AS color,
            argMax(JSONExtractUInt(data, 'position'), (occurred_at, sequence)) AS position
        FROM events
        WHERE workspace_id = {workspace_id:String} AND entity = 's' AND type = 'pipeline_status.defined'
        GROUP BY status_id
    ),
    held AS (
        SELECT
            status_id,
            count() AS conversations,
            uniqExact(contact_id) AS contacts
        FROM (
            SELECT
                conversation_id,
                argMax(contact_id, (occurred_at, sequence)) AS contact_id,
                argMaxIf(
                    JSONExtractString(data, 'to_status_id'), (occurred_at, sequence), type = 'pipeline.changed'
                ) AS status_id
            FROM events
            WHERE
                workspace_id = {workspace_id:String}
                AND conversation_id != ''
                AND NOT startsWith(type, 'web.')
                AND type != 'ctwa.click'
            GROUP BY conversation_id
        )
        WHERE status_id != ''
        GROUP BY status_id
    )
SELECT names.*, held.conversations, held.contacts
FROM names
LEFT JOIN held ON names.status_id = held.status_id
ORDER BY names.position
