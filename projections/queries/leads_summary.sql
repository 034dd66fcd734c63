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
