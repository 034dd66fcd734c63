SELECT *
FROM pipeline_board
WHERE workspace_id = {workspace_id:String}
ORDER BY position
