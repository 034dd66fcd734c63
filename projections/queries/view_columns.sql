-- The columns that each materialized view writes.
SELECT
    columns.table AS view,
    groupArray(columns.name) AS names
FROM system.columns AS columns
WHERE columns.database = currentDatabase() AND columns.table IN {views:Array(String)}
GROUP BY view
