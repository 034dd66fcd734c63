SELECT occurred_at, title, category, type, actor, summary, conversation_id, event_id, data
FROM contact_journey(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
ORDER BY contact_journey.event_order DESC
LIMIT 50
