-- How many rows a search through all events of some workspaces has to read; `asked` as in stored_events.sql.
SELECT count() AS rows
FROM events
WHERE workspace_id IN (SELECT workspace_id FROM asked)
