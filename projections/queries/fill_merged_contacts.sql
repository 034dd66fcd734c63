-- Merges that were stored before there was the table for their other side.
INSERT INTO merged_contacts
SELECT DISTINCT workspace_id, contact_id, previous_id
FROM contact_merges
WHERE (workspace_id, contact_id, previous_id) NOT IN (
    SELECT workspace_id, contact_id, previous_id
    FROM merged_contacts
)
SETTINGS max_threads = 1
