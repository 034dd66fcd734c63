-- How many different events of some workspaces are in another database and not in this one. By hash, so that it fits into
-- memory; a workspace is on one shard, so on a cluster each shard answers for its own.
SELECT uniqExact(sipHash128(workspace_id, event_source, event_id)) AS missing
FROM {source:Identifier}.events
WHERE
    cityHash64(workspace_id) % {slices:UInt32} = {slice:UInt32}
    AND sipHash128(workspace_id, event_source, event_id) NOT IN (
        SELECT sipHash128(workspace_id, event_source, event_id)
        FROM events
        WHERE cityHash64(workspace_id) % {slices:UInt32} = {slice:UInt32}
    )
SETTINGS distributed_product_mode = 'local'
