-- Contacts that were merged into several others, the last of which is merged too: their last tie may have closed a
-- cycle.
SELECT workspace_id, previous_id
FROM contact_merges
GROUP BY workspace_id, previous_id
HAVING
    uniq(contact_id) > 1
    AND (workspace_id, argMax(contact_id, version)) IN (
        SELECT workspace_id, previous_id
        FROM contact_merges
    )
LIMIT {most:UInt32}
SETTINGS max_threads = 1, optimize_aggregation_in_order = 1
