-- The contacts that were merged into some others, each with the one it resolves to.
SELECT roots.contact_id AS member_id, roots.root_id AS contact_id
FROM contact_roots AS roots FINAL
WHERE
    roots.workspace_id = {workspace_id:String}
    AND roots.contact_id IN (
        SELECT contact_id
        FROM root_members
        WHERE workspace_id = {workspace_id:String} AND root_id IN {contact_ids:Array(String)}
    )
    AND roots.root_id IN {contact_ids:Array(String)}
    -- A cycle's smallest id is a merged contact and its own root.
    AND roots.root_id != roots.contact_id
