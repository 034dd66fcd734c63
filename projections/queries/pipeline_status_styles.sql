-- What the pipeline statuses of a workspace are called today, and their colours; deleted ones included.
SELECT status_id, name, color
FROM pipeline_statuses
WHERE workspace_id = {workspace_id:String}
