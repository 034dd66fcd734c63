-- Who was ever merged into the contacts asked about.
SELECT workspace_id, previous_id
FROM {table:Identifier}
WHERE (workspace_id, contact_id) IN asked
