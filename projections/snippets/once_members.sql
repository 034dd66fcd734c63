-- Who ever resolved to a contact, as an array: $1 its id. contact_roots says whether it still holds.
(
    SELECT groupArray(contact_id)
    FROM root_members
    WHERE workspace_id = {workspace_id:String} AND root_id = $1
)
