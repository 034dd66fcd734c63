-- Nothing in `events` says where a conversation lies. Without titles and summaries, without merges.
WITH
    own AS (
        SELECT DISTINCT entity
        FROM events
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    ),
    visitors AS (
        SELECT DISTINCT concat('v', visitor_id)
        FROM events
        WHERE workspace_id = {workspace_id:String} AND entity IN (own) AND visitor_id != ''
    )
SELECT occurred_at, type, conversation_id, event_id, data
FROM events FINAL
WHERE
    workspace_id = {workspace_id:String}
    AND (entity IN (own) OR entity IN (visitors))
    AND (
        conversation_id = {conversation_id:String}
        OR (
            conversation_id = ''
            AND type IN ('web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click')
        )
    )
ORDER BY occurred_at DESC, sequence DESC
LIMIT 50
