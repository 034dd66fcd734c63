-- Parts of a table that were written since an instant. Those merged away meanwhile are listed too, and name nothing.
SELECT name
FROM system.parts
WHERE database = currentDatabase() AND table = {table:String} AND modification_time >= {since:DateTime}
