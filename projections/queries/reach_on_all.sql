-- The same of every server of a cluster that answers.
SELECT
    concat(hostName(), ':', toString(tcpPort())) AS server,
    name,
    toString(uuid) AS uuid
FROM clusterAllReplicas({cluster:String}, system.tables) AS tables
WHERE
    database = {database:String}
    AND (tables.engine LIKE '%MergeTree' OR tables.engine IN ('MaterializedView', 'Distributed'))
SETTINGS skip_unavailable_shards = 1
