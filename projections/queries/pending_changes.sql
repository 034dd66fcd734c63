-- Events that were appended and may not be here yet: the order of each, and, for changes of a conversation's status,
-- whether it is stored and whether it is later than what the conversation holds here.
SELECT
    tupleElement(asked.change, 1) AS conversation_id,
    tupleElement(asked.change, 2) AS event_source,
    tupleElement(asked.change, 3) AS event_id,
    tupleElement(asked.change, 4) AS instant_ms,
    bitShiftLeft(toUInt256(tupleElement(asked.change, 4)), 192)
    + bitShiftLeft(toUInt256(tupleElement(asked.change, 5)), 128)
    + toUInt256(reinterpretAsUInt128(sipHash128(event_source, event_id))) AS change_order,
    toString(change_order) AS event_order,
    change_order > held.version AS is_ahead,
    has(stored.versions, change_order) AS is_stored
FROM (
    SELECT arrayJoin({changes:Array(Tuple(String, String, String, UInt64, UInt64))}) AS change
) AS asked
LEFT JOIN (
    SELECT conversation_id, tupleElement(status, 'version') AS version
    FROM conversation_facts FINAL
    WHERE workspace_id = {workspace_id:String} AND conversation_id IN {conversation_ids:Array(String)}
) AS held
    ON tupleElement(asked.change, 1) = held.conversation_id
LEFT JOIN (
    SELECT conversation_id, groupUniqArray(version) AS versions
    FROM pipeline_changes
    WHERE workspace_id = {workspace_id:String} AND conversation_id IN {conversation_ids:Array(String)}
    GROUP BY conversation_id
) AS stored
    ON tupleElement(asked.change, 1) = stored.conversation_id
