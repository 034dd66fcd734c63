-- How many conversations and contacts hold each status, '' for none. Some conversations are left out, and counted by what
-- is said of them instead: whose they are, and what they hold.
SELECT
    status_id,
    count() AS conversations,
    uniqExact(contact_id) AS contacts
FROM (
    SELECT
        tupleElement(facts.status, 'id') AS status_id,
        {{ resolved tupleElement(facts.contact, 'id') }} AS contact_id
    FROM conversation_facts AS facts FINAL
    LEFT JOIN contact_roots AS roots FINAL
        ON facts.workspace_id = roots.workspace_id AND tupleElement(facts.contact, 'id') = roots.contact_id
    WHERE
        facts.workspace_id = {workspace_id:String}
        AND facts.conversation_id NOT IN {leave_out:Array(String)}
    UNION ALL
    SELECT tupleElement(moved, 1) AS status_id, tupleElement(moved, 2) AS contact_id
    FROM (
        SELECT arrayJoin({instead:Array(Tuple(String, String))}) AS moved
    )
)
GROUP BY status_id
