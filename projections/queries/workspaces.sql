-- The workspaces that have events, for who may see them all.
SELECT DISTINCT workspace_id
FROM events
ORDER BY workspace_id
LIMIT 100
