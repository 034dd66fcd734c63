-- The columns of a journey entry that need nobody resolved. $1 how a status gets its name: see journey_summary.
occurred_at,
title,
category,
type,
actor,
{{ journey_summary $1 }} AS summary,
event_id,
event_source,
event_order,
data,
{{ order_text event_order }} AS event_order_text
