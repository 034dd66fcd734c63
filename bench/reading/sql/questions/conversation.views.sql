SELECT *
FROM conversations
WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
