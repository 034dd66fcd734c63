-- The last tie of every merged contact of some workspaces, and how many merges there were. One scan of one table, so
-- that both speak of the same moment.
SELECT
    workspace_id,
    previous_id,
    argMax(contact_id, version) AS contact_id,
    uniqExact(version) AS merges
FROM {table:Identifier}
WHERE workspace_id IN {workspace_ids:Array(String)}
GROUP BY workspace_id, previous_id
