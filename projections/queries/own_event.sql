-- The data of an event, by whose it is, its source and its id.
SELECT data
FROM events
WHERE
    workspace_id = {workspace_id:String}
    AND entity = {entity:String}
    AND event_source = {event_source:String}
    AND event_id = {event_id:String}
LIMIT 1
