-- The locks of rebuilds, the one that holds first: who took it, and for how long it has been there.
SELECT
    name,
    comment AS holder,
    metadata_modification_time AS since,
    dateDiff('second', metadata_modification_time, now()) AS age
FROM system.tables
WHERE database = currentDatabase() AND startsWith(name, 'rebuild_lock_')
ORDER BY name DESC
