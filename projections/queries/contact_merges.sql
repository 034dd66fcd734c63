-- The last tie of every merged contact of a workspace, and how many merges there were. One scan of one table, so that
-- both speak of the same moment.
SELECT
    previous_id,
    argMax(contact_id, version) AS contact_id,
    uniqExact(version) AS merges
FROM {table:Identifier}
WHERE workspace_id = {workspace_id:String}
GROUP BY previous_id
