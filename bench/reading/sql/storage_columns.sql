-- Compressed bytes of the columns that take most.
SELECT table, column, sum(column_data_compressed_bytes) AS length
FROM system.parts_columns
WHERE active AND database = currentDatabase() AND has({tables:Array(String)}, table)
GROUP BY table, column
ORDER BY length DESC
LIMIT 25
