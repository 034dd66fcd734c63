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
    AND ({label:Nullable(String)} IS NULL OR has(labels, assumeNotNull({label:Nullable(String)})))
    AND ({channel:Nullable(String)} IS NULL OR channel = {channel:Nullable(String)})
    AND ({assignee:Nullable(String)} IS NULL OR assignee_id = {assignee:Nullable(String)})
    AND ({contact:Nullable(String)} IS NULL OR contact_id = {contact:Nullable(String)})
    AND (
        {search:Nullable(String)} IS NULL
        OR position(lowerUTF8(conversation_id), lowerUTF8(assumeNotNull({search:Nullable(String)}))) > 0
        OR contact_id IN (
            SELECT contact_id
            FROM contacts
            WHERE
                workspace_id = {workspace_id:String}
                AND {search:Nullable(String)} IS NOT NULL
                AND {{ contact_search assumeNotNull({search:Nullable(String)}); contacts }}
        )
    )
    AND (empty({only:Array(String)}) OR conversation_id IN {only:Array(String)})
    AND conversation_id NOT IN {leave_out:Array(String)}
    AND {{ behind_cursor last_message_at; conversation_id }}
ORDER BY last_message_at DESC NULLS LAST, conversation_id ASC
LIMIT {limit:UInt32}
