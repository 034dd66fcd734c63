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
COMMENT 'When contacts were answered';

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
GROUP BY workspace_id, contact_id;

-- Touches of ads, the first and the last of each person. What a touch is, and what it is called, stands here alone.
CREATE TABLE ad_touches
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    entity       String COMMENT 'c and the contact, or v and the visitor, as in events',
    first_touch  SimpleAggregateFunction(min, Tuple(version UInt256, source String, platform String, id String))
        COMMENT 'The earliest touch',
    last_touch   SimpleAggregateFunction(max, Tuple(version UInt256, source String, platform String, id String))
        COMMENT 'The latest touch'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, entity)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'The first and the last ad touch of each contact and visitor';

CREATE MATERIALIZED VIEW ad_touches_from_events TO ad_touches
AS WITH
    JSONExtract(data, 'Tuple(
        referral Tuple(source_type String, source_id String, source_url String, headline String),
        campaign Tuple(source String, medium String, name String),
        click_ids Tuple(
            gclid String, gbraid String, wbraid String, ttclid String, msclkid String, fbclid String
        )
    )') AS fields,
    type IN ('message.incoming', 'ctwa.click') AS is_referral,
    -- The medium pattern of GA4's paid channels. The dot matches no line feed, and a carriage return breaks a line too.
    match(
        replaceRegexpAll(fields.campaign.medium, '^[\\s\\v\\x{85}\\p{Z}]+|[\\s\\v\\x{85}\\p{Z}]+$', ''),
        '(?i)^([^\\r\\n]*cp[^\\r\\n]*|ppc|retargeting|paid[^\\r\\n]*)$'
    ) AS is_paid,
    multiIf(
        fields.click_ids.gclid != '', 'gclid',
        fields.click_ids.gbraid != '', 'gbraid',
        fields.click_ids.wbraid != '', 'wbraid',
        fields.click_ids.ttclid != '', 'ttclid',
        fields.click_ids.msclkid != '', 'msclkid',
        ''
    ) AS click_id_kind,
    multiIf(
        is_referral, 'meta',
        click_id_kind IN ('gclid', 'gbraid', 'wbraid'), 'google',
        click_id_kind = 'ttclid', 'tiktok',
        click_id_kind = 'msclkid', 'microsoft',
        fields.click_ids.fbclid != '', 'meta',
        lowerUTF8(fields.campaign.source)
    ) AS platform,
    multiIf(
        is_referral, if(fields.referral.source_id != '', fields.referral.source_id, fields.referral.source_url),
        fields.campaign.source != '' OR fields.campaign.medium != '' OR fields.campaign.name != '',
        concat(fields.campaign.source, '/', fields.campaign.medium, '/', fields.campaign.name),
        click_id_kind
    ) AS touch_id,
    if(is_referral, fields.referral.headline, fields.campaign.name) AS title,
    (event_order, if(title != '', title, touch_id), platform, touch_id) AS touch
SELECT
    workspace_id,
    entity,
    min(touch) AS first_touch,
    max(touch) AS last_touch
FROM events
WHERE
    type IN ('message.incoming', {{ external_types }})
    AND if(
        is_referral,
        fields.referral.source_type IN ('ad', '')
        AND (fields.referral.source_id != '' OR fields.referral.source_url != ''),
        click_id_kind != '' OR is_paid
    )
GROUP BY workspace_id, entity;

-- The same by the contact each person resolves to.
CREATE VIEW ad_touches_by_contact
AS SELECT
    touches.workspace_id AS workspace_id,
    {{ resolved substring(touches.entity, 2) }} AS contact_id,
    touches.first_touch AS first_touch,
    touches.last_touch AS last_touch
FROM ad_touches AS touches FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON touches.workspace_id = roots.workspace_id AND substring(touches.entity, 2) = roots.contact_id
WHERE touches.entity >= 'c' AND touches.entity < 'd'
UNION ALL
SELECT
    touches.workspace_id AS workspace_id,
    ties.contact_id AS contact_id,
    touches.first_touch AS first_touch,
    touches.last_touch AS last_touch
FROM ad_touches AS touches FINAL
INNER JOIN visitor_contacts AS ties
    ON touches.workspace_id = ties.workspace_id AND substring(touches.entity, 2) = ties.visitor_id
WHERE touches.entity >= 'v' AND touches.entity < 'w';

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
    first_source_platform Nullable(String) COMMENT 'meta, google, tiktok, microsoft or the campaign''s source',
    first_source_id       Nullable(String) COMMENT 'The ad''s id or URL, or source/medium/name, or the kind of click id',
    first_touched_at      Nullable(DateTime64(3, 'UTC')) COMMENT 'The first answer of a human or an AI to it',
    last_source           Nullable(String) COMMENT 'The latest ad touch where it differs from the earliest, to read',
    last_source_platform  Nullable(String) COMMENT 'Its platform',
    last_source_id        Nullable(String) COMMENT 'Its id'
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
    nullIf(touches.first_source, '') AS first_source,
    nullIf(touches.first_platform, '') AS first_source_platform,
    nullIf(touches.first_id, '') AS first_source_id,
    {{ first_response people.first_message_at; answers.instants }} AS first_touched_at,
    if(is_same_source, NULL, nullIf(touches.last_source, '')) AS last_source,
    if(is_same_source, NULL, nullIf(touches.last_platform, '')) AS last_source_platform,
    if(is_same_source, NULL, nullIf(touches.last_id, '')) AS last_source_id
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
        min(tupleElement(first_touch, 'version')) AS first_version,
        argMin(tupleElement(first_touch, 'source'), tupleElement(first_touch, 'version')) AS first_source,
        argMin(tupleElement(first_touch, 'platform'), tupleElement(first_touch, 'version')) AS first_platform,
        argMin(tupleElement(first_touch, 'id'), tupleElement(first_touch, 'version')) AS first_id,
        argMax(tupleElement(last_touch, 'source'), tupleElement(last_touch, 'version')) AS last_source,
        argMax(tupleElement(last_touch, 'platform'), tupleElement(last_touch, 'version')) AS last_platform,
        argMax(tupleElement(last_touch, 'id'), tupleElement(last_touch, 'version')) AS last_id,
        first_platform = last_platform AND first_id = last_id AS is_same_source
    FROM ad_touches_by_contact
    GROUP BY workspace_id, contact_id
) AS touches
    ON people.workspace_id = touches.workspace_id AND people.contact_id = touches.contact_id
LEFT JOIN responses_by_contact AS answers
    ON people.workspace_id = answers.workspace_id AND people.contact_id = answers.contact_id;
