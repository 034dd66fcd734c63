SELECT *
FROM contacts
WHERE workspace_id = {workspace_id:String} AND has(status_ids, {status_id:String})
ORDER BY last_seen_at DESC
LIMIT 50
