-- The visitors that are tied to some contacts, merges not followed.
SELECT visitor_id, contact_id
FROM visitor_ties FINAL
WHERE
    workspace_id = {workspace_id:String}
    AND visitor_id IN (
        SELECT visitor_id
        FROM contact_visitors
        WHERE workspace_id = {workspace_id:String} AND contact_id IN {contact_ids:Array(String)}
    )
    AND contact_id IN {contact_ids:Array(String)}
