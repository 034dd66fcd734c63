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
            defaultValueOfTypeName('Tuple(version UInt256, source String, platform String, id String)') AS first_touch,
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
            first_touch,
            last_touch,
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
            defaultValueOfTypeName('Tuple(version UInt256, source String, platform String, id String)') AS first_touch,
            first_touch AS last_touch,
            groupArray(responded_at) AS answers
        FROM responses
        WHERE workspace_id = {workspace_id:String} AND contact_id IN {members:Array(String)}
        GROUP BY contact_id
    )
SELECT
    {workspace_id:String} AS workspace_id,
    contact_id,
    {{ lead_date message_at; session_at }} AS date,
    nullIf(tupleElement(name, 'text'), '') AS customer_name,
    nullIf(tupleElement(phone, 'text'), '') AS phone_number,
    nullIf(tupleElement(email, 'text'), '') AS email,
    {{ origin tupleElement(first_touch, 'version'); message_at }} AS origin,
    nullIf(tupleElement(first_touch, 'source'), '') AS first_source,
    nullIf(tupleElement(first_touch, 'platform'), '') AS first_source_platform,
    nullIf(tupleElement(first_touch, 'id'), '') AS first_source_id,
    {{ first_response message_at; instants }} AS first_touched_at,
    if(is_same_source, NULL, nullIf(tupleElement(last_touch, 'source'), '')) AS last_source,
    if(is_same_source, NULL, nullIf(tupleElement(last_touch, 'platform'), '')) AS last_source_platform,
    if(is_same_source, NULL, nullIf(tupleElement(last_touch, 'id'), '')) AS last_source_id
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
        tupleElement(first_touch, 'platform') = tupleElement(last_touch, 'platform')
        AND tupleElement(first_touch, 'id') = tupleElement(last_touch, 'id') AS is_same_source,
        groupArrayArray(facts.answers) AS instants
    FROM facts
    GROUP BY contact_id
    HAVING min(facts.first_message_at) IS NOT NULL
)
