-- What a pipeline status is called and looks like today: its last definition (contract, section 3).

CREATE TABLE pipeline_status_definitions
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    status_id    String                 COMMENT 'The status',
    name         String                 COMMENT 'Its name',
    color        LowCardinality(String) COMMENT 'Its colour, #RRGGBB',
    position     UInt64                 COMMENT 'Its place on the board, from 0',
    version      UInt256                COMMENT 'event_order of the definition; the highest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, status_id)
COMMENT 'Definitions of pipeline statuses, the last one of each';

CREATE MATERIALIZED VIEW pipeline_status_definitions_from_events TO pipeline_status_definitions
AS SELECT
    workspace_id,
    JSONExtractString(data, 'status_id') AS status_id,
    JSONExtractString(data, 'name') AS name,
    JSONExtractString(data, 'color') AS color,
    JSONExtractUInt(data, 'position') AS position,
    event_order AS version
FROM events
WHERE type = 'pipeline_status.defined';
