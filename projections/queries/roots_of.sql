-- What the contacts asked about resolved to, as far as older rows are still there.
SELECT workspace_id, root_id
FROM {table:Identifier}
WHERE (workspace_id, contact_id) IN asked
