-- How a table was made, by each server of a cluster that has it.
SELECT create_table_query
FROM clusterAllReplicas({cluster:String}, system.tables)
WHERE database = {database:String} AND name = {table:String}
