-- Pipeline statuses as they are defined today (contract, section 3).

CREATE TABLE pipeline_status_facts
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    status_id    String COMMENT 'The status',
    defined      SimpleAggregateFunction(max, Tuple(version UInt256, name String, color String, position UInt64))
        COMMENT 'Its last definition, version 0 where there is none',
    deleted      SimpleAggregateFunction(max, UInt256) COMMENT 'event_order of its last deletion, 0 for none'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, status_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the last definition and the last deletion of each pipeline status';

CREATE MATERIALIZED VIEW pipeline_status_facts_from_events TO pipeline_status_facts
AS SELECT
    workspace_id,
    JSONExtractString(data, 'status_id') AS status_id,
    maxIf(
        (
            event_order,
            JSONExtractString(data, 'name'),
            JSONExtractString(data, 'color'),
            JSONExtractUInt(data, 'position')
        ),
        type = 'pipeline_status.defined'
    ) AS defined,
    maxIf(event_order, type = 'pipeline_status.deleted') AS deleted
FROM events
WHERE type IN ('pipeline_status.defined', 'pipeline_status.deleted')
GROUP BY workspace_id, status_id;

-- What a conversation's status is called today, also where it was deleted or never defined.
CREATE VIEW pipeline_status_names
AS SELECT
    workspace_id,
    status_id,
    tupleElement(defined, 'version') > 0 AS is_defined,
    deleted > tupleElement(defined, 'version') AS is_deleted,
    tupleElement(defined, 'name') AS name,
    tupleElement(defined, 'color') AS color,
    tupleElement(defined, 'position') AS position
FROM pipeline_status_facts FINAL
COMMENT 'Internal: what pipeline statuses are called today, deleted ones included';

CREATE VIEW pipeline_statuses
(
    workspace_id String COMMENT 'The tenant',
    status_id    String COMMENT 'The status',
    name         String COMMENT 'Its name in its last definition',
    color        String COMMENT 'Its colour, #RRGGBB',
    position     UInt64 COMMENT 'Its place on the board, from 0',
    deleted      UInt8 COMMENT '1 when it was deleted after its last definition'
)
AS SELECT
    workspace_id,
    status_id,
    name,
    color,
    position,
    is_deleted AS deleted
FROM pipeline_status_names
WHERE is_defined AND {{ whole_answer }}
COMMENT 'One row per pipeline status that was ever defined, as it is defined today';
