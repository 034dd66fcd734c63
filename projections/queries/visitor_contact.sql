-- The contact that a website visitor turned out to be.
SELECT contact_id
FROM visitor_ties FINAL
WHERE workspace_id = {workspace_id:String} AND visitor_id = {visitor_id:String}
