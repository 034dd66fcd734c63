-- Rows and last write of every table. Rows count what is stored, duplicates that are not merged yet included.
SELECT
    tables.name AS name,
    tables.total_rows AS rows,
    toTimeZone(nullIf(max(parts.modification_time), toDateTime(0)), 'UTC') AS written_at
FROM system.tables AS tables
LEFT JOIN system.parts AS parts
    ON parts.database = tables.database AND parts.table = tables.name AND parts.active
WHERE tables.database = currentDatabase() AND tables.engine LIKE '%MergeTree'
GROUP BY name, rows
ORDER BY name
