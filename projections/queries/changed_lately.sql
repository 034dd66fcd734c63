-- What was stored lately in a workspace: by the parts that were written in the last seconds. Large parts are left out,
-- because they are made of small ones that were seen before.
SELECT DISTINCT
    _part AS part,
    type,
    conversation_id,
    contact_id
FROM events
WHERE
    workspace_id = {workspace_id:String}
    AND _part IN (
        SELECT name
        FROM system.parts
        WHERE
            database = currentDatabase()
            AND table = 'events'
            AND active
            AND rows <= 200000
            AND modification_time >= now() - {seconds:UInt32}
    )
LIMIT {limit:UInt32}
