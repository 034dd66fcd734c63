-- A page of one contact's journey: its entries behind one order and before another, from either end.
{{ journey_between contact_journey; contact_id }}
