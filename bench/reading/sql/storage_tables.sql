-- Bytes on disk by table, the largest first.
SELECT table, sum(bytes_on_disk) AS length
FROM system.parts
WHERE active AND database = currentDatabase() AND has({tables:Array(String)}, table)
GROUP BY table
ORDER BY length DESC
