-- Contacts (contract, section 3): one row per resolved contact that any event or tie names.

-- Facts are kept by the person an event itself names, contact or visitor, because who that is may change later.
CREATE TABLE person_facts
(
    workspace_id     LowCardinality(String) COMMENT 'The tenant',
    entity           String COMMENT 'c and the contact, or v and the visitor, as in events',
    name             SimpleAggregateFunction(max, Tuple(version UInt256, text String))
        COMMENT 'From the last contact.updated that has the field; empty where it cleared it',
    phone            SimpleAggregateFunction(max, Tuple(version UInt256, text String)) COMMENT 'Likewise',
    email            SimpleAggregateFunction(max, Tuple(version UInt256, text String)) COMMENT 'Likewise',
    first_seen_at    SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The first sign of the person',
    last_seen_at     SimpleAggregateFunction(max, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The last sign of the person',
    first_message_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC'))) COMMENT 'The first incoming message',
    first_session_at SimpleAggregateFunction(min, Nullable(DateTime64(3, 'UTC')))
        COMMENT 'The first session that the contact began'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, entity)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: what is known of each contact and visitor';

CREATE MATERIALIZED VIEW person_facts_from_events TO person_facts
AS WITH
    -- JSON is read where it is needed only: ClickHouse evaluates the branches of an if lazily, not an aggregate's arguments.
    if(type = 'session.started', JSONExtractString(data, 'initiator'), '') = 'contact' AS is_own_session,
    type = 'contact.updated' AS is_update,
    if(
        is_update,
        JSONExtract(data, 'Tuple(name String, phone String, email String)'),
        ('', '', '')::Tuple(name String, phone String, email String)
    ) AS profile
SELECT
    workspace_id,
    entity,
    maxIf((event_order, profile.name), if(is_update, JSONHas(data, 'name'), 0)) AS name,
    maxIf((event_order, profile.phone), if(is_update, JSONHas(data, 'phone'), 0)) AS phone,
    maxIf((event_order, profile.email), if(is_update, JSONHas(data, 'email'), 0)) AS email,
    minOrNullIf(occurred_at, type IN ('message.incoming', {{ external_types }}) OR is_own_session) AS first_seen_at,
    maxOrNullIf(occurred_at, type IN ('message.incoming', {{ external_types }}) OR is_own_session) AS last_seen_at,
    minOrNullIf(occurred_at, type = 'message.incoming') AS first_message_at,
    minOrNullIf(occurred_at, is_own_session) AS first_session_at
FROM events
WHERE entity != 's'
GROUP BY workspace_id, entity;

-- A contact that only a merge names is a contact too.
CREATE MATERIALIZED VIEW person_facts_from_merges TO person_facts
AS SELECT
    workspace_id,
    concat('c', JSONExtractString(data, 'previous_id')) AS entity
FROM events
WHERE type = 'contact.merged';

-- The same by the contact each person resolves to. Untied visitors are nobody, and left out.
CREATE VIEW person_facts_by_contact
(
    workspace_id     String COMMENT 'The tenant',
    contact_id       String COMMENT 'The contact, ties and merges resolved',
    name             Tuple(version UInt256, text String) COMMENT 'From the last contact.updated that has the field',
    phone            Tuple(version UInt256, text String) COMMENT 'Likewise',
    email            Tuple(version UInt256, text String) COMMENT 'Likewise',
    first_seen_at    Nullable(DateTime64(3, 'UTC')) COMMENT 'The first sign of the person',
    last_seen_at     Nullable(DateTime64(3, 'UTC')) COMMENT 'The last sign of the person',
    first_message_at Nullable(DateTime64(3, 'UTC')) COMMENT 'The first incoming message',
    first_session_at Nullable(DateTime64(3, 'UTC')) COMMENT 'The first session that the contact began'
)
AS SELECT
    facts.workspace_id AS workspace_id,
    {{ resolved substring(facts.entity, 2) }} AS contact_id,
    facts.name AS name,
    facts.phone AS phone,
    facts.email AS email,
    facts.first_seen_at AS first_seen_at,
    facts.last_seen_at AS last_seen_at,
    facts.first_message_at AS first_message_at,
    facts.first_session_at AS first_session_at
FROM person_facts AS facts FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON facts.workspace_id = roots.workspace_id AND substring(facts.entity, 2) = roots.contact_id
WHERE facts.entity >= 'c' AND facts.entity < 'd'
UNION ALL
SELECT
    facts.workspace_id AS workspace_id,
    ties.contact_id AS contact_id,
    facts.name AS name,
    facts.phone AS phone,
    facts.email AS email,
    facts.first_seen_at AS first_seen_at,
    facts.last_seen_at AS last_seen_at,
    facts.first_message_at AS first_message_at,
    facts.first_session_at AS first_session_at
FROM person_facts AS facts FINAL
INNER JOIN visitor_contacts AS ties
    ON facts.workspace_id = ties.workspace_id AND substring(facts.entity, 2) = ties.visitor_id
WHERE facts.entity >= 'v' AND facts.entity < 'w'
COMMENT 'Internal: what is known of persons, by resolved contact';

CREATE VIEW contacts
(
    workspace_id  String COMMENT 'The tenant',
    contact_id    String COMMENT 'The contact, merges resolved',
    name          Nullable(String) COMMENT 'From the last contact.updated that has it, over all merged ids',
    phone         Nullable(String) COMMENT 'Likewise, E.164',
    email         Nullable(String) COMMENT 'Likewise',
    status_ids    Array(String) COMMENT 'The pipeline statuses its conversations hold now, sorted',
    first_seen_at Nullable(DateTime64(3, 'UTC')) COMMENT 'Its first message, external event or own session',
    last_seen_at  Nullable(DateTime64(3, 'UTC')) COMMENT 'The last of those'
)
AS SELECT
    people.workspace_id AS workspace_id,
    people.contact_id AS contact_id,
    nullIf(people.name, '') AS name,
    nullIf(people.phone, '') AS phone,
    nullIf(people.email, '') AS email,
    held.status_ids AS status_ids,
    people.first_seen_at AS first_seen_at,
    people.last_seen_at AS last_seen_at
FROM (
    -- By argMax over the version, not by max over the tuple: to compare whole tuples takes several times as long.
    SELECT
        workspace_id,
        contact_id,
        argMax(tupleElement(facts.name, 'text'), tupleElement(facts.name, 'version')) AS name,
        argMax(tupleElement(facts.phone, 'text'), tupleElement(facts.phone, 'version')) AS phone,
        argMax(tupleElement(facts.email, 'text'), tupleElement(facts.email, 'version')) AS email,
        min(first_seen_at) AS first_seen_at,
        max(last_seen_at) AS last_seen_at
    FROM person_facts_by_contact AS facts
    GROUP BY workspace_id, contact_id
) AS people
LEFT JOIN (
    SELECT
        facts.workspace_id AS workspace_id,
        {{ resolved tupleElement(facts.contact, 'id') }} AS contact_id,
        arraySort(groupUniqArray(tupleElement(facts.status, 'id'))) AS status_ids
    FROM conversation_facts AS facts FINAL
    LEFT JOIN contact_roots AS roots FINAL
        ON facts.workspace_id = roots.workspace_id AND tupleElement(facts.contact, 'id') = roots.contact_id
    WHERE tupleElement(facts.status, 'id') != ''
    GROUP BY workspace_id, contact_id
) AS held
    ON people.workspace_id = held.workspace_id AND people.contact_id = held.contact_id
WHERE {{ whole_answer }}
COMMENT 'One row per contact, merges resolved: profile, pipeline statuses held now, first and last sign';
