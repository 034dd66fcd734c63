-- The columns of status_changes, of rows that are called `changes`. $1 how a status gets its name: a snippet that ends in
-- _name; $2 the resolved contact.
changes.workspace_id AS workspace_id,
changes.conversation_id AS conversation_id,
$2 AS contact_id,
nullIf(changes.from_status_id, '') AS from_status_id,
{{ $1_name from_status }} AS from_status_name,
nullIf(changes.to_status_id, '') AS to_status_id,
{{ $1_name to_status }} AS to_status_name,
nullIf(changes.changed_by, '') AS changed_by,
{{ instant changes.version }} AS entered_at,
if(changes.next_version > 0, {{ instant changes.next_version }}, NULL) AS left_at,
changes.version AS event_order,
{{ order_text changes.version }} AS event_order_text
