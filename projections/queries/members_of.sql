-- Who ever resolved to the contacts asked about.
SELECT workspace_id, contact_id
FROM {table:Identifier}
WHERE (workspace_id, root_id) IN asked
