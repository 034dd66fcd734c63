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
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: whose events name a conversation';

CREATE MATERIALIZED VIEW conversation_entities_from_events TO conversation_entities
AS SELECT DISTINCT
    workspace_id,
    conversation_id,
    entity
FROM events
WHERE conversation_id != '';

-- Every journey entry as its own event tells it, not yet resolved to a contact, and statuses not yet named.
--
-- The catalogue (schemas/catalogue.py) says which fields of `data` tell the actor and the summary of a type: `first` where
-- it is there, else `second`, and of outgoing messages and clicks a third one. Planning a query costs more than reading a
-- journey, and grows with every expression in it; that is why there are few of them, and why they are worked out in steps.
CREATE VIEW journey_entries
AS SELECT
    workspace_id,
    entity,
    contact_id AS own_contact_id,
    nullIf(conversation_id, '') AS conversation_id,
    nullIf(session_id, '') AS session_id,
    nullIf(visitor_id, '') AS visitor_id,
    occurred_at,
    title,
    category,
    type,
    multiIf(
        actor_first != '', actor_first,
        actor_second != '', actor_second,
        actor_else != '', actor_else,
        JSONExtractString(data, 'sender')
    ) AS actor,
    multiIf(
        summary_first != '', summary_first,
        summary_second = '', '',
        second_field = 'message_type', concat('[', summary_second, ']'),
        summary_second
    ) AS summary,
    from_status_id,
    to_status_id,
    event_id,
    event_source,
    event_order,
    data
FROM (
    SELECT
        workspace_id,
        entity,
        contact_id,
        conversation_id,
        session_id,
        visitor_id,
        occurred_at,
        type,
        {{ by_type title }} AS title,
        {{ by_type category }} AS category,
        {{ by_type actor_1 }} AS actor_field,
        {{ by_type actor_2 }} AS actor_second_field,
        {{ by_type actor_else }} AS actor_else,
        {{ by_type summary_1 }} AS first_field,
        {{ by_type summary_2 }} AS second_field,
        if(actor_field = '', '', JSONExtractString(data, actor_field)) AS actor_first,
        if(actor_second_field = '', '', JSONExtractString(data, actor_second_field)) AS actor_second,
        if(type = 'ctwa.click', JSONExtractRaw(data, 'referral'), data) AS told,
        if(first_field = '', '', JSONExtractString(told, first_field)) AS summary_first,
        multiIf(
            second_field = '', '',
            type = 'ctwa.click' AND JSONExtractString(told, 'source_id') = '', JSONExtractString(told, 'source_url'),
            JSONExtractString(told, second_field)
        ) AS summary_second,
        if(type = 'pipeline.changed', JSONExtractString(data, 'from_status_id'), '') AS from_status_id,
        if(type = 'pipeline.changed', JSONExtractString(data, 'to_status_id'), '') AS to_status_id,
        event_id,
        event_source,
        event_order,
        data
    FROM events FINAL
    WHERE type IN ({{ journey_types }})
)
COMMENT 'Internal: journey entries before anybody is resolved';

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
    data            String                   COMMENT 'The event''s data as JSON text',
    event_order_text String                  COMMENT 'event_order as 78 digits, which sort as the number does'
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
    {{ journey_entry joined }}
FROM journey_entries AS entries
LEFT JOIN pipeline_status_names AS from_status
    ON entries.workspace_id = from_status.workspace_id AND entries.from_status_id = from_status.status_id
LEFT JOIN pipeline_status_names AS to_status
    ON entries.workspace_id = to_status.workspace_id AND entries.to_status_id = to_status.status_id
LEFT JOIN visitor_contacts AS ties
    ON entries.workspace_id = ties.workspace_id AND entries.visitor_id = ties.visitor_id
LEFT JOIN contact_roots AS roots FINAL
    ON entries.workspace_id = roots.workspace_id AND entries.own_contact_id = roots.contact_id
WHERE
    (own_contact_id != '' OR ties.contact_id != '')
    AND {{ whole_answer }}
COMMENT 'The customer journey: one row per thing that happened, of all contacts; for one of them use the lookups';

-- One contact's journey: contact_journey(workspace_id = …, contact_id = …). The columns are those of journey.
--
-- To plan such a lookup costs ClickHouse far more than to read it, twice so in a parameterized view, and twice again in
-- one inside another. Who is who is therefore worked out here, in arrays: a scalar is planned and read once, however
-- often it is used, which neither a join nor a nested IN is. `words` are statuses by id, for transform().
CREATE VIEW contact_journey
AS WITH
    {{ once_members {contact_id:String} }} AS candidates,
    (
        SELECT
            (
                groupArray(contact_id),
                groupArrayIf(contact_id, root = {contact_id:String}),
                groupArrayIf(concat('c', contact_id), root = {contact_id:String})
            )
        FROM (
            {{ candidates_roots }}
        )
    ) AS merged,
    -- The contact itself, unless it was merged away, and those that were merged into it.
    {{ with_itself merged.2; {contact_id:String} }} AS members,
    (
        SELECT groupArray(visitor_id)
        FROM contact_visitors
        WHERE workspace_id = {workspace_id:String} AND has(members, contact_id)
    ) AS known,
    (
        SELECT groupArray(concat('v', visitor_id))
        FROM (
            SELECT visitor_id, argMax(visitor_ties.contact_id, version) AS tied
            FROM visitor_ties
            WHERE workspace_id = {workspace_id:String} AND has(known, visitor_id)
            GROUP BY visitor_id
        )
        WHERE has(members, tied)
    ) AS visitors,
    arrayConcat(
        {{ with_itself merged.3; concat('c', {contact_id:String}) }},
        visitors
    ) AS entities,
    {{ status_words }} AS words
SELECT
    workspace_id,
    {contact_id:String} AS contact_id,
    {{ journey_ids }},
    {{ journey_entry looked_up }}
FROM journey_entries AS entries
WHERE
    workspace_id = {workspace_id:String}
    AND has(entities, entity)
    AND {{ whole_answer }}
COMMENT 'Lookup: the journey of one contact, by workspace_id and contact_id';

-- One conversation's journey: conversation_journey(workspace_id = …, conversation_id = …): the conversation's own
-- events, and its contact's external events that name no other conversation. The columns are those of journey.
--
-- `known` is who is who, worked out in one scalar, so that the query over `events` sees only constants: 1 the entities
-- of the contact; 2 and 3 everybody whose events may be in it, with the contact each resolves to; 4 where to look.
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
    {{ once_members owner }} AS once_members,
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
    (
        WITH
            arrayConcat(
                arrayMap(id -> (concat('c', id), id), contacts),
                arrayMap((visitor, id) -> (concat('v', visitor), id), tupleElement(ties, 1), tupleElement(ties, 2))
            ) AS persons,
            arrayMap(
                person -> (
                    tupleElement(person, 1),
                    transform(
                        tupleElement(person, 2), tupleElement(merged, 1), tupleElement(merged, 2), tupleElement(person, 2)
                    )
                ),
                persons
            ) AS resolved,
            arrayMap(
                person -> tupleElement(person, 1),
                arrayFilter(person -> tupleElement(person, 2) = owner AND owner != '', resolved)
            ) AS owned
        SELECT (owned, tupleElement(resolved, 1), tupleElement(resolved, 2), arrayConcat(naming, owned))
    ) AS known,
    {{ status_words }} AS words
SELECT
    workspace_id,
    transform(entity, known.2, known.3, '') AS contact_id,
    {{ journey_ids }},
    {{ journey_entry looked_up }}
FROM journey_entries AS entries
WHERE
    workspace_id = {workspace_id:String}
    AND has(known.4, entity)
    AND (
        conversation_id = {conversation_id:String}
        OR (conversation_id IS NULL AND category = 'external' AND has(known.1, entity))
    )
    AND has(known.2, entity)
    AND {{ whole_answer }}
COMMENT 'Lookup: the journey of one conversation, by workspace_id and conversation_id';
