-- How many ids some events have, and how many of these belong to more than one event of the same person. The places of the
-- events are filled in.
WITH sample AS (
    SELECT workspace_id, entity, event_source, event_id
    FROM events
    WHERE {{ places }}
)
SELECT
    count() AS seen,
    countIf(versions > 1) AS reused
FROM (
    SELECT
        workspace_id,
        event_source,
        event_id,
        uniqExact(entity, occurred_at, sequence) AS versions
    FROM events
    WHERE
        (workspace_id, entity) IN (SELECT workspace_id, entity FROM sample)
        AND event_id IN (SELECT event_id FROM sample)
        AND (workspace_id, event_source, event_id) IN (SELECT workspace_id, event_source, event_id FROM sample)
    GROUP BY workspace_id, event_source, event_id
)
