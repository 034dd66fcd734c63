-- Every table, materialized view and view that this user may see.
SELECT name
FROM system.tables
WHERE database = currentDatabase()
