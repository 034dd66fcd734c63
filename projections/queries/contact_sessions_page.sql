-- The sessions of one contact, the newest first.
SELECT
    workspace_id,
    session_id,
    contact_id,
    conversation_id,
    number,
    initiator,
    channel,
    started_at,
    ended_at,
    end_reason
FROM contact_sessions(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
WHERE {behind:UInt8} = 0 OR number < {behind_number:UInt64}
ORDER BY number DESC
LIMIT {limit:UInt32}
