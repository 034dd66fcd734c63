-- Which of some events are stored, among those of the persons that they name. `asked` comes with the question, as an
-- external table: ids are texts from outside, and thousands of them do not fit into a URL. `entity` is the second
-- column of the sorting key, so this reads a granule a person, however large the table.
SELECT DISTINCT workspace_id, event_source, event_id
FROM events
WHERE (workspace_id, entity) IN (SELECT workspace_id, entity FROM asked)
    AND event_id IN (SELECT event_id FROM asked)
    AND (workspace_id, event_source, event_id) IN (SELECT workspace_id, event_source, event_id FROM asked)
