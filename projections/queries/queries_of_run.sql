-- What still runs on the server for a rebuild whose client may be gone.
SELECT query_id
FROM system.processes
WHERE query_id LIKE {prefix:String} || '%' OR Settings['log_comment'] LIKE 'query_id:' || {prefix:String} || '%'
