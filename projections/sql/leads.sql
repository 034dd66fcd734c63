-- Leads (contract, section 3): one row per resolved contact that has sent at least one incoming message.

-- Every instant of a response: an answer of an AI agent, or a message that a human or an AI sent. Which of them
-- was the first after the first message is decided when it is asked, because an earlier message may still come.
CREATE TABLE responses
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'The contact, as the event names it',
    responded_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(3)) COMMENT 'When it was answered'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, responded_at)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: when contacts were answered';

CREATE MATERIALIZED VIEW responses_from_events TO responses
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    occurred_at AS responded_at
FROM events
WHERE
    type = 'agent.ai_response'
    OR (type = 'message.outgoing' AND JSONExtractString(data, 'sender') IN ('human', 'ai'));

CREATE VIEW responses_by_contact
AS SELECT
    responses.workspace_id AS workspace_id,
    {{ resolved responses.contact_id }} AS contact_id,
    groupArray(responses.responded_at) AS instants
FROM responses
LEFT JOIN contact_roots AS roots FINAL
    ON responses.workspace_id = roots.workspace_id AND responses.contact_id = roots.contact_id
GROUP BY workspace_id, contact_id
COMMENT 'Internal: when contacts were answered, merges resolved';

CREATE VIEW leads
(
    workspace_id          String COMMENT 'The tenant',
    contact_id            String COMMENT 'The contact, merges resolved',
    date                  DateTime64(3, 'UTC') COMMENT 'Its first message or first own session, the earlier of them',
    customer_name         Nullable(String) COMMENT 'Its name today',
    phone_number          Nullable(String) COMMENT 'Its phone today, E.164',
    email                 Nullable(String) COMMENT 'Its e-mail address today',
    origin                String COMMENT 'ads where an ad was touched at or before the first message, else organic',
    first_source          Nullable(String) COMMENT 'The earliest ad touch, to read: headline or campaign, else its id',
    first_source_platform Nullable(String) COMMENT 'meta, google, tiktok and so on, else the campaign''s source',
    first_source_id       Nullable(String) COMMENT 'The ad''s id or URL, or source/medium/name, or the kind of click id',
    first_touched_at      Nullable(DateTime64(3, 'UTC')) COMMENT 'The first answer of a human or an AI to it',
    last_source           Nullable(String) COMMENT 'The latest ad touch where it differs from the earliest, to read',
    last_source_platform  Nullable(String) COMMENT 'Its platform',
    last_source_id        Nullable(String) COMMENT 'Its id',
    first_source_at       Nullable(DateTime64(3, 'UTC')) COMMENT 'When the earliest ad was touched',
    first_source_medium   Nullable(String) COMMENT 'Its campaign''s medium, in lower case',
    first_source_campaign Nullable(String) COMMENT 'Its campaign''s name',
    first_source_content  Nullable(String) COMMENT 'Its campaign''s content: which of several ads',
    last_source_at        Nullable(DateTime64(3, 'UTC')) COMMENT 'The same of the latest ad, where it differs',
    last_source_medium    Nullable(String) COMMENT 'Its campaign''s medium, in lower case',
    last_source_campaign  Nullable(String) COMMENT 'Its campaign''s name',
    last_source_content   Nullable(String) COMMENT 'Its campaign''s content'
)
-- Rows are read with FINAL and folded over merged ids by argMax over the version, column by column: to compare whole
-- tuples, as max would, takes several times as long.
AS SELECT
    people.workspace_id AS workspace_id,
    people.contact_id AS contact_id,
    {{ lead_date assumeNotNull(people.first_message_at); people.first_session_at }} AS date,
    nullIf(people.name, '') AS customer_name,
    nullIf(people.phone, '') AS phone_number,
    nullIf(people.email, '') AS email,
    {{ origin touches.first_version; assumeNotNull(people.first_message_at) }} AS origin,
    {{ first_source touches }},
    {{ first_response people.first_message_at; answers.instants }} AS first_touched_at,
    {{ sources touches }}
FROM (
    -- Visitors have no profile, write no messages and begin no sessions.
    SELECT
        facts.workspace_id AS workspace_id,
        {{ resolved substring(facts.entity, 2) }} AS contact_id,
        argMax(tupleElement(facts.name, 'text'), tupleElement(facts.name, 'version')) AS name,
        argMax(tupleElement(facts.phone, 'text'), tupleElement(facts.phone, 'version')) AS phone,
        argMax(tupleElement(facts.email, 'text'), tupleElement(facts.email, 'version')) AS email,
        min(facts.first_message_at) AS first_message_at,
        min(facts.first_session_at) AS first_session_at
    FROM person_facts AS facts FINAL
    LEFT JOIN contact_roots AS roots FINAL
        ON facts.workspace_id = roots.workspace_id AND substring(facts.entity, 2) = roots.contact_id
    WHERE facts.entity >= 'c' AND facts.entity < 'd'
    GROUP BY workspace_id, contact_id
    HAVING first_message_at IS NOT NULL
) AS people
LEFT JOIN (
    SELECT
        workspace_id,
        contact_id,
        min(tupleElement(earliest, 'version')) AS first_version,
        argMin(tupleElement(earliest, 'source'), tupleElement(earliest, 'version')) AS first_source,
        argMin(tupleElement(earliest, 'platform'), tupleElement(earliest, 'version')) AS first_platform,
        argMin(tupleElement(earliest, 'id'), tupleElement(earliest, 'version')) AS first_id,
        argMin(tupleElement(earliest, 'medium'), tupleElement(earliest, 'version')) AS first_medium,
        argMin(tupleElement(earliest, 'campaign'), tupleElement(earliest, 'version')) AS first_campaign,
        argMin(tupleElement(earliest, 'content'), tupleElement(earliest, 'version')) AS first_content,
        max(tupleElement(latest, 'version')) AS last_version,
        argMax(tupleElement(latest, 'source'), tupleElement(latest, 'version')) AS last_source,
        argMax(tupleElement(latest, 'platform'), tupleElement(latest, 'version')) AS last_platform,
        argMax(tupleElement(latest, 'id'), tupleElement(latest, 'version')) AS last_id,
        argMax(tupleElement(latest, 'medium'), tupleElement(latest, 'version')) AS last_medium,
        argMax(tupleElement(latest, 'campaign'), tupleElement(latest, 'version')) AS last_campaign,
        argMax(tupleElement(latest, 'content'), tupleElement(latest, 'version')) AS last_content,
        first_platform = last_platform AND first_id = last_id AS is_same_source
    FROM ad_touches_by_contact
    GROUP BY workspace_id, contact_id
) AS touches
    ON people.workspace_id = touches.workspace_id AND people.contact_id = touches.contact_id
LEFT JOIN responses_by_contact AS answers
    ON people.workspace_id = answers.workspace_id AND people.contact_id = answers.contact_id
WHERE {{ whole_answer }}
COMMENT 'One row per person who has written at least once, with the ads that brought them and the first answer';
