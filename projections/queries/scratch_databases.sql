-- The scratch databases that were made beside a database, with the seconds since something was last made in them. The
-- names of older versions do not say when they were made. What holds rows is somebody else's.
SELECT
    databases.name AS name,
    toInt64(toUnixTimestamp(now())) - toInt64(greatest(
        toUInt64OrZero(extract(databases.name, '_([0-9]+)_[0-9a-f]{8}$')),
        max(toUInt64(toUnixTimestamp(tables.metadata_modification_time)))
    )) AS silence
FROM system.databases AS databases
LEFT JOIN (
    SELECT database, metadata_modification_time, total_rows
    FROM system.tables
    WHERE startsWith(database, {prefix:String})
) AS tables ON tables.database = databases.name
WHERE
    startsWith(databases.name, {prefix:String})
    AND match(substring(databases.name, length({prefix:String}) + 1), '^([0-9]+_)?[0-9a-f]{8}$')
GROUP BY databases.name
HAVING sum(ifNull(tables.total_rows, 0)) = 0
SETTINGS join_use_nulls = 0
