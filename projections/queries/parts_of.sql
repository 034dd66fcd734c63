-- The parts of a table, the newest first.
SELECT
    name,
    rows
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND active
ORDER BY modification_time DESC
