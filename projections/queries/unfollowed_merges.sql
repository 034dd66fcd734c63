-- Merged contacts whose root is missing, or not the root of whom they were merged into: nobody has followed a merge to
-- its end. Where nobody is in here, all roots are right but those of a cycle that a contact's second tie has closed.
SELECT ties.workspace_id AS workspace_id, ties.previous_id AS previous_id
FROM (
    SELECT workspace_id, previous_id, argMax(contact_id, version) AS contact_id
    FROM contact_merges
    GROUP BY workspace_id, previous_id
) AS ties
LEFT JOIN contact_roots AS roots FINAL
    ON ties.workspace_id = roots.workspace_id AND ties.previous_id = roots.contact_id
LEFT JOIN contact_roots AS ends FINAL
    ON ties.workspace_id = ends.workspace_id AND ties.contact_id = ends.contact_id
WHERE roots.root_id != if(ends.root_id != '', ends.root_id, ties.contact_id)
LIMIT {most:UInt32}
SETTINGS max_threads = 1, optimize_aggregation_in_order = 1, join_use_nulls = 0
