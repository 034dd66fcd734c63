-- A page of one contact's journey: its entries behind one order and before another, from either end.
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
FROM contact_journey(workspace_id = {workspace_id:String}, contact_id = {contact_id:String})
WHERE
    contact_journey.event_order > {after:UInt256}
    AND contact_journey.event_order < {before:UInt256}
-- The complement of an order sorts the other way round.
ORDER BY if({oldest_first:UInt8}, contact_journey.event_order, bitNot(contact_journey.event_order))
LIMIT {limit:UInt32}
