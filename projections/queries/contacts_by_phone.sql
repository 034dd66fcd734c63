-- The contacts that have one of these phone numbers today.
SELECT contact_id, name
FROM contacts
WHERE workspace_id = {workspace_id:String} AND phone IN {phones:Array(String)}
ORDER BY contact_id
