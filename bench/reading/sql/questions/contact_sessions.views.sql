SELECT *
FROM contact_sessions(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
ORDER BY number DESC
LIMIT 50
