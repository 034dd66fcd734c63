-- A page of a journey: its entries behind one order and before another, of some titles and categories, from either
-- end. $1 the lookup, $2 its key.
SELECT
    workspace_id,
    contact_id,
    {{ journey_ids }},
    occurred_at,
    title,
    category,
    type,
    actor,
    summary,
    event_id,
    event_source,
    toString(event_order) AS event_order,
    data,
    event_order_text
FROM $1(workspace_id = {workspace_id:String}, $2 = {$2:String})
WHERE
    $1.event_order > {after:UInt256}
    AND $1.event_order < {before:UInt256}
    AND (empty({titles:Array(String)}) OR title IN {titles:Array(String)})
    AND (empty({categories:Array(String)}) OR category IN {categories:Array(String)})
-- The complement of an order sorts the other way round.
ORDER BY if({oldest_first:UInt8}, $1.event_order, bitNot($1.event_order))
LIMIT {limit:UInt32}
