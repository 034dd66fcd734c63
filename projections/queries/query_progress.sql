-- How many rows a running query has read.
SELECT read_rows
FROM system.processes
WHERE query_id = {query_id:String}
