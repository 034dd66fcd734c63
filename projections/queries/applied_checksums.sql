-- The checksum of the statement by which every table and view was last made.
SELECT object, argMax(checksum, applied_at) AS checksum
FROM schema_history
GROUP BY object
