-- A page of one conversation's journey: its entries behind one order and before another, from either end.
{{ journey_between conversation_journey; conversation_id }}
