-- Which of some events are stored, whoever's they are; `asked` as in stored_events.sql. It reads the ids of all events
-- of the workspaces, 50 ms per million on two cores.
SELECT DISTINCT workspace_id, event_source, event_id
FROM events
WHERE workspace_id IN (SELECT workspace_id FROM asked)
    AND event_source IN (SELECT event_source FROM asked)
    AND event_id IN (SELECT event_id FROM asked)
    AND (workspace_id, event_source, event_id) IN (SELECT workspace_id, event_source, event_id FROM asked)
