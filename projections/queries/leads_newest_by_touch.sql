-- `leads_newest` of those with a certain origin, or with a certain text in their first source. It has to look at the
-- touches of all leads, so it is asked only where one of the two is wanted.
WITH
    dates AS (
        SELECT
            {{ resolved substring(facts.entity, 2) }} AS contact_id,
            assumeNotNull(min(facts.first_message_at)) AS first_message_at,
            {{ lead_date first_message_at; min(facts.first_session_at) }} AS date,
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
    ),
    touches AS (
        SELECT contact_id, min(ad_touches_by_contact.first_touch) AS first_touch
        FROM ad_touches_by_contact
        WHERE workspace_id = {workspace_id:String}
        GROUP BY contact_id
    )
SELECT dates.contact_id AS contact_id, dates.has_merged AS has_merged
FROM dates
LEFT JOIN (
    SELECT
        contact_id,
        {{ milliseconds tupleElement(first_touch, 'version') }} AS touched_ms,
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
