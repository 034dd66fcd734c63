-- The last ties of the contacts asked about.
SELECT workspace_id, previous_id, argMax(contact_id, version) AS contact_id
FROM {table:Identifier}
WHERE (workspace_id, previous_id) IN asked
GROUP BY workspace_id, previous_id
