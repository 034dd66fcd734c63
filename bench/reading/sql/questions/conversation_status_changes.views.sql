SELECT entered_at, left_at, from_status_name, to_status_name, changed_by, contact_id
FROM conversation_status_changes(workspace_id = {workspace_id:String}, conversation_id = {conversation_id:String})
ORDER BY event_order DESC
