-- The customer journey: one row per event of the 14 titles (contract, section 3).

-- Where a conversation's events lie in `events`, and whose conversation it is.
CREATE TABLE conversation_entities
(
    workspace_id    LowCardinality(String) COMMENT 'The tenant',
    conversation_id String                 COMMENT 'The conversation',
    entity          String                 COMMENT 'The entity of an event that names it',
    version         UInt256                COMMENT 'event_order of the last internal event of that entity, 0 for external ones'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, conversation_id, entity)
COMMENT 'Whose events name a conversation';

CREATE MATERIALIZED VIEW conversation_entities_from_events TO conversation_entities
AS SELECT
    workspace_id,
    conversation_id,
    entity,
    max(if(type IN ({{ internal_types }}), event_order, 0)) AS version
FROM events
WHERE conversation_id != ''
GROUP BY workspace_id, conversation_id, entity;

-- Every journey entry as its own event tells it, not yet resolved to a contact. The lookups below filter it by
-- workspace_id and entity, and ClickHouse carries both down to the primary key.
CREATE VIEW journey_entries
AS WITH
    JSONExtract(data, 'Tuple(
        agent_id Nullable(String), agent_name Nullable(String), assigned_by Nullable(String),
        changed_by Nullable(String), sender Nullable(String), initiator Nullable(String),
        channel Nullable(String), reason Nullable(String), message_type Nullable(String),
        text Nullable(String), from_status_id Nullable(String), to_status_id Nullable(String),
        label_id Nullable(String), label_name Nullable(String), title Nullable(String),
        url Nullable(String), element_text Nullable(String), element_id Nullable(String),
        form_name Nullable(String), form_id Nullable(String),
        referral Tuple(headline Nullable(String), source_id Nullable(String), source_url Nullable(String))
    )') AS fields,
    transform(type, [{{ journey_types }}], [{{ journey_categories }}], '') AS entry_category,
    coalesce(nullIf(fields.agent_name, ''), nullIf(fields.agent_id, '')) AS agent,
    coalesce(nullIf(from_status.name, ''), nullIf(fields.from_status_id, ''), '–') AS from_name,
    coalesce(nullIf(to_status.name, ''), nullIf(fields.to_status_id, ''), '–') AS to_name
SELECT
    events.workspace_id AS workspace_id,
    entity,
    contact_id AS own_contact_id,
    nullIf(conversation_id, '') AS conversation_id,
    nullIf(session_id, '') AS session_id,
    nullIf(visitor_id, '') AS visitor_id,
    occurred_at,
    transform(type, [{{ journey_types }}], [{{ journey_titles }}], '') AS title,
    entry_category AS category,
    type,
    coalesce(multiIf(
        type = 'message.incoming' OR entry_category = 'external', 'contact',
        type = 'session.started', fields.initiator,
        type = 'session.ended', 'system',
        type = 'agent.human_assigned', coalesce(nullIf(fields.assigned_by, ''), 'system'),
        type IN ('pipeline.changed', 'label.added', 'label.removed'), coalesce(nullIf(fields.changed_by, ''), 'system'),
        type = 'agent.ai_response', coalesce(agent, 'ai'),
        coalesce(agent, fields.sender)
    ), '') AS actor,
    replaceRegexpAll(coalesce(multiIf(
        type = 'pipeline.changed', concat(from_name, ' → ', to_name),
        type IN ('message.incoming', 'message.outgoing', 'agent.ai_response'),
        coalesce(nullIf(fields.text, ''), concat('[', nullIf(fields.message_type, ''), ']')),
        type IN ('label.added', 'label.removed'), coalesce(nullIf(fields.label_name, ''), fields.label_id),
        type IN ('agent.human_assigned', 'agent.human_resolved'), agent,
        type = 'web.page_view', coalesce(nullIf(fields.title, ''), fields.url),
        type = 'web.button_click', coalesce(nullIf(fields.element_text, ''), fields.element_id),
        type = 'web.form_submitted', coalesce(nullIf(fields.form_name, ''), fields.form_id),
        type = 'ctwa.click', coalesce(
            nullIf(fields.referral.headline, ''), nullIf(fields.referral.source_id, ''), fields.referral.source_url
        ),
        type = 'session.started', fields.channel,
        fields.reason
    ), ''), '[\\r\\n]+', ' ') AS summary,
    event_id,
    event_source,
    event_order,
    data
FROM events FINAL
LEFT JOIN pipeline_status_definitions AS from_status FINAL
    ON events.workspace_id = from_status.workspace_id
    AND JSONExtractString(events.data, 'from_status_id') = from_status.status_id
LEFT JOIN pipeline_status_definitions AS to_status FINAL
    ON events.workspace_id = to_status.workspace_id
    AND JSONExtractString(events.data, 'to_status_id') = to_status.status_id
WHERE type IN ({{ journey_types }});

CREATE VIEW journey
(
    workspace_id    String                   COMMENT 'The tenant',
    contact_id      String                   COMMENT 'The contact, ties resolved',
    conversation_id Nullable(String)         COMMENT 'The conversation the event names',
    session_id      Nullable(String)         COMMENT 'The service session the event names',
    visitor_id      Nullable(String)         COMMENT 'The website visitor the event names',
    occurred_at     DateTime64(3, 'UTC')     COMMENT 'When it happened',
    title           String                   COMMENT 'What happened, one of the 14 titles',
    category        String                   COMMENT 'internal: in the chat; external: on a website or an ad',
    type            String                   COMMENT 'The CloudEvents type',
    actor           String                   COMMENT 'Who did it: an agent, ai, contact, system, a sender or an initiator',
    summary         String                   COMMENT 'One line to read',
    event_id        String                   COMMENT 'CloudEvents id',
    event_source    String                   COMMENT 'CloudEvents source',
    event_order     UInt256                  COMMENT 'The order of events: time, sequence, hash; page by it',
    data            String                   COMMENT 'The event''s data as JSON text'
)
AS SELECT
    entries.workspace_id,
    if(own_contact_id != '', own_contact_id, ties.contact_id) AS contact_id,
    conversation_id,
    session_id,
    visitor_id,
    occurred_at,
    title,
    category,
    type,
    actor,
    summary,
    event_id,
    event_source,
    event_order,
    data
FROM journey_entries AS entries
LEFT JOIN visitor_ties AS ties FINAL
    ON entries.workspace_id = ties.workspace_id AND entries.visitor_id = ties.visitor_id
WHERE own_contact_id != '' OR ties.contact_id != '';

-- One contact's journey: contact_journey(workspace_id = …, contact_id = …). The columns are those of journey.
CREATE VIEW contact_journey
AS SELECT
    workspace_id,
    {contact_id:String} AS contact_id,
    conversation_id,
    session_id,
    visitor_id,
    occurred_at,
    title,
    category,
    type,
    actor,
    summary,
    event_id,
    event_source,
    event_order,
    data
FROM journey_entries
WHERE
    workspace_id = {workspace_id:String}
    AND entity IN (
        SELECT entity
        FROM contact_entities(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
    );

-- One conversation's journey: conversation_journey(workspace_id = …, conversation_id = …): the conversation's own
-- events, and its contact's external events that name no other conversation. The columns are those of journey.
CREATE VIEW conversation_journey
AS WITH
    owner AS (
        SELECT argMax(entity, version) AS entity
        FROM conversation_entities
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String} AND version > 0
        HAVING count() > 0
    ),
    owned AS (
        SELECT entity FROM owner
        UNION ALL
        SELECT concat('v', visitor_id) AS entity
        FROM visitor_ties FINAL
        WHERE
            workspace_id = {workspace_id:String}
            AND concat('c', contact_id) IN (SELECT entity FROM owner)
            AND visitor_id IN (
                SELECT visitor_id
                FROM contact_visitors
                WHERE
                    workspace_id = {workspace_id:String}
                    AND contact_id IN (SELECT substring(entity, 2) FROM owner)
            )
    ),
    naming AS (
        SELECT entity
        FROM conversation_entities
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    )
SELECT
    entries.workspace_id AS workspace_id,
    if(own_contact_id != '', own_contact_id, ties.contact_id) AS contact_id,
    conversation_id,
    session_id,
    visitor_id,
    occurred_at,
    title,
    category,
    type,
    actor,
    summary,
    event_id,
    event_source,
    event_order,
    data
FROM journey_entries AS entries
LEFT JOIN (
    SELECT visitor_id, contact_id FROM visitor_ties FINAL WHERE workspace_id = {workspace_id:String}
) AS ties ON entries.visitor_id = ties.visitor_id
WHERE
    entries.workspace_id = {workspace_id:String}
    AND entity IN (SELECT entity FROM naming UNION ALL SELECT entity FROM owned)
    AND (
        conversation_id = {conversation_id:String}
        OR (conversation_id IS NULL AND category = 'external' AND entity IN (SELECT entity FROM owned))
    )
    AND (own_contact_id != '' OR ties.contact_id != '');
