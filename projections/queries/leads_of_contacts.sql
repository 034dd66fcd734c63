-- The leads among some contacts, by the plain view: for contacts with more people than `leads_details` can be told.
SELECT
    workspace_id,
    contact_id,
    date,
    customer_name,
    phone_number,
    email,
    origin,
    first_source,
    first_source_platform,
    first_source_id,
    first_touched_at,
    last_source,
    last_source_platform,
    last_source_id
FROM leads
WHERE workspace_id = {workspace_id:String} AND contact_id IN {contact_ids:Array(String)}
