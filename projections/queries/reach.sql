-- What rows are stored in and carried on by, each with the UUID that another one of the same name has not.
SELECT
    '' AS server,
    name,
    toString(uuid) AS uuid
FROM system.tables AS tables
WHERE
    database = currentDatabase()
    AND (tables.engine LIKE '%MergeTree' OR tables.engine IN ('MaterializedView', 'Distributed'))
