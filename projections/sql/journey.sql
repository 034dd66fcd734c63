-- The customer journey: one row per event of the 14 titles (contract, section 3).

-- Where the events that name a conversation lie in `events`.
CREATE TABLE conversation_entities
(
    workspace_id    LowCardinality(String) COMMENT 'The tenant',
    conversation_id String COMMENT 'The conversation',
    entity          String COMMENT 'The entity of an event that names it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, conversation_id, entity)
COMMENT 'Whose events name a conversation';

CREATE MATERIALIZED VIEW conversation_entities_from_events TO conversation_entities
AS SELECT DISTINCT
    workspace_id,
    conversation_id,
    entity
FROM events
WHERE conversation_id != '';

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
LEFT JOIN pipeline_status_names AS from_status
    ON events.workspace_id = from_status.workspace_id
    AND JSONExtractString(events.data, 'from_status_id') = from_status.status_id
LEFT JOIN pipeline_status_names AS to_status
    ON events.workspace_id = to_status.workspace_id
    AND JSONExtractString(events.data, 'to_status_id') = to_status.status_id
WHERE type IN ({{ journey_types }});

CREATE VIEW journey
(
    workspace_id    String                   COMMENT 'The tenant',
    contact_id      String                   COMMENT 'The contact, ties and merges resolved',
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
    entries.workspace_id AS workspace_id,
    multiIf(
        roots.root_id != '', roots.root_id,
        entries.own_contact_id != '', entries.own_contact_id,
        ties.contact_id
    ) AS contact_id,
    conversation_id,
    session_id,
    entries.visitor_id AS visitor_id,
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
LEFT JOIN visitor_contacts AS ties
    ON entries.workspace_id = ties.workspace_id AND entries.visitor_id = ties.visitor_id
LEFT JOIN contact_roots AS roots FINAL
    ON entries.workspace_id = roots.workspace_id AND entries.own_contact_id = roots.contact_id
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
    last_contact AS (
        SELECT tupleElement(max(contact), 'id') AS contact_id
        FROM conversation_facts
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
        HAVING count() > 0
    ),
    owner AS (
        SELECT if(roots.root_id != '', roots.root_id, last_contact.contact_id) AS contact_id
        FROM last_contact
        LEFT JOIN (
            SELECT contact_id, root_id
            FROM contact_roots FINAL
            WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT contact_id FROM last_contact)
        ) AS roots
            ON last_contact.contact_id = roots.contact_id
    ),
    members AS (
        SELECT contact_id FROM owner
        UNION ALL
        SELECT contact_id
        FROM contact_roots FINAL
        WHERE
            workspace_id = {workspace_id:String}
            AND root_id IN (SELECT contact_id FROM owner)
            AND contact_id IN (
                SELECT contact_id
                FROM root_members
                WHERE workspace_id = {workspace_id:String} AND root_id IN (SELECT contact_id FROM owner)
            )
    ),
    owned AS (
        SELECT concat('c', contact_id) AS entity FROM members
        UNION ALL
        SELECT concat('v', visitor_id) AS entity
        FROM visitor_ties FINAL
        WHERE
            workspace_id = {workspace_id:String}
            AND contact_id IN (SELECT contact_id FROM members)
            AND visitor_id IN (
                SELECT visitor_id
                FROM contact_visitors
                WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT contact_id FROM members)
            )
    ),
    naming AS (
        SELECT entity
        FROM conversation_entities
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    ),
    -- Who the persons behind those events are: few, so that no table of everybody is joined.
    persons AS (
        SELECT
            'v' AS kind,
            visitor_id AS id,
            contact_id
        FROM visitor_ties FINAL
        WHERE
            workspace_id = {workspace_id:String}
            AND visitor_id IN (
                SELECT substring(entity, 2)
                FROM (SELECT entity FROM naming UNION ALL SELECT entity FROM owned)
                WHERE startsWith(entity, 'v')
            )
        UNION ALL
        SELECT
            'c' AS kind,
            substring(entity, 2) AS id,
            id AS contact_id
        FROM naming
        WHERE startsWith(entity, 'c')
    ),
    resolved AS (
        SELECT
            concat(persons.kind, persons.id) AS entity,
            any(if(roots.root_id != '', roots.root_id, persons.contact_id)) AS contact_id
        FROM persons
        LEFT JOIN (
            SELECT contact_id, root_id
            FROM contact_roots FINAL
            WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT contact_id FROM persons)
        ) AS roots
            ON persons.contact_id = roots.contact_id
        GROUP BY entity
    )
SELECT
    entries.workspace_id AS workspace_id,
    if(resolved.contact_id != '', resolved.contact_id, owner.contact_id) AS contact_id,
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
LEFT JOIN resolved ON entries.entity = resolved.entity
CROSS JOIN (SELECT any(contact_id) AS contact_id FROM owner) AS owner
WHERE
    entries.workspace_id = {workspace_id:String}
    AND entries.entity IN (SELECT entity FROM naming UNION ALL SELECT entity FROM owned)
    AND (
        conversation_id = {conversation_id:String}
        OR (conversation_id IS NULL AND category = 'external' AND entries.entity IN (SELECT entity FROM owned))
    )
    AND (startsWith(entries.entity, 'c') OR resolved.contact_id != '' OR entries.entity IN (SELECT entity FROM owned));
