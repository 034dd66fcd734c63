-- A page of one conversation's journey, newest first.
SELECT occurred_at, title, category, type, actor, summary, conversation_id, session_id, visitor_id, event_id,
    event_source, toString(event_order) AS event_order, data
FROM conversation_journey(workspace_id = {workspace_id:String}, conversation_id = {conversation_id:String})
ORDER BY conversation_journey.event_order DESC
LIMIT {limit:UInt32}
