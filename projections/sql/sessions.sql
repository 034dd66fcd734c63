-- Service sessions (contract, section 3): one row per started session, from its earliest start and earliest end.

CREATE TABLE session_starts
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    session_id   String COMMENT 'The session',
    start        SimpleAggregateFunction(min, Tuple(version UInt256, contact_id String, conversation_id String,
                     initiator String, channel String)) COMMENT 'Its earliest session.started'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, session_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: how each session began';

CREATE MATERIALIZED VIEW session_starts_from_events TO session_starts
AS SELECT
    workspace_id,
    session_id,
    min((
        event_order,
        contact_id,
        conversation_id,
        JSONExtractString(data, 'initiator'),
        JSONExtractString(data, 'channel')
    )) AS start
FROM events
WHERE type = 'session.started'
GROUP BY workspace_id, session_id;

CREATE TABLE session_ends
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    session_id   String COMMENT 'The session',
    end          SimpleAggregateFunction(min, Tuple(version UInt256, reason String)) COMMENT 'Its earliest session.ended'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, session_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: how each session ended';

CREATE MATERIALIZED VIEW session_ends_from_events TO session_ends
AS SELECT
    workspace_id,
    session_id,
    min((event_order, JSONExtractString(data, 'reason'))) AS end
FROM events
WHERE type = 'session.ended'
GROUP BY workspace_id, session_id;

-- Sessions by contact, for lookups. An id stays here when an earlier start names another contact, so readers ask
-- session_starts about each of them.
CREATE TABLE contact_session_ids
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'A contact',
    session_id   String COMMENT 'A session that any session.started gave it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, session_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all sessions that were ever a contact''s';

CREATE MATERIALIZED VIEW contact_session_ids_from_events TO contact_session_ids
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    session_id
FROM events
WHERE type = 'session.started';

CREATE VIEW sessions
(
    workspace_id    String COMMENT 'The tenant',
    session_id      String COMMENT 'The session',
    contact_id      String COMMENT 'Whose it is, merges resolved',
    conversation_id String COMMENT 'The conversation it is in',
    number          UInt64 COMMENT '1, 2, … per contact, by start and then by id',
    initiator       String COMMENT 'Who began it: contact, human, ai or broadcast',
    channel         Nullable(String) COMMENT 'The channel, where the start tells it',
    started_at      DateTime64(3, 'UTC') COMMENT 'When it began',
    ended_at        Nullable(DateTime64(3, 'UTC')) COMMENT 'When it ended, NULL while it lasts',
    end_reason      Nullable(String) COMMENT 'expired, resolved or manual, where the end tells it'
)
AS SELECT
    starts.workspace_id AS workspace_id,
    starts.session_id AS session_id,
    {{ resolved tupleElement(starts.start, 'contact_id') }} AS contact_id,
    tupleElement(starts.start, 'conversation_id') AS conversation_id,
    row_number() OVER (
        PARTITION BY workspace_id, contact_id
        ORDER BY {{ milliseconds tupleElement(starts.start, 'version') }} ASC, session_id ASC
    ) AS number,
    tupleElement(starts.start, 'initiator') AS initiator,
    nullIf(tupleElement(starts.start, 'channel'), '') AS channel,
    {{ instant tupleElement(starts.start, 'version') }} AS started_at,
    {{ ended_at }} AS ended_at,
    nullIf(tupleElement(ends.end, 'reason'), '') AS end_reason
FROM session_starts AS starts FINAL
LEFT JOIN session_ends AS ends FINAL
    ON starts.workspace_id = ends.workspace_id AND starts.session_id = ends.session_id
LEFT JOIN contact_roots AS roots FINAL
    ON starts.workspace_id = roots.workspace_id AND tupleElement(starts.start, 'contact_id') = roots.contact_id
WHERE {{ whole_answer }}
COMMENT 'One row per service session: whose, number, channel, start and end';

-- One contact's sessions: contact_sessions(workspace_id = …, contact_id = …). The columns are those of sessions.
CREATE VIEW contact_sessions
AS WITH
    (
        WITH
            -- As in contact_journey.
            {{ once_members {contact_id:String} }} AS candidates,
            (
                SELECT (groupArray(contact_id), groupArrayIf(contact_id, root = {contact_id:String}))
                FROM (
                    {{ candidates_roots }}
                )
            ) AS merged,
            {{ with_itself merged.2; {contact_id:String} }} AS members,
            (
                SELECT groupUniqArray(session_id)
                FROM contact_session_ids
                WHERE workspace_id = {workspace_id:String} AND has(members, contact_id)
            ) AS session_ids
        SELECT (members, session_ids)
    ) AS known
SELECT
    starts.workspace_id AS workspace_id,
    starts.session_id AS session_id,
    {contact_id:String} AS contact_id,
    tupleElement(starts.start, 'conversation_id') AS conversation_id,
    row_number() OVER (ORDER BY {{ milliseconds tupleElement(starts.start, 'version') }} ASC, session_id ASC) AS number,
    tupleElement(starts.start, 'initiator') AS initiator,
    nullIf(tupleElement(starts.start, 'channel'), '') AS channel,
    {{ instant tupleElement(starts.start, 'version') }} AS started_at,
    {{ ended_at }} AS ended_at,
    nullIf(tupleElement(ends.end, 'reason'), '') AS end_reason
FROM (
    SELECT
        workspace_id,
        session_id,
        min(start) AS start
    FROM session_starts
    WHERE workspace_id = {workspace_id:String} AND has(known.2, session_id)
    GROUP BY workspace_id, session_id
    HAVING has(known.1, tupleElement(start, 'contact_id'))
) AS starts
LEFT JOIN (
    SELECT
        session_id,
        min(end) AS end
    FROM session_ends
    WHERE workspace_id = {workspace_id:String} AND has(known.2, session_id)
    GROUP BY session_id
) AS ends
    ON starts.session_id = ends.session_id
WHERE {{ whole_answer }}
COMMENT 'Lookup: the sessions of one contact, by workspace_id and contact_id';
