-- The contact that a merged one resolves to; no row for one that was never merged.
SELECT root_id
FROM contact_roots FINAL
WHERE workspace_id = {workspace_id:String} AND contact_id = {contact_id:String}
