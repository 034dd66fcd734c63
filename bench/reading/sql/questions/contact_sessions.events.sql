-- Knows how `events` is sorted. Without merges.
SELECT
    session_id,
    any(conversation_id) AS conversation_id,
    minIf(occurred_at, type = 'session.started') AS started_at,
    minOrNullIf(occurred_at, type = 'session.ended') AS ended_at,
    argMinIf(JSONExtractString(data, 'initiator'), occurred_at, type = 'session.started') AS initiator,
    argMinIf(JSONExtractString(data, 'channel'), occurred_at, type = 'session.started') AS channel,
    argMinIf(JSONExtractString(data, 'reason'), occurred_at, type = 'session.ended') AS end_reason,
    row_number() OVER (ORDER BY started_at ASC, session_id ASC) AS number
FROM events
WHERE
    workspace_id = {workspace_id:String}
    AND entity = concat('c', {contact_id:String})
    AND type IN ('session.started', 'session.ended')
GROUP BY session_id
ORDER BY number DESC
LIMIT 50
