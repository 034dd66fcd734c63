-- The newest leads of a time span, by id only; `leads_details` has the rest. What a lead's date is, the view `leads` says.
--
-- The view works out everything about every lead before it can sort. This reads two instants of each.
{{ lead_instants }}
-- Visitors neither write nor begin sessions.
{{ lead_span }}
ORDER BY date DESC, contact_id ASC
LIMIT {limit:UInt32}
