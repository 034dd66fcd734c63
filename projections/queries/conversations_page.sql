-- Conversations as they stand now, the one with the newest message first. A filter that is NULL or empty
-- lets all pass.
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
    AND (
        {status:Nullable(String)} IS NULL
        OR status_id = {status:Nullable(String)}
        OR status_name = {status:Nullable(String)}
    )
    AND ({without_status:UInt8} = 0 OR status_id IS NULL)
    AND {{ conversation_filters }}
    AND (empty({only:Array(String)}) OR conversation_id IN {only:Array(String)})
    AND conversation_id NOT IN {leave_out:Array(String)}
    AND {{ behind_cursor last_message_at; conversation_id }}
ORDER BY last_message_at DESC NULLS LAST, conversation_id ASC
LIMIT {limit:UInt32}
