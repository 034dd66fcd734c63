-- applied_checksums
-- The checksum of the statement by which every table and view was last made.
SELECT object, argMax(checksum, applied_at) AS checksum
FROM schema_history
GROUP BY object

-- board_cards
-- The cards of the board: of each status, and of no status, the conversations with the newest messages. One more than
-- are shown says that there are more.
SELECT
    workspace_id,
    conversation_id,
    contact_id,
    channel,
    inbox_id,
    status_id,
    status_name,
    status_color,
    status_position,
    status_deleted,
    status_changed_at,
    status_changed_by,
    labels,
    assignee_id,
    last_message_at,
    last_incoming_at
FROM conversations
WHERE
    workspace_id = {workspace_id:String}
    AND ({label:Nullable(String)} IS NULL OR has(labels, assumeNotNull({label:Nullable(String)})))
    AND ({channel:Nullable(String)} IS NULL OR channel = {channel:Nullable(String)})
    AND ({assignee:Nullable(String)} IS NULL OR assignee_id = {assignee:Nullable(String)})
    AND ({contact:Nullable(String)} IS NULL OR contact_id = {contact:Nullable(String)})
    AND (
        {search:Nullable(String)} IS NULL
        OR position(lowerUTF8(conversation_id), lowerUTF8(assumeNotNull({search:Nullable(String)}))) > 0
        OR contact_id IN (
            SELECT contact_id
            FROM contacts
            WHERE
                workspace_id = {workspace_id:String}
                AND {search:Nullable(String)} IS NOT NULL
                AND arrayExists(
                    text -> position(lowerUTF8(text), lowerUTF8(assumeNotNull({search:Nullable(String)}))) > 0,
                    [contacts.contact_id, ifNull(contacts.name, ''), ifNull(contacts.phone, ''), ifNull(contacts.email, '')]
                )
        )
    )
    AND conversation_id NOT IN {leave_out:Array(String)}
ORDER BY last_message_at DESC NULLS LAST, conversation_id ASC
LIMIT {limit:UInt32} BY ifNull(status_id, '')

-- board_held
-- How many conversations and contacts hold each status, '' for none. Some conversations are left out, and counted by what
-- is said of them instead: whose they are, and what they hold.
SELECT
    status_id,
    count() AS conversations,
    uniqExact(contact_id) AS contacts
FROM (
    SELECT
        tupleElement(facts.status, 'id') AS status_id,
        if(roots.root_id != '', roots.root_id, tupleElement(facts.contact, 'id')) AS contact_id
    FROM conversation_facts AS facts FINAL
    LEFT JOIN contact_roots AS roots FINAL
        ON facts.workspace_id = roots.workspace_id AND tupleElement(facts.contact, 'id') = roots.contact_id
    WHERE
        facts.workspace_id = {workspace_id:String}
        AND facts.conversation_id NOT IN {leave_out:Array(String)}
    UNION ALL
    SELECT tupleElement(moved, 1) AS status_id, tupleElement(moved, 2) AS contact_id
    FROM (
        SELECT arrayJoin({instead:Array(Tuple(String, String))}) AS moved
    )
)
GROUP BY status_id

-- board_newest
-- Which cards the board shows where nothing is filtered: of each status, and of no status, the conversations with the
-- newest messages. It reads one narrow table; what the cards say is asked for by their ids.
SELECT conversation_id
FROM conversation_facts FINAL
WHERE workspace_id = {workspace_id:String} AND conversation_id NOT IN {leave_out:Array(String)}
ORDER BY CAST(last_message_at AS Nullable(DateTime64(3, 'UTC'))) DESC NULLS LAST, conversation_id ASC
LIMIT {limit:UInt32} BY tupleElement(status, 'id')

-- changed_lately
-- What was stored lately in a workspace: by the parts that were written in the last seconds. Large parts are left out,
-- because they are made of small ones that were seen before.
SELECT DISTINCT
    _part AS part,
    type,
    conversation_id,
    contact_id
FROM events
WHERE
    workspace_id = {workspace_id:String}
    AND _part IN (
        SELECT name
        FROM system.parts
        WHERE
            database = currentDatabase()
            AND table = 'events'
            AND active
            AND rows <= 200000
            AND modification_time >= now() - {seconds:UInt32}
    )
LIMIT {limit:UInt32}

-- contact_journey_between
-- A page of one contact's journey: its entries behind one order and before another, from either end.
SELECT
    workspace_id,
    contact_id,
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
    toString(event_order) AS event_order,
    data,
    event_order_text
FROM contact_journey(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
WHERE
    contact_journey.event_order > {after:UInt256}
    AND contact_journey.event_order < {before:UInt256}
    AND (empty({titles:Array(String)}) OR title IN {titles:Array(String)})
    AND (empty({categories:Array(String)}) OR category IN {categories:Array(String)})
-- The complement of an order sorts the other way round.
ORDER BY if({oldest_first:UInt8}, contact_journey.event_order, bitNot(contact_journey.event_order))
LIMIT {limit:UInt32}

-- contact_merges
-- The last tie of every merged contact of a workspace.
SELECT
    previous_id,
    argMax(contact_id, version) AS contact_id
FROM {table:Identifier}
WHERE workspace_id = {workspace_id:String}
GROUP BY previous_id

-- contact_root
-- The contact that a merged one resolves to; no row for one that was never merged.
SELECT root_id
FROM contact_roots FINAL
WHERE workspace_id = {workspace_id:String} AND contact_id = {contact_id:String}

-- contact_sessions_page
-- The sessions of one contact, the newest first.
SELECT
    workspace_id,
    session_id,
    contact_id,
    conversation_id,
    number,
    initiator,
    channel,
    started_at,
    ended_at,
    end_reason
FROM contact_sessions(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
WHERE {behind:UInt8} = 0 OR number < {behind_number:UInt64}
ORDER BY number DESC
LIMIT {limit:UInt32}

-- contacts_by_phone
-- The contacts that have one of these phone numbers today.
SELECT contact_id, name
FROM contacts
WHERE workspace_id = {workspace_id:String} AND phone IN {phones:Array(String)}
ORDER BY contact_id

-- contacts_page
-- Contacts, the one that was seen last first. A filter that is NULL or empty lets all pass.
--
-- A contact has a status when any of its conversations holds it; its name is that of the definition, else its id.
WITH
    (
        SELECT groupArray(status_id)
        FROM pipeline_statuses
        WHERE workspace_id = {workspace_id:String} AND name = {status:Nullable(String)}
    ) AS named_ids
SELECT
    workspace_id,
    contact_id,
    name,
    phone,
    email,
    status_ids,
    first_seen_at,
    last_seen_at
FROM contacts
WHERE
    workspace_id = {workspace_id:String}
    AND (
        {status:Nullable(String)} IS NULL
        OR has(status_ids, assumeNotNull({status:Nullable(String)}))
        OR hasAny(status_ids, named_ids)
    )
    AND ({without_status:UInt8} = 0 OR empty(status_ids))
    AND (
        {search:Nullable(String)} IS NULL
        OR arrayExists(
            text -> position(lowerUTF8(text), lowerUTF8(assumeNotNull({search:Nullable(String)}))) > 0,
            [contacts.contact_id, ifNull(contacts.name, ''), ifNull(contacts.phone, ''), ifNull(contacts.email, '')]
        )
    )
    AND (empty({only:Array(String)}) OR contact_id IN {only:Array(String)})
    AND contact_id NOT IN {leave_out:Array(String)}
    AND (
        {behind:UInt8} = 0
        OR (
            {behind_ms:Nullable(Int64)} IS NOT NULL
            AND (
                last_seen_at IS NULL
                OR toUnixTimestamp64Milli(assumeNotNull(last_seen_at)) < assumeNotNull({behind_ms:Nullable(Int64)})
                OR (
                    toUnixTimestamp64Milli(assumeNotNull(last_seen_at)) = assumeNotNull({behind_ms:Nullable(Int64)})
                    AND contact_id > {behind_id:String}
                )
            )
        )
        OR ({behind_ms:Nullable(Int64)} IS NULL AND last_seen_at IS NULL AND contact_id > {behind_id:String})
    )
ORDER BY last_seen_at DESC NULLS LAST, contact_id ASC
LIMIT {limit:UInt32}

-- conversation_holders
-- Which statuses the conversations of some contacts hold.
SELECT contact_id, conversation_id, ifNull(status_id, '') AS status_id
FROM conversations
WHERE workspace_id = {workspace_id:String} AND contact_id IN {contact_ids:Array(String)}

-- conversation_journey_between
-- A page of one conversation's journey: its entries behind one order and before another, from either end.
SELECT
    workspace_id,
    contact_id,
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
    toString(event_order) AS event_order,
    data,
    event_order_text
FROM conversation_journey(workspace_id = {workspace_id:String}, conversation_id = {conversation_id:String})
WHERE
    conversation_journey.event_order > {after:UInt256}
    AND conversation_journey.event_order < {before:UInt256}
    AND (empty({titles:Array(String)}) OR title IN {titles:Array(String)})
    AND (empty({categories:Array(String)}) OR category IN {categories:Array(String)})
-- The complement of an order sorts the other way round.
ORDER BY if({oldest_first:UInt8}, conversation_journey.event_order, bitNot(conversation_journey.event_order))
LIMIT {limit:UInt32}

-- conversations_of_contact
-- The conversations in which anybody took part who is or ever was a contact: more than are its own by now, never fewer.
SELECT DISTINCT conversation_id
FROM events
WHERE
    workspace_id = {workspace_id:String}
    AND entity IN (
        SELECT concat('c', contact_id)
        FROM (
            SELECT contact_id
            FROM root_members
            WHERE workspace_id = {workspace_id:String} AND root_id = {contact_id:String}
            UNION ALL
            SELECT {contact_id:String} AS contact_id
        )
    )
    AND conversation_id != ''

-- conversations_page
-- Conversations as they stand now, the one with the newest message first. A filter that is NULL or empty
-- lets all pass.
SELECT
    workspace_id,
    conversation_id,
    contact_id,
    channel,
    inbox_id,
    status_id,
    status_name,
    status_color,
    status_position,
    status_deleted,
    status_changed_at,
    status_changed_by,
    labels,
    assignee_id,
    last_message_at,
    last_incoming_at
FROM conversations
WHERE
    workspace_id = {workspace_id:String}
    AND (
        {status:Nullable(String)} IS NULL
        OR status_id = {status:Nullable(String)}
        OR status_name = {status:Nullable(String)}
    )
    AND ({without_status:UInt8} = 0 OR status_id IS NULL)
    AND ({label:Nullable(String)} IS NULL OR has(labels, assumeNotNull({label:Nullable(String)})))
    AND ({channel:Nullable(String)} IS NULL OR channel = {channel:Nullable(String)})
    AND ({assignee:Nullable(String)} IS NULL OR assignee_id = {assignee:Nullable(String)})
    AND ({contact:Nullable(String)} IS NULL OR contact_id = {contact:Nullable(String)})
    AND (
        {search:Nullable(String)} IS NULL
        OR position(lowerUTF8(conversation_id), lowerUTF8(assumeNotNull({search:Nullable(String)}))) > 0
        OR contact_id IN (
            SELECT contact_id
            FROM contacts
            WHERE
                workspace_id = {workspace_id:String}
                AND {search:Nullable(String)} IS NOT NULL
                AND arrayExists(
                    text -> position(lowerUTF8(text), lowerUTF8(assumeNotNull({search:Nullable(String)}))) > 0,
                    [contacts.contact_id, ifNull(contacts.name, ''), ifNull(contacts.phone, ''), ifNull(contacts.email, '')]
                )
        )
    )
    AND (empty({only:Array(String)}) OR conversation_id IN {only:Array(String)})
    AND conversation_id NOT IN {leave_out:Array(String)}
    AND (
        {behind:UInt8} = 0
        OR (
            {behind_ms:Nullable(Int64)} IS NOT NULL
            AND (
                last_message_at IS NULL
                OR toUnixTimestamp64Milli(assumeNotNull(last_message_at)) < assumeNotNull({behind_ms:Nullable(Int64)})
                OR (
                    toUnixTimestamp64Milli(assumeNotNull(last_message_at)) = assumeNotNull({behind_ms:Nullable(Int64)})
                    AND conversation_id > {behind_id:String}
                )
            )
        )
        OR ({behind_ms:Nullable(Int64)} IS NULL AND last_message_at IS NULL AND conversation_id > {behind_id:String})
    )
ORDER BY last_message_at DESC NULLS LAST, conversation_id ASC
LIMIT {limit:UInt32}

-- definition
-- How a table was made; no row where it is not there.
SELECT create_table_query
FROM system.tables
WHERE database = currentDatabase() AND name = {table:String}

-- definition_on_all
-- How a table was made, by each server of a cluster that has it.
SELECT create_table_query
FROM clusterAllReplicas({cluster:String}, system.tables)
WHERE database = {database:String} AND name = {table:String}

-- definitions
-- Every table, materialized view and view, with the text that makes it.
SELECT
    name,
    toString(uuid) AS uuid,
    create_table_query AS definition
FROM system.tables
WHERE database = currentDatabase()

-- detached_objects
-- What somebody has detached: it is there, with all its rows, and nobody sees it.
SELECT table AS name
FROM system.detached_tables
WHERE database = currentDatabase()

-- events_of_workspaces
-- How many rows a search through all events of some workspaces has to read; `asked` as in stored_events.sql.
SELECT count() AS rows
FROM events
WHERE workspace_id IN (SELECT workspace_id FROM asked)

-- fill_merged_contacts
-- Merges that were stored before there was the table for their other side.
INSERT INTO merged_contacts
SELECT DISTINCT workspace_id, contact_id, previous_id
FROM contact_merges
WHERE (workspace_id, contact_id, previous_id) NOT IN (
    SELECT workspace_id, contact_id, previous_id
    FROM merged_contacts
)
SETTINGS max_threads = 1

-- leads_count
-- How many leads a span of time has.
SELECT count() AS leads
FROM (
    SELECT
        if(roots.root_id != '', roots.root_id, substring(facts.entity, 2)) AS contact_id,
        assumeNotNull(min(facts.first_message_at)) AS first_message_at,
        least(first_message_at, ifNull(min(facts.first_session_at), first_message_at)) AS date,
        max(roots.root_id != '') AS has_merged
    FROM person_facts AS facts
    LEFT JOIN (
        SELECT contact_id, root_id
        FROM contact_roots FINAL
        WHERE workspace_id = {workspace_id:String}
    ) AS roots
        ON substring(facts.entity, 2) = roots.contact_id
    WHERE facts.workspace_id = {workspace_id:String} AND facts.entity >= 'c' AND facts.entity < 'd'
    GROUP BY contact_id
    HAVING
        min(facts.first_message_at) IS NOT NULL
        AND toUnixTimestamp64Milli(date) >= {since_ms:Int64}
        AND toUnixTimestamp64Milli(date) < {until_ms:Int64}
        AND (
            {behind:UInt8} = 0
            OR toUnixTimestamp64Milli(date) < {behind_ms:Int64}
            OR (toUnixTimestamp64Milli(date) = {behind_ms:Int64} AND contact_id > {behind_id:String})
        )
)

-- leads_details
-- The rows that the view `leads` has for some contacts, read by key.
--
-- `entities` is everybody whose facts count for them (they themselves, who was merged into them, and the visitors of
-- these), as person_facts has them; `members` the contacts among those; `owners` the resolved contact of each entity.
WITH
    -- Everything about everybody in one stream: each table more that is joined costs more to plan than to read.
    facts AS (
        SELECT
            entity,
            name,
            phone,
            email,
            first_message_at,
            first_session_at,
            defaultValueOfTypeName('Tuple(version UInt256, source String, platform String, id String, medium String, campaign String, content String)') AS first_touch,
            first_touch AS last_touch,
            defaultValueOfTypeName('Array(DateTime64(3, \'UTC\'))') AS answers
        FROM person_facts
        WHERE workspace_id = {workspace_id:String} AND entity IN {entities:Array(String)}
        UNION ALL
        SELECT
            entity,
            defaultValueOfTypeName('Tuple(version UInt256, text String)') AS name,
            name AS phone,
            name AS email,
            NULL AS first_message_at,
            NULL AS first_session_at,
            earliest AS first_touch,
            latest AS last_touch,
            [] AS answers
        FROM ad_touches
        WHERE workspace_id = {workspace_id:String} AND entity IN {entities:Array(String)}
        UNION ALL
        SELECT
            concat('c', contact_id) AS entity,
            defaultValueOfTypeName('Tuple(version UInt256, text String)') AS name,
            name AS phone,
            name AS email,
            NULL AS first_message_at,
            NULL AS first_session_at,
            defaultValueOfTypeName('Tuple(version UInt256, source String, platform String, id String, medium String, campaign String, content String)') AS first_touch,
            first_touch AS last_touch,
            groupArray(responded_at) AS answers
        FROM responses
        WHERE workspace_id = {workspace_id:String} AND contact_id IN {members:Array(String)}
        GROUP BY contact_id
    )
SELECT
    {workspace_id:String} AS workspace_id,
    contact_id,
    least(message_at, ifNull(session_at, message_at)) AS date,
    nullIf(tupleElement(name, 'text'), '') AS customer_name,
    nullIf(tupleElement(phone, 'text'), '') AS phone_number,
    nullIf(tupleElement(email, 'text'), '') AS email,
    if(
        known.first_version > 0
        AND bitShiftRight(known.first_version, 192) <= toUInt64(toUnixTimestamp64Milli(message_at)),
        'ads',
        'organic'
    ) AS origin,
    nullIf(known.first_source, '') AS first_source,
    nullIf(known.first_platform, '') AS first_source_platform,
    nullIf(known.first_id, '') AS first_source_id,
    if(
        arrayExists(at -> at >= message_at, instants),
        arrayMin(arrayFilter(at -> at >= message_at, instants)),
        NULL
    ) AS first_touched_at,
    if(known.is_same_source, NULL, nullIf(known.last_source, '')) AS last_source,
    if(known.is_same_source, NULL, nullIf(known.last_platform, '')) AS last_source_platform,
    if(known.is_same_source, NULL, nullIf(known.last_id, '')) AS last_source_id,
    if(known.first_version > 0, fromUnixTimestamp64Milli(toInt64(bitShiftRight(known.first_version, 192)), 'UTC'), NULL) AS first_source_at,
    nullIf(known.first_medium, '') AS first_source_medium,
    nullIf(known.first_campaign, '') AS first_source_campaign,
    nullIf(known.first_content, '') AS first_source_content,
    if(known.is_same_source OR known.last_version = 0, NULL, fromUnixTimestamp64Milli(toInt64(bitShiftRight(known.last_version, 192)), 'UTC')) AS last_source_at,
    if(known.is_same_source, NULL, nullIf(known.last_medium, '')) AS last_source_medium,
    if(known.is_same_source, NULL, nullIf(known.last_campaign, '')) AS last_source_campaign,
    if(known.is_same_source, NULL, nullIf(known.last_content, '')) AS last_source_content
FROM (
    SELECT
        transform(entity, {entities:Array(String)}, {owners:Array(String)}, '') AS contact_id,
        max(facts.name) AS name,
        max(facts.phone) AS phone,
        max(facts.email) AS email,
        assumeNotNull(min(facts.first_message_at)) AS message_at,
        min(facts.first_session_at) AS session_at,
        minIf(facts.first_touch, tupleElement(facts.first_touch, 'version') > 0) AS first_touch,
        max(facts.last_touch) AS last_touch,
        tupleElement(first_touch, 'version') AS first_version,
        tupleElement(first_touch, 'source') AS first_source,
        tupleElement(first_touch, 'platform') AS first_platform,
        tupleElement(first_touch, 'id') AS first_id,
        tupleElement(first_touch, 'medium') AS first_medium,
        tupleElement(first_touch, 'campaign') AS first_campaign,
        tupleElement(first_touch, 'content') AS first_content,
        tupleElement(last_touch, 'version') AS last_version,
        tupleElement(last_touch, 'source') AS last_source,
        tupleElement(last_touch, 'platform') AS last_platform,
        tupleElement(last_touch, 'id') AS last_id,
        tupleElement(last_touch, 'medium') AS last_medium,
        tupleElement(last_touch, 'campaign') AS last_campaign,
        tupleElement(last_touch, 'content') AS last_content,
        first_platform = last_platform AND first_id = last_id AS is_same_source,
        groupArrayArray(facts.answers) AS instants
    FROM facts
    GROUP BY contact_id
    HAVING min(facts.first_message_at) IS NOT NULL
) AS known

-- leads_newest
-- The newest leads of a time span, by id only; `leads_details` has the rest. What a lead's date is, the view `leads` says.
--
-- The view works out everything about every lead before it can sort. This reads two instants of each.
SELECT
    if(roots.root_id != '', roots.root_id, substring(facts.entity, 2)) AS contact_id,
    assumeNotNull(min(facts.first_message_at)) AS first_message_at,
    least(first_message_at, ifNull(min(facts.first_session_at), first_message_at)) AS date,
    max(roots.root_id != '') AS has_merged
FROM person_facts AS facts
LEFT JOIN (
    SELECT contact_id, root_id
    FROM contact_roots FINAL
    WHERE workspace_id = {workspace_id:String}
) AS roots
    ON substring(facts.entity, 2) = roots.contact_id
-- Visitors neither write nor begin sessions.
WHERE facts.workspace_id = {workspace_id:String} AND facts.entity >= 'c' AND facts.entity < 'd'
GROUP BY contact_id
HAVING
    min(facts.first_message_at) IS NOT NULL
    AND toUnixTimestamp64Milli(date) >= {since_ms:Int64}
    AND toUnixTimestamp64Milli(date) < {until_ms:Int64}
    AND (
        {behind:UInt8} = 0
        OR toUnixTimestamp64Milli(date) < {behind_ms:Int64}
        OR (toUnixTimestamp64Milli(date) = {behind_ms:Int64} AND contact_id > {behind_id:String})
    )
ORDER BY date DESC, contact_id ASC
LIMIT {limit:UInt32}

-- leads_newest_by_touch
-- `leads_newest` of those with a certain origin, or with a certain text in their first source. It has to look at the
-- touches of all leads, so it is asked only where one of the two is wanted.
WITH
    dates AS (
        SELECT
            if(roots.root_id != '', roots.root_id, substring(facts.entity, 2)) AS contact_id,
            assumeNotNull(min(facts.first_message_at)) AS first_message_at,
            least(first_message_at, ifNull(min(facts.first_session_at), first_message_at)) AS date,
            max(roots.root_id != '') AS has_merged
        FROM person_facts AS facts
        LEFT JOIN (
            SELECT contact_id, root_id
            FROM contact_roots FINAL
            WHERE workspace_id = {workspace_id:String}
        ) AS roots
            ON substring(facts.entity, 2) = roots.contact_id
        WHERE facts.workspace_id = {workspace_id:String} AND facts.entity >= 'c' AND facts.entity < 'd'
        GROUP BY contact_id
        HAVING
            min(facts.first_message_at) IS NOT NULL
            AND toUnixTimestamp64Milli(date) >= {since_ms:Int64}
            AND toUnixTimestamp64Milli(date) < {until_ms:Int64}
            AND (
                {behind:UInt8} = 0
                OR toUnixTimestamp64Milli(date) < {behind_ms:Int64}
                OR (toUnixTimestamp64Milli(date) = {behind_ms:Int64} AND contact_id > {behind_id:String})
            )
    ),
    touches AS (
        SELECT contact_id, min(ad_touches_by_contact.earliest) AS first_touch
        FROM ad_touches_by_contact
        WHERE workspace_id = {workspace_id:String}
        GROUP BY contact_id
    )
SELECT dates.contact_id AS contact_id, dates.has_merged AS has_merged
FROM dates
LEFT JOIN (
    SELECT
        contact_id,
        bitShiftRight(tupleElement(first_touch, 'version'), 192) AS touched_ms,
        arrayExists(
            text -> position(lowerUTF8(text), lowerUTF8(assumeNotNull({source:Nullable(String)}))) > 0,
            [
                tupleElement(first_touch, 'source'),
                tupleElement(first_touch, 'platform'),
                tupleElement(first_touch, 'id')
            ]
        ) AS is_wanted
    FROM touches
) AS touches
    ON dates.contact_id = touches.contact_id
WHERE
    ({source:Nullable(String)} IS NULL OR touches.is_wanted)
    AND (
        {origin:Nullable(String)} IS NULL
        OR {origin:Nullable(String)} = if(
            touches.touched_ms > 0 AND touches.touched_ms <= toUInt64(toUnixTimestamp64Milli(dates.first_message_at)),
            'ads',
            'organic'
        )
    )
ORDER BY dates.date DESC, contact_id ASC
LIMIT {limit:UInt32}

-- leads_of_contacts
-- The leads among some contacts, by the plain view: for contacts with more people than `leads_details` can be told.
SELECT
    workspace_id,
    contact_id,
    date,
    customer_name,
    phone_number,
    email,
    origin,
    first_source,
    first_source_platform,
    first_source_id,
    first_touched_at,
    last_source,
    last_source_platform,
    last_source_id,
    first_source_at,
    first_source_medium,
    first_source_campaign,
    first_source_content,
    last_source_at,
    last_source_medium,
    last_source_campaign,
    last_source_content
FROM leads
WHERE workspace_id = {workspace_id:String} AND contact_id IN {contact_ids:Array(String)}

-- leads_summary
-- The leads of a span of time, counted by day and by first source. Days begin in the time zone that is asked for.
SELECT
    toString(toDate(date, {zone:String})) AS day,
    first_source_platform AS platform,
    first_source_id AS id,
    max(first_source) AS source,
    count() AS leads
FROM leads
WHERE
    workspace_id = {workspace_id:String}
    AND toUnixTimestamp64Milli(date) >= {since_ms:Int64}
    AND toUnixTimestamp64Milli(date) < {until_ms:Int64}
GROUP BY day, platform, id
ORDER BY day ASC, leads DESC, platform ASC, id ASC

-- members_of
-- Who ever resolved to the contacts asked about.
SELECT workspace_id, contact_id
FROM {table:Identifier}
WHERE (workspace_id, root_id) IN asked

-- merged_into
-- The contacts that were merged into some others, each with the one it resolves to.
SELECT roots.contact_id AS member_id, roots.root_id AS contact_id
FROM contact_roots AS roots FINAL
WHERE
    roots.workspace_id = {workspace_id:String}
    AND roots.contact_id IN (
        SELECT contact_id
        FROM root_members
        WHERE workspace_id = {workspace_id:String} AND root_id IN {contact_ids:Array(String)}
    )
    AND roots.root_id IN {contact_ids:Array(String)}
    -- A cycle's smallest id is a merged contact and its own root.
    AND roots.root_id != roots.contact_id

-- merges_of
-- All merges of some workspaces, or so many of them: whoever gets that many does not know whether there are more.
SELECT workspace_id, previous_id, version, contact_id
FROM {table:Identifier}
WHERE workspace_id IN {workspace_ids:Array(String)}
LIMIT {limit:UInt32}

-- missing_events
-- How many stored events are not among the replayed ones. By hash, so that it fits into memory.
SELECT uniqExact(sipHash128(workspace_id, event_source, event_id)) AS missing
FROM events
WHERE sipHash128(workspace_id, event_source, event_id) NOT IN (
    SELECT sipHash128(workspace_id, event_source, event_id)
    FROM {table:Identifier}
)

-- missing_in_copy
-- How many different events of some workspaces are in another database and not in this one. By hash, so that it fits into
-- memory; a workspace is on one shard, so on a cluster each shard answers for its own.
SELECT uniqExact(sipHash128(workspace_id, event_source, event_id)) AS missing
FROM {source:Identifier}.events
WHERE
    cityHash64(workspace_id) % {slices:UInt32} = {slice:UInt32}
    AND sipHash128(workspace_id, event_source, event_id) NOT IN (
        SELECT sipHash128(workspace_id, event_source, event_id)
        FROM events
        WHERE cityHash64(workspace_id) % {slices:UInt32} = {slice:UInt32}
    )
SETTINGS distributed_product_mode = 'local'

-- object_names
-- Every table, materialized view and view that this user may see.
SELECT name
FROM system.tables
WHERE database = currentDatabase()

-- older_inserts
-- INSERTs into this database that have been running for longer than so many seconds.
SELECT query_id
FROM system.processes
WHERE
    query_kind = 'Insert'
    AND elapsed > {seconds:Float64}
    AND (current_database = currentDatabase() OR position(query, currentDatabase()) > 0)

-- older_queries
-- Readers' queries that have been running for longer than so many seconds.
SELECT query_id
FROM system.processes
WHERE query_kind = 'Select' AND elapsed > {seconds:Float64}

-- own_event
-- The data of an event, by whose it is, its source and its id.
SELECT data
FROM events
WHERE
    workspace_id = {workspace_id:String}
    AND entity = {entity:String}
    AND event_source = {event_source:String}
    AND event_id = {event_id:String}
LIMIT 1

-- parts_of
-- The parts of a table, the newest first.
SELECT
    name,
    rows
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND active
ORDER BY modification_time DESC

-- parts_since
-- Parts of a table that were written since an instant. Those merged away meanwhile are listed too, and name nothing.
SELECT name
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND modification_time >= {since:DateTime}

-- pending_changes
-- Events that were appended and may not be here yet: the order of each, and, for changes of a conversation's status,
-- whether it is stored and whether it is later than what the conversation holds here.
SELECT
    tupleElement(asked.change, 1) AS conversation_id,
    tupleElement(asked.change, 2) AS event_source,
    tupleElement(asked.change, 3) AS event_id,
    tupleElement(asked.change, 4) AS instant_ms,
    bitShiftLeft(toUInt256(tupleElement(asked.change, 4)), 192)
    + bitShiftLeft(toUInt256(tupleElement(asked.change, 5)), 128)
    + toUInt256(reinterpretAsUInt128(sipHash128(event_source, event_id))) AS change_order,
    toString(change_order) AS event_order,
    change_order > held.version AS is_ahead,
    has(stored.versions, change_order) AS is_stored
FROM (
    SELECT arrayJoin({changes:Array(Tuple(String, String, String, UInt64, UInt64))}) AS change
) AS asked
LEFT JOIN (
    SELECT conversation_id, tupleElement(status, 'version') AS version
    FROM conversation_facts FINAL
    WHERE workspace_id = {workspace_id:String} AND conversation_id IN {conversation_ids:Array(String)}
) AS held
    ON tupleElement(asked.change, 1) = held.conversation_id
LEFT JOIN (
    SELECT conversation_id, groupUniqArray(version) AS versions
    FROM pipeline_changes
    WHERE workspace_id = {workspace_id:String} AND conversation_id IN {conversation_ids:Array(String)}
    GROUP BY conversation_id
) AS stored
    ON tupleElement(asked.change, 1) = stored.conversation_id

-- pipeline_board
-- The board of a workspace from its first column to its last; statuses that were never defined come behind.
SELECT
    workspace_id,
    status_id,
    name,
    color,
    position,
    conversations,
    contacts
FROM pipeline_board
WHERE workspace_id = {workspace_id:String}
ORDER BY position ASC NULLS LAST, status_id ASC

-- pipeline_status_styles
-- What the pipeline statuses of a workspace are called today, and their colours; deleted ones included.
SELECT status_id, name, color
FROM pipeline_statuses
WHERE workspace_id = {workspace_id:String}

-- pipeline_status_versions
-- The pipeline statuses of a workspace, with the orders of their last definition and deletion, which is 0 where there is none.
SELECT
    status_id,
    tupleElement(defined, 'name') AS name,
    tupleElement(defined, 'color') AS color,
    tupleElement(defined, 'position') AS position,
    toString(tupleElement(defined, 'version')) AS defined_order,
    toString(deleted) AS deleted_order
FROM pipeline_status_facts FINAL
WHERE workspace_id = {workspace_id:String}

-- poured_slices
-- The slices of a database's events that were poured whole.
SELECT DISTINCT slice
FROM poured
WHERE source = {source:String} AND slices = {slices:UInt32}

-- queries_of_run
-- What still runs on the server for a rebuild whose client may be gone.
SELECT query_id
FROM system.processes
WHERE query_id LIKE {prefix:String} || '%' OR Settings['log_comment'] LIKE 'query_id:' || {prefix:String} || '%'

-- query_progress
-- How many rows a running query has read.
SELECT read_rows
FROM system.processes
WHERE query_id = {query_id:String}

-- reach
-- What rows are stored in and carried on by, each with the UUID that another one of the same name has not.
SELECT
    '' AS server,
    name,
    toString(uuid) AS uuid
FROM system.tables AS tables
WHERE
    database = currentDatabase()
    AND (tables.engine LIKE '%MergeTree' OR tables.engine IN ('MaterializedView', 'Distributed'))

-- reach_on_all
-- The same of every server of a cluster that answers.
SELECT
    concat(hostName(), ':', toString(tcpPort())) AS server,
    name,
    toString(uuid) AS uuid
FROM clusterAllReplicas({cluster:String}, system.tables) AS tables
WHERE
    database = {database:String}
    AND (tables.engine LIKE '%MergeTree' OR tables.engine IN ('MaterializedView', 'Distributed'))
SETTINGS skip_unavailable_shards = 1

-- rebuild_beats
-- The signs of life of one lock's holder, told by the server's clock alone.
SELECT
    count() AS beats,
    max(at) AS last,
    max(is_released) AS is_released,
    dateDiff('millisecond', max(at), now64(3)) / 1000 AS age
FROM {table:Identifier}

-- rebuild_locks
-- The locks of rebuilds, the one that holds first: who took it, and for how long it has been there.
SELECT
    name,
    comment AS holder,
    metadata_modification_time AS since,
    dateDiff('second', metadata_modification_time, now()) AS age
FROM system.tables
WHERE database = currentDatabase() AND startsWith(name, 'rebuild_lock_')
ORDER BY name DESC

-- retied_contacts
-- Contacts that were merged into several others, the last of which is merged too: their last tie may have closed a
-- cycle.
SELECT workspace_id, previous_id
FROM contact_merges
GROUP BY workspace_id, previous_id
HAVING
    uniq(contact_id) > 1
    AND (workspace_id, argMax(contact_id, version)) IN (
        SELECT workspace_id, previous_id
        FROM contact_merges
    )
LIMIT {most:UInt32}
SETTINGS max_threads = 1, optimize_aggregation_in_order = 1

-- roots_clocks
-- How far the clocks of some workspaces are. Grouped again, because on a cluster every replica answers.
SELECT workspace_id, max(version) AS version
FROM roots_clock
WHERE workspace_id IN {workspace_ids:Array(String)}
GROUP BY workspace_id

-- roots_of
-- What the contacts asked about resolved to, as far as older rows are still there.
SELECT workspace_id, root_id
FROM {table:Identifier}
WHERE (workspace_id, contact_id) IN asked

-- scratch_databases
-- The scratch databases that were made beside a database, with the seconds since something was last made in them. The
-- names of older versions do not say when they were made. What holds rows is somebody else's.
SELECT
    databases.name AS name,
    toInt64(toUnixTimestamp(now())) - toInt64(greatest(
        toUInt64OrZero(extract(databases.name, '_([0-9]+)_[0-9a-f]{8}$')),
        max(toUInt64(toUnixTimestamp(tables.metadata_modification_time)))
    )) AS silence
FROM system.databases AS databases
LEFT JOIN (
    SELECT database, metadata_modification_time, total_rows
    FROM system.tables
    WHERE startsWith(database, {prefix:String})
) AS tables ON tables.database = databases.name
WHERE
    startsWith(databases.name, {prefix:String})
    AND match(substring(databases.name, length({prefix:String}) + 1), '^([0-9]+_)?[0-9a-f]{8}$')
GROUP BY databases.name
HAVING sum(ifNull(tables.total_rows, 0)) = 0
SETTINGS join_use_nulls = 0

-- server_time
-- The server's clock, in whole seconds.
SELECT toUnixTimestamp(now()) AS seconds

-- sources_of
-- Who was ever merged into the contacts asked about.
SELECT workspace_id, previous_id
FROM {table:Identifier}
WHERE (workspace_id, contact_id) IN asked

-- standing_roots
-- The rebuilds that make a table of roots just now, by the endings of their tables' names.
SELECT substring(name, length('contact_roots') + 1) AS suffix
FROM system.tables
WHERE database = currentDatabase() AND match(name, '^contact_roots_rebuild_[a-f][0-9a-f]{7}$')

-- stored_events
-- Which of some events are stored, among those of the persons that they name. `asked` comes with the question, as an
-- external table: ids are texts from outside, and thousands of them do not fit into a URL. `entity` is the second
-- column of the sorting key, so this reads a granule a person, however large the table.
SELECT DISTINCT workspace_id, event_source, event_id
FROM events
WHERE (workspace_id, entity) IN (SELECT workspace_id, entity FROM asked)
    AND event_id IN (SELECT event_id FROM asked)
    AND (workspace_id, event_source, event_id) IN (SELECT workspace_id, event_source, event_id FROM asked)

-- stored_events_of_anybody
-- Which of some events are stored, whoever's they are; `asked` as in stored_events.sql. It reads the ids of all events
-- of the workspaces, 50 ms per million on two cores.
SELECT DISTINCT workspace_id, event_source, event_id
FROM events
WHERE workspace_id IN (SELECT workspace_id FROM asked)
    AND event_source IN (SELECT event_source FROM asked)
    AND event_id IN (SELECT event_id FROM asked)
    AND (workspace_id, event_source, event_id) IN (SELECT workspace_id, event_source, event_id FROM asked)

-- story_contact
-- A contact whose journey tells a sale from an ad to the purchase and is short enough to read, for showing one off.
SELECT contact_id
FROM journey
WHERE workspace_id = {workspace_id:String}
GROUP BY contact_id
HAVING
    count() BETWEEN 12 AND 20
    AND argMin(type, event_order) IN ('ctwa.click', 'session.started')
    AND minIf(occurred_at, type = 'ctwa.click') <= minIf(occurred_at, type = 'message.incoming')
    AND countIf(type = 'ctwa.click') = 1
    AND countIf(type = 'message.incoming') >= 3
    AND countIf(JSONExtractString(data, 'sender') = 'human') >= 1
    AND countIf(type = 'agent.ai_response') >= 1
    AND argMaxIf(summary, event_order, type = 'pipeline.changed') LIKE '%→ Purchase%'
    -- Ids in place of names, and messages without a text, say little to a reader.
    AND countIf(match(summary, '^[0-9a-f]{8}-|^\\[') OR match(actor, '^[0-9a-f]{8}-')) = 0
ORDER BY uniqExact(title) DESC, count() ASC, contact_id ASC
LIMIT 1

-- table_rows
-- Rows and last write of every table. Rows count what is stored, duplicates that are not merged yet included.
SELECT
    tables.name AS name,
    tables.total_rows AS rows,
    toTimeZone(nullIf(max(parts.modification_time), toDateTime(0)), 'UTC') AS written_at
FROM system.tables AS tables
LEFT JOIN system.parts AS parts
    ON parts.database = tables.database AND parts.table = tables.name AND parts.active
WHERE tables.database = currentDatabase() AND tables.engine LIKE '%MergeTree'
GROUP BY name, rows
ORDER BY name

-- tables_on_all
-- The tables and views that every server of a cluster has.
SELECT name
FROM clusterAllReplicas({cluster:String}, system.tables)
WHERE database = {database:String}
GROUP BY name
HAVING count() >= (
    SELECT count()
    FROM system.clusters
    WHERE cluster = {cluster:String}
)

-- tied_visitors
-- The visitors that are tied to some contacts, merges not followed.
SELECT visitor_id, contact_id
FROM visitor_ties FINAL
WHERE
    workspace_id = {workspace_id:String}
    AND visitor_id IN (
        SELECT visitor_id
        FROM contact_visitors
        WHERE workspace_id = {workspace_id:String} AND contact_id IN {contact_ids:Array(String)}
    )
    AND contact_id IN {contact_ids:Array(String)}

-- ties_of
-- The last ties of the contacts asked about.
SELECT workspace_id, previous_id, argMax(contact_id, version) AS contact_id
FROM {table:Identifier}
WHERE (workspace_id, previous_id) IN asked
GROUP BY workspace_id, previous_id

-- unfollowed_merges
-- Merged contacts whose root is missing, or not the root of whom they were merged into: nobody has followed a merge to
-- its end. Where nobody is in here, all roots are right but those of a cycle that a contact's second tie has closed.
SELECT ties.workspace_id AS workspace_id, ties.previous_id AS previous_id
FROM (
    SELECT workspace_id, previous_id, argMax(contact_id, version) AS contact_id
    FROM contact_merges
    GROUP BY workspace_id, previous_id
) AS ties
LEFT JOIN contact_roots AS roots FINAL
    ON ties.workspace_id = roots.workspace_id AND ties.previous_id = roots.contact_id
LEFT JOIN contact_roots AS ends FINAL
    ON ties.workspace_id = ends.workspace_id AND ties.contact_id = ends.contact_id
WHERE roots.root_id != if(ends.root_id != '', ends.root_id, ties.contact_id)
LIMIT {most:UInt32}
SETTINGS max_threads = 1, optimize_aggregation_in_order = 1, join_use_nulls = 0

-- view_columns
-- The columns that each materialized view writes.
SELECT
    columns.table AS view,
    groupArray(columns.name) AS names
FROM system.columns AS columns
WHERE columns.database = currentDatabase() AND columns.table IN {views:Array(String)}
GROUP BY view

-- visitor_contact
-- The contact that a website visitor turned out to be.
SELECT contact_id
FROM visitor_ties FINAL
WHERE workspace_id = {workspace_id:String} AND visitor_id = {visitor_id:String}

-- workspaces
-- The workspaces that have events, for who may see them all.
SELECT DISTINCT workspace_id
FROM events
ORDER BY workspace_id
LIMIT 100

