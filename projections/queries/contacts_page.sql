-- Contacts, the one that was seen last first. A filter that is NULL lets all pass.
--
-- A contact has a status when any of its conversations holds it; its name is that of the definition, else its id.
WITH
    (
        SELECT groupArray(status_id)
        FROM pipeline_statuses
        WHERE workspace_id = {workspace_id:String} AND name = {status:Nullable(String)}
    ) AS named_ids,
    lowerUTF8(assumeNotNull({search:Nullable(String)})) AS wanted
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
            text -> position(lowerUTF8(text), wanted) > 0,
            [contact_id, ifNull(name, ''), ifNull(phone, ''), ifNull(email, '')]
        )
    )
ORDER BY last_seen_at DESC NULLS LAST, contact_id ASC
LIMIT {limit:UInt32}
