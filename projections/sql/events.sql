-- Every accepted event, once: the source of all read models, and of `jejak rebuild`.
--
-- The same event (workspace, source, id) may arrive any number of times; ReplacingMergeTree keeps one row of those
-- that agree in the sorting key, and every reader asks with FINAL or folds idempotently. Sorting by the person
-- first makes a journey one short range of the table, whatever its size.

CREATE TABLE events
(
    workspace_id    LowCardinality(String) COMMENT 'The tenant (CloudEvents workspaceid)',
    event_source    LowCardinality(String)
        COMMENT 'CloudEvents source; with event_id and workspace_id it identifies the event',
    event_id        String CODEC(ZSTD(3)) COMMENT 'CloudEvents id',
    type            LowCardinality(String) COMMENT 'CloudEvents type',
    occurred_at     DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)) COMMENT 'CloudEvents time: when it happened',
    sequence        UInt64 CODEC(ZSTD(3)) COMMENT 'CloudEvents sequence, 0 where absent',
    contact_id      String CODEC(ZSTD(3)) COMMENT 'The contact that the event itself names, empty for none',
    visitor_id      String CODEC(ZSTD(3)) COMMENT 'The visitor that the event itself names, empty for none',
    conversation_id String CODEC(ZSTD(3)) COMMENT 'The conversation, empty for none',
    session_id      String CODEC(ZSTD(3)) COMMENT 'The service session, empty for none',
    data            String CODEC(ZSTD(3)) COMMENT 'The type''s own fields as JSON text, unknown ones included',
    entity          String
        MATERIALIZED multiIf(contact_id != '', concat('c', contact_id), visitor_id != '', concat('v', visitor_id), 's')
        CODEC(ZSTD(3))
        COMMENT 'Whose event it is: c and the contact, else v and the visitor, else s',
    event_order     UInt256
        ALIAS bitShiftLeft(toUInt256(toUnixTimestamp64Milli(occurred_at)), 192)
            + bitShiftLeft(toUInt256(sequence), 128)
            + toUInt256(reinterpretAsUInt128(sipHash128(event_source, event_id)))
        COMMENT 'The total order of events: 64 bits of milliseconds, 64 of sequence, 128 of hash'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, entity, occurred_at, sequence, event_source, event_id)
SETTINGS index_granularity = 2048, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: every accepted event, once';
