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
        OR {{ contact_search assumeNotNull({search:Nullable(String)}); contacts }}
    )
    AND (empty({only:Array(String)}) OR contact_id IN {only:Array(String)})
    AND contact_id NOT IN {leave_out:Array(String)}
    AND {{ behind_cursor last_seen_at; contact_id }}
ORDER BY last_seen_at DESC NULLS LAST, contact_id ASC
LIMIT {limit:UInt32}
