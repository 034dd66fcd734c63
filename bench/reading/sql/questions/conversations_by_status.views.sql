SELECT *
FROM conversations
WHERE workspace_id = {workspace_id:String} AND status_id = {status_id:String}
ORDER BY last_message_at DESC
LIMIT 50
