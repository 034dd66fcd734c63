-- A page of one conversation's journey: its entries behind one order and before another, from either end.
SELECT
    workspace_id,
    contact_id,
    conversation_id,
    session_id,
    visitor_id,
    occurred_at,
    title,
    category,
    type,
    actor,
    summary,
    event_id,
    event_source,
    toString(event_order) AS event_order,
    data
FROM conversation_journey(workspace_id = {workspace_id:String}, conversation_id = {conversation_id:String})
WHERE
    conversation_journey.event_order > {after:UInt256}
    AND conversation_journey.event_order < {before:UInt256}
-- The complement of an order sorts the other way round.
ORDER BY if({oldest_first:UInt8}, conversation_journey.event_order, bitNot(conversation_journey.event_order))
LIMIT {limit:UInt32}
