-- The tables and views that every server of a cluster has.
SELECT name
FROM clusterAllReplicas({cluster:String}, system.tables)
WHERE database = {database:String}
GROUP BY name
HAVING count() >= (
    SELECT count()
    FROM system.clusters
    WHERE cluster = {cluster:String}
)
