-- The conversations in which anybody took part who is or ever was a contact: more than are its own by now, never fewer.
SELECT DISTINCT conversation_id
FROM events
WHERE
    workspace_id = {workspace_id:String}
    AND entity IN (
        SELECT concat('c', contact_id)
        FROM (
            SELECT contact_id
            FROM root_members
            WHERE workspace_id = {workspace_id:String} AND root_id = {contact_id:String}
            UNION ALL
            SELECT {contact_id:String} AS contact_id
        )
    )
    AND conversation_id != ''
