-- The cards of the board: of each status, and of no status, the conversations with the newest messages. One more than
-- are shown says that there are more.
SELECT
    workspace_id,
    conversation_id,
    contact_id,
    channel,
    inbox_id,
    status_id,
    status_name,
    status_color,
    status_position,
    status_deleted,
    status_changed_at,
    status_changed_by,
    labels,
    assignee_id,
    last_message_at,
    last_incoming_at
FROM conversations
WHERE
    workspace_id = {workspace_id:String}
    AND {{ conversation_filters }}
    AND conversation_id NOT IN {leave_out:Array(String)}
ORDER BY last_message_at DESC NULLS LAST, conversation_id ASC
LIMIT {limit:UInt32} BY ifNull(status_id, '')
