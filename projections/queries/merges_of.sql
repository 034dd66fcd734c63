-- All merges of some workspaces, or so many of them: whoever gets that many does not know whether there are more.
SELECT workspace_id, previous_id, version, contact_id
FROM {table:Identifier}
WHERE workspace_id IN {workspace_ids:Array(String)}
LIMIT {limit:UInt32}
