-- The columns that the plain SQL beside it works out.
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
WHERE workspace_id = {workspace_id:String}
