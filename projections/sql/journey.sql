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
-- workspace_id and entity, and ClickHouse carries both down to the primary key. The JSON is taken apart in a query of
-- its own: an expression with a name is analysed anew for each of its uses.
CREATE VIEW journey_entries
AS SELECT
    entries.workspace_id AS workspace_id,
    entity,
    own_contact_id,
    conversation_id,
    session_id,
    visitor_id,
    occurred_at,
    transform(type, [{{ journey_types }}], [{{ journey_titles }}], '') AS title,
    category,
    type,
    coalesce(multiIf(
        type = 'message.incoming' OR category = 'external', 'contact',
        type = 'session.started', initiator,
        type = 'session.ended', 'system',
        type = 'agent.human_assigned', coalesce(assigned_by, 'system'),
        type IN ('pipeline.changed', 'label.added', 'label.removed'), coalesce(changed_by, 'system'),
        type = 'agent.ai_response', coalesce(agent, 'ai'),
        coalesce(agent, sender)
    ), '') AS actor,
    replaceRegexpAll(coalesce(multiIf(
        type = 'pipeline.changed', concat(
            coalesce(nullIf(from_status.name, ''), from_status_id, '–'),
            ' → ',
            coalesce(nullIf(to_status.name, ''), to_status_id, '–')
        ),
        type IN ('message.incoming', 'message.outgoing', 'agent.ai_response'),
        coalesce(text, concat('[', message_type, ']')),
        type IN ('label.added', 'label.removed'), label,
        type IN ('agent.human_assigned', 'agent.human_resolved'), agent,
        type = 'session.started', channel,
        type = 'session.ended', reason,
        touched
    ), ''), '[\\r\\n]+', ' ') AS summary,
    event_id,
    event_source,
    event_order,
    data
FROM (
    SELECT
        workspace_id,
        entity,
        own_contact_id,
        conversation_id,
        session_id,
        visitor_id,
        occurred_at,
        type,
        category,
        nullIf(tupleElement(fields, 'initiator'), '') AS initiator,
        nullIf(tupleElement(fields, 'assigned_by'), '') AS assigned_by,
        nullIf(tupleElement(fields, 'changed_by'), '') AS changed_by,
        nullIf(tupleElement(fields, 'sender'), '') AS sender,
        nullIf(tupleElement(fields, 'channel'), '') AS channel,
        nullIf(tupleElement(fields, 'reason'), '') AS reason,
        nullIf(tupleElement(fields, 'text'), '') AS text,
        nullIf(tupleElement(fields, 'message_type'), '') AS message_type,
        nullIf(tupleElement(fields, 'from_status_id'), '') AS from_status_id,
        nullIf(tupleElement(fields, 'to_status_id'), '') AS to_status_id,
        arrayFirst(part -> part != '', [tupleElement(fields, 'agent_name'), tupleElement(fields, 'agent_id')]) AS agent_text,
        nullIf(agent_text, '') AS agent,
        arrayFirst(part -> part != '', [tupleElement(fields, 'label_name'), tupleElement(fields, 'label_id')]) AS label,
        -- What was touched: a page, a button, a form or an ad, by the first of its names that is there.
        arrayFirst(part -> part != '', multiIf(
            type = 'web.page_view', [tupleElement(fields, 'title'), tupleElement(fields, 'url')],
            type = 'web.button_click', [tupleElement(fields, 'element_text'), tupleElement(fields, 'element_id')],
            type = 'web.form_submitted', [tupleElement(fields, 'form_name'), tupleElement(fields, 'form_id')],
            [
                tupleElement(referral, 'headline'),
                tupleElement(referral, 'source_id'),
                tupleElement(referral, 'source_url')
            ]
        )) AS touched,
        event_id,
        event_source,
        event_order,
        data
    FROM (
        SELECT
            workspace_id,
            entity,
            contact_id AS own_contact_id,
            nullIf(conversation_id, '') AS conversation_id,
            nullIf(session_id, '') AS session_id,
            nullIf(visitor_id, '') AS visitor_id,
            occurred_at,
            type,
            if(type IN ({{ external_types }}), 'external', 'internal') AS category,
            JSONExtract(data, 'Tuple(
                agent_id String, agent_name String, assigned_by String, changed_by String, sender String,
                initiator String, channel String, reason String, message_type String, text String,
                from_status_id String, to_status_id String, label_id String, label_name String,
                title String, url String, element_text String, element_id String, form_name String, form_id String,
                referral Tuple(headline String, source_id String, source_url String)
            )') AS fields,
            tupleElement(fields, 'referral') AS referral,
            event_id,
            event_source,
            event_order,
            data
        FROM events FINAL
        WHERE type IN ({{ journey_types }})
    )
) AS entries
LEFT JOIN pipeline_status_names AS from_status
    ON entries.workspace_id = from_status.workspace_id AND entries.from_status_id = from_status.status_id
LEFT JOIN pipeline_status_names AS to_status
    ON entries.workspace_id = to_status.workspace_id AND entries.to_status_id = to_status.status_id;

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
--
-- Who is who is worked out in scalars, each of them once and over few rows; as subqueries they would be run, and
-- analysed, wherever they are used.
CREATE VIEW conversation_journey
AS WITH
    (
        SELECT groupArray(entity)
        FROM conversation_entities
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    ) AS naming,
    (
        SELECT tupleElement(max(contact), 'id')
        FROM conversation_facts
        WHERE workspace_id = {workspace_id:String} AND conversation_id = {conversation_id:String}
    ) AS last_contact,
    (
        SELECT argMax(root_id, version)
        FROM contact_roots
        WHERE workspace_id = {workspace_id:String} AND contact_id = last_contact
    ) AS last_root,
    if(last_root != '', last_root, last_contact) AS owner,
    (
        SELECT groupArray(contact_id)
        FROM root_members
        WHERE workspace_id = {workspace_id:String} AND root_id = owner
    ) AS once_members,
    arrayConcat(
        [owner],
        arrayMap(entity -> substring(entity, 2), arrayFilter(entity -> startsWith(entity, 'c'), naming)),
        once_members
    ) AS contacts,
    -- Every visitor in question, with whom it is tied to now.
    (
        SELECT groupArray((visitor_id, contact_id))
        FROM (
            SELECT visitor_id, argMax(contact_id, version) AS contact_id
            FROM visitor_ties
            WHERE
                workspace_id = {workspace_id:String}
                AND (
                    visitor_id IN (SELECT substring(arrayJoin(naming), 2))
                    OR visitor_id IN (
                        SELECT visitor_id
                        FROM contact_visitors
                        WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT arrayJoin(contacts))
                    )
                )
            GROUP BY visitor_id
        )
    ) AS ties,
    -- Every contact in question that was merged, with whom it resolves to.
    (
        SELECT groupArray((contact_id, root_id))
        FROM (
            SELECT contact_id, argMax(root_id, version) AS root_id
            FROM contact_roots
            WHERE
                workspace_id = {workspace_id:String}
                AND contact_id IN (SELECT arrayJoin(arrayConcat(contacts, tupleElement(ties, 2))))
            GROUP BY contact_id
        )
    ) AS merged,
    arrayConcat(
        arrayMap(id -> (concat('c', id), id), contacts),
        arrayMap((visitor, id) -> (concat('v', visitor), id), tupleElement(ties, 1), tupleElement(ties, 2))
    ) AS persons,
    arrayMap(
        person -> (
            tupleElement(person, 1),
            transform(tupleElement(person, 2), tupleElement(merged, 1), tupleElement(merged, 2), tupleElement(person, 2))
        ),
        persons
    ) AS resolved,
    arrayMap(
        person -> tupleElement(person, 1), arrayFilter(person -> tupleElement(person, 2) = owner AND owner != '', resolved)
    ) AS owned
SELECT
    workspace_id,
    transform(entity, tupleElement(resolved, 1), tupleElement(resolved, 2), '') AS contact_id,
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
    AND entity IN (SELECT arrayJoin(arrayConcat(naming, owned)))
    AND (
        conversation_id = {conversation_id:String}
        OR (conversation_id IS NULL AND category = 'external' AND has(owned, entity))
    )
    AND has(tupleElement(resolved, 1), entity);
