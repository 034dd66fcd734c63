-- The last tie of every merged contact of a workspace.
SELECT
    previous_id,
    argMax(contact_id, version) AS contact_id
FROM {table:Identifier}
WHERE workspace_id = {workspace_id:String}
GROUP BY previous_id
