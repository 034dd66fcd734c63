-- A page of one contact's journey, newest first.
SELECT occurred_at, title, category, type, actor, summary, conversation_id, session_id, visitor_id, event_id,
    event_source, toString(event_order) AS event_order, data
FROM contact_journey(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
ORDER BY contact_journey.event_order DESC
LIMIT {limit:UInt32}
