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
    facts AS (
        SELECT
            conversation_id,
            argMax(contact_id, (occurred_at, sequence)) AS contact_id,
            argMaxIf(
                JSONExtractString(data, 'channel'), (occurred_at, sequence), JSONExtractString(data, 'channel') != ''
            ) AS channel,
            argMaxIf(
                JSONExtractString(data, 'inbox_id'), (occurred_at, sequence), JSONExtractString(data, 'inbox_id') != ''
            ) AS inbox_id,
            argMaxIf(
                (JSONExtractString(data, 'to_status_id'), JSONExtractString(data, 'changed_by'), occurred_at),
                (occurred_at, sequence),
                type = 'pipeline.changed'
            ) AS status,
            argMaxIf(JSONExtractString(data, 'agent_id'), (occurred_at, sequence), type = 'agent.human_assigned')
                AS assignee_id,
            maxIf(occurred_at, type IN ('message.incoming', 'message.outgoing', 'agent.ai_response'))
                AS last_message_at,
            maxIf(occurred_at, type = 'message.incoming') AS last_incoming_at
        FROM events
        WHERE
            workspace_id = {workspace_id:String}
            AND conversation_id != ''
            AND NOT startsWith(type, 'web.')
            AND type != 'ctwa.click'
        GROUP BY conversation_id
    ),
    labels AS (
        SELECT conversation_id, arraySort(groupArray(name)) AS labels
        FROM (
            SELECT
                conversation_id,
                JSONExtractString(data, 'label_id') AS label_id,
                argMax(type, (occurred_at, sequence)) AS change,
                argMax(JSONExtractString(data, 'label_name'), (occurred_at, sequence)) AS name
            FROM events
            WHERE
                workspace_id = {workspace_id:String}
                AND conversation_id != ''
                AND type IN ('label.added', 'label.removed')
            GROUP BY conversation_id, label_id
            HAVING change = 'label.added'
        )
        GROUP BY conversation_id
    )
SELECT facts.*, names.name, names.color, names.position, labels.labels
FROM facts
LEFT JOIN names ON facts.status.1 = names.status_id
LEFT JOIN labels ON facts.conversation_id = labels.conversation_id
WHERE facts.status.1 = {status_id:String}
ORDER BY facts.last_message_at DESC
LIMIT 50
