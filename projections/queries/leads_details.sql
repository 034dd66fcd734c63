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
            defaultValueOfTypeName('{{ touch_type }}') AS first_touch,
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
            defaultValueOfTypeName('{{ touch_type }}') AS first_touch,
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
    {{ origin known.first_version; message_at }} AS origin,
    {{ first_source known }},
    {{ first_response message_at; instants }} AS first_touched_at,
    {{ sources known }}
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
