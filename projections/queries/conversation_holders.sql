-- Which statuses the conversations of some contacts hold.
SELECT contact_id, conversation_id, ifNull(status_id, '') AS status_id
FROM conversations
WHERE workspace_id = {workspace_id:String} AND contact_id IN {contact_ids:Array(String)}
