-- The leads among some contacts, by the plain view: for contacts with more people than `leads_details` can be told.
SELECT
    {{ lead_columns }}
FROM leads
WHERE workspace_id = {workspace_id:String} AND contact_id IN {contact_ids:Array(String)}
