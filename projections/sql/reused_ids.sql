-- Ids that a producer has used for more than one event (contract, sections 1 and 3, `reused_ids`): one row per id.
--
-- `events` keeps one row of those that agree in its sorting key, so what is left of an id by FINAL is different events. It
-- reads all ids of a workspace.
CREATE VIEW reused_ids
(
    workspace_id String COMMENT 'The tenant',
    event_source String COMMENT 'CloudEvents source',
    event_id     String COMMENT 'CloudEvents id',
    versions     UInt64 COMMENT 'How many different events are stored under it',
    first_at     DateTime64(3, 'UTC') COMMENT 'When the earliest of them happened',
    last_at      DateTime64(3, 'UTC') COMMENT 'When the latest of them happened'
)
AS SELECT
    workspace_id,
    event_source,
    event_id,
    count() AS versions,
    min(occurred_at) AS first_at,
    max(occurred_at) AS last_at
FROM events FINAL
WHERE {{ whole_answer }}
GROUP BY workspace_id, event_source, event_id
HAVING versions > 1
COMMENT 'Ids under which more than one event is stored, which is a producer''s error; for checks, not for speed';
