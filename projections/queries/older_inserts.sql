-- INSERTs into this database that have been running for longer than so many seconds.
SELECT query_id
FROM system.processes
WHERE
    query_kind = 'Insert'
    AND elapsed > {seconds:Float64}
    AND (current_database = currentDatabase() OR position(query, currentDatabase()) > 0)
