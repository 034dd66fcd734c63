-- Without merges. Clearing a field is not distinguished from never naming it.
WITH
    ties AS (
        SELECT visitor_id, argMax(contact_id, (occurred_at, sequence)) AS tied_to
        FROM events
        WHERE workspace_id = {workspace_id:String} AND visitor_id != '' AND contact_id != ''
        GROUP BY visitor_id
    ),
    held AS (
        SELECT contact_id, groupUniqArray(status_id) AS status_ids
        FROM (
            SELECT
                conversation_id,
                argMax(contact_id, (occurred_at, sequence)) AS contact_id,
                argMaxIf(
                    JSONExtractString(data, 'to_status_id'), (occurred_at, sequence), type = 'pipeline.changed'
                ) AS status_id
            FROM events
            WHERE
                workspace_id = {workspace_id:String}
                AND conversation_id != ''
                AND NOT startsWith(type, 'web.')
                AND type != 'ctwa.click'
            GROUP BY conversation_id
        )
        WHERE status_id != ''
        GROUP BY contact_id
    )
SELECT people.*, held.status_ids
FROM (
    WITH
        type IN ('message.incoming', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click')
        OR (type = 'session.started' AND JSONExtractString(data, 'initiator') = 'contact') AS is_sign
    SELECT
        if(events.contact_id != '', events.contact_id, ties.tied_to) AS id,
        argMaxIf(JSONExtractString(data, 'name'), occurred_at, type = 'contact.updated' AND JSONHas(data, 'name'))
            AS name,
        argMaxIf(JSONExtractString(data, 'phone'), occurred_at, type = 'contact.updated' AND JSONHas(data, 'phone'))
            AS phone,
        argMaxIf(JSONExtractString(data, 'email'), occurred_at, type = 'contact.updated' AND JSONHas(data, 'email'))
            AS email,
        minIf(occurred_at, is_sign) AS first_seen_at,
        maxIf(occurred_at, is_sign) AS last_seen_at
    FROM events
    LEFT JOIN ties ON events.visitor_id = ties.visitor_id
    WHERE
        workspace_id = {workspace_id:String}
        AND type NOT IN ('message.outgoing', 'agent.ai_response')
        AND id != ''
    GROUP BY id
) AS people
INNER JOIN held ON people.id = held.contact_id
WHERE has(held.status_ids, {status_id:String})
ORDER BY people.last_seen_at DESC
LIMIT 50
