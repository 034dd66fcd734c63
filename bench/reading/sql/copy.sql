-- One more copy of a database's events, or of one share of them, with ids of its own.
--
-- Who is tied to whom, and what follows what, stays as it was. UUIDs keep their order in time, moved by about an hour
-- a copy so that a copy does not lie beside its original; visitors' cookies keep their second; other ids get another
-- end. The words of a text change places.
INSERT INTO events
(
    workspace_id, event_source, event_id, type, occurred_at, sequence,
    contact_id, visitor_id, conversation_id, session_id, data
)
WITH
    [event_id, contact_id, visitor_id, conversation_id, session_id, JSONExtractString(data, 'previous_id')] AS ids,
    arrayMap(id -> lower(hex(sipHash128(id, {copy:UInt32}))), ids) AS hashes,
    arrayMap(
        (id, hashed) -> multiIf(
            id = '', '',
            match(id, '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}$'),
            concat(
                lower(hex(toUInt32(reinterpretAsUInt32(reverse(unhex(substring(id, 1, 8)))) + {copy:UInt32} * 61))),
                substring(id, 9, 11), substring(hashed, 1, 4), '-', substring(hashed, 5, 12)
            ),
            match(id, '^[0-9]+\\.[0-9]+$'),
            concat(toString(cityHash64(hashed) % 2147483648), substring(id, position(id, '.'))),
            concat(substring(id, 1, greatest(length(id), 10) - 10), substring(hashed, 1, 10))
        ),
        ids,
        hashes
    ) AS new,
    JSONExtractRaw(data, 'text') AS text,
    arrayRotateLeft(splitByChar(' ', substring(text, 2, length(text) - 2)), {copy:UInt32}) AS words,
    if(text = '', data, replaceOne(data, text, concat('"', arrayStringConcat(words, ' '), '"'))) AS turned
SELECT
    workspace_id,
    event_source,
    new[1],
    type,
    occurred_at + toIntervalMinute({copy:UInt32} * 41),
    sequence,
    new[2],
    new[3],
    new[4],
    new[5],
    arrayFold((data, old, fresh) -> replaceAll(data, old, fresh), ids, new, turned)
FROM {source:Identifier}.events
WHERE cityHash64(event_id) % {shares:UInt32} = {share:UInt32}
