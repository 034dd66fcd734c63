-- How many stored events are not among the replayed ones. By hash, so that it fits into memory.
SELECT uniqExact(sipHash128(workspace_id, event_source, event_id)) AS missing
FROM events
WHERE sipHash128(workspace_id, event_source, event_id) NOT IN (
    SELECT sipHash128(workspace_id, event_source, event_id)
    FROM {table:Identifier}
)
