-- Readers' queries that have been running for longer than so many seconds.
SELECT query_id
FROM system.processes
WHERE query_kind = 'Select' AND elapsed > {seconds:Float64}
