-- The rebuilds that make a table of roots just now, by the endings of their tables' names.
SELECT substring(name, length('contact_roots') + 1) AS suffix
FROM system.tables
WHERE database = currentDatabase() AND match(name, '^contact_roots_rebuild_[a-f][0-9a-f]{7}$')
