-- Merges of contacts of the largest workspace, two by two. Where it has too few, ids that nothing else names are
-- merged away too, as imports do.
INSERT INTO events (workspace_id, event_source, event_id, type, occurred_at, sequence, contact_id, data)
WITH
    (
        SELECT groupArray(id)
        FROM (
            SELECT DISTINCT substring(entity, 2) AS id
            FROM person_facts
            WHERE
                workspace_id = {workspace_id:String}
                AND startsWith(entity, 'c')
                AND substring(entity, 2) NOT IN {spared:Array(String)}
            ORDER BY cityHash64(id)
            LIMIT 2 * {merges:UInt32}
        )
    ) AS contacts,
    contacts[1 + (2 * number + 1) % length(contacts)] AS kept,
    if(2 * number + 1 < length(contacts), contacts[1 + 2 * number], concat('gone-', toString(number))) AS previous
SELECT
    {workspace_id:String},
    '/bench',
    concat('merge-', toString(number)),
    'contact.merged',
    toDateTime64('2026-03-01 00:00:00', 3, 'UTC'),
    number,
    kept,
    concat('{"contact_id":"', kept, '","previous_id":"', previous, '"}')
FROM numbers({merges:UInt32})
