-- The board of a workspace from its first column to its last; statuses that were never defined come behind.
SELECT
    workspace_id,
    status_id,
    name,
    color,
    position,
    conversations,
    contacts
FROM pipeline_board
WHERE workspace_id = {workspace_id:String}
ORDER BY position ASC NULLS LAST, status_id ASC
