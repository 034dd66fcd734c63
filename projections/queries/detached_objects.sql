-- What somebody has detached: it is there, with all its rows, and nobody sees it.
SELECT table AS name
FROM system.detached_tables
WHERE database = currentDatabase()
