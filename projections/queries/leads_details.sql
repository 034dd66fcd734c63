-- The rows that the view `leads` has for some contacts, read by key. `entities` are the contacts' people, as
-- `people_of_contacts` has them, and `contact_ids` the contact that each of them counts for.
WITH
    people AS (
        SELECT
            tupleElement(person, 1) AS entity,
            tupleElement(person, 2) AS contact_id
        FROM (SELECT arrayJoin(arrayZip({entities:Array(String)}, {contact_ids:Array(String)})) AS person)
    )
SELECT
    {workspace_id:String} AS workspace_id,
    profiles.contact_id AS contact_id,
    least(profiles.first_message_at, ifNull(profiles.first_session_at, profiles.first_message_at)) AS date,
    nullIf(tupleElement(profiles.name, 'text'), '') AS customer_name,
    nullIf(tupleElement(profiles.phone, 'text'), '') AS phone_number,
    nullIf(tupleElement(profiles.email, 'text'), '') AS email,
    if(
        tupleElement(touches.first_touch, 'version') > 0
        AND bitShiftRight(tupleElement(touches.first_touch, 'version'), 192)
            <= toUInt64(toUnixTimestamp64Milli(profiles.first_message_at)),
        'ads',
        'organic'
    ) AS origin,
    nullIf(tupleElement(touches.first_touch, 'source'), '') AS first_source,
    nullIf(tupleElement(touches.first_touch, 'platform'), '') AS first_source_platform,
    nullIf(tupleElement(touches.first_touch, 'id'), '') AS first_source_id,
    if(
        arrayExists(at -> at >= profiles.first_message_at, answers.instants),
        arrayMin(arrayFilter(at -> at >= profiles.first_message_at, answers.instants)),
        NULL
    ) AS first_touched_at,
    if(touches.is_same_source, NULL, nullIf(tupleElement(touches.last_touch, 'source'), '')) AS last_source,
    if(touches.is_same_source, NULL, nullIf(tupleElement(touches.last_touch, 'platform'), '')) AS last_source_platform,
    if(touches.is_same_source, NULL, nullIf(tupleElement(touches.last_touch, 'id'), '')) AS last_source_id
FROM (
    SELECT
        people.contact_id AS contact_id,
        max(facts.name) AS name,
        max(facts.phone) AS phone,
        max(facts.email) AS email,
        assumeNotNull(min(facts.first_message_at)) AS first_message_at,
        min(facts.first_session_at) AS first_session_at
    FROM (
        SELECT entity, name, phone, email, first_message_at, first_session_at
        FROM person_facts
        WHERE workspace_id = {workspace_id:String} AND entity IN {entities:Array(String)}
    ) AS facts
    INNER JOIN people ON facts.entity = people.entity
    GROUP BY contact_id
    HAVING min(facts.first_message_at) IS NOT NULL
) AS profiles
LEFT JOIN (
    SELECT
        people.contact_id AS contact_id,
        min(facts.first_touch) AS first_touch,
        max(facts.last_touch) AS last_touch,
        tupleElement(first_touch, 'platform') = tupleElement(last_touch, 'platform')
        AND tupleElement(first_touch, 'id') = tupleElement(last_touch, 'id') AS is_same_source
    FROM (
        SELECT entity, first_touch, last_touch
        FROM ad_touches
        WHERE workspace_id = {workspace_id:String} AND entity IN {entities:Array(String)}
    ) AS facts
    INNER JOIN people ON facts.entity = people.entity
    GROUP BY contact_id
) AS touches
    ON profiles.contact_id = touches.contact_id
LEFT JOIN (
    SELECT
        people.contact_id AS contact_id,
        groupArray(facts.responded_at) AS instants
    FROM (
        SELECT concat('c', responses.contact_id) AS entity, responded_at
        FROM responses
        WHERE
            workspace_id = {workspace_id:String}
            AND contact_id IN (
                SELECT substring(entity, 2)
                FROM people
                WHERE startsWith(entity, 'c')
            )
    ) AS facts
    INNER JOIN people ON facts.entity = people.entity
    GROUP BY contact_id
) AS answers
    ON profiles.contact_id = answers.contact_id
