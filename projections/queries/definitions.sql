-- Every table, materialized view and view, with the text that makes it.
SELECT
    name,
    toString(uuid) AS uuid,
    create_table_query AS definition
FROM system.tables
WHERE database = currentDatabase()
