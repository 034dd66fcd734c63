-- By contact: the first message, the lead's date, and whether others were merged into it. `lead_span` ends the query.
SELECT
    {{ resolved substring(facts.entity, 2) }} AS contact_id,
    assumeNotNull(min(facts.first_message_at)) AS first_message_at,
    {{ lead_date first_message_at; min(facts.first_session_at) }} AS date,
    max(roots.root_id != '') AS has_merged
FROM person_facts AS facts
LEFT JOIN (
    SELECT contact_id, root_id
    FROM contact_roots FINAL
    WHERE workspace_id = {workspace_id:String}
) AS roots
    ON substring(facts.entity, 2) = roots.contact_id
