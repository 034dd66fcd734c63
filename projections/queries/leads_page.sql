-- A page of leads, the newest first: the rows that the view `leads` has, sooner.
--
-- The view works out everything about every lead before it can sort. Here the page is chosen first, from the dates of
-- the leads alone (and their first touches, where these are asked for), and the rest is read by key for its few leads.
WITH
    -- A scalar, because it is used several times and a subquery would be run as often.
    (
        SELECT groupArray((contact_id, first_message_at, date))
        FROM (
            SELECT
                dates.contact_id AS contact_id,
                assumeNotNull(dates.first_message_at) AS first_message_at,
                assumeNotNull(least(
                    dates.first_message_at, coalesce(dates.first_session_at, dates.first_message_at)
                )) AS date
            FROM (
                SELECT
                    if(roots.root_id != '', roots.root_id, substring(facts.entity, 2)) AS contact_id,
                    min(facts.first_message_at) AS first_message_at,
                    min(facts.first_session_at) AS first_session_at
                FROM person_facts AS facts
                LEFT JOIN (
                    SELECT contact_id, root_id FROM contact_roots FINAL WHERE workspace_id = {workspace_id:String}
                ) AS roots
                    ON substring(facts.entity, 2) = roots.contact_id
                -- Visitors neither write nor begin sessions.
                WHERE facts.workspace_id = {workspace_id:String} AND facts.entity >= 'c' AND facts.entity < 'd'
                GROUP BY contact_id
                HAVING first_message_at IS NOT NULL
            ) AS dates
            LEFT JOIN (
                SELECT contact_id, min(first_touch) AS first_touch
                FROM ad_touches_by_contact
                -- Nobody's touches are read where nothing is asked of them.
                WHERE
                    workspace_id = {workspace_id:String}
                    AND ({origin:Nullable(String)} IS NOT NULL OR {source:Nullable(String)} IS NOT NULL)
                GROUP BY contact_id
            ) AS touches
                ON dates.contact_id = touches.contact_id
            WHERE
                toUnixTimestamp64Milli(date) >= {since_ms:Int64}
                AND toUnixTimestamp64Milli(date) < {until_ms:Int64}
                AND (
                    {origin:Nullable(String)} IS NULL
                    OR {origin:Nullable(String)} = if(
                        tupleElement(touches.first_touch, 'version') > 0
                        AND bitShiftRight(tupleElement(touches.first_touch, 'version'), 192)
                            <= toUInt64(toUnixTimestamp64Milli(first_message_at)),
                        'ads',
                        'organic'
                    )
                )
                AND (
                    {source:Nullable(String)} IS NULL
                    OR arrayExists(
                        text -> position(lowerUTF8(text), lowerUTF8(assumeNotNull({source:Nullable(String)}))) > 0,
                        [
                            tupleElement(touches.first_touch, 'source'),
                            tupleElement(touches.first_touch, 'platform'),
                            tupleElement(touches.first_touch, 'id')
                        ]
                    )
                )
            ORDER BY date DESC, contact_id ASC
            LIMIT {limit:UInt32}
        )
    ) AS chosen,
    page AS (
        SELECT
            tupleElement(lead, 1) AS contact_id,
            tupleElement(lead, 2) AS first_message_at,
            tupleElement(lead, 3) AS date
        FROM (SELECT arrayJoin(chosen) AS lead)
    ),
    -- All ids of the page's leads: their own, and those that were merged into them.
    members AS (
        SELECT contact_id AS member_id, contact_id FROM page
        UNION ALL
        SELECT contact_id AS member_id, root_id AS contact_id
        FROM contact_roots FINAL
        WHERE
            workspace_id = {workspace_id:String}
            AND contact_id IN (
                SELECT contact_id
                FROM root_members
                WHERE workspace_id = {workspace_id:String} AND root_id IN (SELECT contact_id FROM page)
            )
            AND root_id IN (SELECT contact_id FROM page)
            -- A cycle's smallest id is a merged contact and its own root.
            AND root_id != contact_id
    ),
    -- Those and their visitors, as the entities that facts are kept by.
    persons AS (
        SELECT concat('c', member_id) AS entity, contact_id FROM members
        UNION ALL
        SELECT concat('v', ties.visitor_id) AS entity, members.contact_id AS contact_id
        FROM (
            SELECT visitor_id, contact_id
            FROM visitor_ties FINAL
            WHERE
                workspace_id = {workspace_id:String}
                AND visitor_id IN (
                    SELECT visitor_id
                    FROM contact_visitors
                    WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT member_id FROM members)
                )
        ) AS ties
        INNER JOIN members ON ties.contact_id = members.member_id
    )
SELECT
    {workspace_id:String} AS workspace_id,
    page.contact_id AS contact_id,
    page.date AS date,
    nullIf(tupleElement(profiles.name, 'text'), '') AS customer_name,
    nullIf(tupleElement(profiles.phone, 'text'), '') AS phone_number,
    nullIf(tupleElement(profiles.email, 'text'), '') AS email,
    if(
        tupleElement(touches.first_touch, 'version') > 0
        AND bitShiftRight(tupleElement(touches.first_touch, 'version'), 192)
            <= toUInt64(toUnixTimestamp64Milli(page.first_message_at)),
        'ads',
        'organic'
    ) AS origin,
    nullIf(tupleElement(touches.first_touch, 'source'), '') AS first_source,
    nullIf(tupleElement(touches.first_touch, 'platform'), '') AS first_source_platform,
    nullIf(tupleElement(touches.first_touch, 'id'), '') AS first_source_id,
    answers.first_touched_at AS first_touched_at,
    if(touches.is_same_source, NULL, nullIf(tupleElement(touches.last_touch, 'source'), '')) AS last_source,
    if(touches.is_same_source, NULL, nullIf(tupleElement(touches.last_touch, 'platform'), '')) AS last_source_platform,
    if(touches.is_same_source, NULL, nullIf(tupleElement(touches.last_touch, 'id'), '')) AS last_source_id
FROM page
LEFT JOIN (
    SELECT
        persons.contact_id AS contact_id,
        max(facts.name) AS name,
        max(facts.phone) AS phone,
        max(facts.email) AS email
    FROM (
        SELECT entity, name, phone, email
        FROM person_facts
        WHERE
            workspace_id = {workspace_id:String}
            AND entity IN (SELECT concat('c', member_id) FROM members)
    ) AS facts
    INNER JOIN persons ON facts.entity = persons.entity
    GROUP BY contact_id
) AS profiles
    ON page.contact_id = profiles.contact_id
LEFT JOIN (
    SELECT
        persons.contact_id AS contact_id,
        min(facts.first_touch) AS first_touch,
        max(facts.last_touch) AS last_touch,
        tupleElement(first_touch, 'platform') = tupleElement(last_touch, 'platform')
        AND tupleElement(first_touch, 'id') = tupleElement(last_touch, 'id') AS is_same_source
    FROM (
        SELECT entity, first_touch, last_touch
        FROM ad_touches
        WHERE workspace_id = {workspace_id:String} AND entity IN (SELECT entity FROM persons)
    ) AS facts
    INNER JOIN persons ON facts.entity = persons.entity
    GROUP BY contact_id
) AS touches
    ON page.contact_id = touches.contact_id
LEFT JOIN (
    SELECT
        page.contact_id AS contact_id,
        minOrNullIf(responses.responded_at, responses.responded_at >= page.first_message_at) AS first_touched_at
    FROM (
        SELECT contact_id, responded_at
        FROM responses
        WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT member_id FROM members)
    ) AS responses
    INNER JOIN members ON responses.contact_id = members.member_id
    INNER JOIN page ON members.contact_id = page.contact_id
    GROUP BY contact_id
) AS answers
    ON page.contact_id = answers.contact_id
ORDER BY date DESC, contact_id ASC
