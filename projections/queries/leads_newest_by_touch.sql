-- `leads_newest` of those with a certain origin, or with a certain text in their first source. It has to look at the
-- touches of all leads, so it is asked only where one of the two is wanted.
WITH
    dates AS (
        {{ lead_instants }}
        {{ lead_span }}
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
