SELECT *
FROM leads
WHERE workspace_id = {workspace_id:String}
