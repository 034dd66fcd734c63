-- Knows how `events` is sorted. Without titles and summaries, without merges.
SELECT occurred_at, type, conversation_id, event_id, data
FROM events FINAL
WHERE
    workspace_id = {workspace_id:String}
    AND entity IN (
        SELECT concat('c', {contact_id:String})
        UNION ALL
        SELECT DISTINCT concat('v', visitor_id)
        FROM events
        WHERE
            workspace_id = {workspace_id:String}
            AND entity = concat('c', {contact_id:String})
            AND visitor_id != ''
    )
    AND type NOT IN ('contact.updated', 'contact.identified', 'contact.merged')
ORDER BY occurred_at DESC, sequence DESC
LIMIT 50
