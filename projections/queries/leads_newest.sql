-- The newest leads of a time span, by id only; `leads_details` has the rest. What a lead's date is, the view `leads` says.
--
-- The view works out everything about every lead before it can sort. This reads two instants of each.
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
-- Visitors neither write nor begin sessions.
WHERE facts.workspace_id = {workspace_id:String} AND facts.entity >= 'c' AND facts.entity < 'd'
GROUP BY contact_id
HAVING
    min(facts.first_message_at) IS NOT NULL
    AND toUnixTimestamp64Milli(date) >= {since_ms:Int64}
    AND toUnixTimestamp64Milli(date) < {until_ms:Int64}
ORDER BY date DESC, contact_id ASC
LIMIT {limit:UInt32}
