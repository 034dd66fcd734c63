-- How a table was made; no row where it is not there.
SELECT create_table_query
FROM system.tables
WHERE database = currentDatabase() AND name = {table:String}
