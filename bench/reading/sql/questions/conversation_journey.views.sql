SELECT occurred_at, title, category, type, actor, summary, conversation_id, event_id, data
FROM conversation_journey(workspace_id = {workspace_id:String}, conversation_id = {conversation_id:String})
ORDER BY conversation_journey.event_order DESC
LIMIT 50
